"""netCDF files, with the CF and UGRID conventions."""
