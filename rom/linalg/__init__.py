"""Singular values and modes of snapshots that need not fit in memory, and how many of them to
keep.
"""
