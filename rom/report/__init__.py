"""Reports: a pure function of a run store."""
