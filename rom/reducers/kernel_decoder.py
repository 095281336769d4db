"""KernelDecoder: a linear decoder, and a kernel regression of what it leaves of the rows."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any, ClassVar

import numpy as np

from rom.data.memory import memory_bytes, pass_bytes
from rom.data.snapshots import Snapshots
from rom.errors import InputError, nearest
from rom.linalg.gram import centred
from rom.linalg.kernel_choice import Folds, Trial, choose
from rom.linalg.kernel_ridge import KERNELS, KernelRidge, regress, spread_rows
from rom.reducers import least_memory
from rom.reducers.base import Reducer
from rom.reducers.learned import Declared
from rom.reducers.pod import POD
from rom.reducers.quadratic import WEAKEST
from rom.reducers.search import OneOf, SearchSpace

#: Rows are described by the leading POD modes that hold all but this share of their energy.
ENERGY_LEFT = 1e-10
#: Centres unless the user says otherwise; twice as many took twice as long for 0.5 % less error
#: on MNIST digits.
CENTRES = 1000
#: Of more rows, this number, evenly spaced, chooses width and strength; all are fitted.
JUDGED_ROWS = 5000
#: Square matrices of all centres that a regression holds: kernel, its vectors, basis, gram, their
#: vectors, copies.
MATRICES = 10

#: Latents of rows, and what a linear decoder leaves of their coordinates.
Pair = tuple[np.ndarray, np.ndarray]


class KernelDecoder(Reducer):
    """``x_hat = mean + C^T z + F^T A^T k(z)``, k the kernels of the distances from z to centres.

    Everything is computed in coordinates of the leading POD modes of the training rows, an isometry
    of these rows: after the POD and one more pass over the rows no cost grows with the mesh.
    """

    search_space: ClassVar[SearchSpace] = {"kernel": OneOf(tuple(KERNELS))}
    #: What a subclass that encodes in its own way learns in addition to what it needs for that.
    decoder: ClassVar[Declared] = {
        "mean_": "p",
        "components_": "k p",
        "further_components_": "q p",
        "latent_scale_": "k",
        "centres_": "m k",
        "coefficients_": "m q",
        "kernel_": str,
        "kernel_width_": float,
        "regularisation_": float,
        "corrects_": bool,
        "n_centres_": int,
        "n_modes_": int,
        "residual_": float,
    }
    least_bytes = least_memory.of_kernels
    kernel: str
    max_centres: int | None
    n_components: int | float
    random_state: int | None

    def _check(self, rows: Snapshots) -> None:
        """One clear line for what is out of range, before anything is computed."""
        if self.kernel not in KERNELS:
            raise InputError(f"no kernel {self.kernel!r}; {nearest(str(self.kernel), KERNELS)}")
        most, fits = self.max_centres, self._centres_that_fit()
        if most is None:
            return
        if not isinstance(most, Integral) or isinstance(most, bool) or most < 1:
            raise InputError(f"max_centres={most!r} must be a whole number, 1 or more, or None")
        if min(int(most), len(rows)) > fits:
            raise InputError(
                f"matrices of {min(int(most), len(rows)):,} centres squared do not fit in "
                f"memory_limit, which has room for {fits:,}: raise it, or lower max_centres"
            )

    def _centres_that_fit(self) -> int:
        return max(1, int((memory_bytes(self.memory_limit) / (8 * MATRICES)) ** 0.5))

    def _most_centres(self) -> int:
        if self.max_centres is None:
            return min(CENTRES, self._centres_that_fit())
        return int(self.max_centres)

    def _describe(self, rows: Snapshots, at_least: int) -> POD:
        """The POD whose modes are the coordinates: all that hold energy, and fit in memory."""
        available = min(rows.shape)
        # modes, coordinates, targets and predictions: a few arrays as wide as the modes are many
        room = memory_bytes(self.memory_limit) // (32 * max(rows.shape))
        most = max(at_least, min(room, available))
        options: dict[str, Any] = {
            "memory_limit": self.memory_limit,
            "random_state": self.random_state,
        }
        pod = POD(tolerance=ENERGY_LEFT**0.5, max_components=most, **options).fit(rows)
        if pod.n_components_ < at_least:
            pod = POD(at_least, **options).fit(rows)
        return pod

    def _coordinates(self, pod: POD, rows: Snapshots) -> np.ndarray:
        """Coordinates of rows in double precision, (n, r)."""
        modes = pod.components_.astype(np.float64)
        blocks = rows.blocks(pass_bytes(self.memory_limit))
        found = [centred(block, pod.mean_) @ modes.T for block in blocks]
        return np.concatenate([np.empty((0, len(modes))), *found])

    def _scale(self, latents: np.ndarray) -> None:
        """Latents enter the kernel with unit variance, those below rounding not at all.

        Unit variance beats one common scale where there are many latents: on the shock tubes by
        30 % of the error with 8 latents. With 2 it loses 5 %, on MNIST 0.4 %.
        """
        deviations = latents.std(axis=0)
        strong = deviations > WEAKEST * deviations.max()
        self.latent_scale_ = np.where(strong, deviations, np.inf)

    def _trials(self, fitted: Pair, others: Pair) -> Iterable[Trial]:
        """What judges a width: other rows, or parts of the training rows in turn."""
        pairs = [
            (spread_rows(latents, JUDGED_ROWS) / self.latent_scale_, spread_rows(left, JUDGED_ROWS))
            for latents, left in (fitted, others)
        ]
        return [(*pairs[0], *pairs[1])] if len(others[0]) else Folds(*pairs[0])

    def _learn_decoder(self, pod: POD, linear: np.ndarray, fitted: Pair, others: Pair) -> None:
        """Choose and fit the correction, unless it does not help.

        Parameters
        ----------
        pod : the coordinates
        linear : (k, r) array. Coordinates that the latents decode to.
        fitted : latents (n, k) of the training rows, and what the linear part leaves of them, (n,
        r)
        others : the same of the rows that judge, if there are any
        """
        trials = self._trials(fitted, others)
        most = self._most_centres()
        choice = choose(self.kernel, trials, most)

        inputs, left = fitted[0] / self.latent_scale_, fitted[1]
        found = regress(self.kernel, choice.width, choice.strength, inputs, left, most)
        # the choice may be of fits to fewer rows: the fit that is kept has to help as well. Without
        # other rows it knows those that judge, and only a fit that went wrong is found out
        judged = sum(float(np.sum((truth - found(known)) ** 2)) for *_, known, truth in trials)
        self.corrects_ = choice.helps and judged < choice.energy

        total = energy_of(pod)
        predicted, basis = _leading(found(inputs), ENERGY_LEFT * total)
        if not self.corrects_:
            # empty arrays instead of none: what is stored has the same names either way
            predicted, basis = predicted[:, :0], basis[:, :0]
            found = KernelRidge(self.kernel, 0.0, 0.0, inputs[:0], found.coefficients[:0])

        # outside the span of the modes and inside it: orthogonal, so that squares add up
        energy = float(np.sum((left - predicted @ basis.T) ** 2))
        share = pod.residual_**2 + energy / total if total > 0 else 0.0
        self.residual_ = float(np.sqrt(share))

        modes = pod.components_.astype(np.float64)
        self.mean_, self.n_modes_ = pod.mean_, pod.n_components_
        self.components_ = (linear @ modes).astype(pod.components_.dtype)
        self.further_components_ = (basis.T @ modes).astype(pod.components_.dtype)
        self.centres_, self.coefficients_ = found.centres, found.coefficients @ basis
        self.kernel_, self.n_centres_ = self.kernel, len(found.centres)
        self.kernel_width_, self.regularisation_ = found.width, found.strength
        self._restored()

    def _restored(self) -> None:
        if self.kernel_ not in KERNELS:
            raise InputError(f"no kernel {self.kernel_!r}; {nearest(self.kernel_, KERNELS)}")
        if self.corrects_ and not 0 < self.kernel_width_ < np.inf:
            raise InputError(f"kernel_width_ is {self.kernel_width_}, a positive number expected")
        if self.n_centres_ != len(self.centres_):
            raise InputError(f"{self.n_centres_} centres of {len(self.centres_)}")
        how = self.kernel_, self.kernel_width_, self.regularisation_
        self._correction = KernelRidge(*how, self.centres_, self.coefficients_)

    def _decode(self, latents: np.ndarray) -> np.ndarray:
        kind = latents.dtype
        found = latents @ self.components_.astype(kind) + self.mean_.astype(kind)
        if not self.corrects_:
            return found
        # in double precision: coefficients of a weak ridge are large and cancel
        further = self._correction(latents.astype(np.float64) / self.latent_scale_)
        return found + further.astype(kind) @ self.further_components_.astype(kind)

    @property
    def n_parameters_(self) -> int:
        """Numbers in the modes and in the correction; the mean does not count, as for POD."""
        correction = self.centres_.size + self.coefficients_.size + self.further_components_.size
        scale = self.latent_scale_.size if self.corrects_ else 0
        return int(self.components_.size + correction + scale)


def energy_of(pod: POD) -> float:
    """The energy of the training rows about their mean, of all modes, kept or not."""
    share = float(pod.explained_variance_ratio_[0])
    return float(pod.singular_values_[0]) ** 2 / share if share > 0 else 0.0


def _leading(predicted: np.ndarray, energy_left: float) -> tuple[np.ndarray, np.ndarray]:
    """Scores (n, q) and orthonormal directions (r, q) that leave out so much energy.

    Functions of a few latents span few directions: the decoder stores these instead of all
    coordinates.
    """
    energies, directions = np.linalg.eigh(predicted.T @ predicted)
    kept = np.cumsum(np.maximum(energies, 0)) > energy_left
    directions = directions[:, kept][:, ::-1]
    return predicted @ directions, directions
