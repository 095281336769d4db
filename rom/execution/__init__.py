"""Execution: how the runs of a study are done."""
