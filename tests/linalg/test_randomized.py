"""The randomised solver: published accuracy, both orientations, files read in parts, refusals."""

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rom
from rom.errors import InputError
from rom.linalg.randomized import _excess
from rom.linalg.svd import choose_solver


def burgers():
    x, t = np.linspace(0, 1, 2048), np.linspace(0, 2, 200)[:, None]
    return (x / (t + 1)) / (1 + np.sqrt((t + 1) / np.exp(125)) * np.exp(1000 * x**2 / (4 * t + 4)))


def decaying(n, m, sigma, seed=0):
    rng = np.random.default_rng(seed)
    left = rng.normal(size=(n, len(sigma)))
    left = np.linalg.qr(left - left.mean(axis=0))[0]
    return (left * sigma) @ np.linalg.qr(rng.normal(size=(m, len(sigma))))[0].T


@pytest.mark.parametrize(
    ("iterations", "bound"), [(0, 0.091), (1, 4.5e-5), (2, 1e-6), ("auto", 1e-6)]
)
@pytest.mark.parametrize("transpose", [False, True])
def test_burgers_error_is_below_the_published_one(iterations, bound, transpose):
    """Ten modes, oversampling 10, error over optimal error - 1 by the textbook's algorithm: the
    bounds.
    """
    X = burgers().T.copy() if transpose else burgers()
    exact = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    optimum = np.sqrt(np.sum(exact[10:] ** 2) / np.sum(exact**2))
    for seed in range(5):
        pod = rom.POD(10, solver="randomized", power_iterations=iterations, random_state=seed).fit(
            X
        )
        X_hat = pod.inverse_transform(pod.transform(X))
        error = np.linalg.norm(X - X_hat) / np.linalg.norm(X - X.mean(axis=0))
        assert error == pytest.approx(pod.residual_, rel=1e-8)
        assert -1e-9 < error / optimum - 1 < bound
        assert error / optimum - 1 <= pod.residual_excess_ + 1e-12
    np.testing.assert_allclose(
        pod.explained_variance_ratio_.sum(), 1 - pod.residual_**2, rtol=1e-12
    )


@settings(max_examples=20, deadline=None)
@given(
    n=st.integers(5, 60),
    m=st.integers(5, 60),
    k=st.integers(1, 4),
    dtype=st.sampled_from([np.float32, np.float64]),
    offset=st.sampled_from([0.0, 100.0]),
    seed=st.integers(0, 10**6),
)
def test_a_matrix_of_low_rank_is_found_exactly(n, m, k, dtype, offset, seed):
    X = (decaying(n, m, 3.0 ** -np.arange(k), seed) + offset).astype(dtype)
    few = rom.POD(k, solver="randomized", oversampling=2, memory_limit=6 * 4 * 8 * m).fit(X)
    exact = rom.POD(k, solver="svd").fit(X)
    tolerance = (1e-10 if dtype is np.float64 else 1e-5) * max(offset, 1)
    np.testing.assert_allclose(few.singular_values_, exact.singular_values_, atol=tolerance)
    np.testing.assert_allclose(
        few.components_ @ few.components_.T, np.eye(k), atol=1e-5 if dtype == np.float32 else 1e-12
    )
    overlap = np.abs(np.sum(few.components_ * exact.components_, axis=1))
    if offset == 0:
        np.testing.assert_allclose(overlap, 1, atol=tolerance)


