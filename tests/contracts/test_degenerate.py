"""Data at the edge, and the answer each reducer of the registry has for them."""

import numpy as np
import pytest

import rom
from rom.errors import InputError
from rom.registry import REDUCERS, reducer_class

t, x = np.arange(60.0)[:, None], np.linspace(0, 6, 12)
RANDOM = np.random.default_rng(0).normal(size=(60, 12))
CASES = {
    # fewer directions than latents
    "rank one": (np.sin(0.3 * t) * np.cos(x), 3),
    "three snapshots, twenty times each": (np.tile(RANDOM[:3], (20, 1)), 3),
    "two features": (RANDOM[:, :2] @ np.array([[1.0, 0.5], [0.0, 0.2]]), 1),
    "a constant feature": (np.column_stack([RANDOM[:, :5], np.full(60, 7.0)]), 2),
    "features that are the same": (np.repeat(RANDOM[:, :2], 4, axis=1), 3),
    "a large offset": (RANDOM + 1e8, 2),
}
EXACT = ("rank one", "three snapshots, twenty times each", "features that are the same")
every = pytest.mark.parametrize("name", REDUCERS)


def small(name, n_components):
    options = {"epochs": 1} if reducer_class(name).has_epochs else {}
    return reducer_class(name)(n_components, random_state=0, **options)


def error_of(reducer, rows):
    """Relative to the distance from the mean, after everything is found to be finite."""
    Z = reducer.transform(rows)
    fields = reducer.inverse_transform(Z)
    assert Z.shape == (len(rows), reducer.n_components_)
    assert np.isfinite(Z).all()
    assert np.isfinite(fields).all()
    return np.linalg.norm(rows - fields) / np.linalg.norm(rows - rows.mean(axis=0))


@every
@pytest.mark.parametrize("case", CASES)
def test_every_reducer_has_as_many_latents_as_asked_and_finite_fields(name, case):
    rows, k = CASES[case]
    reducer = small(name, k).fit(rows)
    assert reducer.n_components_ == k
    # of an epoch from a random start no more can be asked
    assert error_of(reducer, rows) < (2 if reducer_class(name).has_epochs else 1 + 1e-6)


@pytest.mark.parametrize("case", EXACT)
@pytest.mark.parametrize("name", ["pod", "pod-quadratic", "pod-kernel", "pod-ica", "autoencoder"])
def test_more_latents_than_directions_lose_nothing(name, case):
    rows, k = CASES[case]
    assert error_of(small(name, k).fit(rows), rows) < 1e-6


@every
def test_the_same_snapshot_throughout_is_its_own_mean(name):
    rows = np.tile(RANDOM[:1], (20, 1))
    reducer = small(name, 2).fit(rows)
    fields = reducer.inverse_transform(reducer.transform(rows))
    # a network of the literature does not begin at the mean
    assert np.abs(fields - rows).max() < (1e-6 if name != "example-beta-vae" else 0.01)


@every
def test_a_feature_that_varies_in_other_rows_alone_stays_near_its_mean(name):
    rows = np.column_stack([RANDOM[:, :6], np.full(60, 7.0)])
    others = rows.copy()
    others[:, 6] += np.random.default_rng(1).normal(size=60)
    reducer = small(name, 2).fit(rows)
    assert error_of(reducer, others) < 2


def flow(constant):
    """Two variables, one of which is constant in a part of the time."""
    v = np.where(t < constant, 1.0, np.sin(t + x))
    fields = np.stack([np.sin(0.3 * t + x), v], axis=1)
    return rom.Snapshots.from_array(fields, axes="t c x", times=t[:, 0], name="flow")


def test_a_variable_that_is_constant_in_the_training_set_is_named_with_what_to_do():
    with pytest.raises(InputError, match=r"variable .* cannot be scaled: .* is 0; leave it out"):
        rom.compare(flow(50), reducers=["pod"], n_components=[1], jobs=1)


def test_without_scaling_it_is_compared_all_the_same():
    options = {"n_components": [1], "pipeline": {"scale": False}, "controls": False, "jobs": 1}
    found = rom.compare(flow(50), reducers=["pod", "pod-kernel", "pod-quadratic"], **options)
    assert found.failures == {}
    assert np.isfinite(found.table[found.table.metric == "relative_error"]["value"]).all()


def test_two_features_are_compared_with_one_latent():
    options = {"n_components": [1], "seeds": 1, "epochs": 2, "jobs": 1}
    found = rom.compare(CASES["two features"][0], reducers=["pod", "beta-vae"], **options)
    assert found.failures == {}
