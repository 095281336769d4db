"""Packages of the extras: imported when they are needed, named where they are not there."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from rom.errors import InputError


def extra(package: str, name: str, what: Any) -> Any:
    """The package of an extra.

    >>> extra("json", "mesh", "flow.vtu").__name__
    'json'
    """
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise InputError(f"{what} needs {package}; pip install 'rom-compare[{name}]'") from error


def is_xarray(data: Any) -> bool:
    """Whether this is a Dataset or a DataArray; whoever has one has imported xarray."""
    xarray = sys.modules.get("xarray")
    return xarray is not None and isinstance(data, xarray.Dataset | xarray.DataArray)
