"""Changes of what an HDF5 file is made of: attributes, datasets, links, how values are stored."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import h5py
import numpy as np

Random = random.Random
VALUES: tuple[Any, ...] = (
    "", "x", "../..", b"\xff\xfe", "a" * 1000, 0, -1, 2**31, 2**40, 2.5, np.nan, np.inf, [], [1, 2],
    ["a", "b"], np.zeros((2, 2)), np.zeros(0), h5py.Empty("f8"), True, [b"u", b"v"], "t y x", "nan",
)  # fmt: skip
SHAPES = (
    (),
    (1,),
    (0,),
    (3,),
    (40,),
    (7, 5),
    (40, 35),
    (40, 5, 7, 1),
    (1, 1, 1),
    (2, 40, 5, 7),
    (5, 40, 7),
)
TYPES = (
    "f2",
    "f4",
    ">f8",
    "i1",
    "u1",
    "i8",
    "?",
    "S4",
    "c8",
    "O",
    "compound",
    "enum",
    "vlen",
    "ref",
)


def change_hdf5(path: Path, rng: Random) -> str:
    """One change; a file that h5py cannot open any more stays as it is."""
    try:
        with h5py.File(path, "r+") as file:
            names: list[str] = []
            file.visit(names.append)
            if not names:
                return "nothing"
            name = rng.choice(names)
            change = rng.choice(CHANGES)
            change(file, name, rng)
            return f"{change.__name__.strip('_')} of {name}"
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError) as error:
        return f"no change ({type(error).__name__})"


def _attribute(file: h5py.File, name: str, rng: Random) -> None:
    item = rng.choice((file, file[name]))
    names = [*item.attrs, "new"]
    key = rng.choice(names)
    if key in item.attrs and rng.random() < 0.3:
        del item.attrs[key]
        return
    item.attrs[key] = rng.choice(VALUES)


def _delete(file: h5py.File, name: str, rng: Random) -> None:
    del file[name]


def _rename(file: h5py.File, name: str, rng: Random) -> None:
    file.move(
        name, rng.choice((name + "x", "time", "t", "x", "u", name.upper(), "a/b/c", "é\u202e"))
    )


def _other(file: h5py.File, name: str, rng: Random) -> None:
    """The contents of another item under this name."""
    names: list[str] = []
    file.visit(names.append)
    other = rng.choice(names)
    if other != name and not other.startswith(name + "/"):
        del file[name]
        file[name] = file[other]


def _group(file: h5py.File, name: str, rng: Random) -> None:
    del file[name]
    file.create_group(name).attrs["units"] = rng.choice(VALUES)


def _link(file: h5py.File, name: str, rng: Random) -> None:
    del file[name]
    kinds = (
        h5py.SoftLink(f"/{name}"), h5py.SoftLink("/nowhere"), h5py.SoftLink("/"),
        h5py.ExternalLink("/etc/passwd", "/"), h5py.ExternalLink("nowhere.h5", "/u"),
        h5py.ExternalLink(file.filename, f"/{name}"), h5py.ExternalLink("../../x.h5", "/u"),
    )  # fmt: skip
    file[name] = rng.choice(kinds)


def _values(file: h5py.File, name: str, rng: Random) -> None:
    """Other numbers in a dataset."""
    item = file[name]
    if item.nbytes > 2**20:  # it only claims to be so large
        return
    values = np.asarray(item[()])
    flat = values.reshape(-1)
    number = rng.choice((0, -1, 1, np.nan, np.inf, 1e308, 2**31 - 1, 127))
    where = slice(None) if rng.random() < 0.3 else rng.randrange(len(flat))
    with np.errstate(all="ignore"):
        flat[where] = np.array(number).astype(values.dtype)
    item[...] = flat.reshape(values.shape)


def _shape(file: h5py.File, name: str, rng: Random) -> None:
    """A dataset of another shape or type."""
    attributes = dict(file[name].attrs)
    values = np.zeros(rng.choice(SHAPES))
    kind = rng.choice(TYPES)
    del file[name]
    if kind in ("f2", "f4", ">f8", "i1", "u1", "i8", "?", "S4", "c8"):
        file[name] = values.astype(kind)
    elif kind == "compound":
        file[name] = np.zeros(values.shape, [("a", "f8"), ("b", "S3")])
    elif kind == "enum":
        file.create_dataset(name, values.shape, h5py.enum_dtype({"a": 0, "b": 1}))
    elif kind == "vlen":
        file.create_dataset(name, values.shape, h5py.vlen_dtype(np.float64))
    elif kind == "ref":
        file.create_dataset(name, values.shape, h5py.ref_dtype)
    else:
        file.create_dataset(name, values.shape, h5py.string_dtype())
    file[name].attrs.update(attributes)


def _claim(file: h5py.File, name: str, rng: Random) -> None:
    """A dataset that claims to be large."""
    attributes = dict(file[name].attrs)
    shapes = ((10, 2**40), (2**40, 3), (40, 2**33), (2**33, 2, 5, 7), (40, 5, 2**30), (2**31,))
    shape = rng.choice(shapes)
    chunks = rng.choice((None, True, tuple(min(n, 2**12) for n in shape)))
    compression = rng.choice((None, "gzip", "lzf")) if chunks else None
    del file[name]
    file.create_dataset(name, shape, "f4", chunks=chunks, compression=compression)
    file[name].attrs.update(attributes)


def _bomb(file: h5py.File, name: str, rng: Random) -> None:
    """A chunk of a few bytes that is unpacked to many."""
    import zlib

    shape, attributes = file[name].shape, dict(file[name].attrs)
    del file[name]
    item = file.create_dataset(
        name, shape, rng.choice(("f4", "?", "S8")), chunks=shape, compression="gzip"
    )
    item.id.write_direct_chunk((0,) * len(shape), zlib.compress(bytes(2**26), 9))
    item.attrs.update(attributes)


def _virtual(file: h5py.File, name: str, rng: Random) -> None:
    """A virtual dataset, of itself or of what is elsewhere."""
    shape, kind = file[name].shape, file[name].dtype
    where = rng.choice((".", ".", "nowhere.h5", "../x.h5", "/etc/passwd", file.filename))
    inner = rng.choice((name, f"/{name}", "nowhere"))
    del file[name]
    layout = h5py.VirtualLayout(shape, kind)
    layout[...] = h5py.VirtualSource(where, inner, shape=shape)
    file.create_virtual_dataset(name, layout)


def _external(file: h5py.File, name: str, rng: Random) -> None:
    shape = file[name].shape
    del file[name]
    where = rng.choice(("/etc/passwd", "nowhere.raw", "../../x", "/dev/zero"))
    file.create_dataset(name, shape, "u1", external=[(where, 0, h5py.h5f.UNLIMITED)])


CHANGES = (
    _attribute, _attribute, _attribute, _delete, _rename, _other, _group, _link, _values, _values,
    _shape, _shape, _claim, _bomb, _virtual, _external,
)  # fmt: skip
