"""The results of a comparison, as tables, figures and answers read them from its store."""

from rom.results.method import Method
from rom.results.view import Results

__all__ = ["Method", "Results"]
