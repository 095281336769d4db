"""Meshes that VTK reads."""
