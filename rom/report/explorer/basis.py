"""One basis for what all decoders of a page make: few directions take few bytes.

The last layer of most decoders is a linear map to many cells. Each is expressed in the leading
directions of the fields that all of them decode, and of the held-out snapshots: what is stored for
a decoder is then a small network to the coefficients of these directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rom.pipeline import Pipeline
from rom.report.explorer.decoders import Decoder
from rom.report.explorer.packing import Pool
from rom.report.explorer.pictures import Picture, physical

#: Directions that add less than this to any field, in standard deviations, need fewer digits.
WEAK = 0.02
#: Largest error by rounding, in standard deviations.
ROUNDING = 1e-3


@dataclass(frozen=True)
class Units:
    """The shown features in physical units and in multiples of their variables' deviations.

    ``x = gain rows + offset = mean + spread y`` for preprocessed rows and normalised values y; all
    arrays are (n_shown,), and NaN in `mean` marks values without data.
    """

    gain: np.ndarray
    offset: np.ndarray
    mean: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(
        cls, pipeline: Pipeline, picture: Picture, mean: np.ndarray, samples: np.ndarray
    ) -> Units:
        """From the mean and from samples (n, n_shown) in physical units."""
        there = picture.features >= 0
        gain, offset = physical(pipeline, picture)
        squares = np.mean(np.where(there, samples - mean, 0.0) ** 2, axis=0)
        parts = squares.reshape(picture.n_variables, -1)
        deviations = np.sqrt(parts.sum(axis=1) / there.reshape(parts.shape).sum(axis=1))
        deviations = np.where(deviations > 0, deviations, 1.0)
        mean = np.where(there, mean, np.nan)
        return cls(gain, offset, mean, np.repeat(deviations, parts.shape[1]))

    def normalised(self, values: np.ndarray) -> np.ndarray:
        """Physical values as multiples y, zero where there is no data."""
        return np.nan_to_num((values - self.mean) / self.spread)


class Directions:
    """Orthonormal directions of samples (n, n_shown)."""

    def __init__(self, samples: np.ndarray) -> None:
        # in double precision: half the digits of the fields are left after a square root
        self.samples = samples.astype(np.float64)
        self._products: np.ndarray | None = None

    def leading(self, rows: np.ndarray, tolerance: float) -> np.ndarray:
        """(r, n_shown): enough that no row leaves more than the tolerance, root mean square."""
        samples = self.samples[rows]
        if len(samples) > samples.shape[1]:
            sizes, vectors = np.linalg.eigh(samples.T @ samples)
            directions = vectors[:, ::-1].T
            energies = (samples @ directions.T) ** 2
        else:
            if self._products is None:
                self._products = self.samples @ self.samples.T
            sizes, vectors = np.linalg.eigh(self._products[np.ix_(rows, rows)])
            kept = np.flatnonzero(sizes > max(sizes[-1], 0.0) * 1e-10)[::-1]
            energies = vectors[:, kept] ** 2 * sizes[kept]
            directions = (vectors[:, kept] / np.sqrt(sizes[kept])).T @ samples
        left = energies.sum(axis=1, keepdims=True) - np.cumsum(energies, axis=1)
        worst = np.sqrt(np.maximum(left.max(axis=0), 0) / samples.shape[1])
        r = int(np.argmax(worst <= tolerance)) + 1
        # the smallest are orthonormal to rounding only
        return np.asarray(np.linalg.qr(directions[:r].T)[0].T)


def in_basis(decoder: Decoder, basis: np.ndarray, units: Units) -> dict[str, Any]:
    """A decoder whose values are the coefficients of the basis."""
    assert decoder.matrix is not None or decoder.linear is not None
    scaled = basis * (units.gain / units.spread)
    about = (units.gain * decoder.offset + units.offset - units.mean) / units.spread
    bias = (basis @ np.nan_to_num(about)).astype(np.float32)
    layers = list(decoder.layers)
    if decoder.matrix is not None:
        weights = scaled @ decoder.matrix
        layers.append({"kind": "dense", "weights": weights, "bias": bias})
        if decoder.cancels:
            layers[-1]["digits"] = _digits(weights, basis.shape[1])
    linear = decoder.linear if decoder.linear is not None else np.zeros((0, 0))
    result: dict[str, Any] = {"layers": layers, "output": "basis"}
    if linear.size:
        rest = bias if decoder.matrix is None else np.zeros(len(bias), np.float32)
        result["linear"] = {"kind": "dense", "weights": scaled @ linear, "bias": rest}
    return result


def _digits(weights: np.ndarray, n_shown: int) -> str:
    """What rounding of terms of order one leaves of a field: double precision where it is seen."""
    rounding = np.abs(weights).max(initial=0.0) * np.finfo(np.float32).eps
    return "f4" if rounding * np.sqrt(weights.size / n_shown) < ROUNDING else "f8"


def packed(basis: np.ndarray, coefficients: np.ndarray, pool: Pool) -> list[int]:
    """The basis as arrays: strong directions in half precision, weak ones in bytes."""
    largest = np.quantile(np.abs(coefficients), 0.98, axis=0) / np.sqrt(basis.shape[1])
    strong = np.flatnonzero(largest > WEAK)
    n = int(strong[-1]) + 1 if len(strong) else 0
    parts = ((basis[:n], "f2"), (basis[n:], "b8"))
    return [pool.add(part, kind, by_row=True) for part, kind in parts if len(part)]
