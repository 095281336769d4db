"""VTKHDF."""
