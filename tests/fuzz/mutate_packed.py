"""Changes of archives of NumPy and of saved models."""

from __future__ import annotations

import json
import random
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

Random = random.Random
HEADERS = (
    "{'descr': '<f8', 'fortran_order': False, 'shape': (10, 1099511627776)}",
    "{'descr': '|O', 'fortran_order': False, 'shape': (4,)}",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 3)}",
    "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (4,)}",
    "{'descr': '<f8', 'fortran_order': 1, 'shape': 3}",
    "(" * 200,
    "{'descr': '<f8', ",
    "",
)
PLAIN: tuple[Any, ...] = (
    None,
    0,
    -1,
    10**9,
    1e308,
    "x",
    "",
    [],
    {},
    [1, [2]],
    True,
    2.5,
    "os:system",
)


def change_npz(path: Path, rng: Random) -> str:
    """The header of a member, or a member that is not an array."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except Exception as error:  # bytes of it were changed before
        return f"no change ({type(error).__name__})"
    name = rng.choice(list(members))
    head = rng.choice(HEADERS).encode()
    what = rng.choice(("header", "text", "cut", "name"))
    if what == "header":
        text = head.ljust(-(-len(head) // 64) * 64)
        members[name] = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + bytes(32)
    elif what == "text":
        members[name] = b"no array"
    elif what == "cut":
        members[name] = members[name][: rng.randrange(len(members[name]))]
    else:
        members[rng.choice(("../x.npy", "time.npy", "u.npy", "/x.npy", ".npy"))] = members.pop(name)
    with zipfile.ZipFile(
        path, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    ) as archive:
        for key, content in members.items():
            archive.writestr(key, content)
    return f"{what} of {name}"


def change_safetensors(path: Path, rng: Random) -> str:
    """A value of the header of a model, or one of its arrays."""
    from safetensors import safe_open
    from safetensors.numpy import save_file

    try:
        with safe_open(path, framework="numpy") as file:
            header = json.loads((file.metadata() or {})["rom"])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except Exception as error:
        return f"no change ({type(error).__name__})"
    words = _change_json(header, rng) if rng.random() < 0.6 else _change_arrays(arrays, rng)
    save_file(arrays, path, metadata={"rom": json.dumps(header)})
    return words


def _change_json(value: Any, rng: Random) -> str:
    """One entry, anywhere, becomes another or goes."""
    places: list[tuple[Any, Any]] = []

    def collect(inner: Any) -> None:
        keys = inner if isinstance(inner, dict) else range(len(inner))
        for key in keys:
            places.append((inner, key))
            if isinstance(inner[key], dict | list):
                collect(inner[key])

    collect(value)
    inner, key = rng.choice(places)
    if isinstance(inner, dict) and rng.random() < 0.25:
        del inner[key]
        return f"no {key}"
    if isinstance(inner, dict) and rng.random() < 0.1:
        inner["more"] = rng.choice(PLAIN)
        return "one more entry"
    inner[key] = rng.choice((*PLAIN, rng.choice(places)[1]))
    return f"{key} = {inner[key]!r}"


def _change_arrays(arrays: dict[str, np.ndarray], rng: Random) -> str:
    name = rng.choice(list(arrays))
    values = arrays[name]
    what = rng.choice(("drop", "type", "longer", "axis", "empty", "nan", "huge", "rename"))
    if what == "drop":
        del arrays[name]
    elif what == "type":
        with np.errstate(all="ignore"):
            arrays[name] = np.asarray(np.nan_to_num(values)).astype(
                rng.choice(("f4", "i8", "u1", "?", "f2"))
            )
    elif what == "longer":
        arrays[name] = np.concatenate([values.reshape(-1), np.zeros(1, values.dtype)])
    elif what == "axis":
        arrays[name] = values[None]
    elif what == "empty":
        arrays[name] = values.reshape(-1)[:0]
    elif what in ("nan", "huge"):
        with np.errstate(all="ignore"):
            arrays[name] = np.full_like(
                values, np.array(np.nan if what == "nan" else 1e300).astype(values.dtype)
            )
    else:
        arrays[rng.choice(("x", name + "_", "layout/mask"))] = arrays.pop(name)
    return f"{what} of {name}"
