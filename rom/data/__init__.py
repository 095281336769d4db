"""Snapshots, their layout, their splits, and where they come from."""
