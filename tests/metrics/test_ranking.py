"""Rankings of latents, against POD, where everything is known, and decoders made for the
purpose.
"""

import numpy as np
import pytest

import rom.metrics.ranking as m
from rom.errors import InputError
from rom.reducers.pod import POD


@pytest.fixture
def pod():
    rng = np.random.default_rng(2)
    X = rng.normal(size=(50, 12)) * np.geomspace(4, 0.1, 12) + rng.normal(size=12)
    model = POD(5).fit(X)
    Z = model.transform(X)
    return model, Z, m.decoded_energy(model.inverse_transform, X, reference=X.mean(axis=0))


def test_the_greedy_order_of_pod_is_that_of_its_singular_values(pod):
    model, Z, energy = pod
    shuffled = np.array([3, 0, 4, 1, 2])
    ranking = m.greedy_ranking(
        lambda latents: energy(latents[:, np.argsort(shuffled)]), Z[:, shuffled]
    )
    assert shuffled[ranking.order].tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(
        ranking.cumulative, model.explained_variance_ratio_.cumsum(), rtol=1e-12
    )


def test_without_a_pod_latent_its_share_of_the_energy_is_lost(pod):
    model, Z, energy = pod
    np.testing.assert_allclose(
        m.ablation_energy(energy, Z), model.explained_variance_ratio_, rtol=1e-9
    )


def test_filling_with_the_mean_does_not_care_where_the_latents_are_and_filling_with_zero_does(pod):
    _, Z, energy = pod
    moved = Z + 7
    at_home = lambda latents: energy(latents - 7)  # noqa: E731
    np.testing.assert_allclose(
        m.ablation_energy(at_home, moved), m.ablation_energy(energy, Z), atol=1e-12
    )
    assert m.ablation_energy(at_home, moved, fill="zero").min() > 1  # far worse than the mean


def test_a_latent_that_the_decoder_ignores_is_not_active(pod):
    _, Z, energy = pod
    with_dead = np.column_stack([Z, np.random.default_rng(0).normal(size=len(Z))])
    lost = m.ablation_energy(lambda latents: energy(latents[:, :5]), with_dead)
    assert m.active_latents(lost).tolist() == [True] * 5 + [False]
    assert lost[5] == 0


def test_a_redundant_pair_is_ranked_by_what_each_adds():
    """Both latents hold the signal: without either nothing is lost, yet together with neither all
    is.
    """
    x = np.random.default_rng(0).normal(size=(30, 1))
    energy = m.decoded_energy(lambda Z: np.where(Z[:, :1] != 0, Z[:, :1], Z[:, 1:]), x)
    Z = np.column_stack([x, x])
    assert m.ablation_energy(energy, Z, fill="zero").tolist() == [0, 0]
    ranking = m.greedy_ranking(energy, Z, fill="zero")
    assert ranking.order.tolist() == [0, 1]
    assert ranking.cumulative.tolist() == [1, 1]


def test_an_energy_that_does_not_exist_comes_last():
    ranking = m.greedy_ranking(lambda Z: float("nan"), np.eye(3))
    assert ranking.order.tolist() == [0, 1, 2]


def test_the_order_of_the_training_data_is_evaluated_elsewhere(pod):
    model, Z, energy = pod
    np.testing.assert_allclose(
        m.cumulative_energy(energy, Z, [0, 1, 2, 3, 4]),
        model.explained_variance_ratio_.cumsum(),
        rtol=1e-12,
    )
    with pytest.raises(InputError, match="each of the 5 latents once"):
        m.cumulative_energy(energy, Z, [0, 0, 1, 2, 3])


def test_agreement_of_rankings():
    assert m.rank_agreement([3, 2, 1], [30, 20, 10]) == pytest.approx(1)
    assert m.rank_agreement([3, 2, 1], [1, 2, 3]) == pytest.approx(-1)
    assert np.isnan(m.rank_agreement([1.0], [2.0]))
    assert np.isnan(m.rank_agreement([1, 1], [1, 2]))


@pytest.mark.parametrize("fill", ["mean", [0.0], [np.nan, 0, 0, 0, 0]])
def test_a_fill_that_cannot_be_meant(pod, fill):
    _, Z, energy = pod
    with pytest.raises(InputError, match="fill"):
        m.ablation_energy(energy, Z, fill=fill)
