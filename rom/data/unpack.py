"""Files that may be compressed with gzip, read without more memory than they are allowed."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from rom.data.limits import check_fits
from rom.errors import InputError

GZIP = b"\x1f\x8b"
BLOCK = 2**20


def is_gzip(path: Path) -> bool:
    """Whether a file begins as one of gzip."""
    with open(path, "rb") as stream:
        return stream.read(len(GZIP)) == GZIP


def blocks(path: Path) -> Iterator[bytes]:
    """The uncompressed content of a file, piece by piece.

    Raises
    ------
    InputError
        If a compressed file is damaged.
    """
    with open_plain(path) as stream:
        while block := read_some(stream, BLOCK, path):
            yield block


def open_plain(path: Path) -> BinaryIO:
    """The content of a file, uncompressed if it is gzip."""
    return gzip.GzipFile(path) if is_gzip(path) else open(path, "rb")  # type: ignore[return-value]


def read_some(stream: BinaryIO, size: int, path: Path) -> bytes:
    """The next bytes of the content of a file, at most `size`."""
    try:
        return stream.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: damaged gzip file ({error}); fetch it again") from error


def whole(path: Path, copies: int = 1) -> io.BytesIO:
    """The uncompressed content of a file, as far as `copies` of it fit in memory."""
    found = io.BytesIO()
    for block in blocks(path):
        found.write(block)
        check_fits(copies * found.tell(), f"{path}: its content")
    found.seek(0)
    return found


def sums(path: Path, wanted: Collection[str]) -> dict[str, str]:
    """The sums of the uncompressed content of a file, of which a block at a time is in memory."""
    found = {"sha256": hashlib.sha256()}
    if "git_blob" in wanted:
        size = sum(map(len, blocks(path)))
        found["git_blob"] = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    for block in blocks(path):
        for digest in found.values():
            digest.update(block)
    return {name: digest.hexdigest() for name, digest in found.items()}
