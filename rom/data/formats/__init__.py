"""File layouts: one module each, listed in :data:`rom.registry.SOURCES`."""