@pytest.mark.parametrize(
    "storage", [{}, {"chunks": (300, 40), "compression": "gzip"}, {"chunks": (20, 400)}]
)
def test_files_in_parts_give_what_the_array_gives(tmp_path, storage):
    X = decaying(300, 400, 0.9 ** np.arange(60)) + 3
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("u", data=X, **storage)
    snapshots = rom.open_snapshots(tmp_path / "a.h5", dataset="u", axes="t x")
    parts = rom.POD(5, solver="randomized", memory_limit=6 * 8 * 300 * 45).fit(snapshots)
    whole = rom.POD(5, solver="svd").fit(X)
    np.testing.assert_allclose(parts.singular_values_, whole.singular_values_, rtol=1e-6)
    np.testing.assert_allclose(
        np.abs(np.sum(parts.components_ * whole.components_, axis=1)), 1, atol=1e-6
    )
    np.testing.assert_allclose(parts.mean_, X.mean(axis=0), rtol=1e-12)
    assert parts.residual_ == pytest.approx(
        np.sqrt(1 - whole.explained_variance_ratio_.sum()), rel=1e-6
    )


def test_the_default_seed_gives_the_same_every_time_and_another_seed_nearly():
    X = decaying(200, 150, 0.8 ** np.arange(40))
    first, again = (rom.POD(4, solver="randomized").fit(X) for _ in range(2))
    np.testing.assert_array_equal(first.components_, again.components_)
    other = rom.POD(4, solver="randomized", random_state=1).fit(X)
    np.testing.assert_allclose(other.components_, first.components_, atol=1e-6)
    assert np.any(other.components_ != first.components_)


def test_residuals_are_saved_with_the_model(tmp_path):
    pod = rom.POD(4, solver="randomized", power_iterations=1).fit(
        decaying(60, 50, 0.8 ** np.arange(40))
    )
    pod.save(tmp_path / "pod")
    loaded = rom.load(tmp_path / "pod")
    assert (loaded.residual_, loaded.residual_excess_) == (pod.residual_, pod.residual_excess_)
    assert loaded.solver_ == "randomized"
    assert pod.residual_excess_ > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_components": 0.9}, "integer n_components"),
        ({}, "integer n_components"),
        ({"tolerance": 0.1}, "integer n_components"),
        ({"n_components": 51}, "between 1 and"),
        ({"n_components": 0}, "between 1 and"),
        ({"n_components": 2, "oversampling": -1}, "oversampling=-1"),
        ({"n_components": 2, "power_iterations": 1.5}, "power_iterations=1.5"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(InputError, match=message):
        rom.POD(solver="randomized", **options).fit(np.random.default_rng(0).normal(size=(60, 50)))


@pytest.mark.parametrize(
    ("shape", "memory", "width", "solver"),
    [
        ((100, 100), 1e9, 20, "svd"),
        ((500, 400_000), 1e9, 42, "gram"),
        ((60_000, 784), 1e9, 74, "gram"),
        ((20_000, 50_000), 1e10, 42, "randomized"),  # far fewer operations
        ((20_000, 50_000), 1e10, None, "gram"),  # the number of modes follows from the energy
        ((9_000, 10_000), 1e8, 42, "randomized"),  # the Gram matrix does not fit
        ((20_000, 50_000), 1e10, 10_000, "gram"),  # nearly all modes
    ],
)
def test_auto_takes_it_only_where_both_sides_are_long(shape, memory, width, solver):
    assert choose_solver(shape, int(memory / 6), width) == solver


@pytest.mark.parametrize("weakest", [1e-4, 1e-7])
def test_weak_directions_are_kept_down_to_what_the_docstring_says(weakest):
    X = decaying(200, 300, np.array([1.0, weakest]))
    pod = rom.POD(2, solver="randomized").fit(X)
    np.testing.assert_allclose(pod.singular_values_, [1, weakest], rtol=1e-6)


@pytest.mark.parametrize(
    ("captured", "more"),
    [
        ([0.0, 5.0, 9.0], 16.0),  # gains 5, 4: a series of ratio 4/5 gains 4 * 4 more
        ([0.0, 5.0, 6.0], 1.0),  # at least as much as the last gain
        ([3.0, 6.0], 3.0),
    ],
)
def test_the_excess_is_that_of_a_geometric_series(captured, more):
    left = 30.0 - captured[-1]
    expected = np.sqrt(left / (left - more)) - 1
    assert _excess(captured, 30.0) == pytest.approx(expected)
