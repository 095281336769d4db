"""Whether the data are still those that a study was prepared with."""

from __future__ import annotations

from typing import Any

from rom.data.watch import FileState, changes
from rom.errors import InputError, RunError
from rom.study.prepare import Prepared

#: Files that study.json lists one by one.
LISTED = 100


def check_source(prepared: Prepared) -> None:
    """Raise RunError where a file of the data changed since it was opened."""
    if words := change_of(prepared):
        raise RunError(words)


def change_of(prepared: Prepared) -> str:
    """Which file of the data changed since it was opened, and how; "" where none did.

    The system is asked for size, time and number of each file. Only where one of them differs, and
    the size does not, are all values read again: a file that was copied or touched is the same.
    """
    found = changes(prepared.opened.states)
    if not found or not (any(change.sure for change in found) or _differs(prepared)):
        return ""
    words = next((change for change in found if change.sure), found[0]).words
    more = f" (and {len(found) - 1} other files changed)" if len(found) > 1 else ""
    return (
        f"the data changed while they were in use: {words}{more}; start again when nobody writes"
        " them any more"
    )


def _differs(prepared: Prepared) -> bool:
    try:
        return prepared.opened.reopened().fingerprint() != prepared.fingerprint
    except (OSError, InputError):  # half written
        return True


def source_record(states: tuple[FileState, ...]) -> dict[str, Any]:
    """What study.json says of the files of the data: how many, and the first hundred of them."""
    listed = [state.to_dict() for state in states[:LISTED]]
    return {"number": len(states), "bytes": sum(state.size for state in states), "files": listed}
