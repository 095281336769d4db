"""Proper orthogonal decomposition."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar, Self, final

import numpy as np

from rom.data.memory import memory_bytes
from rom.data.snapshots import Snapshots
from rom.linalg.rank import choose_rank
from rom.linalg.spectrum import Spectrum
from rom.linalg.stream import Stream
from rom.linalg.svd import fix_signs, solve
from rom.reducers import least_memory
from rom.reducers.base import Reducer
from rom.reducers.context import FitContext
from rom.reducers.learned import Declared
from rom.reducers.pod_solver import block_bytes, left_out, solver_of
from rom.reducers.rows import as_rows


@final
class POD(Reducer):
    """Proper orthogonal decomposition: the linear reduction of least squared error.

    With Y the rows minus their mean and ``Y = U diag(sigma) V^T``, the modes are the leading rows
    of V^T, the latents ``z = V^T (x - mean)`` and the reconstruction ``mean + V z``. The energy a
    mode captures is ``sigma_i^2 / sum_j sigma_j^2``, the sum over *all* modes, kept or not.

    Rows are taken as they are: scales and cell weights are applied by :class:`rom.Pipeline`, after
    which this is the weighted POD.

    Parameters
    ----------
    n_components : int, float or None, default None
        int: this number of modes. float in (0, 1): the smallest number whose energy reaches this
        fraction of the total. None: all modes above rounding.
    solver : {"auto", "svd", "gram", "randomized"}, default "auto"
        "svd": LAPACK on the whole matrix, accurate to rounding. "gram": eigenvalues of the smaller
        of ``Y Y^T`` and ``Y^T Y``, accumulated in float64 block by block; singular values below
        about 1.5e-8 of the first are lost, and that of the others is right to ``eps (sigma_1 /
        sigma_i)^2``. Large float32 data are multiplied in float32 first, and again in float64 where
        a mode that is kept has less than a thousandth of the energy of the first. "randomized": a
        few passes of subspace iteration, for matrices that are long on both sides; needs an integer
        `n_components`. Its singular values are never too large and are not squared: where they
        decay, they are right to about ``eps sigma_1``, as those of "svd" are, and where they hardly
        do, `residual_excess_` tells what is missing (eps is 6e-8 where `precision_` is "single").
        "auto": svd where it takes about a second and fits in memory; randomized, with an integer
        `n_components`, where the Gram matrix, its vectors and work array (24 bytes times the square
        of the shorter side) do not fit in `memory_limit`, or more than 1e13 operations would be ten
        times those of the randomised solver; else gram.
    tolerance : float in (0, 1), optional
        Keep the fewest modes whose relative projection error on the training data is at most this.
        Excludes `n_components`.
    max_components : int, optional
        Keep at most this number of modes, whatever energy or tolerance ask for.
    memory_limit : int or str, optional
        Bytes, or a string such as "1GB" (10^9) or "1GiB", for blocks of rows. Default: a quarter of
        the machine's memory.
    oversampling : int, default 10
        Vectors that "randomized" carries in addition to the wanted ones.
    power_iterations : int or "auto", default "auto"
        Passes of "randomized" that sharpen its subspace; two more are made in any case. "auto":
        until one gains less than 1e-4 of the energy that is left, at most 7.
    random_state : int, optional
        Seed of "randomized", default 0: the same result every time. The other solvers draw no
        random numbers.

    Attributes
    ----------
    components_ : (k, n_features) array. Modes, orthonormal, largest entry of each positive.
    singular_values_ : (k,) array
    mean_ : (n_features,) array
    explained_variance_ : (k,) array, ``sigma^2 / (n - 1)``
    explained_variance_ratio_ : (k,) array, ``sigma^2 / total energy``
    spectrum_ : (min(n, n_features),) array. All singular values; of "randomized"
        ``k + oversampling``.
    residual_ : float
        ``sqrt(1 - sum_kept sigma^2 / total energy)``: the relative error of the projection of the
        data of the fit.
    residual_excess_ : float
        How much larger than the optimum `residual_` may be, relative to it: 0 but for "randomized".
        An estimate, no bound, beyond rounding (1e-7 in single precision): what more iterations
        would gain if the gains went on to fall as they did, and at least the last one. Where sigma
        hardly decays beyond k it may be a few times too small.
    n_components_ : int
    n_samples_seen_ : int
    solver_ : str
    precision_ : "single" or "double". Of the products; they are added up in double precision in any
        case.

    Raises
    ------
    InputError (a ValueError)
        From :meth:`fit`, if an argument is out of range.

    References
    ----------
    L. Sirovich, "Turbulence and the dynamics of coherent structures", Q. Appl. Math. 45, 1987.
    N. Halko, P.-G. Martinsson, J. Tropp, "Finding structure with randomness", SIAM Review 53, 2011.
    P. Holmes, J. Lumley, G. Berkooz, C. Rowley, "Turbulence, Coherent Structures, Dynamical Systems
    and Symmetry", 2nd ed., Cambridge 2012, chapter 3.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.linspace(0, 6, 50)[:, None]
    >>> X = np.cos(t - np.linspace(0, 3, 30))
    >>> pod = POD(n_components=0.999).fit(X)
    >>> pod.n_components_, bool(np.allclose(pod.inverse_transform(pod.transform(X)), X))
    (2, True)
    """

    registry_name = "pod"
    title, short_title = "proper orthogonal decomposition", "POD"
    least_bytes = least_memory.of_modes
    has_linear_decoder = True
    learned: ClassVar[Declared] = {
        "components_": "k p",
        "mean_": "p",
        "spectrum_": "?",
        "explained_variance_": "k",
        "explained_variance_ratio_": "k",
        "residual_": float,
        "residual_excess_": float,
        "solver_": str,
        "precision_": str,
        "n_samples_seen_": int,
    }

    def __init__(
        self,
        n_components: int | float | None = None,
        *,
        solver: str = "auto",
        tolerance: float | None = None,
        max_components: int | None = None,
        memory_limit: int | str | None = None,
        oversampling: int = 10,
        power_iterations: int | str = "auto",
        random_state: int | None = None,
    ) -> None:
        self.n_components = n_components
        self.solver = solver
        self.tolerance = tolerance
        self.max_components = max_components
        self.memory_limit = memory_limit
        self.oversampling = oversampling
        self.power_iterations = power_iterations
        self.random_state = random_state

    def fit_transform(self, X: np.ndarray | Snapshots, y: Any = None) -> np.ndarray:
        """Fit, and the latents (n, n_components) of the same rows; see :meth:`fit_scores`."""
        scores = self.fit_scores(X)
        return self.transform(X) if scores is None else scores[0]

    def fit_scores(self, X: np.ndarray | Snapshots) -> tuple[np.ndarray, np.ndarray] | None:
        """Fit, and what the solver knows of the rows without another pass over them.

        Of the Gram matrix in double precision: the latents ``U Sigma``, (n, n_components), and the
        energy that the modes leave of each row, (n,) in float64. Otherwise None.
        """
        rows = as_rows(self, X, reset=True)
        self.layout_ = rows.layout
        spectrum, signs = self._decompose(rows)
        if spectrum.left is None or spectrum.row_energies is None:
            return None
        latents = spectrum.left[:, : self.n_components_] * (signs * self.singular_values_)
        left = np.maximum(spectrum.row_energies - np.square(latents).sum(axis=1), 0.0)
        return latents.astype(rows.dtype), left

    def _fit(self, rows: Snapshots, context: FitContext) -> None:
        self._decompose(rows)

    def _decompose(self, rows: Snapshots) -> tuple[Spectrum, np.ndarray]:
        """Fit; what the solver found, and the signs that the modes were given."""
        self.solver_, solver = solver_of(self, rows.shape)
        size = block_bytes(self.memory_limit)
        spectrum, k, self.precision_ = solve(rows, solver, size, self._rank, left_out(self))
        self._stream: Stream | None = None
        return spectrum, self._learn(spectrum, spectrum.modes(k), len(rows), rows.dtype)

    def partial_fit(self, X: np.ndarray | Snapshots, y: Any = None) -> Self:
        """Update the fit with more snapshots, which need not be kept: for a solver that is still
        running.

        Mean and total energy are exact. With an integer `n_components` k, ``k + max(20, k)`` modes
        are carried from batch to batch, so that the kept ones lose little; otherwise all are.
        Starts from the beginning after :meth:`fit`.

        Parameters
        ----------
        X : (n_snapshots, n_features) array or Snapshots. At least 2 the first time, 1 later.
        y : ignored

        Raises
        ------
        InputError (a ValueError)
            If values are not finite, the features differ from those before, or the first batch is
            one snapshot.

        References
        ----------
        D. Ross, J. Lim, R.-S. Lin, M.-H. Yang, "Incremental learning for robust visual tracking",
        Int. J. Comput. Vis. 77, 2008.

        Examples
        --------
        >>> import numpy as np
        >>> X = np.random.default_rng(0).normal(size=(60, 8))
        >>> pod = POD(n_components=2).partial_fit(X[:20]).partial_fit(X[20:])
        >>> bool(np.allclose(pod.singular_values_, POD(n_components=2).fit(X).singular_values_))
        True
        """
        before: Stream | None = getattr(self, "_stream", None)
        rows = as_rows(self, X, reset=before is None)
        if before is None:
            self.layout_ = rows.layout
            before = Stream.empty(rows.shape[1])
        keep = None if not isinstance(self.n_components, Integral) else int(self.n_components)
        # an oversampling of 20 brings the tenth value of the Burgers snapshots from 4e-3 to 2e-6 in
        # four batches
        carried = None if keep is None else keep + max(20, keep)
        # a batch is copied to float64 and decomposed: three times its size in memory
        for block in rows.blocks(max(1, memory_bytes(self.memory_limit) // 12)):
            before = before.update(block, carried)
        spectrum = Spectrum(
            before.mean, before.values, before.energy, before.modes.__getitem__, 1e-14
        )
        k = (
            self._rank(spectrum)
            if keep is None or keep <= len(before.values)
            else len(before.values)
        )
        self._stream, self.solver_, self.precision_ = before, "svd", "double"
        self._learn(spectrum, before.modes[:k].copy(), before.n_rows, rows.dtype)
        return self

    def _learn(
        self, spectrum: Spectrum, modes: np.ndarray, n_rows: int, dtype: np.dtype
    ) -> np.ndarray:
        """Set what is learned; the signs that the modes were given."""
        k = len(modes)
        self.components_ = modes.astype(dtype, copy=False)
        signs = fix_signs(self.components_)
        self.mean_ = spectrum.mean.astype(dtype)
        self.spectrum_ = spectrum.singular_values
        self.singular_values_ = spectrum.singular_values[:k]
        self.explained_variance_ = self.singular_values_**2 / max(n_rows - 1, 1)
        self.explained_variance_ratio_ = self.singular_values_**2 / max(
            spectrum.total_energy, np.finfo(float).tiny
        )
        self.residual_ = float(np.sqrt(max(1 - self.explained_variance_ratio_.sum(), 0)))
        self.residual_excess_ = spectrum.excess
        self.n_components_, self.n_samples_seen_ = k, n_rows
        return signs

    def _rank(self, spectrum: Spectrum) -> int:
        wanted, most = self.n_components, self.max_components
        if most is not None and isinstance(wanted, int):
            # a randomised solver has computed no more: what is wanted beyond is not there
            wanted = min(wanted, most)
        k = choose_rank(
            spectrum.singular_values,
            spectrum.total_energy,
            wanted,
            self.tolerance,
            resolution=spectrum.resolution,
        )
        return k if most is None else min(k, most)

    def _encode(self, rows: np.ndarray) -> np.ndarray:
        modes = self.components_.astype(rows.dtype, copy=False)
        return (rows - self.mean_.astype(rows.dtype, copy=False)) @ modes.T

    def _decode(self, latents: np.ndarray) -> np.ndarray:
        decoded = latents @ self.components_.astype(latents.dtype, copy=False)
        decoded += self.mean_.astype(latents.dtype, copy=False)
        return decoded

    def _jacobian(self, Z: np.ndarray) -> np.ndarray:
        """The modes, the same at all latents: a view."""
        modes = self.components_.T.astype(np.float64)
        return np.broadcast_to(modes, (len(Z), *modes.shape))

    @property
    def n_parameters_(self) -> int:
        """Numbers in the modes; the mean, which every reducer needs, does not count."""
        return int(self.components_.size)

    def amplitudes(self) -> np.ndarray:
        """The standard deviation of each latent over the training rows, ``sigma_i / sqrt(n)``."""
        return np.asarray(self.singular_values_, dtype=np.float64) / np.sqrt(self.n_samples_seen_)

    def _restored(self) -> None:
        self.singular_values_ = self.spectrum_[: self.n_components_]
