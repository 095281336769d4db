"""IDX files of the MNIST family: unsigned bytes, big-endian header, gzip or not.

Source of the layout: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten
digits".
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from rom.data.builder.options import LIST
from rom.data.builder.proposal import Proposal
from rom.data.layout import IMAGE_AXES
from rom.data.limits import check_unpacked
from rom.data.parts import Decoding, Part
from rom.data.stored import HeldArrays
from rom.data.unpack import is_gzip, open_plain, read_some
from rom.errors import InputError

TITLE = "the IDX layout"
OPTIONS = {"parts": LIST}

LABELS, IMAGES = 0x801, 0x803  # two zero bytes, type 8 (unsigned byte), number of dimensions
DATA = "images"


def read_idx(path: Path) -> np.ndarray:
    """Array of an IDX file: (n,) labels or (n, height, width) images, uint8. What is not compressed
    stays on the disk until it is used.

    Raises
    ------
    InputError
        If the magic number is neither 0x801 nor 0x803, or the content is not as long as the header
        says, which is compared before anything is unpacked.
    """
    with open_plain(path) as stream:
        shape, header = _shape(stream, path)
        expected, stored = math.prod(shape), path.stat().st_size
        if is_gzip(path):
            check_unpacked(expected, stored, f"{path}: its header")
            content = read_some(stream, expected, path)
            found = len(content) + len(read_some(stream, 1, path))
        else:
            content, found = b"", stored - header
    if found != expected:
        more = "more" if content and found > expected else found
        raise InputError(
            f"{path}: the header promises {expected} bytes of data, the file has {more}"
        )
    if content or not expected:
        return np.frombuffer(content, dtype=np.uint8).reshape(shape)
    return np.memmap(path, np.uint8, "r", offset=header, shape=shape)


def _shape(stream: BinaryIO, path: Path) -> tuple[tuple[int, ...], int]:
    """What the header says, and its bytes."""
    first = read_some(stream, 4, path)
    magic = struct.unpack(">I", first)[0] if len(first) == 4 else None
    if magic not in (LABELS, IMAGES):
        shown = "nothing" if magic is None else f"{magic:#x}"
        raise InputError(
            f"{path}: not an IDX file of bytes: starts with {shown}, not {LABELS:#x} or {IMAGES:#x}"
        )
    ndim = magic & 0xFF
    sizes = read_some(stream, 4 * ndim, path)
    if len(sizes) < 4 * ndim:
        raise InputError(f"{path}: the IDX header is cut short")
    return struct.unpack(f">{ndim}I", sizes), 4 + 4 * ndim


def recognise(path: Path) -> str:
    """Why this file is IDX images, or ""."""
    try:
        with open_plain(path) as stream:
            head = read_some(stream, 4, path)
    except InputError:  # something else that is compressed
        return ""
    return "IDX magic number 0x803" if head == struct.pack(">I", IMAGES) else ""


def open_file(path: Path) -> HeldArrays:
    """The images of a file."""
    return HeldArrays({DATA: read_idx(path)}, path)


def propose(paths: Sequence[Path], options: Mapping[str, Any]) -> list[Proposal]:
    """Images (and labels) with pixels / 255; several image files are one after the other.

    Options: ``parts``, the names of the splits the image files belong to, e.g. ["train", "test"].
    The numbers stay bytes in memory and become float32 when rows are read.
    """
    arrays = {path: read_idx(path) for path in paths}
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
