"""POD with a kernel decoder: what the modes miss, as a smooth function of the latents."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar, final

import numpy as np

from rom.data.snapshots import Snapshots
from rom.errors import InputError
from rom.linalg.rank import choose_rank
from rom.reducers.context import FitContext
from rom.reducers.kernel_decoder import KernelDecoder, Pair, energy_of
from rom.reducers.learned import Declared


@final
class PODKernel(KernelDecoder):
    """POD with a kernel decoder: ``x_hat = mean + V^T z + F^T A^T k(z)``, ``z = V (x - mean)``.

    The rows of V are the leading d POD modes, so the latents are those of :class:`rom.POD`. What
    POD leaves of a row is predicted from its latents by kernel ridge regression: k(z) holds the
    kernels of the distances from z to m training rows, the centres, with latents in units of
    their standard deviation over the training rows, and A minimises

        ``|E - K A|_F^2 + gamma lambda_1 tr(A^T K_cc A)``

    with E what POD leaves of the training rows, in coordinates of their further modes, K (n, m) the
    kernels of all rows with the centres, K_cc (m, m) those of the centres, and lambda_1 the largest
    eigenvalue of ``K K_cc^-1 K^T``, which is K itself if all rows are centres. Rows of F are the
    directions in which predictions vary, orthogonal to V. There is no network and nothing random:
    where a few latents determine the snapshots, this is the neighbour that a network has to beat.

    Width and gamma are those of least squared error on the rows of ``fit(validation=...)``; without
    such rows, parts of the training rows judge in turn, each contiguous, because the neighbours in
    time of a snapshot are near-copies of it. Rows that are sorted by their kind need validation
    rows. If no correction gains more than 1 % of the squared error there is none, and the result
    is POD's.

    Parameters
    ----------
    n_components : int or float, default 2
        Number of latents d; a float in (0, 1) is the energy fraction that the modes alone reach.
    kernel : {"inverse-multiquadric", "rbf", "matern"}, default "inverse-multiquadric"
        Of the distance a in widths: ``(1 + a^2)^(-1/2)``; ``exp(-a^2 / 2)``; Matern of order 5/2.
        All decay, so that far from the training rows POD is left. The first was best or nearly so
        on smooth and on discontinuous data alike.
    max_centres : int, optional
        With fewer centres than rows, evenly spaced rows are the centres, and all rows are fitted.
        Default: 1000, or what fits in `memory_limit`.
    memory_limit : int or str, optional
        Bytes, or a string such as "1GB", for blocks of rows and for matrices of centres squared,
        ten of which are held. Default: a quarter of the machine's memory.
    random_state : int, optional
        Seed of POD's randomised solver, which takes over where rows are many and long; default 0.

    Attributes
    ----------
    components_ : (d, n_features) array. V.
    mean_ : (n_features,) array
    singular_values_ : (d,) array
    further_components_ : (q, n_features) array. F, orthonormal.
    centres_ : (m, d) array. Latents of the centres, divided by `latent_scale_`.
    coefficients_ : (m, q) array. A, in the units of x.
    latent_scale_ : (d,) array. Infinite for latents below rounding, which enter no distance.
    corrects_ : bool. False where the decoder is POD's: m = q = 0, and width and gamma are 0.
    kernel_ : str
    kernel_width_ : float. In standard deviations of the latents.
    regularisation_ : float. gamma.
    n_centres_ : int. m.
    n_modes_ : int
        Modes in whose coordinates E was predicted: those that hold all but 1e-10 of the energy,
        fewer where they and the coordinates would fill the memory limit.
    residual_ : float. Relative error on the training rows.
    n_components_, n_samples_seen_ : int

    Raises
    ------
    InputError (a ValueError)
        From :meth:`fit`, if an argument is out of range or `max_centres` does not fit in memory.

    References
    ----------
    J. Weston, B. Schoelkopf, G. Bakir, "Learning to find pre-images", NIPS 16, 2003.
    C. Williams, M. Seeger, "Using the Nystroem method to speed up kernel machines", NIPS 13, 2000.

    Examples
    --------
    The fourth harmonic of a travelling wave is a function of the two latents of the first:

    >>> from rom import POD
    >>> t, x = (np.linspace(0, 2 * np.pi, n, endpoint=False) for n in (60, 40))
    >>> a = t[:, None] - x
    >>> X = np.cos(a) + 0.3 * np.cos(4 * a)
    >>> POD(2).fit(X).residual_.__round__(2), PODKernel(2).fit(X).residual_ < 1e-4
    (0.29, True)
    """

    registry_name = "pod-kernel"
    title, short_title = "POD with a kernel decoder", "kernel POD"
    learned: ClassVar[Declared] = KernelDecoder.decoder | {
        "singular_values_": "k",
        "n_samples_seen_": int,
    }

    def __init__(
        self,
        n_components: int | float = 2,
        *,
        kernel: str = "inverse-multiquadric",
        max_centres: int | None = None,
        memory_limit: int | str | None = None,
        random_state: int | None = None,
    ) -> None:
        self.n_components = n_components
        self.kernel = kernel
        self.max_centres = max_centres
        self.memory_limit = memory_limit
        self.random_state = random_state

    def _fit(self, rows: Snapshots, context: FitContext) -> None:
        if self.n_components is None:
            reason = "keeps all modes, which leaves nothing to correct; give a number"
            raise InputError(f"n_components=None {reason}")
        # refuses what POD would refuse, before it is computed
        choose_rank(np.zeros(min(rows.shape)), 0.0, self.n_components)
        self._check(rows)
        is_count = isinstance(self.n_components, Integral)
        pod = self._describe(rows, int(self.n_components) if is_count else 1)
        d = min(choose_rank(pod.spectrum_, energy_of(pod), self.n_components), pod.n_components_)
        self.n_components_, self.singular_values_ = d, pod.singular_values_[:d]
        self.n_samples_seen_ = pod.n_samples_seen_
        train = self._coordinates(pod, rows)
        held_out = context.validation
        others = train[:0] if held_out is None else self._coordinates(pod, held_out)
        fitted = self._split(train)
        self._scale(fitted[0])
        self._learn_decoder(pod, np.eye(d, train.shape[1]), fitted, self._split(others))

    def _split(self, coordinates: np.ndarray) -> Pair:
        """Latents, and what POD leaves: the coordinates of all further modes."""
        left = coordinates.copy()
        left[:, : self.n_components_] = 0
        return coordinates[:, : self.n_components_], left

    def _encode(self, rows: np.ndarray) -> np.ndarray:
        modes = self.components_.astype(rows.dtype, copy=False)
        return (rows - self.mean_.astype(rows.dtype, copy=False)) @ modes.T

    def amplitudes(self) -> np.ndarray:
        """The standard deviation of each latent over the training rows."""
        return np.asarray(self.singular_values_, dtype=np.float64) / np.sqrt(self.n_samples_seen_)
