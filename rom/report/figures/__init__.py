"""Figures of a report: what :mod:`rom.plot` draws, with titles, captions and alternative texts."""
