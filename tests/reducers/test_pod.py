"""POD: orthonormal modes, rank selection, blocks, solvers, refusals."""

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rom
from rom.data.memory import memory_bytes
from rom.errors import InputError
from rom.linalg.rank import choose_rank
from rom.linalg.svd import fix_signs

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 50)) @ np.diag(0.9 ** np.arange(50)) + 2


@settings(max_examples=25, deadline=None)
@given(
    st.integers(2, 12), st.integers(1, 12), st.sampled_from(["svd", "gram"]), st.integers(0, 10**6)
)
def test_properties_on_any_shape(n, m, solver, seed):
    rows = np.random.default_rng(seed).normal(size=(n, m))
    before = rows.copy()
    k = min(n, m)
    pod = rom.POD(k, solver=solver).fit(rows)
    np.testing.assert_array_equal(rows, before)
    np.testing.assert_allclose(pod.components_ @ pod.components_.T, np.eye(k), atol=1e-9)
    largest = pod.components_[np.arange(k), np.argmax(np.abs(pod.components_), axis=1)]
    assert (largest > 0).all()
    np.testing.assert_allclose(pod.inverse_transform(pod.transform(rows)), rows, atol=1e-6)
    assert (np.diff(pod.singular_values_) <= 1e-12).all()


@pytest.mark.parametrize("solver", ["svd", "gram", "randomized"])
def test_error_is_the_discarded_energy_and_projection_is_idempotent(solver):
    for k in (1, 3, 10):
        pod = rom.POD(k, solver=solver).fit(X)
        X_hat = pod.inverse_transform(pod.transform(X))
        error = np.linalg.norm(X - X_hat)
        if solver != "randomized":  # which knows only the first few
            assert error == pytest.approx(np.sqrt(np.sum(pod.spectrum_[k:] ** 2)), rel=1e-8)
        assert error / np.linalg.norm(X - X.mean(axis=0)) == pytest.approx(pod.residual_, rel=1e-8)
        np.testing.assert_allclose(pod.inverse_transform(pod.transform(X_hat)), X_hat, atol=1e-10)


@pytest.mark.parametrize("solver", ["svd", "gram"])
@pytest.mark.parametrize("shape", [(30, 50), (50, 30)])
def test_blocks_change_nothing(solver, shape):
    rows = RNG.normal(size=shape)
    whole = rom.POD(5, solver=solver).fit(rows)
    blocks = rom.POD(5, solver=solver, memory_limit=6 * 4 * 8 * shape[1]).fit(rows)
    np.testing.assert_allclose(blocks.components_, whole.components_, atol=1e-10)
    np.testing.assert_allclose(blocks.singular_values_, whole.singular_values_, rtol=1e-10)


def test_the_mean_is_subtracted_always():
    pod = rom.POD(3).fit(X)
    np.testing.assert_allclose(pod.mean_, X.mean(axis=0))
    np.testing.assert_allclose(pod.transform(X).mean(axis=0), 0, atol=1e-10)


def test_rank_by_energy_tolerance_and_rounding():
    energy = rom.POD(0.9).fit(X)
    ratio = energy.explained_variance_ratio_.sum()
    assert ratio >= 0.9 > ratio - energy.explained_variance_ratio_[-1]
    tolerance = rom.POD(tolerance=0.1).fit(X)
    error = np.linalg.norm(X - tolerance.inverse_transform(tolerance.transform(X)))
    assert error <= 0.1 * np.linalg.norm(X - X.mean(axis=0))
    tight = rom.POD(tolerance=1e-10).fit(X)
    assert tight.n_components_ == min(X.shape) - 1  # centred


@pytest.mark.parametrize("solver", ["svd", "gram"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(20, 40), (40, 20)])
def test_all_modes_are_those_above_rounding(solver, dtype, shape):
    low_rank = (RNG.normal(size=(shape[0], 3)) @ RNG.normal(size=(3, shape[1])) + 5).astype(dtype)
    pod = rom.POD(solver=solver).fit(low_rank)
    assert pod.n_components_ == 3
    assert pod.solver_ == solver


def test_energy_is_relative_to_the_total_not_to_what_is_kept():
    pod = rom.POD(2).fit(X)
    centred = X - X.mean(axis=0)
    total = np.sum(centred**2)
    np.testing.assert_allclose(pod.explained_variance_ratio_, pod.singular_values_**2 / total)


@pytest.mark.parametrize("n_components", [0, 31, -1, 1.5, 0.0, "two", True])
def test_impossible_ranks(n_components):
    with pytest.raises(InputError, match="n_components"):
        rom.POD(n_components).fit(X)


