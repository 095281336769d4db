"""Seeded changes of a file: of its bytes, or of what its kind is made of."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import h5py

from tests.fuzz.mutate_hdf5 import change_hdf5
from tests.fuzz.mutate_packed import change_npz, change_safetensors

Random = random.Random
Change = Callable[[Path, Random], str]
#: Numbers that readers stumble over.
NUMBERS = (0, 1, 2, 7, 127, 128, 255, 256, 2**15, 2**16, 2**31 - 1, 2**31, 2**32 - 1, 2**40,
           2**63 - 1, -1, -(2**31))  # fmt: skip
WORDS = (
    "0", "-1", "1e308", "nan", "inf", "1e-400", "99999999999999999999", "2147483648", "true",
    "null", "[]", "{}", '""', "[[[[[]]]]]", "../../x", "/etc/passwd", "\\u0000", "\u202e", "é",
    "a" * 300,
)  # fmt: skip
TEXT = {".csv", ".toml", ".json", ".xdmf", ".xmf", ".pvd", ".vtu", ".vtk", ".txt", ".tsv"}


def mutate(path: Path, rng: Random) -> str:
    """Change a file; what was done, in words."""
    kinds = _kinds(path)
    chosen = rng.choices(kinds, k=rng.choice((1, 1, 1, 2, 3)))
    # bytes last: the libraries that change the structure may die of broken files themselves
    chosen.sort(key=lambda change: change is change_bytes)
    return "; ".join(change(path, rng) for change in chosen)


def _kinds(path: Path) -> list[Change]:
    """What can be done to a file: bytes of any, and what its kind is made of."""
    if h5py.is_hdf5(path):
        return [change_bytes, change_hdf5, change_hdf5]
    if path.suffix == ".npz":
        return [change_bytes, change_npz]
    if path.suffix == ".safetensors":
        return [change_bytes, change_safetensors, change_safetensors]
    if path.suffix.lower() in TEXT or b"\0" not in path.read_bytes()[:1000]:
        return [change_bytes, change_text, change_text]
    return [change_bytes]


def change_bytes(path: Path, rng: Random) -> str:
    """Some bytes of the file, rather those at its beginning."""
    content = bytearray(path.read_bytes())
    size = len(content)
    if not size:
        path.write_bytes(rng.randbytes(rng.randrange(64)))
        return "bytes of an empty file"
    place = rng.choice(
        (rng.randrange(size), rng.randrange(min(size, 2048)), rng.randrange(min(size, 128)))
    )
    what = rng.choice(
        ("flip", "flip", "set", "number", "number", "cut", "insert", "repeat", "zero")
    )
    if what == "flip":
        for _ in range(rng.choice((1, 4, 20))):
            content[min(size - 1, place + rng.randrange(64))] ^= 1 << rng.randrange(8)
    elif what == "set":
        content[place] = rng.randrange(256)
    elif what == "number":
        width = rng.choice((1, 2, 4, 8))
        number = rng.choice(NUMBERS) % 2 ** (8 * width)
        content[place : place + width] = number.to_bytes(width, rng.choice(("little", "big")))
    elif what == "cut":
        del content[place : place + rng.choice((1, 8, size))]
    elif what == "insert":
        content[place:place] = rng.randbytes(rng.choice((1, 8, 100)))
    elif what == "repeat":
        other = rng.randrange(size)
        content[place : place + 16] = content[other : other + 16]
    else:
        content[place : place + rng.choice((8, 512))] = bytes(8)
    path.write_bytes(content)
    return f"{what} at byte {place} of {path.name}"


def change_text(path: Path, rng: Random) -> str:
    """A word, a number or a line of a file of text."""
    text = path.read_text(encoding="latin-1")
    tokens = list(re.finditer(r"[-+.\w]+|\"[^\"]*\"|[\[\]{}=,<>/:]", text[:200_000]))
    if not tokens:
        return change_bytes(path, rng)
    token = rng.choice(tokens)
    start, stop = token.span()
    what = rng.choice(("word", "word", "drop", "twice", "other", "line", "nest"))
    if what == "word":
        new = rng.choice(WORDS)
    elif what == "drop":
        new = ""
    elif what == "twice":
        new = token[0] * 2
    elif what == "other":
        new = rng.choice(tokens)[0]
    elif what == "nest":
        new = "[" * rng.choice((5, 20_000))
    else:
        start, stop = text.rfind("\n", 0, start) + 1, text.find("\n", stop)
        new = rng.choice(("", text[start:stop] + "\n" + text[start:stop]))
    changed = text[:start] + new + text[stop:]
    path.write_bytes(changed.encode("utf-8" if what == "word" else "latin-1", "replace"))
    return f"{what} {token[0][:20]!r} of {path.name}"
