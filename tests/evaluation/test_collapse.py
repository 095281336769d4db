"""Latents that are switched off: what beta did is told from what the training did, and what to do
is right.
"""

import numpy as np
import pytest

import rom
from rom.evaluation.collapse import collapses, explain
from rom.metrics import linear_beta_vae
from rom.study.store import Store

EIGENVALUES = np.array([4.0, 2.0, 1.0, 0.5, 0.1])
TOTAL = EIGENVALUES.sum()
LINEAR = {"architecture": "linear", "learning_rate": 0.05, "epochs": 100, "batch_size": 400}


def rows(n=300):
    """Snapshots with exactly these eigenvalues."""
    X = np.random.default_rng(0).normal(size=(n, 5))
    return np.linalg.svd(X - X.mean(axis=0), full_matrices=False)[0] * np.sqrt(n * EIGENVALUES)


def energy(beta, d):
    return 1 - linear_beta_vae(EIGENVALUES, beta, d).distortion_mean / TOTAL


def test_a_beta_that_is_too_large_is_the_reason_and_the_remedy_is_right():
    said = explain(2, 4, energy(3.0, 4), EIGENVALUES, 3.0, TOTAL)
    assert said.startswith("As expected: beta 3 (energy share 0.197)")
    assert "leaves 2" in said
    assert "for 4 active latents choose beta below 1 (energy share 0.0658)" in said
    assert linear_beta_vae(EIGENVALUES, 0.999, 4).n_active == 4
    assert linear_beta_vae(EIGENVALUES, 1.001, 4).n_active == 3


def test_a_training_that_loses_what_it_could_keep_is_a_collapse():
    said = explain(1, 2, -1e-9, EIGENVALUES, 0.1, TOTAL)
    assert said.startswith("A collapse of the training: in linear theory 2 stay on at beta 0.1")
    assert 'annealing = "linear"' in said
    assert "captures 0.0 %" in said
    assert "another seed" in said
    assert "choose beta below" not in said
    # both at once: beta leaves two of four, the training one
    assert "for 4 active latents choose beta below 1 " in explain(
        1, 4, 0.3, EIGENVALUES, 3.0, TOTAL
    )


def test_a_network_that_needs_fewer_latents_has_not_collapsed():
    assert explain(1, 2, 0.99, EIGENVALUES, 0.1, TOTAL).startswith("No collapse: ")


def test_no_beta_can_keep_more_latents_than_the_data_have_directions():
    said = explain(2, 3, 1.0, np.array([2.0, 1.0, 1e-17]), 0.1, 3.0)
    assert "vary in fewer directions" in said


def test_methods_of_a_comparison_that_lose_latents(tmp_path):
    comparison = rom.compare(
        rows(),
        reducers=["pod", "beta-vae"],
        controls=False,
        n_components=[3],
        energy_share=[0.02, 0.2],
        seeds=1,
        jobs=1,
        pipeline={"scale": False},
        split={"kind": "random", "validation": 0.05, "test": 0.1},
        options={"beta-vae": LINEAR},
        out=tmp_path,
    )
    assert comparison.failures == {}
    (found,) = collapses(comparison.store)
    assert (found.reducer, found.n_components) == ("beta-vae", 3)
    *_, warning = comparison.warnings  # what is said of the training comes first
    assert warning.startswith("beta-vae k=3 beta=2.86: 2 of 3 latents are active. As expected")
    assert collapses(Store.open(tmp_path)) == [found]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"reducers": ["beta-vae"]}, "add pod to the reducers"),
        ({"options": {"beta-vae": LINEAR | {"reconstruction": "bernoulli"}}}, "another loss"),
        ({"options": {"beta-vae": LINEAR | {"capacity": 0.0}}}, "with a capacity"),
        ({"options": {"beta-vae": LINEAR | {"decoder_variance": "learned"}}}, "learned variance"),
    ],
)
def test_what_cannot_be_told_is_said(tmp_path, options, words):
    given = {
        "reducers": ["pod", "beta-vae"],
        "n_components": [2],
        "seeds": 1,
        "jobs": 1,
        "beta": [1e4],
    } | options
    given["options"] = given.get("options", {"beta-vae": LINEAR})
    given |= {"pipeline": {"center": False, "scale": False}, "split": {"kind": "random"}}
    X = 1 / (1 + np.exp(-rows(100)))
    comparison = rom.compare(X, out=tmp_path, **given)
    *_, warning = comparison.warnings  # what is said of the training comes first
    assert "0 of 2 latents are active" in warning
    assert "cannot be told" in warning
    assert words in warning


def test_nothing_to_say_without_a_vae(tmp_path):
    assert (
        rom.compare(rows(), reducers=["pod"], n_components=[2], jobs=1, out=tmp_path).warnings == []
    )
