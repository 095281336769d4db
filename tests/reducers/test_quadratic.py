"""POD with a quadratic manifold: what it keeps of POD, how its ridge is chosen, refusals."""

import numpy as np
import pytest

import rom
from rom.errors import InputError
from rom.reducers.coding import modes

RNG = np.random.default_rng(0)


def curved(n=80, noise=0.0, n_features=30, seed=0):
    """Rows on a curved surface of two coordinates, and noise beside it."""
    rng = np.random.default_rng(seed)
    shape = np.random.default_rng(1)
    z = rng.normal(size=(n, 2)) * [3, 2]
    q = np.column_stack([z[:, 0] ** 2, z[:, 0] * z[:, 1], z[:, 1] ** 2]) / 10
    rows = z @ shape.normal(size=(2, n_features)) + q @ shape.normal(size=(3, n_features)) + 5
    return rows + noise * rng.normal(size=rows.shape)


def error(reducer, X):
    return np.linalg.norm(X - reducer.inverse_transform(reducer.transform(X)))


def test_latents_are_those_of_pod():
    X = curved(noise=0.1)
    pod, quadratic = rom.POD(2).fit(X), rom.QuadraticPOD(2).fit(X)
    np.testing.assert_array_equal(quadratic.transform(X), pod.transform(X))
    np.testing.assert_array_equal(quadratic.components_, pod.components_)


@pytest.mark.parametrize("gamma", [0, 1e-12, 1e-3, 1.0, 1e6, None])
@pytest.mark.parametrize("d", [1, 2, 5, 20])
def test_never_worse_than_pod_on_the_training_rows(gamma, d):
    X = RNG.normal(size=(25, 40)) * 0.9 ** np.arange(40)
    pod, quadratic = rom.POD(d).fit(X), rom.QuadraticPOD(d, regularisation=gamma).fit(X)
    assert error(quadratic, X) <= error(pod, X) * (1 + 1e-10)
    found = error(quadratic, X) / np.linalg.norm(X - X.mean(axis=0))
    assert found == pytest.approx(quadratic.residual_, rel=1e-6, abs=1e-6)


