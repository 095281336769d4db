"""CGNS in HDF5."""
