"""POD with a quadratic manifold: what the modes miss, as a quadratic function of the latents."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Real
from typing import ClassVar, final

import numpy as np

from rom.data.memory import memory_bytes, pass_bytes
from rom.data.snapshots import Snapshots
from rom.errors import InputError
from rom.linalg.gram import centred, panels
from rom.linalg.ridge import STRENGTHS, HeldOut, Ridge
from rom.reducers import least_memory
from rom.reducers.base import Reducer
from rom.reducers.context import FitContext
from rom.reducers.learned import MODEL, Declared
from rom.reducers.pod import POD

#: Latents weaker than this, relative to the first, are rounding and stand in no product.
WEAKEST = 1e-7
#: A larger ridge is taken for so much more squared error, relative to the least.
SLACK = 0.01


@final
class QuadraticPOD(Reducer):
    """POD with a quadratic manifold: ``x_hat = mean + V^T z + W^T (q(z) - q_mean)``, ``z = V (x -
    mean)``.

    The rows of V are the leading d POD modes, so the latents are those of :class:`rom.POD`. q(z)
    holds the ``p = d (d + 1) / 2`` products ``t_i t_j``, i <= j, of the latents in units of their
    standard deviation over the training rows, ``t_i = z_i sqrt(n) / sigma_i``; q_mean is the mean
    of q over them. With E what POD leaves of the training rows, ``E = Y - Y V^T V`` for Y the rows
    minus their mean, and Q the rows of ``q - q_mean``,

        ``W = argmin |E - Q W|_F^2 + gamma lambda_1 |W|_F^2``,    lambda_1 the largest eigenvalue of
        ``Q^T Q``.

    The products do not average to zero. Subtracting their mean is the constant term of the
    regression, which is not penalised: the reconstructions of the training rows have the mean of
    the training rows. Because latents are standardised and gamma is relative, neither units nor the
    number of rows matter. Directions in W are orthogonal to the modes, and the error on the
    training rows is at most that of POD, whatever gamma.

    Rows are read once more than by POD. p grows as the square of d: ``Q^T E`` takes ``8 p
    n_features`` bytes in addition to the blocks of rows. With fewer training rows than products the
    ridge decides alone between the many exact fits.

    Parameters
    ----------
    n_components : int or float, default 2
        Number of latents d; a float in (0, 1) is the energy fraction that the modes alone reach.
    solver : {"auto", "svd", "gram", "randomized"}, default "auto"
        Of the modes, as for :class:`rom.POD`.
    regularisation : float, optional
        gamma, 0 or more; 0 is least squares of least norm. Default: the largest power of ten
        between 1e-12 and 1e4 whose squared error on the rows of ``fit(validation=...)`` is within 1
        % of the least, because a W larger than the data ask for makes wild fields of latents that
        are in no snapshot. Without such rows, generalised cross-validation on the training rows
        takes the place of the error. It takes rows as independent, which snapshots that follow each
        other in time are not: gamma is then too small, and errors on later snapshots may be far
        above POD's.
    memory_limit : int or str, optional
        Bytes, or a string such as "1GB", for blocks of rows, and the most that Q^T E may take.
        Default: a quarter of the machine's memory.
    random_state : int, optional
        Seed of "randomized", default 0.

    Attributes
    ----------
    pod_ : POD. The linear part.
    components_, singular_values_, mean_, n_components_, n_samples_seen_, solver_ : those of `pod_`
    quadratic_components_ : (p, n_features) array. W, in the units of x; products in the order (1,
        1), (1, 2), ...
    product_mean_ : (p,) array. q_mean: near 1 for squares, near 0 for the others.
    latent_scale_ : (d,) array, ``sigma_i / sqrt(n)``; infinite for latents below rounding, which
        stand in no product.
    regularisation_ : float. The gamma that was used.
    residual_ : float. Relative error on the training rows.

    Raises
    ------
    InputError (a ValueError)
        From :meth:`fit`, if an argument is out of range or Q^T E does not fit in `memory_limit`.

    References
    ----------
    R. Geelen, S. Wright, K. Willcox, "Operator inference for non-intrusive model reduction with
    quadratic manifolds", Comput. Methods Appl. Mech. Eng. 403, 2023.

    Examples
    --------
    The second harmonic of a travelling wave is a quadratic function of the first, ``cos 2a = cos^2
    a - sin^2 a``:

    >>> import numpy as np
    >>> t, x = (np.linspace(0, 2 * np.pi, n, endpoint=False) for n in (50, 40))
    >>> a = t[:, None] - x
    >>> X = np.cos(a) + 0.3 * np.cos(2 * a)
    >>> POD(2).fit(X).residual_.__round__(2), QuadraticPOD(2).fit(X).residual_ < 1e-6
    (0.29, True)
    """

    registry_name = "pod-quadratic"
    title, short_title = "POD with a quadratic manifold", "quadratic POD"
    least_bytes = least_memory.of_products
    learned: ClassVar[Declared] = {
        "pod_": MODEL,
        "quadratic_components_": "q p",
        "product_mean_": "q",
        "regularisation_": float,
        "residual_": float,
    }

    def __init__(
        self,
        n_components: int | float = 2,
        *,
        solver: str = "auto",
        regularisation: float | None = None,
        memory_limit: int | str | None = None,
        random_state: int | None = None,
    ) -> None:
        self.n_components = n_components
        self.solver = solver
        self.regularisation = regularisation
        self.memory_limit = memory_limit
        self.random_state = random_state

    def _fit(self, rows: Snapshots, context: FitContext) -> None:
        if self.n_components is None:
            raise InputError(
                "n_components=None keeps all modes, which leaves nothing to correct; give a number"
            )
        gamma = self.regularisation
        if gamma is not None and not (
            isinstance(gamma, Real) and not isinstance(gamma, bool) and 0 <= gamma < np.inf
        ):
            raise InputError(
                f"regularisation={gamma!r} must be a number, 0 or more, or None to choose it"
            )
        self._adopt(self._pod().fit(rows))
        self._check_memory(rows)
        ridge = self._regress(rows)
        if gamma is None:
            scores = self._scores(ridge, len(rows), context.validation)
            least = min(scores)
            gamma = max(
                g
                for g, score in zip(STRENGTHS, scores, strict=True)
                if score <= least + SLACK * abs(least)
            )
        self.regularisation_ = float(gamma)
        share = ridge.left(gamma) / ridge.energy if ridge.energy > 0 else 1.0
        self.residual_ = self.pod_.residual_ * float(np.sqrt(share))
        self.quadratic_components_ = ridge.coefficients(gamma).astype(rows.dtype, copy=False)

    def _pod(self) -> POD:
        return POD(
            self.n_components,
            solver=self.solver,
            memory_limit=self.memory_limit,
            random_state=self.random_state,
        )

    def _adopt(self, pod: POD) -> None:
        """The linear part is this POD."""
        self.pod_ = pod
        for name in (
            "components_",
            "singular_values_",
            "mean_",
            "n_components_",
            "n_samples_seen_",
            "solver_",
        ):
            setattr(self, name, getattr(pod, name))
        strong = self.singular_values_ > WEAKEST * self.singular_values_[0]
        self.latent_scale_ = np.where(
            strong, self.singular_values_ / np.sqrt(self.n_samples_seen_), np.inf
        )

    def _check_memory(self, rows: Snapshots) -> None:
        d, n_features, limit = self.n_components_, rows.shape[1], memory_bytes(self.memory_limit)
        p = d * (d + 1) // 2
        needed = 8 * p * (n_features + 3 * p)  # and Q^T Q with its eigenvectors
        if needed > limit:
            raise InputError(
                f"{d} latents have {p:,} products, which need {needed / 1e9:.3g} GB for"
                f" {n_features:,} features; memory_limit is {limit / 1e9:.3g} GB: raise it, or take"
                " fewer components"
            )

    def _products(self, latents: np.ndarray) -> np.ndarray:
        """q(z), (n, p) in the type of the latents, which are scaled first: squares of small units
        underflow.
        """
        scaled = latents / self.latent_scale_.astype(latents.dtype)
        i, j = np.triu_indices(scaled.shape[1])
        return scaled[:, i] * scaled[:, j]

    def _blocks(self, rows: Snapshots) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """q(z) and what POD leaves of the rows, block by block in float64."""
        modes = self.components_.astype(np.float64)
        for block in rows.blocks(pass_bytes(self.memory_limit)):
            residual = centred(block, self.mean_)
            latents = residual @ modes.T
            residual -= latents @ modes
            yield self._products(latents), residual

    def _regress(self, rows: Snapshots) -> Ridge:
        """One pass. The means are subtracted beforehand as far as they are known, the rest at the
        end: nothing cancels.

        Latents of training rows are uncorrelated and scaled, so that a square averages to 1, other
        products to 0.
        """
        n, expected = len(rows), np.equal(*np.triu_indices(self.n_components_)).astype(np.float64)
        p, n_features = len(expected), rows.shape[1]
        gram, cross, energy = np.zeros((p, p)), np.zeros((p, n_features)), 0.0
        excess, mean_residual = np.zeros(p), np.zeros(n_features)
        for products, residual in self._blocks(rows):
            products -= expected
            gram += products.T @ products
            for part in panels(
                n_features
            ):  # not all at once, which would take the memory of `cross` again
                cross[:, part] += products.T @ residual[:, part]
            energy += float(np.sum(residual**2))
            excess += products.sum(axis=0) / n
            mean_residual += residual.sum(axis=0) / n
        self.product_mean_ = expected + excess
        gram -= n * np.outer(excess, excess)
        for i in range(p):
            cross[i] -= n * excess[i] * mean_residual
        return Ridge(gram, cross, energy - n * float(mean_residual @ mean_residual))

    def _scores(self, ridge: Ridge, n_rows: int, validation: Snapshots | None) -> list[float]:
        """What each strength is judged by, the less the better."""
        if validation is None or not len(validation):
            free = (
                n_rows - 1 - self.n_components_
            )  # the mean and the modes were fitted to the rows, too
            return [ridge.cross_validated(strength, free) for strength in STRENGTHS]
        held_out = HeldOut(ridge)
        for products, residual in self._blocks(validation):
            held_out.add(products - self.product_mean_, residual)
        return held_out.errors()

    def _encode(self, rows: np.ndarray) -> np.ndarray:
        return self.pod_._encode(rows)

    def _decode(self, latents: np.ndarray) -> np.ndarray:
        products = self._products(latents) - self.product_mean_.astype(latents.dtype)
        return self.pod_._decode(latents) + products @ self.quadratic_components_.astype(
            latents.dtype
        )

    @property
    def n_parameters_(self) -> int:
        """Numbers in V and W; the mean, which every reducer needs, does not count."""
        return int(self.components_.size + self.quadratic_components_.size)

    def amplitudes(self) -> np.ndarray:
        """Those of the linear part."""
        return self.pod_.amplitudes()

    def _restored(self) -> None:
        if self.pod_.n_components_ != self.n_components_:
            raise InputError(f"{self.n_components_} latents of {self.pod_.n_components_} modes")
        self._adopt(self.pod_)
