"""What each latent of a fitted model does for the reconstruction: which are active, and their
order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rom.metrics import greedy_ranking
from rom.metrics.orthogonality import decoder_orthogonality
from rom.metrics.ranking import (
    Energy,
    Ranking,
    ablation_energy,
    active_latents,
    canonical_signs,
    cumulative_energy,
    decoded_energy,
    rank_agreement,
)
from rom.reducers.field_model import FieldModel
from rom.spaced import evenly_spaced
from rom.study.prepare import Prepared
from rom.study.values import Values, number

#: Rows that are decoded for one number, at most and at least, and values of all decoded rows
#: together.
MOST_ROWS, FEWEST_ROWS, VALUES = 512, 8, 2**26
#: Rows of a Jacobian at most, and its values.
JACOBIAN_ROWS, JACOBIAN_VALUES = 32, 2**24


@dataclass(frozen=True)
class Activity:
    """Which latents matter; numbers of latents start at 0.

    Attributes
    ----------
    active : bool (d,), whose loss costs more than 1e-4 of the energy of the training snapshots
    ranking : Ranking, greedy, on training snapshots
    fill : (d,), the means over the training snapshots, which stand for a latent that is taken away
    signs : (d,), 1 or -1, see :func:`rom.metrics.ranking.canonical_signs`
    values : by part, rows of the table of results
    """

    active: np.ndarray
    ranking: Ranking
    fill: np.ndarray
    signs: np.ndarray
    values: dict[str, Values]


def measure_activity(
    model: FieldModel, prepared: Prepared, latents: Mapping[str, np.ndarray]
) -> Activity:
    """Rank the latents on training snapshots, and see on the test snapshots what the ranking is
    worth.

    Everything is measured in the norm of the preprocessed rows, on evenly spaced snapshots: few
    enough for the ``d (d + 1) / 2`` decodings of a ranking to be cheap.

    Parameters
    ----------
    latents : of the parts "train" and "test", all snapshots (posterior means where there is a
        posterior)
    """
    fill = latents["train"].mean(axis=0, dtype=np.float64)
    values: dict[str, Values] = {}
    # in this order: ranking and active latents of the training set are then put to the test
    for part in ("train", "test"):
        energy, Z = _energy(model, prepared, part, latents[part])
        lost = ablation_energy(energy, Z, fill=fill)
        if part == "train":
            ranking, active = greedy_ranking(energy, Z, fill=fill), active_latents(lost)
            cumulative = ranking.cumulative
        else:
            cumulative = cumulative_energy(energy, Z, ranking.order, fill=fill)

        values[part] = [number("active_latents", active.sum())]
        values[part] += [number("ablation_energy", loss, key=str(i)) for i, loss in enumerate(lost)]
        values[part] += [
            number("ranked_energy", share, key=str(m))
            for m, share in enumerate(cumulative, start=1)
        ]

        J = decoder_jacobian(model, latents[part])
        strength = sensitivity(J, latents[part])
        # the inverse of the order is the place of each latent; minus, as first is best
        score = -np.argsort(ranking.order)
        values[part].append(number("rank_agreement", rank_agreement(score, lost), key="ablation"))
        values[part].append(
            number("rank_agreement", rank_agreement(score, strength), key="jacobian")
        )
        # a latent that is switched off moves nothing: with it there would be no cosine
        values[part] += [
            number(name, value)
            for name, value in decoder_orthogonality(J if active.all() else J[:, :, active]).items()
        ]
        del J  # before the next: it is the largest array of a measurement

    mean_latent = fill[None].astype(latents["train"].dtype)
    signs = canonical_signs(model.reducer.jacobian(mean_latent)[0])
    return Activity(active, ranking, fill, signs, values)


def sensitivity(J: np.ndarray, latents: np.ndarray) -> np.ndarray:
    """How much a latent moves the reconstruction, to first order: ``mean_t |J_i(z_t)|^2 Var(z_i)``,
    shape (d,).
    """
    squares = np.einsum("tpi,tpi->ti", J, J)
    return np.asarray(squares.mean(axis=0) * latents.var(axis=0, dtype=np.float64))


def decoder_jacobian(model: FieldModel, latents: np.ndarray) -> np.ndarray:
    """Derivatives of the decoder in the norm of the preprocessed rows, at a few evenly spaced
    latents: (n, D, d).
    """
    reducer = model.reducer
    n = JACOBIAN_VALUES // (reducer.n_features_in_ * latents.shape[1])
    return reducer.jacobian(latents[evenly_spaced(len(latents), min(max(n, 1), JACOBIAN_ROWS))])


def _energy(
    model: FieldModel, prepared: Prepared, part: str, latents: np.ndarray
) -> tuple[Energy, np.ndarray]:
    """A function from latents of some rows of a part to the energy they capture, and the latents of
    these rows.
    """
    d = latents.shape[1]
    decodings = d * (d + 1) // 2 + d + 1
    n = VALUES // (decodings * model.reducer.n_features_in_)
    chosen = evenly_spaced(len(latents), min(max(n, FEWEST_ROWS), MOST_ROWS))
    rows = prepared.pipeline.transform(prepared.part(part).select(chosen))[:]
    centred = "center" in prepared.pipeline.steps_
    reference = None if centred else prepared.train_mean * prepared.pipeline.factors
    return (
        decoded_energy(model.reducer.inverse_transform, rows, reference=reference),
        latents[chosen],
    )
