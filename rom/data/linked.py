"""Where links of a file may lead: into its own folder, and into those that the user names."""

from __future__ import annotations

import os
from pathlib import Path

from rom.errors import InputError

#: Names other folders that links may lead into, as PATH names folders of programs.
VARIABLE = "ROM_LINKED_FOLDERS"


def check_linked(path: Path, target: str, what: str, *, is_next: bool = True) -> None:
    """Refuse a link of a file that leads out of its folder.

    Symbolic links of the file system are those of the user, and are not followed here.

    Parameters
    ----------
    path : the file
    target : where its link leads, relative or not
    what : the link in words, e.g. "the link 'mesh'"
    is_next : whether a relative target is looked for next to the file first; else only in the
        current folder, where HDF5 looks for external storage

    Raises
    ------
    InputError
        If it leads out of the folder of the file, and into none of `ROM_LINKED_FOLDERS`.
    """
    own = Path(os.path.abspath(path.parent)), path.resolve().parent
    places = [os.path.join(os.path.abspath(path.parent), target)] if is_next else []
    places.append(os.path.abspath(target))
    found = os.path.normpath(next((place for place in places if os.path.exists(place)), places[0]))
    others = [Path(name) for name in os.environ.get(VARIABLE, "").split(os.pathsep) if name]
    folders = [*own, *(Path(os.path.abspath(other)) for other in others)]
    if not any(Path(found).is_relative_to(folder) for folder in folders):
        raise InputError(
            f"{path}: {what} leads to {found}, out of the file's folder; if it may, set"
            f" {VARIABLE}={os.path.dirname(found)}"
        )
