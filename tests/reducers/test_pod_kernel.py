"""POD with a kernel decoder: what it keeps of POD, the regression as in scikit-learn, refusals."""

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge

import rom
from rom.errors import InputError
from rom.linalg import kernel_choice, kernel_ridge
from rom.reducers import kernel_decoder
from rom.reducers.coding import modes

RNG = np.random.default_rng(0)
x = np.linspace(0, 2 * np.pi, 40, endpoint=False)


def wave(n=60, start=0.0, noise=0.0):
    """A travelling wave with two further harmonics: a closed curve in the plane of two latents."""
    a = start + np.linspace(0, 2 * np.pi, n, endpoint=False)[:, None] - x
    rows = np.cos(a) + 0.4 * np.cos(2 * a) + 0.2 * np.sin(3 * a) + 3
    return rows + noise * RNG.normal(size=rows.shape)


def error(reducer, X):
    X_hat = reducer.inverse_transform(reducer.transform(X))
    return np.linalg.norm(X - X_hat) / np.linalg.norm(X - X.mean(axis=0))


def targets(n=50, d=2, q=3):
    t = RNG.normal(size=(n, d))
    return t, np.column_stack([np.sin(t @ RNG.normal(size=d)) for _ in range(q)])


@pytest.mark.parametrize("kernel", kernel_ridge.KERNELS)
@pytest.mark.parametrize("strength", [1e-6, 1e-2])
def test_the_regression_is_that_of_scikit_learn(kernel, strength):
    t, E = targets()
    new = RNG.normal(size=(7, 2))
    found = kernel_ridge.regress(kernel, 1.5, strength, t, E, len(t))(new)
    K = kernel_ridge.values(kernel, 1.5, t, t)
    oracle = KernelRidge(alpha=strength * np.linalg.eigvalsh(K)[-1], kernel="precomputed").fit(K, E)
    expected = oracle.predict(kernel_ridge.values(kernel, 1.5, new, t))
    np.testing.assert_allclose(found, expected, atol=1e-7)


def test_kernels_are_what_they_are_called():
    a = np.linspace(0, 3, 7)
    found = {
        name: kernel_ridge.values(name, 2.0, 2 * a[:, None], np.zeros((1, 1)))[:, 0]
        for name in kernel_ridge.KERNELS
    }
    np.testing.assert_allclose(found["inverse-multiquadric"], (1 + a**2) ** -0.5)
    np.testing.assert_allclose(found["rbf"], np.exp(-(a**2) / 2))
    b = 5**0.5 * a
    np.testing.assert_allclose(found["matern"], (1 + b + b**2 / 3) * np.exp(-b))


def test_fewer_centres_are_the_regression_of_all_rows_on_their_kernels():
    t, E = targets()
    found = kernel_ridge.regress("rbf", 1.0, 1e-3, t, E, 12)
    np.testing.assert_array_equal(found.centres, t[np.linspace(0, 49, 12).round().astype(int)])
    K = kernel_ridge.values("rbf", 1.0, t, found.centres)
    K_cc = kernel_ridge.values("rbf", 1.0, found.centres, found.centres)
    largest = np.linalg.eigvals(np.linalg.solve(K_cc, K.T @ K)).real.max()
    expected = np.linalg.solve(K.T @ K + 1e-3 * largest * K_cc, K.T @ E)
    np.testing.assert_allclose(found.coefficients, expected, atol=1e-8)


def test_blocks_of_rows_change_nothing(monkeypatch):
    t, E = targets()
    whole = kernel_ridge.regress("rbf", 1.0, 1e-3, t, E, 20)
    predicted = whole(t)
    monkeypatch.setattr("rom.linalg.kernel_ridge.BLOCK_BYTES", 8 * 20 * 7)
    parts = kernel_ridge.regress("rbf", 1.0, 1e-3, t, E, 20)
    np.testing.assert_allclose(parts(t), predicted, atol=1e-10)


def test_what_is_chosen_is_near_the_best_of_a_fine_grid():
    t, E = targets(80)
    E += 0.1 * RNG.normal(size=E.shape)
    trial = (t[:50], E[:50], t[50:], E[50:])
    choice = kernel_choice.choose("rbf", [trial], 100)

    def squares(width, strength):
        return np.sum(
            (E[50:] - kernel_ridge.regress("rbf", width, strength, t[:50], E[:50], 100)(t[50:]))
            ** 2
        )

    grid = [squares(w, s) for w in np.geomspace(0.1, 30, 40) for s in 10.0 ** np.arange(-12.0, 5)]
    assert squares(choice.width, choice.strength) < 1.02 * min(grid)
    assert squares(choice.width, choice.strength) <= (1 + kernel_choice.SLACK) * choice.error * (
        1 + 1e-9
    )
    assert choice.helps


