"""Whether a file is HDF5, and the process that looks at such files; without loading the library."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rom.data.helper import Helper, Limits

SIGNATURE = b"\x89HDF\r\n\x1a\n"
#: What looks at files that are not known. A second for 32 MiB, and a GiB of memory.
LOOKER = Helper("rom.data.hdf5_look:look_all", "the HDF5 library", Limits(2**25, memory=2**30))


def expect(paths: Iterable[str | Path]) -> None:
    """Start that process if one of these is an HDF5 file: it is there when the libraries are loaded
    that read the file.
    """
    if any(Path(path).is_file() and is_signed(Path(path)) for path in paths):
        LOOKER.start()


def is_signed(path: Path) -> bool:
    """Whether a file has the signature at its beginning or after a block of the user, whose size is
    a power of two.
    """
    with open(path, "rb") as stream:
        size, place = path.stat().st_size, 0
        while place < size:
            stream.seek(place)
            if stream.read(len(SIGNATURE)) == SIGNATURE:
                return True
            place = 2 * place or 512
    return False
