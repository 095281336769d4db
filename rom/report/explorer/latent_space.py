"""The latents of a model in a page: order, signs, ranges, and where the training data lies."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from rom.report.explorer.packing import Pool
from rom.results import Results
from rom.results.words import latent
from rom.spaced import evenly_spaced
from rom.study.matrix import Run

#: Training snapshots that are drawn; the share of all training snapshots that are nearer to these
#: than what is called outside.
CLOUD, INSIDE = 300, 0.99


def signs(latents: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """The sign of each latent that makes it go with the latent of a reference it goes with most.

    >>> z = np.array([[1.0, 2.0], [2.0, 0.0], [4.0, 1.0]])
    >>> signs(-z[:, ::-1], z)
    array([-1., -1.])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        both = np.nan_to_num(np.corrcoef(latents.T, reference.T))
    across = np.atleast_2d(both)[: latents.shape[1], latents.shape[1] :]
    found = across[np.arange(len(across)), np.abs(across).argmax(axis=1)]
    return np.where(found < 0, -1.0, 1.0)


def latent_space(
    results: Results, run: Run, reference: np.ndarray, test: np.ndarray, pool: Pool
) -> dict[str, Any]:
    """What a page needs of the latents of a run: a dict for JSON.

    Parameters
    ----------
    reference : (n_train, k) array. Latents by which signs are chosen, those of POD.
    test : the numbers of the test snapshots that are followed

    Returns
    -------
    ``order`` of the latents, and in this order: ``signs``, ``names``, ``low`` and ``high`` (over
    the training snapshots), ``mean``, ``by`` (one over the standard deviation, 0 of a latent that
    is switched off); arrays ``cloud`` and ``test`` as the decoder takes them; ``far``, the distance
    from the cloud, in standard deviations, beyond which latents are outside the data.
    """
    train = results.latents(run, "train").astype(np.float64)
    order = results.order(run)
    active = set(results.store.run_info(run)["active"])
    sign = signs(train[:, order], reference)
    shown = train[:, order] * sign
    deviations = shown.std(axis=0)
    on = np.array([i in active for i in order]) & (deviations > 0)
    by = np.where(on, 1 / np.where(deviations > 0, deviations, 1.0), 0.0)
    cloud = evenly_spaced(len(train), CLOUD)
    pad = np.where(deviations > 0, 0.0, 0.5)
    return {
        "order": order,
        "signs": [int(value) for value in sign],
        "names": [
            ("−" if value < 0 else "") + latent(i) for i, value in zip(order, sign, strict=True)
        ],
        "on": [bool(value) for value in on],
        "low": _plain(shown.min(axis=0) - pad),
        "high": _plain(shown.max(axis=0) + pad),
        "mean": _plain(shown.mean(axis=0)),
        "by": _plain(by),
        "cloud": pool.add(shown[cloud]),
        "test": pool.add(results.latents(run)[test][:, order] * sign, "f4"),
        "far": _far(shown * by, cloud),
    }


def _far(latents: np.ndarray, cloud: np.ndarray) -> float:
    """The distance from the cloud within which most of the other training latents lie."""
    distances = cKDTree(latents[cloud]).query(latents, k=2)[0]
    itself = np.zeros(len(latents), dtype=bool)
    itself[cloud] = True
    # snapshots of the cloud are their own nearest ones
    found = np.where(itself, distances[:, 1], distances[:, 0])
    return float(f"{np.quantile(found, INSIDE):.4g}")


def _plain(values: np.ndarray) -> list[float]:
    return [float(f"{value:.7g}") for value in values]
