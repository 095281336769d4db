"""Encode and decode with a saved model: snapshots to latents, latents and modes back to fields on
the mesh.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.data.sources import Tile
from rom.data.watch import changes
from rom.errors import InputError
from rom.files import sum_of
from rom.reducers.latents import Latents, read_latents, write_latents
from rom.reducers.persistence import load, model_file


class Model(Protocol):
    """What is asked of a model here: a reducer is one, and so is a FieldModel."""

    @property
    def registry_name(self) -> str: ...

    @property
    def layout_(self) -> FieldLayout: ...

    @property
    def n_components_(self) -> int: ...

    def transform(self, X: np.ndarray | Snapshots) -> np.ndarray: ...

    def posterior(self, X: np.ndarray | Snapshots) -> tuple[np.ndarray, np.ndarray] | None: ...

    def inverse_transform(self, Z: np.ndarray) -> np.ndarray: ...

    def amplitudes(self) -> np.ndarray: ...


def latents_of(model: Model, X: np.ndarray | Snapshots) -> tuple[np.ndarray, np.ndarray | None]:
    """Latents (n, n_components), posterior means where there is a posterior, and then its
    log-variances.
    """
    return model.posterior(X) or (model.transform(X), None)


def encode(model: Model, snapshots: Snapshots) -> Latents:
    """Latents of snapshots, read block by block.

    Parameters
    ----------
    model : FieldModel or fitted reducer
    snapshots : Snapshots of the variables and the grid that the model was fitted on

    Raises
    ------
    InputError
        If the snapshots are of other variables, another grid, unit or mask; the message names the
        difference.
    """
    values, log_variance = latents_of(model, fitting(model.layout_, snapshots))
    return Latents(
        values,
        log_variance,
        snapshots.times,
        snapshots.time_unit,
        snapshots.trajectories,
        snapshots.parameters,
        snapshots.name,
        model.registry_name,
    )


def fitting(wanted: FieldLayout, snapshots: Snapshots) -> Snapshots:
    """The snapshots, checked to be of the layout that a model was fitted on; its mask where they
    have none.
    """
    found, name = snapshots.layout, snapshots.name
    if wanted.is_anonymous:
        if snapshots.pack().shape[1] != wanted.n_features:
            raise InputError(
                f"{name}: {found.pack().n_features} features, the model has {wanted.n_features}"
            )
        return snapshots
    for what in ("variables", "axes", "grid_shape"):
        if getattr(found, what) != getattr(wanted, what):
            raise InputError(
                f"{name}: {what.replace('_', ' ')} {_words(getattr(found, what))}, but the model"
                f" was fitted on {_words(getattr(wanted, what))}"
            )
    for variable, here, there in zip(found.variables, found.units, wanted.units, strict=True):
        if here and there and here != there:
            raise InputError(
                f"{name}: {variable} is in {here}, but the model was fitted on {there}; convert it"
            )
    if found.mask is None:
        return snapshots.map(None, wanted.unpack())
    if different := int((found.valid != wanted.valid).sum()):
        raise InputError(f"{name}: the mask differs from that of the model in {different} values")
    return snapshots


def _words(values: Sequence[Any]) -> str:
    return ", ".join(map(str, values))


def decode(model: Model, latents: Latents | np.ndarray, *, files: Sequence[Path] = ()) -> Snapshots:
    """Snapshots in physical units that are decoded when they are read: fields never are whole in
    memory.

    Parameters
    ----------
    model : FieldModel or fitted reducer
    latents : Latents, or an array (n_snapshots, n_components)
    files : that the latents and the model come from; :meth:`rom.Snapshots.write` does not overwrite
        them.

    Raises
    ------
    InputError
        If the model has another number of latents.

    Examples
    --------
    >>> import numpy as np, rom
    >>> wake = rom.open_snapshots("cylinder_wake")
    >>> pod = rom.POD(4).fit(wake)
    >>> decoded = decode(pod, pod.transform(wake))
    >>> decoded.shape == wake.pack().shape, decoded.layout.variables
    (True, ('u', 'v'))
    """
    latents = latents if isinstance(latents, Latents) else Latents(np.asarray(latents))
    if latents.values.ndim != 2 or latents.values.shape[1] != model.n_components_:
        raise InputError(
            f"{latents.dataset}: latents of shape {latents.values.shape}, "
            f"but the model has {model.n_components_} latents"
        )
    layout = model.layout_
    return Snapshots(
        DecodedRows(model.inverse_transform, latents.values, layout.n_features, files),
        layout,
        times=latents.times,
        time_unit=latents.time_unit,
        trajectories=latents.trajectories,
        parameters=latents.parameters,
        name=latents.dataset,
    )


def modes(model: Model, *, files: Sequence[Path] = ()) -> Snapshots:
    """One field per latent, in physical units: what the latent adds to the field at latents zero.

    ``mode_i = decode(a_i e_i) - decode(0)``. For POD zero latents are the mean and a_i is the
    standard deviation of the latent over the training snapshots, ``sigma_i / sqrt(n)``: the
    physical fluctuation along the mode, with scales and weights undone. POD with a quadratic
    manifold has the same a_i, and the part of the latent's square in its mode. For networks a_i =
    1, which is the prior's standard deviation of a VAE and no more than a unit of an autoencoder's
    latent. Fields that are not linear in the latents are not proportional to a_i.

    Parameters
    ----------
    model, files : as for :func:`decode`

    Returns
    -------
    Snapshots of n_components rows, with parameters ``latent`` (from 0) and ``amplitude`` (a_i).
    """
    amplitudes = model.amplitudes()
    layout, values = model.layout_, np.diag(amplitudes)
    origin = model.inverse_transform(np.zeros((1, len(amplitudes))))
    source = DecodedRows(model.inverse_transform, values, layout.n_features, files, origin=origin)
    parameters = {"latent": np.arange(len(amplitudes)), "amplitude": amplitudes}
    return Snapshots(source, layout, parameters=parameters, name="modes")


class DecodedRows:
    """Rows that are decoded from latents when they are read, minus `origin` where one is given."""

    chunk_rows = chunk_width = 1

    def __init__(
        self,
        inverse_transform: Callable[[np.ndarray], np.ndarray],
        latents: np.ndarray,
        n_features: int,
        paths: Sequence[Path] = (),
        *,
        origin: np.ndarray | None = None,
    ) -> None:
        self.inverse_transform, self.origin = inverse_transform, origin
        self.latents = latents.astype(np.float32 if latents.dtype == np.float32 else np.float64)
        self.shape, self.dtype, self.paths = (
            (len(latents), n_features),
            self.latents.dtype,
            tuple(paths),
        )

    def read(self, rows: np.ndarray, tile: Tile | None = None) -> np.ndarray:
        decoded = self.inverse_transform(self.latents[rows])
        return decoded if self.origin is None else decoded - self.origin

    def tiles(self, width: int) -> list[Tile]:
        return []  # a decoder gives whole rows

    def reopened(self) -> DecodedRows:
        return self


def encode_file(model_path: Path, snapshots: Snapshots, out: Path) -> Latents:
    """What ``rom encode`` does."""
    path = model_file(model_path)
    model = load(path)
    latents = encode(model, snapshots)
    if found := changes(snapshots.states):
        raise InputError(f"the data changed while they were encoded: {found[0].words}")
    latents = Latents(**{**vars(latents), "model": sum_of(path)})
    write_latents(out, latents, [*snapshots.files, path])
    return latents


def decode_file(
    model_path: Path, latents_path: Path | None, out: Path
) -> tuple[list[Path], list[str]]:
    """What ``rom decode`` does; without latents, the modes. Returns the files written, and
    notes.
    """
    path = model_file(model_path)
    model = load(path)
    if latents_path is None:
        return modes(model, files=[path]).write(out), []
    latents = read_latents(latents_path)
    notes = []
    if latents.model and latents.model != sum_of(path):
        notes.append(f"{latents_path} was encoded by another model than {path}")
    return decode(model, latents, files=[path, latents_path]).write(out), notes
