"""What the package knows by name: one new thing is one new file and one row here.

Rows name modules as strings, so that looking one up imports nothing that is not used.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any, Literal

from rom.errors import InputError, nearest

#: Reducer name -> class (see rom/reducers/base.py for the contract).
REDUCERS: dict[str, str] = {
    "pod": "rom.reducers.pod:POD",
    "autoencoder": "rom.reducers.autoencoder:Autoencoder",
    "beta-vae": "rom.reducers.beta_vae:BetaVAE",
}

#: Layout name -> module with ``recognise(path) -> str`` and ``open_files(paths, mapping) -> Snapshots``.
SOURCES: dict[str, str] = {
    "canonical": "rom.data.formats.canonical",
    "idx": "rom.data.formats.idx",
    "csv": "rom.data.formats.csv",
    "mapped": "rom.data.formats.mapped",
}


@dataclass(frozen=True)
class Metric:
    """A row of the results table: a pure function and what it is a function of.

    ``takes="errors"``: a SquaredErrors; ``"latents"``: the posterior means (n, k); ``"posterior"``: mean
    and log-variance, only where a reducer has them. The function returns a number, or a dict of them
    whose keys are appended to the name in brackets.
    """

    function: str
    takes: Literal["errors", "latents", "posterior"]
    unit: str
    label: str


METRICS: dict[str, Metric] = {}


def load(entry: str) -> Any:
    """The object that ``"module:name"`` (or the module that ``"module"``) refers to."""
    module, _, name = entry.partition(":")
    loaded = importlib.import_module(module)
    return getattr(loaded, name) if name else loaded


def reducer_class(name: str) -> Any:
    """The reducer of that name.

    Raises
    ------
    InputError
        If there is none; the message names the nearest.
    """
    if name not in REDUCERS:
        raise InputError(f"no reducer {name!r}; {nearest(name, REDUCERS)}")
    return load(REDUCERS[name])
