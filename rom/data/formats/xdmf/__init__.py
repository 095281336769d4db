"""XDMF."""
