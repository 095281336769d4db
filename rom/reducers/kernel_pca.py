"""Kernel PCA: the nonlinear encoder without a network, with the decoder of `pod-kernel`."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar, final

import numpy as np
from sklearn import decomposition

from rom.data.snapshots import Snapshots
from rom.errors import InputError
from rom.linalg.gram import centred
from rom.linalg.kernel_choice import FIRST_CENTRES, choose
from rom.linalg.kernel_ridge import row_blocks, spacing, spread_rows, values
from rom.reducers.context import FitContext
from rom.reducers.kernel_decoder import JUDGED_ROWS, KernelDecoder, Pair
from rom.reducers.learned import Declared

#: Widths of the encoder's kernel that are tried, relative to the root mean square distance of rows.
#: Of a kernel much wider than the data the latents are those of POD, of a narrow one bumps.
WIDTHS = (0.5, 1.0, 2.0, 4.0, 8.0)


@final
class KernelPCA(KernelDecoder):
    """Kernel PCA with a Gaussian kernel: ``z = A^T (k(x) - k_mean)``, and a kernel decoder.

    k(x) holds the kernels ``exp(-|x - c_j|^2 / (2 width^2))`` of a row with m training rows, the
    centres, and ``A = U diag(lambda)^(-1/2)`` the leading d eigenvectors and eigenvalues of their
    centred kernel matrix: the latents are the principal components of the rows in the space of the
    kernel. They are uncorrelated, have no unit and, with all rows as centres, mean zero and
    variance ``lambda_i / m``. A row has no exact pre-image of its latents: the decoder is
    learned, a linear map by least squares and, for what that leaves, the kernel ridge regression
    of :class:`rom.PODKernel` with the same rules.

    Distances are measured in coordinates of the leading POD modes of the training rows, which
    hold all but 1e-10 of their energy. The width is that whose decoder has the least squared
    error on the rows of ``fit(validation=...)``; without them, on contiguous parts of the
    training rows in turn.

    Parameters
    ----------
    n_components : int, default 2
        Number of latents d, less than that of centres.
    width : float, optional
        Of the encoder's kernel, relative to the root mean square distance of two training rows.
        Default: the best of 0.5 to 8.
    kernel : {"inverse-multiquadric", "rbf", "matern"}, default "inverse-multiquadric"
        Of the decoder, as for :class:`rom.PODKernel`.
    max_centres : int, optional
        Centres of encoder and decoder: with more rows, evenly spaced rows are taken, and the others
        are encoded as new rows are. Default: 1000, or what fits in `memory_limit`.
    memory_limit : int or str, optional
        Bytes, or a string such as "1GB", for blocks of rows and for matrices of centres squared,
        ten of which are held. Default: a quarter of the machine's memory.
    random_state : int, optional
        Seed of POD's randomised solver, which takes over where rows are many and long; default 0.

    Attributes
    ----------
    modes_ : (r, n_features) array. POD modes of the coordinates.
    rows_ : (m, r) array. Coordinates of the encoder's centres, in units of its width.
    duals_ : (m, d) array. A.
    offset_ : (d,) array. ``A^T k_mean``, such that latents of the training rows have mean zero.
    encoder_width_ : float. In the units of x.
    components_ : (d, n_features) array. The linear part of the decoder.
    mean_, further_components_, centres_, coefficients_, latent_scale_, corrects_, kernel_,
    kernel_width_, regularisation_, n_centres_, n_modes_, residual_ : as of :class:`rom.PODKernel`
    n_components_ : int

    Raises
    ------
    InputError (a ValueError)
        From :meth:`fit`, if an argument is out of range or `max_centres` does not fit in memory.

    References
    ----------
    B. Schoelkopf, A. Smola, K.-R. Mueller, "Nonlinear component analysis as a kernel eigenvalue
    problem", Neural Computation 10, 1998.
    S. Mika et al., "Kernel PCA and de-noising in feature spaces", NIPS 11, 1998.
    J. Weston, B. Schoelkopf, G. Bakir, "Learning to find pre-images", NIPS 16, 2003.

    Examples
    --------
    >>> t, x = (np.linspace(0, 2 * np.pi, n, endpoint=False) for n in (60, 40))
    >>> a = t[:, None] - x
    >>> X = np.cos(a) + 0.3 * np.cos(4 * a)
    >>> kpca = KernelPCA(2).fit(X)
    >>> kpca.transform(X).shape, kpca.residual_ < 1e-4
    ((60, 2), True)
    """

    registry_name = "kernel-pca"
    title, short_title = "kernel PCA with a kernel decoder", "kernel PCA"
    learned: ClassVar[Declared] = KernelDecoder.decoder | {
        "modes_": "r p",
        "rows_": "c r",
        "duals_": "c k",
        "offset_": "k",
        "encoder_width_": float,
    }

    def __init__(
        self,
        n_components: int = 2,
        *,
        width: float | None = None,
        kernel: str = "inverse-multiquadric",
        max_centres: int | None = None,
        memory_limit: int | str | None = None,
        random_state: int | None = None,
    ) -> None:
        self.n_components = n_components
        self.width = width
        self.kernel = kernel
        self.max_centres = max_centres
        self.memory_limit = memory_limit
        self.random_state = random_state

    def _fit(self, rows: Snapshots, context: FitContext) -> None:
        self._check(rows)
        most = self._most_centres()
        self.n_components_ = self._count(min(most, len(rows)))
        pod = self._describe(rows, min(self.n_components_, *rows.shape))
        self.mean_, self.modes_ = pod.mean_, pod.components_
        train = self._coordinates(pod, rows)
        held_out = context.validation
        others = train[:0] if held_out is None else self._coordinates(pod, held_out)
        width = self.width
        if width is None:
            # of many rows, as many as choose the decoder's width
            some, judges = (spread_rows(one, JUDGED_ROWS) for one in (train, others))
            width = min(WIDTHS, key=lambda width: self._error(some, judges, width))
        self._learn_encoder(train, float(width), most)
        linear, fitted = self._linear(train)
        self._learn_decoder(pod, linear, fitted, self._left(others, linear))

    def _count(self, n_centres: int) -> int:
        d, width = self.n_components, self.width
        if not isinstance(d, Integral) or isinstance(d, bool) or not 1 <= d < n_centres:
            allowed = f"a whole number from 1 to {n_centres - 1}, centres less one"
            raise InputError(f"n_components={d!r} must be {allowed}")
        is_number = isinstance(width, Real) and not isinstance(width, bool)
        if width is not None and not (is_number and 0 < width < np.inf):
            raise InputError(f"width={width!r} must be a positive number, or None to choose it")
        return int(d)

    def _error(self, train: np.ndarray, others: np.ndarray, width: float) -> float:
        """The squared error of the decoder on the judging rows, with few centres."""
        few = max(min(self._most_centres(), FIRST_CENTRES), self.n_components_ + 1)
        self._learn_encoder(train, width, few)
        linear, fitted = self._linear(train)
        trials = self._trials(fitted, self._left(others, linear))
        choice = choose(self.kernel, trials, few, fine=False)
        return min(choice.error, choice.energy)

    def _learn_encoder(self, train: np.ndarray, width: float, most: int) -> None:
        """Kernel PCA of at most `most` of the rows, as a linear map of kernels."""
        self.encoder_width_ = width * spacing(train)
        self.rows_ = spread_rows(train, most) / self.encoder_width_
        # all eigenvalues by LAPACK: iterations would start at random
        options = {"kernel": "rbf", "gamma": 0.5, "eigen_solver": "dense"}
        pca = decomposition.KernelPCA(self.n_components_, **options).fit(self.rows_)
        sizes = pca.eigenvalues_
        strong = sizes > sizes[0] * len(self.rows_) * np.finfo(float).eps
        roots = np.sqrt(np.where(strong, sizes, 1.0))
        self.duals_ = np.where(strong, pca.eigenvectors_ / roots, 0.0)
        self.offset_ = np.zeros(self.n_components_)
        self.offset_ = self._latents(train / self.encoder_width_).mean(axis=0)

    def _latents(self, coordinates: np.ndarray) -> np.ndarray:
        """Latents of rows whose coordinates are in units of the width, block by block."""
        found = np.empty((len(coordinates), self.n_components_))
        for part in row_blocks(len(coordinates), len(self.rows_)):
            kernels = values("rbf", 1.0, coordinates[part], self.rows_)
            found[part] = kernels @ self.duals_ - self.offset_
        return found

    def _linear(self, train: np.ndarray) -> tuple[np.ndarray, Pair]:
        """The map (k, r) of latents to coordinates by least squares, and what it leaves."""
        latents = self._latents(train / self.encoder_width_)
        self._scale(latents)
        scaled = np.linalg.lstsq(latents / self.latent_scale_, train)[0]
        linear = scaled / self.latent_scale_[:, None]
        return linear, (latents, train - latents @ linear)

    def _left(self, coordinates: np.ndarray, linear: np.ndarray) -> Pair:
        latents = self._latents(coordinates / self.encoder_width_)
        return latents, coordinates - latents @ linear

    def _encode(self, rows: np.ndarray) -> np.ndarray:
        coordinates = centred(rows, self.mean_) @ self.modes_.astype(np.float64).T
        return self._latents(coordinates / self.encoder_width_).astype(rows.dtype)

    def _restored(self) -> None:
        super()._restored()
        if not 0 < self.encoder_width_ < np.inf:
            raise InputError(f"encoder_width_ is {self.encoder_width_}, a positive number expected")

    def amplitudes(self) -> np.ndarray:
        """The standard deviation of each latent over the training rows."""
        return np.where(np.isfinite(self.latent_scale_), self.latent_scale_, 0.0)

    @property
    def n_parameters_(self) -> int:
        """Numbers in the encoder's modes, rows and A, and in the decoder."""
        encoder = self.modes_.size + self.rows_.size + self.duals_.size + self.offset_.size
        return super().n_parameters_ + int(encoder)
