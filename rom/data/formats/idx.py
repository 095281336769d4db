"""IDX files of the MNIST family: unsigned bytes, big-endian header, gzip or not.

Source of the layout: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten
digits".
"""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.builder.options import LIST
from rom.data.builder.proposal import Proposal
from rom.data.layout import IMAGE_AXES
from rom.data.parts import Decoding, Part
from rom.data.stored import HeldArrays
from rom.errors import InputError

TITLE = "the IDX layout"
OPTIONS = {"parts": LIST}

LABELS, IMAGES = 0x801, 0x803  # two zero bytes, type 8 (unsigned byte), number of dimensions
GZIP = b"\x1f\x8b"
DATA = "images"


def read_bytes(path: Path) -> bytes:
    """The content of a file, uncompressed if it is gzip."""
    raw = Path(path).read_bytes()
    if raw[:2] != GZIP:
        return raw
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: damaged gzip file ({error}); fetch it again") from error


def parse_idx(content: bytes, where: str) -> np.ndarray:
    """Array of an IDX file's bytes: (n,) labels or (n, height, width) images, uint8.

    Raises
    ------
    InputError
        If the magic number is neither 0x801 nor 0x803 or the length does not fit the header.
    """
    magic = struct.unpack(">I", content[:4])[0] if len(content) >= 4 else None
    if magic not in (LABELS, IMAGES):
        shown = "nothing" if magic is None else f"{magic:#x}"
        raise InputError(
            f"{where}: not an IDX file of bytes: starts with {shown}, not {LABELS:#x} or"
            f" {IMAGES:#x}"
        )
    ndim = magic & 0xFF
    header = 4 + 4 * ndim
    if len(content) < header:
        raise InputError(f"{where}: the IDX header is cut short")
    shape = struct.unpack(f">{ndim}I", content[4:header])
    expected = math.prod(shape)
    if len(content) - header != expected:
        raise InputError(
            f"{where}: the header promises {expected} bytes of data, the file has"
            f" {len(content) - header}"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape)


def recognise(path: Path) -> str:
    """Why this file is IDX images, or ""."""
    with open(path, "rb") as stream:
        head = stream.read(4)
    try:
        if head[:2] == GZIP:
            with gzip.open(path) as stream:
                head = stream.read(4)
    except (OSError, EOFError, zlib.error):
        return ""
    return "IDX magic number 0x803" if head == struct.pack(">I", IMAGES) else ""


def open_file(path: Path) -> HeldArrays:
    """The images of a file; what is not compressed stays on the disk until it is read."""
    return HeldArrays({DATA: parse_idx(read_bytes(path), str(path))}, path)


def propose(paths: Sequence[Path], options: Mapping[str, Any]) -> list[Proposal]:
    """Images (and labels) with pixels / 255; several image files are one after the other.

    Options: ``parts``, the names of the splits the image files belong to, e.g. ["train", "test"].
    The numbers stay bytes in memory and become float32 when rows are read.
    """
    arrays = {path: parse_idx(read_bytes(path), str(path)) for path in paths}
    images = {path: array for path, array in arrays.items() if array.ndim == 3}
    labels = [array for array in arrays.values() if array.ndim == 1]
    if not images or len({array.shape[1:] for array in images.values()}) != 1:
        raise InputError(
            f"{paths[0]}: image files of one size expected, got"
            f" {[array.shape for array in arrays.values()]}"
        )
    if labels and [len(a) for a in labels] != [len(a) for a in images.values()]:
        raise InputError(
            f"{paths[0]}: as many labels as images expected, in the same order of files"
        )
    parts = list(options.get("parts", []))
    if parts and len(parts) != len(images):
        raise InputError(f"{paths[0]}: {len(parts)} parts named for {len(images)} image files")
    pixels = Decoding(scale=1 / 255, dtype="float32")
    return [
        Proposal(
            [{"intensity": Part(path, DATA, ("t", *IMAGE_AXES), {}, pixels, open_file)}],
            IMAGE_AXES,
            units={"intensity": "1"},
            parameters={"label": labels[i]} if labels else {},
            own_part=parts[i] if parts else "",
        )
        for i, path in enumerate(images)
    ]
