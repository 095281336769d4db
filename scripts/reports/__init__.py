"""Scripted reports: our numbers next to published or closed-form ones."""