def test_rank_needs_one_wish():
    with pytest.raises(InputError, match="not both"):
        rom.POD(2, tolerance=0.1).fit(X)
    with pytest.raises(InputError, match="tolerance"):
        rom.POD(tolerance=2).fit(X)
    assert choose_rank(np.array([2.0, 0.0]), 4.0, 0.5) == 1


def test_unknown_solver_and_memory_limit():
    with pytest.raises(InputError, match="did you mean 'gram'"):
        rom.POD(solver="gramm").fit(X)
    with pytest.raises(InputError, match="memory_limit"):
        rom.POD(memory_limit="1 furlong").fit(X)
    assert memory_bytes("1.5 GiB") == 3 * 2**29
    assert memory_bytes(10) == 10
    assert memory_bytes(None) > 2**26


def test_weighted_pod_through_the_pipeline():
    """A cell split into two of half the weight changes nothing."""
    fields = RNG.normal(size=(40, 6))
    twice = np.concatenate([fields, fields[:, -1:]], axis=1)
    energies = []
    for rows, weights in ((fields, np.ones(6)), (twice, np.array([1, 1, 1, 1, 1, 0.5, 0.5]))):
        layout = rom.FieldLayout(("u",), (len(weights),), ("x",), weights=weights)
        snapshots = rom.Snapshots.from_array(rows, layout=layout)
        pipeline = rom.Pipeline().fit(snapshots)
        energies.append(rom.POD(5).fit(pipeline.transform(snapshots)).explained_variance_ratio_)
    np.testing.assert_allclose(energies[0], energies[1], rtol=1e-10)


def burgers():
    x, t = np.linspace(0, 1, 2048), np.linspace(0, 2, 200)[:, None]
    return (x / (t + 1)) / (1 + np.sqrt((t + 1) / np.exp(125)) * np.exp(1000 * x**2 / (4 * t + 4)))


