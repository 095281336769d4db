"""What the package knows by name: one new thing is one new file and one row here.

Rows name modules as strings, so that looking one up imports nothing that is not used.
"""

from __future__ import annotations

import importlib
from typing import Any

from rom.errors import InputError, nearest
from rom.measures import METRICS, Metric

__all__ = ["METRICS", "MODELS", "REDUCERS", "SOURCES", "Metric", "load", "reducer_class"]

#: Reducer name -> class (see rom/reducers/base.py for the contract).
REDUCERS: dict[str, str] = {
    "pod": "rom.reducers.pod:POD",
    "pod-quadratic": "rom.reducers.quadratic:QuadraticPOD",
    "pod-kernel": "rom.reducers.pod_kernel:PODKernel",
    "pod-ica": "rom.reducers.pod_ica:PODICA",
    "kernel-pca": "rom.reducers.kernel_pca:KernelPCA",
    "autoencoder": "rom.reducers.autoencoder:Autoencoder",
    "beta-vae": "rom.reducers.beta_vae:BetaVAE",
    "example-autoencoder": "rom.reducers.example:ExampleAutoencoder",
    "example-beta-vae": "rom.reducers.example:ExampleBetaVAE",
    "linear-autoencoder": "rom.reducers.linear_autoencoder:LinearAutoencoder",
    "uncorrelated-autoencoder": "rom.reducers.uncorrelated_autoencoder:UncorrelatedAutoencoder",
    "beta-tcvae": "rom.reducers.beta_tcvae:BetaTCVAE",
}

#: Kind of a saved model -> class with ``from_state(values, arrays)``.
MODELS: dict[str, str] = {
    "reducer": "rom.reducers.base:Reducer",
    "field-model": "rom.reducers.field_model:FieldModel",
}

#: Layout name -> module with ``TITLE``, ``OPTIONS``, ``recognise(path) -> str`` (why, or "") and,
#: for HDF5, ``propose(path, options) -> Proposal`` (and ``HDF5 = False`` where the file that is
#: given only names HDF5 files); for other files ``open_files(paths, mapping) -> Snapshots``. The
#: first that recognises a file reads it.
SOURCES: dict[str, str] = {
    "canonical": "rom.data.formats.canonical",
    "matlab": (
        "rom.data.formats.matlab"
    ),  # signs every file: before those that are known by the names in them
    "the-well": "rom.data.formats.the_well",
    "pdebench-scalar": "rom.data.formats.pdebench_scalar",
    "pdebench-cfd": "rom.data.formats.pdebench_cfd",
    "pdebench-seeds": "rom.data.formats.pdebench_seeds",
    "pdebench-incompressible": "rom.data.formats.pdebench_incompressible",
    "jhtdb": "rom.data.formats.jhtdb",
    "xdmf": "rom.data.formats.xdmf",
    "vtkhdf": "rom.data.formats.vtkhdf",
    "cgns": "rom.data.formats.cgns",
    "dedalus": "rom.data.formats.dedalus",
    "kth": "rom.data.formats.kth",
    "flowtorch": "rom.data.formats.flowtorch",
    "netcdf": "rom.data.formats.netcdf",  # after layouts whose files may be netCDF too, as JHTDB's
    "idx": "rom.data.formats.idx",
    "csv": "rom.data.formats.csv",
    "mapped": "rom.data.formats.mapped",
}


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
