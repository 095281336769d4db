"""Data sets of PDEBench."""
