"""Kernel PCA with a kernel decoder: latents beside scikit-learn's, what decodes them, refusals."""

import numpy as np
import pytest
from sklearn import decomposition

import rom
from rom.errors import InputError
from rom.linalg.kernel_ridge import spacing

RNG = np.random.default_rng(0)
x = np.linspace(0, 2 * np.pi, 40, endpoint=False)


def wave(n=60, start=0.0, noise=0.0):
    """A travelling wave with further harmonics, at a variable speed: no two latents are alike."""
    t = start + np.linspace(0, 2 * np.pi, n, endpoint=False)[:, None]
    a = t + 0.3 * np.sin(t) - x
    rows = np.cos(a) + 0.4 * np.cos(2 * a) + 0.2 * np.sin(3 * a) + 3
    return rows + noise * RNG.normal(size=rows.shape)


def error(reducer, X):
    X_hat = reducer.inverse_transform(reducer.transform(X))
    return np.linalg.norm(X - X_hat) / np.linalg.norm(X - X.mean(axis=0))


@pytest.mark.parametrize("width", [0.5, 2.0])
def test_latents_are_those_of_scikit_learn(width):
    X = wave(noise=0.1)
    kpca = rom.KernelPCA(3, width=width).fit(X)
    gamma = 1 / (2 * (width * spacing(X)) ** 2)
    oracle = decomposition.KernelPCA(3, kernel="rbf", gamma=gamma).fit(X)
    for rows in (X, X[:20] + 0.1 * (X[5:25] - X[:20])):
        expected = oracle.transform(rows)
        found = kpca.transform(rows)
        found *= np.sign(np.sum(found * expected, axis=0))
        np.testing.assert_allclose(found, expected, atol=1e-7)
    assert kpca.encoder_width_ == pytest.approx(width * spacing(X))


def test_latents_of_the_training_rows_are_centred_and_uncorrelated():
    X = wave(noise=0.1)
    kpca = rom.KernelPCA(4).fit(X)
    Z = kpca.transform(X)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.corrcoef(Z.T), np.eye(4), atol=1e-8)
    np.testing.assert_allclose(Z.std(axis=0), kpca.amplitudes(), rtol=1e-6)
    few = rom.KernelPCA(4, max_centres=25).fit(X)
    np.testing.assert_allclose(few.transform(X).mean(axis=0), 0, atol=1e-12)
    assert len(few.rows_) == 25


@pytest.mark.parametrize("with_validation", [True, False])
def test_two_latents_determine_a_closed_curve(with_validation):
    kpca = rom.KernelPCA(2).fit(wave(), validation=wave(11, 0.05) if with_validation else None)
    assert error(kpca, wave(17, 0.02)) < 1e-3
    assert kpca.residual_ < 1e-4
    assert error(kpca, wave()) == pytest.approx(kpca.residual_, rel=1e-3, abs=1e-7)


def test_the_width_is_that_of_least_error_on_the_validation_rows():
    X, validation = wave(80, 0.0, 0.2), wave(40, 0.03, 0.2)
    chosen = rom.KernelPCA(2).fit(X, validation=validation)
    errors = {
        width: error(rom.KernelPCA(2, width=width).fit(X, validation=validation), validation)
        for width in (0.5, 1, 2, 8)
    }
    assert error(chosen, validation) < 1.01 * min(errors.values())


def test_a_kernel_much_wider_than_the_data_is_pod():
    X = wave(noise=0.1)
    Z, latents = rom.KernelPCA(2, width=1e3).fit(X).transform(X), rom.POD(2).fit_transform(X)
    assert np.abs(np.corrcoef(Z.T, latents.T)[:2, 2:]).diagonal() == pytest.approx([1, 1], abs=1e-5)


def test_noise_is_left_to_the_linear_decoder():
    X, validation = RNG.normal(size=(80, 30)), RNG.normal(size=(40, 30))
    kpca = rom.KernelPCA(3).fit(X, validation=validation)
    assert not kpca.corrects_
    Z = kpca.transform(X)
    linear = np.linalg.lstsq(Z, X - X.mean(axis=0))[0]
    np.testing.assert_allclose(kpca.inverse_transform(Z), X.mean(axis=0) + Z @ linear, atol=1e-8)
    assert kpca.n_parameters_ == 3 * 30 + 30 * 30 + 80 * 30 + 80 * 3 + 3


def test_degenerate_rows():
    constant = np.full((5, 4), 7.0)
    kpca = rom.KernelPCA(1).fit(constant)
    np.testing.assert_allclose(kpca.inverse_transform([[0.0]]), constant[:1])
    rank_one = RNG.normal(size=(30, 1)) @ RNG.normal(size=(1, 9))
    assert error(rom.KernelPCA(4).fit(rank_one), rank_one) < 1e-3
    two = rom.KernelPCA(1).fit(RNG.normal(size=(2, 50)))
    assert np.isfinite(two.inverse_transform([[0.3]])).all()
    large = np.hstack([wave(), np.full((60, 3), 2.0), 1e6 * wave(60, 0.5)])
    assert error(rom.KernelPCA(2).fit(large), large) < 1e-3


def test_single_precision_blocks_and_a_small_limit():
    X = wave(200, noise=0.05).astype(np.float32)
    whole, parts = rom.KernelPCA(2).fit(X), rom.KernelPCA(2, memory_limit=32 * 200 * 9).fit(X)
    assert parts.transform(X).dtype == np.float32
    assert (parts.n_modes_, len(parts.rows_)) == (9, 26)
    assert error(parts, X) < 1.2 * error(whole, X)


def test_everything_learned_survives_saving(tmp_path):
    X = wave(noise=0.1)
    fitted = rom.KernelPCA(2, random_state=1).fit(X)
    fitted.save(tmp_path / "k")
    loaded = rom.load(tmp_path / "k")
    np.testing.assert_array_equal(loaded.transform(X), fitted.transform(X))
    np.testing.assert_array_equal(
        loaded.inverse_transform(fitted.transform(X)), fitted.inverse_transform(fitted.transform(X))
    )
    assert loaded.record() == fitted.record()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_components": 60}, "n_components=60 must be a whole number from 1 to 59"),
        ({"n_components": 0.9}, "n_components=0.9 must be"),
        ({"n_components": True}, "n_components=True must be"),
        ({"max_centres": 2}, "n_components=2 must be a whole number from 1 to 1"),
        ({"width": 0}, "width=0 must be"),
        ({"width": "wide"}, "width='wide' must be"),
        ({"width": np.inf}, "width=inf must be"),
        ({"kernel": "gauss"}, "no kernel 'gauss'"),
        ({"max_centres": 50, "memory_limit": "50 kB"}, "50 centres squared do not fit"),
    ],
)
def test_impossible_options(options, message):
    with pytest.raises(InputError, match=message):
        rom.KernelPCA(**options).fit(wave())