def test_latents_are_those_of_pod():
    X = wave(noise=0.01)
    pod, kernel = rom.POD(2).fit(X), rom.PODKernel(2).fit(X)
    np.testing.assert_array_equal(kernel.transform(X), pod.transform(X))
    np.testing.assert_array_equal(kernel.components_, pod.components_)
    np.testing.assert_allclose(kernel.amplitudes(), pod.amplitudes())


def test_two_latents_determine_the_cylinder_wake():
    wake = rom.open_snapshots("cylinder_wake").pack()  # without the cells in the cylinder
    train, validation, test = wake.select(slice(131)), wake.select(slice(131, 150)), wake[150:]
    kernel = rom.PODKernel(2).fit(train, validation=validation)
    assert error(rom.POD(2).fit(train), test) > 0.2
    assert error(kernel, test) < 5e-4


@pytest.mark.parametrize("with_validation", [True, False])
def test_further_harmonics_are_functions_of_two_latents(with_validation):
    validation = wave(11, 0.05) if with_validation else None
    kernel = rom.PODKernel(2).fit(wave(), validation=validation)
    assert error(rom.POD(2).fit(wave()), wave()) > 0.4
    assert error(kernel, wave(17, 0.02)) < 1e-4
    assert kernel.corrects_
    assert kernel.n_modes_ == 6
    assert len(kernel.further_components_) == 4
    np.testing.assert_allclose(kernel.further_components_ @ kernel.components_.T, 0, atol=1e-10)


def test_the_residual_is_the_error_on_the_training_rows():
    X = wave(noise=0.1)
    kernel = rom.PODKernel(2).fit(X, validation=wave(30, 0.05, 0.1))
    assert error(kernel, X) == pytest.approx(kernel.residual_, rel=1e-6)
    assert kernel.residual_ < rom.POD(2).fit(X).residual_


def test_noise_is_left_to_pod():
    X, validation, test = (RNG.normal(size=(n, 30)) for n in (80, 40, 50))
    for held_out in (validation, None):
        kernel, pod = rom.PODKernel(3).fit(X, validation=held_out), rom.POD(3).fit(X)
        assert not kernel.corrects_
        np.testing.assert_array_equal(
            kernel.inverse_transform(kernel.transform(test)),
            pod.inverse_transform(pod.transform(test)),
        )
        assert kernel.n_parameters_ == pod.n_parameters_
        assert kernel.residual_ == pytest.approx(pod.residual_)


@pytest.mark.parametrize("noise", [0.0, 0.3, 1.0, 3.0])
@pytest.mark.parametrize("d", [1, 2, 6])
def test_never_worse_than_pod_on_the_validation_rows(noise, d):
    X, validation = wave(40, 0.0, noise), wave(15, 1.0, noise)
    kernel, pod = rom.PODKernel(d).fit(X, validation=validation), rom.POD(d).fit(X)
    assert error(kernel, validation) <= error(pod, validation) * (1 + 1e-9)


def test_far_from_the_training_rows_pod_is_left():
    kernel, pod = rom.PODKernel(2).fit(wave()), rom.POD(2).fit(wave())
    far = np.array([[1e6, -1e6]])
    np.testing.assert_allclose(kernel.inverse_transform(far), pod.inverse_transform(far), atol=1e-3)


def test_no_validation_rows_are_as_none_given():
    X = wave(noise=0.1)
    without = rom.PODKernel(2).fit(X)
    empty = rom.PODKernel(2).fit(X, validation=rom.Snapshots.from_array(X).select(slice(0)))
    assert empty.record() == without.record()


def test_fewer_centres_than_rows():
    X = wave(200, noise=0.01)
    few, all_rows = (
        rom.PODKernel(2, max_centres=m).fit(X, validation=wave(50, 0.1, 0.01)) for m in (40, 200)
    )
    assert (few.n_centres_, all_rows.n_centres_) == (40, 200)
    assert few.centres_.shape == (40, 2)
    assert error(few, wave(31, 0.3)) < 0.02
    assert few.stored_bytes_ < all_rows.stored_bytes_
    q = len(few.further_components_)
    assert few.n_parameters_ == (2 + q) * 40 + 40 * (2 + q) + 2


def test_a_small_memory_limit_takes_fewer_centres_and_modes():
    X = wave(200, noise=0.3)
    small = rom.PODKernel(2, memory_limit=32 * 200 * 9).fit(X)
    assert small.n_modes_ == 9
    assert small.n_centres_ == int((32 * 200 * 9 / (8 * kernel_decoder.MATRICES)) ** 0.5) == 26
    assert error(small, X) < error(rom.POD(2).fit(X), X)


