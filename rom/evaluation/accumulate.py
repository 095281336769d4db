"""Streaming error accumulators of rows and their reconstructions, block by block; the full field is
never in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from rom.data.layout import IMAGE_AXES, FieldLayout
from rom.data.moments import PANEL_BYTES
from rom.data.weights import UNIFORM, is_uniform
from rom.metrics import ssim
from rom.metrics.spatial import SpatialMoments, spatial_moments
from rom.metrics.spectral import BandErrors, band_errors
from rom.metrics.structural_similarity import WINDOW
from rom.metrics.sums import SquaredErrors, squared_errors
from rom.study.prepare import Prepared

#: Along an axis: three bands of wavenumbers are no more than a name on fewer.
FEWEST_CELLS = 8


class Accumulator(Protocol):
    """Takes packed rows and their reconstructions, both (n, n_valid_features) in physical units, in
    any blocks.
    """

    def add(self, rows: np.ndarray, decoded: np.ndarray) -> None:
        """Take in a block."""

    def result(self) -> Any:
        """Of all blocks so far, as if they had been one."""


class PerSnapshot:
    """Numbers of each snapshot: a function of a block, and one that joins what it gave for
    several.
    """

    def __init__(
        self, of_block: Callable[[np.ndarray, np.ndarray], Any], join: Callable[[list[Any]], Any]
    ) -> None:
        self._of_block, self._join, self._found = of_block, join, list[Any]()

    def add(self, rows: np.ndarray, decoded: np.ndarray) -> None:
        self._found.append(self._of_block(rows, decoded))

    def result(self) -> Any:
        return self._join(self._found)


def errors_of(prepared: Prepared) -> PerSnapshot:
    """Squared errors, with the mean of the training rows as the reference."""
    layout = prepared.snapshots.layout.pack()
    options: dict[str, Any] = {
        **_norm(layout),
        "reference": prepared.train_mean,
        "scales": prepared.pipeline.scales,
        "names": layout.variables,
    }
    return PerSnapshot(
        lambda rows, decoded: squared_errors(rows, decoded, **options), SquaredErrors.concatenate
    )


def moments_of(prepared: Prepared) -> PerSnapshot:
    """Mean squares and variances in space of the snapshots themselves."""
    norm = _norm(prepared.snapshots.layout.pack())
    return PerSnapshot(
        lambda rows, decoded: spatial_moments(rows, **norm), SpatialMoments.concatenate
    )


class MeanSquareByFeature:
    """Root mean square error of each packed feature: where in space a model is wrong. One row,
    whatever the blocks.
    """

    def __init__(self) -> None:
        self._sum, self._n = np.zeros(()), 0

    def add(self, rows: np.ndarray, decoded: np.ndarray) -> None:
        # in panels: the difference in double precision would double the memory of a block
        step = max(1, PANEL_BYTES // (8 * rows.shape[1]))
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            error = np.subtract(rows[part], decoded[part], dtype=np.float64)
            self._sum = self._sum + np.einsum("ij,ij->j", error, error)
        self._n += len(rows)

    def result(self) -> np.ndarray:
        return np.sqrt(self._sum / self._n)


def bands_of(prepared: Prepared) -> PerSnapshot:
    """Errors in bands of wavenumbers, of a layout without :func:`why_no_bands`."""
    layout = prepared.snapshots.layout
    options: dict[str, Any] = {
        "reference": layout.to_fields(prepared.train_mean[None])[0],
        "scales": prepared.pipeline.scales,
        "spacings": [_spacing(layout, axis) for axis in layout.axes],
    }
    return PerSnapshot(
        lambda rows, decoded: band_errors(
            layout.to_fields(rows), layout.to_fields(decoded), **options
        ),
        BandErrors.concatenate,
    )


def images_of(prepared: Prepared) -> PerSnapshot:
    """SSIM of each image, with the range of the training images."""
    shape, data_range = prepared.snapshots.layout.grid_shape, prepared.train_range
    return PerSnapshot(
        lambda rows, decoded: ssim(
            rows.reshape(-1, *shape), decoded.reshape(-1, *shape), data_range=data_range
        ),
        np.concatenate,
    )


def everywhere(layout: FieldLayout) -> bool:
    """For what is gathered on every layout."""
    return True


class Gathered(NamedTuple):
    """What is gathered, of which sets, and on which layouts."""

    of: Callable[[Prepared], Accumulator]
    sets: tuple[str, ...] = ("test",)
    where: Callable[[FieldLayout], bool] = everywhere


#: Name (as in :attr:`rom.measures.Metric.gathers`) -> the accumulator of rows and reconstructions.
GATHERED: dict[str, Gathered] = {
    "errors": Gathered(errors_of, sets=("train", "test")),
    "moments": Gathered(moments_of),
    "error_map": Gathered(lambda prepared: MeanSquareByFeature()),
    "bands": Gathered(bands_of, where=lambda layout: not why_no_bands(layout)),
    "images": Gathered(images_of, where=lambda layout: is_image(layout)),
}
#: The same of what is decoded from a sample of each posterior.
GATHERED_OF_SAMPLES: dict[str, Gathered] = {"sampled": Gathered(errors_of)}


def accumulators(
    prepared: Prepared, part: str, rows: Mapping[str, Gathered] = GATHERED
) -> dict[str, Accumulator]:
    """By name, the accumulators of a set of snapshots."""
    layout = prepared.snapshots.layout
    return {
        name: row.of(prepared)
        for name, row in rows.items()
        if part in row.sets and row.where(layout)
    }


def why_no_bands(layout: FieldLayout) -> str:
    """Why there are no errors by wavenumber on this layout; empty where there are."""
    if not layout.has_grid or layout.mesh is not None or min(layout.grid_shape) < FEWEST_CELLS:
        return f"they need a rectilinear grid with at least {FEWEST_CELLS} cells along each axis"
    if layout.mask is not None:
        return "some cells hold no data"
    if missing := [axis for axis in layout.axes if axis not in layout.periodic]:
        return f"the data does not say that {', '.join(missing)} is periodic"
    if layout.weights is not None and np.ptp(layout.weights) > UNIFORM * layout.weights.max():
        return "the cells have different weights"
    if uneven := [axis for axis in layout.axes if not np.isfinite(_spacing(layout, axis))]:
        return f"the cells along {', '.join(uneven)} are not of one size"
    return ""


def is_image(layout: FieldLayout) -> bool:
    """Whether snapshots are grey pictures that SSIM is made for: axes row and column, one variable,
    no mask.
    """
    plain = layout.n_variables == 1 and layout.mask is None and layout.mesh is None
    return plain and layout.axes == IMAGE_AXES and min(layout.grid_shape) >= WINDOW


def _spacing(layout: FieldLayout, axis: str) -> float:
    """The size of the cells along an axis: 1 without coordinates, NaN where it changes."""
    if axis not in layout.coordinates:
        return 1.0
    x = np.asarray(layout.coordinates[axis], dtype=np.float64)
    return abs(float(np.diff(x).mean())) if is_uniform(x) else float("nan")


def _norm(layout: FieldLayout) -> dict[str, Any]:
    return {
        "weights": layout.feature_weights,
        "variable_index": layout.variable_index,
        "n_variables": layout.n_variables,
    }
