"""Messages to a process of this package: large arrays go as files that it maps, so that they are
not copied on the way.
"""

from __future__ import annotations

import mmap
import pickle
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

#: Smaller arrays go with the message.
LARGE_BYTES = 2**20


def pack(message: Any, folder: Path | None) -> tuple[bytes, list[Path]]:
    """The message, and files with the large arrays in it."""
    files: list[Path] = []

    def goes_with_the_message(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if folder is None or raw.nbytes < LARGE_BYTES:
            return True
        path = folder / str(len(files))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        except OSError:  # no room on the disk: then it takes memory
            with suppress(OSError):
                path.unlink()
            return True
        files.append(path)
        return False

    return pickle.dumps(message, protocol=5, buffer_callback=goes_with_the_message), files


def unpack(data: bytes, files: Sequence[Path]) -> Any:
    """The message, with the arrays in files mapped; what is written into one stays here."""
    buffers = []
    for path in files:
        with open(path, "r+b") as stream:
            buffers.append(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY))
    return pickle.loads(data, buffers=buffers)