def test_the_correction_is_orthogonal_to_the_modes_and_keeps_the_mean():
    X = curved(noise=0.3)
    quadratic = rom.QuadraticPOD(2).fit(X)
    W = quadratic.quadratic_components_
    assert np.linalg.norm(W) > 0.1
    np.testing.assert_allclose(W @ quadratic.components_.T, 0, atol=1e-12 * np.linalg.norm(W))
    X_hat = quadratic.inverse_transform(quadratic.transform(X))
    np.testing.assert_allclose(X_hat.mean(axis=0), X.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(quadratic.transform(X_hat), quadratic.transform(X), atol=1e-10)


def test_products_average_to_what_standardised_latents_do():
    quadratic = rom.QuadraticPOD(3).fit(RNG.normal(size=(60, 10)) * np.arange(1, 11))
    np.testing.assert_allclose(quadratic.product_mean_, [1, 0, 0, 1, 0, 1], atol=1e-12)
    assert quadratic.n_parameters_ == 3 * 10 + 6 * 10


def test_a_large_ridge_is_pod():
    X = curved()
    pod, quadratic = rom.POD(2).fit(X), rom.QuadraticPOD(2, regularisation=1e12).fit(X)
    np.testing.assert_allclose(
        quadratic.inverse_transform(quadratic.transform(X)),
        pod.inverse_transform(pod.transform(X)),
        rtol=1e-9,
    )


@pytest.mark.parametrize("solver", ["svd", "gram", "randomized"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_blocks_and_solvers_change_nothing(solver, dtype):
    X = curved(noise=0.05).astype(dtype)
    whole = rom.QuadraticPOD(2, regularisation=1e-6).fit(X)
    parts = rom.QuadraticPOD(
        2, regularisation=1e-6, solver=solver, memory_limit=16 * 7 * X[0].nbytes
    ).fit(X)
    assert parts.solver_ == solver
    difference = parts.inverse_transform(parts.transform(X)) - whole.inverse_transform(
        whole.transform(X)
    )
    assert np.linalg.norm(difference) < (1e-3 if solver == "randomized" else 1e-5) * np.linalg.norm(
        X - X.mean(axis=0)
    )


@pytest.mark.parametrize("with_validation", [True, False])
def test_the_chosen_ridge_is_near_the_best_on_other_rows(with_validation):
    """Few rows beside many products: least squares overfits."""
    train, validation, test = (
        curved(n, 1.0, seed=seed) for n, seed in ((45, 2), (40, 3), (200, 4))
    )
    quadratic = rom.QuadraticPOD(8).fit(train, validation=validation if with_validation else None)
    errors = {
        g: error(rom.QuadraticPOD(8, regularisation=g).fit(train), test)
        for g in 10.0 ** np.arange(-12, 5)
    }
    assert error(quadratic, test) == pytest.approx(errors[quadratic.regularisation_], rel=1e-10)
    assert errors[1e-12] > 1.5 * min(errors.values())
    assert error(quadratic, test) < 1.1 * min(errors.values())


def test_the_largest_ridge_within_a_percent_of_the_least_squared_error_on_the_validation_rows():
    train, validation = curved(25, 1.0, seed=2), curved(40, 1.0, seed=3)
    quadratic = rom.QuadraticPOD(2).fit(train, validation=validation)
    squares = {
        gamma: error(rom.QuadraticPOD(2, regularisation=gamma).fit(train), validation) ** 2
        for gamma in 10.0 ** np.arange(-12, 5)
    }
    chosen = quadratic.regularisation_
    assert squares[chosen] <= 1.01 * min(squares.values())
    assert 1e-12 < chosen < 1e4
    assert all(
        square > 1.01 * min(squares.values())
        for gamma, square in squares.items()
        if gamma > 2 * chosen
    )


def test_no_validation_rows_are_as_none_given():
    X = curved(noise=0.3)
    without = rom.QuadraticPOD(2).fit(X)
    empty = rom.QuadraticPOD(2).fit(X, validation=rom.Snapshots.from_array(X).select(slice(0)))
    assert empty.regularisation_ == without.regularisation_ < 1


def test_latents_below_rounding_stand_in_no_product():
    X = RNG.normal(size=(30, 2)) @ RNG.normal(size=(2, 9))  # of rank 2
    quadratic = rom.QuadraticPOD(4).fit(X)
    assert np.isinf(quadratic.latent_scale_).tolist() == [False, False, True, True]
    assert error(quadratic, X) < 1e-10 * np.linalg.norm(X)


def test_constant_rows_are_their_mean():
    X = np.full((5, 4), 7.0)
    np.testing.assert_allclose(rom.QuadraticPOD(1).fit(X).inverse_transform([[0.0]]), X[:1])


def test_modes_are_what_a_latent_of_one_standard_deviation_adds():
    X = curved()
    quadratic = rom.QuadraticPOD(2).fit(X)
    fields = modes(quadratic)[:]
    squares = quadratic.quadratic_components_[[0, 2]]
    np.testing.assert_allclose(
        fields, quadratic.latent_scale_[:, None] * quadratic.components_ + squares, atol=1e-10
    )


def test_everything_learned_survives_saving(tmp_path):
    fitted = rom.QuadraticPOD(0.9, random_state=1).fit(curved(noise=0.1))
    fitted.save(tmp_path / "q")
    loaded = rom.load(tmp_path / "q")
    for name, value in vars(fitted).items():
        if name not in ("pod_", "layout_"):
            np.testing.assert_array_equal(getattr(loaded, name), value, err_msg=name)
    np.testing.assert_array_equal(loaded.pod_.transform(curved()), fitted.pod_.transform(curved()))


@pytest.mark.parametrize("gamma", [-1.0, np.nan, np.inf, "little", True])
def test_impossible_regularisation(gamma):
    with pytest.raises(InputError, match="regularisation="):
        rom.QuadraticPOD(2, regularisation=gamma).fit(curved())


def test_all_modes_and_too_many_products_are_refused():
    with pytest.raises(InputError, match="nothing to correct"):
        rom.QuadraticPOD(None).fit(curved())
    with pytest.raises(InputError, match="20 latents have 210 products"):
        rom.QuadraticPOD(20, memory_limit="100 kB").fit(curved())
