"""Contract of every reducer in the registry: a new row is tested here without a new line."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

import rom
from rom.data.layout import FieldLayout
from rom.errors import InputError
from rom.reducers.options import parameters_of
from rom.reducers.search import OneOf
from rom.registry import REDUCERS, reducer_class

ROWS = np.random.default_rng(0).normal(size=(60, 12)) @ np.diag(np.linspace(2, 0.2, 12)) + 3


def small(name, n_components=2, **parameters):
    """A reducer that trains in no time."""
    if reducer_class(name).has_epochs:
        parameters.setdefault("epochs", 2)
    return reducer_class(name)(n_components, random_state=0, **parameters)


@parametrize_with_checks([small(name, 1) for name in REDUCERS])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


every = pytest.mark.parametrize("name", REDUCERS)


@every
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shapes_and_types(name, dtype):
    X = ROWS.astype(dtype)
    before = X.copy()
    reducer = small(name)
    assert reducer.fit(X) is reducer
    Z = reducer.transform(X)
    assert (Z.shape, Z.dtype) == ((60, 2), dtype)
    X_hat = reducer.inverse_transform(Z)
    assert (X_hat.shape, X_hat.dtype) == (X.shape, dtype)
    np.testing.assert_array_equal(X, before)
    assert reducer.n_parameters_ > 0


@every
def test_same_seed_same_result_and_no_global_generator(name):
    first = small(name).fit(ROWS).transform(ROWS)
    np.random.random(3)  # noqa: NPY002  (the global generator must not matter)
    np.testing.assert_array_equal(clone(small(name)).fit(ROWS).transform(ROWS), first)


@every
def test_saved_reducer_gives_the_same_latents(name, tmp_path):
    reducer = small(name).fit(ROWS)
    reducer.save(tmp_path / "reducer")
    loaded = rom.load(tmp_path / "reducer")
    assert loaded.get_params() == reducer.get_params()
    Z = reducer.transform(ROWS)
    np.testing.assert_array_equal(loaded.transform(ROWS), Z)
    np.testing.assert_array_equal(loaded.inverse_transform(Z), reducer.inverse_transform(Z))
    assert loaded.n_parameters_ == reducer.n_parameters_


@every
def test_pickled_reducer_gives_the_same_latents(name):
    reducer = small(name).fit(ROWS)
    np.testing.assert_array_equal(
        pickle.loads(pickle.dumps(reducer)).transform(ROWS), reducer.transform(ROWS)
    )


class SmallReadsOnly:
    """A source that refuses to be read as a whole."""

    def __init__(self, array, most):
        self.array, self.most = array, most
        self.shape, self.dtype, self.chunk_rows = array.shape, array.dtype, 1
        self.chunk_width = 1

    def read(self, rows):
        assert len(rows) <= self.most, f"{len(rows)} rows read at once"
        return self.array[rows]


@every
def test_a_posterior_is_declared(name):
    reducer = small(name).fit(ROWS)
    assert (reducer.posterior(ROWS) is not None) == reducer.has_posterior


@every
def test_the_class_knows_its_name(name):
    assert reducer_class(name).registry_name == name


@every
def test_units_do_not_change_what_is_learned(name):
    relative = []
    for scale in (1.0, 1e-6, 1e4):
        X = ROWS * scale
        reducer = small(name, epochs=5) if reducer_class(name).has_epochs else small(name)
        if reducer_class(name).has_beta:
            reducer.set_params(beta=0.1 * scale**2)  # a variance
        X_hat = reducer.fit(X).inverse_transform(reducer.transform(X))
        relative.append(np.linalg.norm(X - X_hat) / np.linalg.norm(X - X.mean(axis=0)))
    np.testing.assert_allclose(relative, relative[0], rtol=1e-2)


@every
def test_never_reads_a_source_whole(name, monkeypatch):
    X = np.random.default_rng(1).normal(size=(40, 6)).astype(np.float32)
    monkeypatch.setattr("rom.data.views.BLOCK_BYTES", 10 * 6 * 4)
    snapshots = rom.Snapshots(SmallReadsOnly(X, 10), FieldLayout(("x",), (6,)))
    reducer = small(name, memory_limit=6 * 10 * 6 * 4)
    Z = reducer.fit(snapshots).transform(snapshots)
    np.testing.assert_allclose(Z, reducer.transform(X), rtol=1e-4, atol=1e-5)


@every
def test_masked_snapshots_are_reduced_on_the_cells_with_data(name):
    fields = np.random.default_rng(0).normal(size=(20, 6, 5))
    mask = np.zeros((6, 5), dtype=bool)
    mask[2:4, 1] = True
    fields[:, mask] = np.nan
    layout = FieldLayout(("u",), (6, 5), ("y", "x"), mask=mask)
    snapshots = rom.Snapshots.from_array(fields, axes="t y x", layout=layout)
    reducer = small(name).fit(snapshots)
    rows = reducer.inverse_transform(reducer.transform(snapshots))
    assert rows.shape == (20, 28)
    assert np.isfinite(rows).all()
    assert np.isnan(layout.pack().to_fields(rows)[:, 0, mask]).all()


@every
def test_the_jacobian_is_the_derivative_of_the_decoder(name):
    # a kink has no derivative
    smooth = {"activation": "tanh"} if "activation" in parameters_of(reducer_class(name)) else {}
    reducer = small(name, **smooth).fit(ROWS)
    Z = reducer.transform(ROWS[:5])
    J = reducer.jacobian(Z)
    assert (J.shape, J.dtype) == ((5, 12, 2), np.float64)
    step = np.array([1e-3, -2e-3]) * Z.std(axis=0)
    moved = reducer.inverse_transform(Z + step) - reducer.inverse_transform(Z - step)
    np.testing.assert_allclose(2 * J @ step, moved, atol=0.05 * np.abs(moved).max())
    assert np.isfinite(reducer.jacobian(np.zeros((1, 2)))).all()
    with pytest.raises(InputError, match="2 components expected, got 3"):
        reducer.jacobian(np.zeros((4, 3)))


@every
def test_wrong_width_is_one_clear_error(name):
    reducer = small(name).fit(ROWS)
    with pytest.raises(ValueError, match="12 features"):
        reducer.transform(ROWS[:, :5])
    with pytest.raises(InputError, match="12"):
        reducer.transform(rom.Snapshots.from_array(ROWS[:, :5]))
    with pytest.raises(InputError, match="2 components expected, got 3"):
        reducer.inverse_transform(np.zeros((4, 3)))


@every
def test_missing_values_in_snapshots_are_an_error(name):
    X = ROWS.copy()
    X[3, 4] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        small(name).fit(rom.Snapshots.from_array(X))


@every
@pytest.mark.parametrize("n_components", [0, -1])
def test_impossible_number_of_components(name, n_components):
    with pytest.raises(InputError, match="n_components"):
        small(name, n_components).fit(ROWS)


@every
def test_what_may_be_tuned_is_an_option_that_the_reducer_takes(name):
    reducer = small(name, 1)
    for option, found in reducer.search_space.items():
        assert option in reducer.get_params(deep=False)
        for value in found.values if isinstance(found, OneOf) else (found.low, found.high):
            fitted = clone(reducer).set_params(**{option: value}).fit(ROWS)
            assert np.isfinite(fitted.inverse_transform(fitted.transform(ROWS))).all()
