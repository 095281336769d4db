"""Errors of the package: one base, one child for users' mistakes, one for failed runs."""

import difflib
from collections.abc import Iterable

from rom.strings import one_line


class RomError(Exception):
    """Base of every error this package raises on purpose.

    Its message is one line, in which names from files cannot act on the terminal that shows it
    (:func:`rom.strings.one_line`).
    """

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


class InputError(RomError, ValueError):
    """The user's input is wrong. The message is one line: what is wrong, where, what to do."""


class RunError(RomError):
    """A run of a comparison failed although its input was right."""


class AssumptionWarning(UserWarning):
    """Something was assumed that the user may want to decide otherwise; one line, as an error."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message))


def nearest(name: str, known: Iterable[str]) -> str:
    """Words for an error message: the name that was probably meant, or the list of known names.

    >>> nearest("velocty", ["velocity", "pressure"])
    "did you mean 'velocity'? Known: pressure, velocity"
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    guess = f"did you mean {close[0]!r}? " if close else ""
    return f"{guess}Known: {', '.join(names) if names else 'none'}"
