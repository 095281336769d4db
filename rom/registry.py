"""What the package knows by name: one new thing is one new file and one row here.

Rows name modules as strings, so that looking one up imports nothing that is not used.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from rom.errors import InputError, nearest
from rom.measures import METRICS, Metric
from rom.plugins import Rows, load_plugin, named, object_of, value_of

__all__ = ["METRICS", "MODELS", "REDUCERS", "SOURCES", "Metric", "Source", "load", "reducer_class"]

_REDUCERS: dict[str, str] = {
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
#: Reducer name -> class (see rom/reducers/base.py for the contract).
REDUCERS = Rows(_REDUCERS, "rom.reducers", value_of)

#: Kind of a saved model -> class with ``from_state(values, arrays)``.
MODELS: dict[str, str] = {
    "reducer": "rom.reducers.base:Reducer",
    "field-model": "rom.reducers.field_model:FieldModel",
}


@dataclass(frozen=True)
class Source:
    """A layout of files.

    Attributes
    ----------
    module : with ``TITLE``, ``OPTIONS``, ``recognise(path) -> str`` (why, or "") and
        ``propose(path, options) -> Proposal``
    is_hdf5 : whether the files that are given are HDF5
    takes_all : whether several files belong together in a way of its own: then
        ``propose(paths, options) -> list of Proposal``, one for each file with rows
    is_folder : whether it may be a folder; others are not asked about one
    """

    module: str
    is_hdf5: bool = True
    takes_all: bool = False
    is_folder: bool = False


_SOURCES: dict[str, Source] = {
    "canonical": Source("rom.data.formats.canonical"),
    # signs every file: before those that are known by the names in them
    "matlab": Source("rom.data.formats.matlab.version73"),
    "the-well": Source("rom.data.formats.the_well"),
    "pdebench-scalar": Source("rom.data.formats.pdebench.scalar"),
    "pdebench-cfd": Source("rom.data.formats.pdebench.cfd"),
    "pdebench-seeds": Source("rom.data.formats.pdebench.seeds"),
    "pdebench-incompressible": Source("rom.data.formats.pdebench.incompressible"),
    "jhtdb": Source("rom.data.formats.jhtdb"),
    "xdmf": Source("rom.data.formats.xdmf.layout", is_hdf5=False),
    "vtkhdf": Source("rom.data.formats.vtkhdf.layout"),
    "cgns": Source("rom.data.formats.cgns.layout"),
    "dedalus": Source("rom.data.formats.dedalus"),
    "kth": Source("rom.data.formats.kth"),
    "flowtorch": Source("rom.data.formats.flowtorch"),
    "mesh": Source("rom.data.formats.mesh.layout", is_hdf5=False, is_folder=True),
    # after layouts whose files may be netCDF too, as JHTDB's
    "netcdf": Source("rom.data.formats.netcdf.layout", is_hdf5=False),
    "xarray": Source("rom.data.formats.xarray_data", is_hdf5=False, is_folder=True),
    "matlab5": Source("rom.data.formats.matlab.version5", is_hdf5=False),
    "numpy": Source("rom.data.formats.numpy_files", is_hdf5=False),
    "idx": Source("rom.data.formats.idx", is_hdf5=False, takes_all=True),
    "csv": Source("rom.data.formats.table", is_hdf5=False),
    "mapped": Source("rom.data.formats.mapped"),
}
#: Layout name -> Source. The first that recognises a file reads it; whoever installs a layout
#: wants it for files that a more general one would take too.
SOURCES = Rows(_SOURCES, "rom.layouts", object_of(Source), first=True)


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
    entry = REDUCERS.plugin(name)
    if entry is None:
        return load(REDUCERS[name])
    found = load_plugin(entry)
    if found.registry_name != name:  # which saved models are found by
        raise InputError(f"{named(entry)}: its registry_name is {found.registry_name!r}")
    return found
