"""Studies: what is compared, run by run, and where the results are kept."""