def test_more_rows_than_judge(monkeypatch):
    monkeypatch.setattr("rom.reducers.kernel_decoder.JUDGED_ROWS", 30)
    monkeypatch.setattr("rom.linalg.kernel_choice.FIRST_CENTRES", 10)
    assert error(rom.PODKernel(2).fit(wave(120), validation=wave(50, 0.01)), wave(17, 0.02)) < 1e-3


def test_latents_below_rounding_enter_no_distance():
    X = RNG.normal(size=(30, 1)) @ RNG.normal(size=(1, 9))  # of rank 1
    kernel = rom.PODKernel(4).fit(X)
    assert np.isinf(kernel.latent_scale_).tolist() == [False, True, True, True]
    assert error(kernel, X) < 1e-10


def test_constant_rows_are_their_mean():
    X = np.full((5, 4), 7.0)
    kernel = rom.PODKernel(1).fit(X)
    np.testing.assert_allclose(kernel.inverse_transform([[0.0]]), X[:1])
    assert kernel.residual_ == 0


@pytest.mark.parametrize("n", [2, 3, 6])
def test_fewer_snapshots_than_folds_or_modes(n):
    X = RNG.normal(size=(n, 50))
    assert np.isfinite(rom.PODKernel(1).fit(X).inverse_transform(np.array([[0.3]]))).all()


def test_constant_columns_and_a_variable_that_is_a_million_times_larger():
    X = np.hstack([wave(), np.full((60, 3), 2.0), 1e6 * wave(60, 0.5)])
    kernel = rom.PODKernel(2).fit(X)
    assert error(kernel, X) < 1e-4
    np.testing.assert_allclose(
        kernel.inverse_transform(kernel.transform(X))[:, 40:43], 2.0, atol=1e-6
    )


def test_an_energy_fraction_is_the_number_of_modes_of_pod():
    X = wave(noise=0.1)
    assert rom.PODKernel(0.9).fit(X).n_components_ == rom.POD(0.9).fit(X).n_components_ == 4


@pytest.mark.parametrize("solver_limit", [None, 40 * 40 * 8])
def test_single_precision_and_blocks(solver_limit):
    X = wave(noise=0.01)
    double = rom.PODKernel(2).fit(X)
    single = rom.PODKernel(2, memory_limit=solver_limit).fit(X.astype(np.float32))
    assert single.inverse_transform(single.transform(X.astype(np.float32))).dtype == np.float32
    assert error(single, X) == pytest.approx(error(double, X), rel=0.2)


def test_everything_learned_survives_saving(tmp_path):
    X = wave(noise=0.1)
    for fitted in (
        rom.PODKernel(0.8, random_state=1).fit(X),
        rom.PODKernel(2).fit(RNG.normal(size=(40, 9))),
    ):
        fitted.save(tmp_path / "k")
        loaded = rom.load(tmp_path / "k")
        Z = fitted.transform(X[:, : fitted.n_features_in_])
        np.testing.assert_array_equal(loaded.inverse_transform(Z), fitted.inverse_transform(Z))
        assert loaded.record() == fitted.record()


@pytest.mark.parametrize(
    ("name", "value"), [("kernel_", "gauss"), ("kernel_width_", 0.0), ("n_centres_", 59)]
)
def test_a_wrong_value_in_a_saved_model_is_one_clear_line(name, value):
    values, arrays = rom.PODKernel(2).fit(wave()).state()
    values["learned"][name] = value
    with pytest.raises(InputError, match=str(value)):
        rom.PODKernel.from_state(values, arrays)


def test_modes_are_what_a_latent_of_one_standard_deviation_adds():
    kernel = rom.PODKernel(2).fit(wave())
    amplitudes = np.diag(kernel.amplitudes())
    expected = kernel.inverse_transform(amplitudes) - kernel.inverse_transform(np.zeros((1, 2)))
    np.testing.assert_allclose(modes(kernel)[:], expected, atol=1e-10)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kernel": "gauss"}, "no kernel 'gauss'"),
        ({"max_centres": 0}, "max_centres=0 must be"),
        ({"max_centres": 2.5}, "max_centres=2.5 must be"),
        ({"max_centres": True}, "max_centres=True must be"),
        (
            {"max_centres": 50, "memory_limit": "50 kB"},
            "50 centres squared do not fit in memory_limit.* 25",
        ),
        ({"n_components": None}, "nothing to correct"),
        ({"n_components": 61}, "n_components=61 must be between 1 and"),
        ({"n_components": 1.5}, "n_components=1.5 must be"),
    ],
)
def test_impossible_options(options, message):
    with pytest.raises(InputError, match=message):
        rom.PODKernel(**options).fit(wave())
