"""What the package knows by name: one new thing is one new file and one row here.

Rows name modules as strings, so that looking one up imports nothing that is not used.
"""

from __future__ import annotations

import importlib
import math
from dataclasses import dataclass
from typing import Any, Literal

from rom.errors import InputError, nearest

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

#: Layout name -> module with ``TITLE``, ``OPTIONS``, ``recognise(path) -> str`` (why, or "") and, for HDF5,
#: ``propose(path, options) -> Proposal`` (and ``HDF5 = False`` where the file that is given only names HDF5 files); for
#: other files ``open_files(paths, mapping) -> Snapshots``. The first that recognises a file reads it.
SOURCES: dict[str, str] = {
    "canonical": "rom.data.formats.canonical",
    "matlab": "rom.data.formats.matlab",  # signs every file: before those that are known by the names in them
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


@dataclass(frozen=True)
class Metric:
    """A row of the results table: a pure function and what it is a function of.

    ``takes="errors"``: a SquaredErrors; ``"sampled"``: one of what is decoded from a sample of the posterior, and
    ``"spatial"``: a SquaredErrors and SpatialMoments; ``"bands"``: a BandErrors, on periodic uniform grids; and
    ``"images"``: the SSIM of each, of images; all four of the test part only; ``"latents"``: the posterior means
    (n, d), of all latents and again, as ``name_active``, of the active ones; ``"posterior"``: mean and log-variance,
    only where a reducer has them. The function returns a number, or several: a dict by name or an array by latent,
    whose keys stand in brackets after the metric's name. The unit "variable" means that of each variable.

    Of errors, `interval` names a function of the same and of the snapshots' trajectories that returns an Uncertainty.

    Of latents, `null` names a function of (latents, draws, seed) that draws what independent latents would give, by
    default by calling the metric for shifted latents; `smaller` says that dependence makes the number smaller;
    `bounds` are the least and the largest number there can be, and end its interval; and `most_rows`, `most_latents`
    bound what it costs: of more rows, evenly spaced ones are taken, of more latents it is NaN.
    """

    function: str
    takes: Literal["errors", "sampled", "spatial", "bands", "images", "latents", "posterior"]
    unit: str
    interval: str = ""
    null: str = ""
    smaller: bool = False
    bounds: tuple[float, float] = (-math.inf, math.inf)
    most_rows: int | None = None
    most_latents: int | None = None
    version: int = 1


#: Metric name in the results table -> function.
METRICS: dict[str, Metric] = {
    "relative_error": Metric(
        "rom.metrics:pooled_relative_error", "errors", "1", interval="rom.metrics:relative_error_interval"
    ),
    "energy_captured": Metric(
        "rom.metrics:pooled_energy_captured", "errors", "1", interval="rom.metrics:energy_captured_interval"
    ),
    "energy_captured_sampled": Metric("rom.metrics:pooled_energy_captured", "sampled", "1"),
    "mean_squared_error": Metric("rom.metrics:mean_squared_error", "errors", "1"),
    "relative_error_variable": Metric("rom.metrics:relative_error_per_variable", "errors", "1"),
    "energy_captured_variable": Metric("rom.metrics:energy_captured_per_variable", "errors", "1"),
    "rmse_variable": Metric("rom.metrics:rmse_per_variable", "errors", "variable"),
    "energy_captured_snapshot_mean": Metric("rom.metrics:energy_captured_snapshot_mean", "errors", "1"),
    "energy_captured_snapshot": Metric("rom.metrics:energy_captured_snapshot_quantiles", "errors", "1"),
    "relative_error_snapshot": Metric("rom.metrics:relative_error_snapshot_quantiles", "errors", "1"),
    "nrmse": Metric("rom.metrics:nrmse", "spatial", "1"),
    "nrmse_variable": Metric("rom.metrics:nrmse_per_variable", "spatial", "1"),
    "vrmse": Metric("rom.metrics:vrmse", "spatial", "1"),
    "vrmse_variable": Metric("rom.metrics:vrmse_per_variable", "spatial", "1"),
    "spectral_error": Metric("rom.metrics:spectral_error", "bands", "1"),
    "spectral_mse": Metric("rom.metrics:spectral_mse", "bands", "1"),
    "ssim": Metric("rom.metrics:mean_ssim", "images", "1"),
    "det_correlation": Metric(
        "rom.metrics:det_correlation", "latents", "1", null="rom.metrics.nulls:det_correlation", smaller=True,
        bounds=(0, 1),
    ),
    "mean_abs_correlation": Metric(
        "rom.metrics:mean_abs_correlation", "latents", "1", null="rom.metrics.nulls:mean_abs_correlation",
        bounds=(0, 1),
    ),
    "max_abs_correlation": Metric(
        "rom.metrics:max_abs_correlation", "latents", "1", null="rom.metrics.nulls:max_abs_correlation",
        bounds=(0, 1),
    ),
    "total_correlation": Metric(
        "rom.metrics:total_correlation", "latents", "nat", null="rom.metrics.nulls:total_correlation",
        bounds=(0, math.inf),
    ),
    "copula_total_correlation": Metric(
        "rom.metrics:copula_total_correlation", "latents", "nat", null="rom.metrics.nulls:copula_total_correlation"
    ),
    "distance_correlation": Metric(
        "rom.metrics:distance_correlations", "latents", "1", null="rom.metrics.nulls:distance_correlations",
        bounds=(-1, 1), most_rows=2000,
    ),
    "informational_correlation": Metric(
        "rom.metrics:informational_correlations", "latents", "1", bounds=(0, 1), most_rows=2000
    ),
    "neighbour_total_correlation": Metric(
        "rom.metrics:neighbour_total_correlation", "latents", "nat", most_rows=2000, most_latents=8
    ),
    "mean_hsic": Metric("rom.metrics:mean_hsic", "latents", "1", null="rom.metrics.nulls:mean_hsic", most_rows=500),
    "kl": Metric("rom.metrics:kl_total", "posterior", "nat"),
    "kl_component": Metric("rom.metrics:kl_per_component", "posterior", "nat"),
    "active_components": Metric("rom.metrics:n_active", "posterior", "1"),
}  # fmt: skip


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
