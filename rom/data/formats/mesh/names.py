"""Names in files and folders that VTK reads, and the files that they name."""

from __future__ import annotations

import re
from pathlib import Path

from rom.data.linked import check_linked

#: A case of OpenFOAM is a folder with this file in it.
FOAM = Path("system/controlDict")
#: What a field of VTK files says its time is.
TIME_VALUE = "TimeValue"
#: Files that name others: of ParaView in attributes, of EnSight at the ends of lines.
NAMING = {
    **dict.fromkeys(
        (".pvd", ".pvtu", ".pvts", ".pvtr", ".pvti", ".pvtp", ".vtm"),
        re.compile(r"""\b(?:file|source)\s*=\s*["']([^"']*)["']""", re.IGNORECASE),
    ),
    ".case": re.compile(r":.*?(\S*/\S*)\s*$", re.MULTILINE),
}


def check_named(path: Path) -> None:
    """Refuse a file that names others out of its folder."""
    for name in named(path):
        check_linked(path, name, f"the file {name!r} that it names")


def named(path: Path) -> list[str]:
    """The files that a file names."""
    pattern = NAMING.get(path.suffix.lower())
    if pattern is None or not path.is_file():
        return []
    return [str(name) for name in pattern.findall(path.read_text("utf-8", errors="replace"))]


def size_of(path: Path) -> int:
    """Bytes of a file and of those that it may name, which lie in its folder."""
    if path.is_file() and path.suffix.lower() not in NAMING:
        return path.stat().st_size
    folder = path if path.is_dir() else path.parent
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