def test_streamed_burgers_snapshots_have_the_singular_values_of_all_at_once():
    X = burgers()
    exact = np.linalg.svd(X - X.mean(axis=0))[1]
    pod = rom.POD(n_components=10)
    for batch in np.split(X, 4):
        pod.partial_fit(batch)
    np.testing.assert_allclose(
        pod.singular_values_, exact[:10], rtol=7e-5
    )  # the published code: 6.9e-3
    np.testing.assert_allclose(pod.mean_, X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(
        pod.explained_variance_ratio_, exact[:10] ** 2 / np.sum(exact**2), rtol=2e-4
    )
    assert pod.n_samples_seen_ == 200


def test_a_stream_that_keeps_everything_is_exact_whatever_the_batches():
    X = np.random.default_rng(0).normal(3, 1, size=(50, 12))
    pod = rom.POD()
    for batch in np.split(X, [2, 3, 30]):
        pod.partial_fit(batch)
    whole = rom.POD().fit(X)
    np.testing.assert_allclose(pod.singular_values_, whole.singular_values_, rtol=1e-12)
    np.testing.assert_allclose(pod.components_, whole.components_, atol=1e-10)


def test_a_stream_refuses_other_features():
    pod = rom.POD(n_components=2).partial_fit(np.random.default_rng(0).normal(size=(9, 5)))
    with pytest.raises(ValueError, match="features"):
        pod.partial_fit(np.zeros((9, 4)))


@pytest.mark.parametrize(
    "storage", [{}, {"chunks": (60, 500)}, {"chunks": (5, 3000), "compression": "gzip"}]
)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_file_read_in_parts_gives_what_the_array_gives(tmp_path, storage, dtype):
    rng = np.random.default_rng(0)
    X = (
        rng.normal(size=(60, 8)) @ (rng.normal(size=(8, 3000)) * 0.6 ** np.arange(8)[:, None]) + 4
    ).astype(dtype)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("u", data=X, **storage)
    snapshots = rom.open_snapshots(tmp_path / "a.h5", dataset="u", axes="t x")
    parts = rom.POD(n_components=6, solver="gram", memory_limit=6 * 60_000).fit(snapshots)
    exact = np.linalg.svd((X - X.mean(axis=0, dtype="f8")).astype("f8"), full_matrices=False)
    np.testing.assert_allclose(
        parts.singular_values_, exact[1][:6], rtol=1e-5 if dtype == "f4" else 1e-10
    )
    overlap = np.abs(np.sum(parts.components_ * exact[2][:6], axis=1))
    np.testing.assert_allclose(overlap, 1, atol=1e-5 if dtype == "f4" else 1e-12)
    gram = parts.components_.astype("f8") @ parts.components_.T.astype("f8")
    np.testing.assert_allclose(gram, np.eye(6), atol=1e-6 if dtype == "f4" else 1e-12)


@pytest.mark.parametrize(("weakest", "precision"), [(0.1, "single"), (1e-3, "double")])
def test_weak_modes_of_float32_data_are_computed_in_double_precision(
    monkeypatch, weakest, precision
):
    monkeypatch.setattr("rom.linalg.svd.SINGLE_OPERATIONS", 0)
    rng = np.random.default_rng(0)
    left = np.linalg.qr(rng.normal(size=(50, 4)) - 0.0)[0]
    left = np.linalg.qr(left - left.mean(axis=0))[0]
    right = np.linalg.qr(rng.normal(size=(6000, 4)))[0]
    X = ((left * [1, 0.5, 0.3, weakest]) @ right.T * 100).astype("f4")
    pod = rom.POD(n_components=4, solver="gram").fit(X)
    assert pod.precision_ == precision
    np.testing.assert_allclose(pod.singular_values_, [100, 50, 30, 100 * weakest], rtol=2e-5)


def test_a_spectrum_over_twelve_decades_is_as_accurate_as_the_docstring_says():
    rng = np.random.default_rng(0)
    sigma = np.logspace(0, -12, 13)
    left = np.linalg.qr(rng.normal(size=(80, 13)))[0]
    left = np.linalg.qr(left - left.mean(axis=0))[0]
    X = (left * sigma) @ np.linalg.qr(rng.normal(size=(400, 13)))[0].T
    eps = np.finfo(float).eps
    gram = rom.POD(n_components=13, solver="gram").fit(X).singular_values_
    resolved = sigma > 1e-7
    error = np.abs(gram / sigma - 1)
    assert np.all(error[resolved] <= 50 * eps / sigma[resolved] ** 2)
    direct = rom.POD(n_components=13, solver="svd").fit(X).singular_values_
    assert np.all(np.abs(direct - sigma) <= 50 * eps)
    sketched = rom.POD(n_components=13, solver="randomized").fit(X).singular_values_
    assert np.all(np.abs(sketched - sigma) <= 50 * eps)  # nothing is squared


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("k", [1, 4, 8, 16])
def test_signs_are_fixed_whatever_the_order_in_memory(order, k):
    modes = np.asarray(np.random.default_rng(k).normal(size=(k, 11)), order=order)
    signs = np.sign(modes[np.arange(k), np.argmax(np.abs(modes), axis=1)])
    flipped = modes.copy(order="K")
    np.testing.assert_array_equal(fix_signs(flipped), signs)
    np.testing.assert_array_equal(flipped, modes * signs[:, None])


@pytest.mark.parametrize("solver", ["svd", "gram", "randomized"])
@pytest.mark.parametrize("shape", [(12, 40), (40, 12)])
def test_fit_transform_gives_the_latents_of_the_rows(solver, shape):
    X = np.random.default_rng(1).normal(size=shape) + 3
    latents = rom.POD(4, solver=solver).fit_transform(X)
    np.testing.assert_allclose(latents, rom.POD(4, solver=solver).fit(X).transform(X), atol=1e-10)


def test_the_gram_matrix_knows_what_the_modes_leave_of_each_row():
    X = np.random.default_rng(2).normal(size=(15, 60))
    pod = rom.POD(5, solver="gram")
    _, left = pod.fit_scores(X)
    rebuilt = pod.inverse_transform(pod.transform(X))
    np.testing.assert_allclose(left, np.square(X - rebuilt).sum(axis=1), rtol=1e-10)


def test_no_attempt_in_single_precision_where_weak_modes_are_asked_for(monkeypatch):
    monkeypatch.setattr("rom.linalg.svd.SINGLE_OPERATIONS", 1)
    X = np.random.default_rng(3).normal(size=(20, 90)).astype(np.float32)  # a flat spectrum
    assert rom.POD(3, solver="gram").fit(X).precision_ == "single"
    for options in ({"tolerance": 1e-3}, {"n_components": 0.99999}, {}):
        assert rom.POD(**options, solver="gram").fit(X).precision_ == "double"


@pytest.mark.parametrize("solver", ["svd", "gram", "randomized"])
def test_no_more_modes_than_the_bound_whatever_is_wished(solver):
    X = np.random.default_rng(0).normal(size=(100, 80))
    assert rom.POD(50, max_components=5, solver=solver).fit(X).n_components_ == 5
