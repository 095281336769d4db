"""Errors of the package: one base, one child for users' mistakes, one for failed runs; and the
boundary at which what a file causes becomes one of them.
"""

import difflib
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

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


class WriteError(InputError):
    """A file cannot be written where the user wants it: a full disk, no permission, a folder."""


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


#: What no file causes: a mistake in the package, which has to be seen.
MISTAKES = (NameError, AssertionError, ImportError)
#: Characters of a cause that are shown.
SHOWN = 200


@contextmanager
def reading(
    *paths: str | os.PathLike[str], what: str = "as its layout has it", advice: str = ""
) -> Iterator[None]:
    """The boundary of every reader: whatever a file causes while it lasts is an InputError.

    Libraries raise dozens of kinds of exceptions for broken files, so it does not list them. What
    no file causes passes, and so does every other error of the package. The cause is kept: ``rom
    --debug`` and the log ``rom`` show where it came from.

    Parameters
    ----------
    paths : the files that are read; the message names the first, where it names none yet
    what : what it may not be, for a file that can be read and has another content
    advice : what the user can do about such a file

    Examples
    --------
    >>> with reading("flow.h5"):
    ...     [][2]
    Traceback (most recent call last):
        ...
    rom.errors.InputError: flow.h5: damaged, or not as its layout has it (list index out of range)
    """
    where = f"{paths[0]}: " if paths else ""
    try:
        yield
    except InputError as error:
        if not paths or any(one_line(str(path)) in str(error) for path in paths):
            raise
        raise InputError(f"{where}{error}") from error
    except (RomError, *MISTAKES):
        raise
    except Exception as error:
        logging.getLogger("rom").debug("%sa reader failed", where, exc_info=True)
        is_content = not isinstance(error, OSError | MemoryError)
        end = f"; {advice}" if advice and is_content else ""
        raise InputError(f"{where}{_caused(error, what)}{end}") from error


def _caused(error: Exception, what: str) -> str:
    """What went wrong, in a few words."""
    said = " ".join(str(error).split())[:SHOWN] or type(error).__name__
    if isinstance(error, MemoryError):
        return f"it needs more memory than there is ({said})"
    if isinstance(error, RecursionError):
        return "damaged: nested too deeply"
    if isinstance(error, OSError):
        return f"cannot be read: {said}"
    if isinstance(error, KeyError):
        return f"damaged: {said}"
    return f"damaged, or not {what} ({said})"
