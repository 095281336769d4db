"""POD with its axes turned: towards independent latents, or towards modes that are local."""

from __future__ import annotations

import warnings
from numbers import Integral
from typing import ClassVar, final

import numpy as np
from sklearn.decomposition import FastICA
from sklearn.exceptions import ConvergenceWarning

from rom.data.memory import pass_bytes
from rom.data.snapshots import Snapshots
from rom.errors import InputError, nearest
from rom.linalg.varimax import varimax
from rom.reducers import least_memory
from rom.reducers.base import Reducer
from rom.reducers.context import FitContext
from rom.reducers.learned import MODEL, Declared
from rom.reducers.pod import POD
from rom.reducers.quadratic import WEAKEST

ROTATIONS = ("ica", "varimax")


@final
class PODICA(Reducer):
    """POD with its axes turned: ``z = T (V (x - mean))``, ``x_hat = mean + V^T T^-1 z``.

    The rows of V are the leading d POD modes, so the subspace and every error are those of
    :class:`rom.POD`; only the axes in it differ. Two rotations are known, with sigma the singular
    values and n the number of training rows:

    - "ica": ``T = R diag(sqrt(n) / sigma)``. The latents of POD are brought to unit variance and
      turned by the R that makes them as far from Gaussian as FastICA finds, which for a mixture
      of independent signals is the signals. They are uncorrelated with unit variance on the
      training rows; their fields ``V^T T^-1`` are not orthogonal.
    - "varimax": ``T = R`` with the R that maximises the sum over modes of the variance of their
      squared entries over cells, ``sum_i var_p((R V)_ip^2)``. The modes remain orthonormal and
      become local; latents have the unit of x and are correlated.

    Latents are in decreasing order of the energy of their fields over the training rows, and the
    largest entry of each field is positive. POD latents below rounding take no part in the
    rotation.

    Parameters
    ----------
    n_components : int, float or None, default 2
        As for :class:`rom.POD`: the number of latents d, or the energy fraction that they reach.
    rotation : {"ica", "varimax"}, default "ica"
    solver : {"auto", "svd", "gram", "randomized"}, default "auto"
        Of the modes, as for :class:`rom.POD`.
    max_iterations : int, default 1000
        Of FastICA, or sweeps of varimax. If they do not suffice, the rotation that was reached is
        kept, and `converged_` says so: Gaussian latents have no independent axes, and FastICA
        then never settles.
    memory_limit : int or str, optional
        Bytes, or a string such as "1GB", for blocks of rows. Default: a quarter of the machine's
        memory.
    random_state : int, optional
        Seed of FastICA's start and of the solver "randomized", default 0.

    Attributes
    ----------
    pod_ : POD. The subspace.
    components_ : (d, n_features) array. The field of each latent, the rows of ``T^-T V``.
    to_latents_ : (d, d) array. T, which multiplies the latents of POD.
    from_latents_ : (d, d) array. T^-1.
    rotation_ : str
    converged_ : bool
    n_components_ : int

    Raises
    ------
    InputError (a ValueError)
        From :meth:`fit`, if an argument is out of range.

    References
    ----------
    A. Hyvaerinen, E. Oja, "Independent component analysis: algorithms and applications", Neural
    Networks 13, 2000. H. Kaiser, "The varimax criterion for analytic rotation in factor
    analysis", Psychometrika 23, 1958.

    Examples
    --------
    Two independent signals that every cell mixes; POD finds other mixtures of them:

    >>> rng = np.random.default_rng(0)
    >>> signals = rng.uniform(-1, 1, size=(500, 2))
    >>> X = signals @ rng.normal(size=(2, 20))
    >>> Z = PODICA(2).fit_transform(X)
    >>> R = np.abs(np.corrcoef(Z.T, signals.T)[:2, 2:])
    >>> bool((R.max(axis=1) > 0.99).all())
    True
    """

    registry_name = "pod-ica"
    title, short_title = "POD with independent components", "POD-ICA"
    least_bytes = least_memory.of_rotations
    has_linear_decoder = True
    has_seeds = True
    learned: ClassVar[Declared] = {
        "pod_": MODEL,
        "to_latents_": "k k",
        "from_latents_": "k k",
        "rotation_": str,
        "converged_": bool,
    }

    pod_: POD

    def __init__(
        self,
        n_components: int | float | None = 2,
        *,
        rotation: str = "ica",
        solver: str = "auto",
        max_iterations: int = 1000,
        memory_limit: int | str | None = None,
        random_state: int | None = None,
    ) -> None:
        self.n_components = n_components
        self.rotation = rotation
        self.solver = solver
        self.max_iterations = max_iterations
        self.memory_limit = memory_limit
        self.random_state = random_state

    def _fit(self, rows: Snapshots, context: FitContext) -> None:
        if self.rotation not in ROTATIONS:
            known = nearest(str(self.rotation), ROTATIONS)
            raise InputError(f"no rotation {self.rotation!r}; {known}")
        most = self.max_iterations
        if not isinstance(most, Integral) or isinstance(most, bool) or most < 1:
            raise InputError(f"max_iterations={most!r} must be a whole number, 1 or more")
        options = {"memory_limit": self.memory_limit, "random_state": self.random_state}
        self.pod_ = POD(self.n_components, solver=self.solver, **options).fit(rows)
        self.n_components_, self.rotation_ = self.pod_.n_components_, self.rotation
        deviations = self.pod_.amplitudes()
        strong = deviations > WEAKEST * deviations[0]
        # the others are rounding: they stay what they are
        scales = np.where(strong & (self.rotation == "ica"), deviations, 1.0)
        turn = np.eye(self.n_components_)
        if self.rotation == "ica":
            found, self.converged_ = self._independent(rows, scales, strong)
        else:
            found, self.converged_ = varimax(self.pod_.components_[strong], int(most))
        turn[np.ix_(strong, strong)] = found
        self._order(turn / scales, scales[:, None] * turn.T, deviations)

    def _independent(
        self, rows: Snapshots, scales: np.ndarray, strong: np.ndarray
    ) -> tuple[np.ndarray, bool]:
        """The rotation of white latents that FastICA finds, and whether it has settled."""
        if strong.sum() < 2:
            return np.eye(int(strong.sum())), True
        blocks = rows.blocks(pass_bytes(self.memory_limit))
        latents = np.concatenate([self.pod_._encode(block)[:, strong] for block in blocks])
        seed = 0 if self.random_state is None else self.random_state
        ica = FastICA(whiten=False, max_iter=int(self.max_iterations), random_state=seed)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            ica.fit(latents.astype(np.float64) / scales[strong])
        # orthogonal to rounding, so that the inverse is the transpose
        left, _, right = np.linalg.svd(ica.components_)
        stopped = any(issubclass(warning.category, ConvergenceWarning) for warning in caught)
        return left @ right, not stopped

    def _order(
        self, to_latents: np.ndarray, from_latents: np.ndarray, deviations: np.ndarray
    ) -> None:
        """Latents by the energy of their fields, and signs by their largest entry."""
        # modes are orthonormal: the energy of a field is that of its coefficients
        energies = np.sum(from_latents**2, axis=0) * np.sum((to_latents * deviations) ** 2, axis=1)
        order = np.argsort(-energies, kind="stable")
        to_latents, from_latents = to_latents[order], from_latents[:, order]
        fields = from_latents.T @ self.pod_.components_.astype(np.float64)
        largest = fields[np.arange(len(fields)), np.argmax(np.abs(fields), axis=1)]
        signs = np.where(largest < 0, -1.0, 1.0)
        self.to_latents_, self.from_latents_ = signs[:, None] * to_latents, from_latents * signs

    @property
    def components_(self) -> np.ndarray:
        """The field of each latent, (d, n_features)."""
        return self.from_latents_.T.astype(self.pod_.components_.dtype) @ self.pod_.components_

    def _encode(self, rows: np.ndarray) -> np.ndarray:
        return self.pod_._encode(rows) @ self.to_latents_.T.astype(rows.dtype)

    def _decode(self, latents: np.ndarray) -> np.ndarray:
        return self.pod_._decode(latents @ self.from_latents_.T.astype(latents.dtype))

    @property
    def n_parameters_(self) -> int:
        """Numbers in the modes and in T; the mean, which every reducer needs, does not count."""
        return self.pod_.n_parameters_ + int(self.to_latents_.size)

    def amplitudes(self) -> np.ndarray:
        """The standard deviation of each latent over the training rows."""
        return np.sqrt(np.sum((self.to_latents_ * self.pod_.amplitudes()) ** 2, axis=1))

    def _restored(self) -> None:
        if self.pod_.n_components_ != self.n_components_:
            raise InputError(f"{self.n_components_} latents of {self.pod_.n_components_} modes")
        if self.pod_.n_features_in_ != self.n_features_in_:
            raise InputError(f"{self.n_features_in_} features of {self.pod_.n_features_in_}")
