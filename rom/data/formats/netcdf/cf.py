"""What attributes of a netCDF variable say of its values (netCDF User Guide, CF conventions 2.5.1
and 8.1).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.formats.common.hdf5 import text
from rom.data.parts import Decoding
from rom.errors import InputError

#: What the netCDF library fills unwritten values with, by type (NC_FILL_* of netcdf.h); bytes have
#: no such value.
DEFAULT_FILL: dict[str, float] = {"f4": 9.969209968386869e36, "f8": 9.969209968386869e36}
DEFAULT_FILL |= {"i2": -32767, "i4": -2147483647, "i8": -9223372036854775806}
DEFAULT_FILL |= {"u2": 65535, "u4": 4294967295, "u8": 18446744073709551614}
TIME_NAMES = ("time", "t")
SPACE_NAMES = (
    "x",
    "y",
    "z",
    "lat",
    "latitude",
    "lon",
    "longitude",
    "lev",
    "level",
    "depth",
    "height",
)
SPACE_UNITS = ("m", "km", "cm", "mm", "pa", "hpa", "mbar", "millibar", "bar", "dbar")
LONGITUDE_UNITS = ("degrees_east", "degree_east", "degree_e", "degrees_e", "degreee", "degreese")


def decoding(variable: Any, path: Path, is_filled: bool) -> tuple[Decoding | None, list[str]]:
    """How the stored values of a variable become physical ones, and in words what of its attributes
    is not used.

    Missing are values equal to ``_FillValue`` (without it: what the library fills with) or
    ``missing_value``, and those outside ``valid_range`` or ``valid_min`` and ``valid_max``, all of
    them stored values; then come ``scale_factor`` and ``add_offset``, whose type is that of the
    decoded values. ``_Unsigned``: integers stored as signed ones.
    """
    unsigned = text(variable, "_Unsigned").lower() == "true" and variable.dtype.kind == "i"
    stored = np.dtype(variable.dtype.str.replace("i", "u")) if unsigned else variable.dtype
    fill = [
        v
        for name in ("_FillValue", "missing_value")
        for v in _stored_values(variable, name, stored)
    ]
    default = variable.dtype.str[1:]
    if "_FillValue" not in variable.attrs and is_filled and default in DEFAULT_FILL:
        fill += _as_stored(np.array(DEFAULT_FILL[default], variable.dtype), stored)
    scale, offset = (_number(variable, name, path) for name in ("scale_factor", "add_offset"))
    dtype = np.result_type(stored, np.float32, *(x.dtype for x in (scale, offset) if x is not None))
    valid, words = _valid(variable, stored)
    found = Decoding(
        fill=tuple(fill),
        scale=1.0 if scale is None else float(scale),
        offset=0.0 if offset is None else float(offset),
        valid=valid,
        dtype=np.result_type(dtype, np.float32).newbyteorder("=").name,
        unsigned=unsigned,
    )
    return (None if found == Decoding(dtype=found.dtype) else found), words


def is_filled(variable: h5py.Dataset) -> bool:
    """Whether the library fills what is never written, and with a value that it defined."""
    defined = variable.id.get_create_plist().fill_value_defined()
    return bool(defined == h5py.h5d.FILL_VALUE_USER_DEFINED)


def _valid(variable: Any, stored: np.dtype) -> tuple[tuple[float, float], list[str]]:
    """The range of valid stored values; a range that is not of their type may mean either, and is
    not used.
    """
    limits = [-math.inf, math.inf]
    words = []
    given = (
        [("valid_range", (0, 1))]
        if "valid_range" in variable.attrs
        else [("valid_min", (0,)), ("valid_max", (1,))]
    )
    for name, places in given:
        if name not in variable.attrs:
            continue
        values = _stored_values(variable, name, stored)
        packed = "scale_factor" in variable.attrs or "add_offset" in variable.attrs
        other = np.asarray(variable.attrs[name]).dtype.kind == "f" and stored.kind != "f" and packed
        if len(values) != len(places) or other:
            words.append(
                f"{name} of {variable.name[1:]!r} is not of the type of its stored values: not used"
            )
            continue
        for place, value in zip(places, values, strict=True):
            limits[place] = value
    return (limits[0], limits[1]), words


def _stored_values(variable: Any, name: str, stored: np.dtype) -> list[float]:
    return _as_stored(np.ravel(variable.attrs.get(name, ())), stored)


def _as_stored(values: np.ndarray, stored: np.dtype) -> list[float]:
    """Values in the type that is stored; those that it cannot hold occur nowhere, and NaN is
    missing anyway.
    """
    values = np.ravel(values)
    if values.dtype.kind not in "fiu":
        return []
    if stored.kind == "u" and values.dtype.kind == "i" and values.dtype.itemsize == stored.itemsize:
        return values.view(values.dtype.str.replace("i", "u")).tolist()
    with np.errstate(all="ignore"):
        cast = values.astype(stored)
    return cast[np.isfinite(cast) if stored.kind == "f" else cast == values].tolist()


def _number(variable: Any, name: str, path: Path) -> np.ndarray | None:
    if name not in variable.attrs:
        return None
    value = np.ravel(variable.attrs[name])
    if value.size != 1 or value.dtype.kind not in "fiu" or not np.isfinite(value[0]):
        raise InputError(
            f"{path}: attribute {name} of {variable.name[1:]!r} is {value.tolist()}, one number"
            " expected"
        )
    return value[0]


def is_time(variable: Any) -> bool:
    """Whether a coordinate is time by what it says, not by its name (CF conventions, section
    4.4).
    """
    return (
        text(variable, "axis") == "T"
        or text(variable, "standard_name") == "time"
        or has_date(variable)
    )


def has_date(variable: Any) -> bool:
    """Whether its units count from a date."""
    return " since " in text(variable, "units")


def is_space(variable: Any) -> bool:
    """Whether a coordinate is one of space by its name or by what it says (CF conventions, 4.1 to
    4.3).
    """
    name, standard = variable.name.rpartition("/")[2].lower(), text(variable, "standard_name")
    unit = text(variable, "units").lower()
    return (
        name in SPACE_NAMES
        or text(variable, "axis") in ("X", "Y", "Z")
        or text(variable, "positive").lower() in ("up", "down")
        or standard.startswith("projection_")
        or standard.endswith(("latitude", "longitude", "depth", "height", "altitude", "_pressure"))
        or unit in SPACE_UNITS
        or unit.startswith("degree")
    )
