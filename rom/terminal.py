"""What the package prints: no other module does, so that no string from a file reaches a terminal
as it is.
"""

from __future__ import annotations

import sys

from rom.strings import visible


def say(*lines: str) -> None:
    """Print lines of the answer, each made :func:`rom.strings.visible`."""
    print("\n".join(map(visible, lines)))


def note(line: str) -> None:
    """Print one line on the way to the answer, to the error output at once."""
    print(visible(line), file=sys.stderr, flush=True)


def show(rendered: str, end: str = "\n") -> None:
    """Print text that was made for this: its strings are visible already, what else it holds is
    ours.
    """
    print(rendered, end=end)
