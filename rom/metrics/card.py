"""The card of independence: every measure of dependence of some latents, with interval, null and
reason.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import real_array
from rom.metrics.activity import active_components
from rom.metrics.correlation import correlation_matrix
from rom.metrics.measurement import measure_independence, measurements
from rom.metrics.trajectories import labels_of

if TYPE_CHECKING:
    import pandas as pd

#: Trajectories have at least this number of snapshots on average: times that fall more often are
#: not in order.
RESTARTS = 10
SEED = 0


def independence(
    Z: ArrayLike,
    *,
    active: ArrayLike | None = None,
    times: ArrayLike | None = None,
    log_variance: ArrayLike | None = None,
    ordered: bool = True,
    trajectories: ArrayLike | None = None,
) -> pd.DataFrame:
    """How independent latent variables are: every measure of the package, with its null, interval
    and p value.

    For latents of any method and any origin. Each measure is taken of all latents and of the active
    ones alone, because latents that do nothing can make the others look better or worse.

    Parameters
    ----------
    Z : array (n_snapshots, n_components)
        Latents (posterior means of a VAE). Rows in the order of time, if they have one. Latents
        that are constant or hold NaN make the numbers of all latents NaN, with the reason.
    active : bool array (n_components,) or numbers of the active latents, optional
        Default: those that are finite and vary.
    times : array (n_snapshots,), optional
        Sorts the rows, unless the times rise, or rise within each trajectory.
    log_variance : array (n_snapshots, n_components), optional
        ln sigma^2 of the posterior of a VAE, Z its means. Then active is by default what its KL
        divergence says (:func:`rom.metrics.active_components`), and there are rows for "sampled"
        latents, one draw of the posterior of all of them: noise makes latents look more
        independent, most of all those that are switched off.
    ordered : bool
        False for snapshots whose order means nothing (images sorted by label, a sweep over
        parameters): the rows are shuffled, or neighbours in the file would be taken for neighbours
        in time. Not together with `times`.
    trajectories : array (n_snapshots,), optional
        Which trajectory each row belongs to. From five on, the null is what latents of different
        trajectories give, and their number counts in `n_eff`; of fewer, they follow each other.

    Returns
    -------
    DataFrame
        One row for each of "all", "active" (and "sampled") latents and measure; columns: the
        attributes of :class:`rom.metrics.measurement.Measurement`. `verdict` is "dependent",
        "no dependence found" or "cannot be tested", this with a reason where the effective sample
        size of the latents is below ten. Distances and neighbours are measured on 2,000 evenly
        spaced snapshots where there are more: see column `n`.

    Raises
    ------
    InputError
        If Z is no matrix of numbers, or `active` or `times` do not fit it, or times come with
        ``ordered=False``.

    Examples
    --------
    Two latents on a circle: uncorrelated, and each is a function of the other.

    >>> import numpy as np, rom
    >>> phase = np.random.default_rng(0).uniform(0, 2 * np.pi, 300)
    >>> card = rom.independence(np.column_stack([np.cos(phase), np.sin(phase)]))
    >>> rows = card[card.latents == "active"].set_index("metric")
    >>> two = rows.loc[["mean_abs_correlation", "informational_correlation[mean]"]]
    >>> two.value.round(2).tolist()
    [0.05, 0.99]
    >>> (two.p_value < 0.05).tolist()
    [False, True]
    """
    import pandas as pd  # here: importing the package must not load pandas

    latents = real_array("Z", Z).astype(np.float64)
    if latents.ndim != 2 or 0 in latents.shape:
        raise InputError(f"Z must have shape (n_snapshots, n_components), not {latents.shape}")
    spread = (
        None
        if log_variance is None
        else real_array("log_variance", log_variance).astype(np.float64)
    )
    if spread is not None and (spread.shape != latents.shape or not np.isfinite(spread).all()):
        raise InputError(
            f"log_variance must hold a finite number for each of the latents {latents.shape}"
        )

    # only usable latents are asked for their divergence: those with NaN have none
    mask = _usable(latents) if active is None else _mask(active, latents.shape[1])
    if active is None and spread is not None:
        mask[mask] = active_components(latents[:, mask], spread[:, mask]) if mask.any() else False

    if times is not None and not ordered:
        raise InputError("times give the snapshots an order: leave them out, or ordered=False")
    if times is not None or not ordered:
        n = len(latents)
        shuffled = np.random.default_rng(SEED).permutation(n)
        order = (
            shuffled
            if times is None
            else _in_time(real_array("times", times).astype(np.float64), n)
        )
        latents, spread = latents[order], None if spread is None else spread[order]
        if trajectories is not None:
            # without an order trajectories have no course in time that another could replace
            trajectories = labels_of(trajectories, n)[order] if ordered else None

    rows = measure_independence(latents, mask, trajectories=trajectories)
    if spread is not None:
        noise = np.random.default_rng(SEED).normal(size=latents.shape)
        sampled = latents + np.exp(spread / 2) * noise
        every = np.ones(latents.shape[1], dtype=bool)
        rows += measurements("sampled", sampled, every, True, trajectories)
    return pd.DataFrame([asdict(row) for row in rows])


def _usable(latents: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Latents that are finite and vary."""
    finite = np.asarray(np.isfinite(latents).all(axis=0), dtype=bool)
    usable = finite.copy()
    if len(latents) > 1 and finite.any():
        usable[finite] = ~np.isnan(np.diag(correlation_matrix(latents[:, finite])))
    return usable


def _mask(active: ArrayLike, d: int) -> NDArray[np.bool_]:
    given = np.asarray(active)
    if given.dtype.kind == "b" and given.shape == (d,):
        return given
    if (
        given.ndim == 1
        and given.dtype.kind in "iu"
        and given.size
        and (given >= 0).all()
        and (given < d).all()
    ):
        return np.isin(np.arange(d), given)
    raise InputError(
        f"active must be a mask of {d} latents, or numbers from 0 to {d - 1}, not {given.tolist()}"
    )


def _in_time(times: NDArray[np.float64], n: int) -> NDArray[np.intp]:
    """The order of rows in time; as they stand where times rise, or rise within each
    trajectory.
    """
    if times.shape != (n,) or not np.isfinite(times).all():
        raise InputError(f"times must hold one finite number for each of {n} snapshots")
    falls = int((np.diff(times) <= 0).sum())
    return np.arange(n) if falls <= n // RESTARTS else np.argsort(times, kind="stable")
