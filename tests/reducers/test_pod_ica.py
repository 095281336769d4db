"""POD with its axes turned: independent latents, local modes, and always the error of POD."""

import numpy as np
import pytest

import rom
from rom.errors import InputError
from rom.linalg.varimax import varimax

RNG = np.random.default_rng(0)
ROTATIONS = ("ica", "varimax")
MIXED = RNG.normal(size=(60, 12)) ** 3 @ np.diag(np.linspace(2, 0.2, 12)) + 3


def error(reducer, X):
    return np.linalg.norm(X - reducer.inverse_transform(reducer.transform(X)))


def criterion(loadings):
    return np.sum(np.var(loadings**2, axis=1))


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("d", [1, 3, 12, 0.9, None])
def test_the_error_is_that_of_pod(rotation, d):
    pod, turned = rom.POD(d).fit(MIXED), rom.PODICA(d, rotation=rotation).fit(MIXED)
    for X in (MIXED, RNG.normal(size=(9, 12))):
        np.testing.assert_allclose(
            turned.inverse_transform(turned.transform(X)),
            pod.inverse_transform(pod.transform(X)),
            atol=1e-12,
        )
    np.testing.assert_allclose(
        turned.to_latents_ @ turned.from_latents_, np.eye(turned.n_components_), atol=1e-12
    )
    assert turned.n_parameters_ == pod.n_parameters_ + pod.n_components_**2


def test_independent_signals_are_found():
    signals = RNG.uniform(-1, 1, size=(2000, 2))
    X = signals @ [[1, 0], [1, 1]] @ RNG.normal(size=(2, 20))  # fields that overlap
    turned, pod = rom.PODICA(2).fit(X), rom.POD(2).fit(X)

    def agreement(Z):
        return np.abs(np.corrcoef(Z.T, signals.T)[:2, 2:]).max(axis=1).min()

    assert turned.converged_
    assert agreement(turned.transform(X)) > 0.999 > 0.95 > agreement(pod.transform(X))


def test_latents_of_ica_are_white_and_in_the_order_of_their_energy():
    turned = rom.PODICA(4).fit(MIXED)
    Z = turned.transform(MIXED)
    np.testing.assert_allclose(Z.T @ Z / len(Z), np.eye(4), atol=1e-10)
    np.testing.assert_allclose(turned.amplitudes(), 1)
    energies = np.sum(turned.components_**2, axis=1)
    assert (np.diff(energies) < 0).all()
    assert energies.sum() == pytest.approx(
        np.sum(rom.POD(4).fit(MIXED).singular_values_ ** 2) / len(MIXED)
    )


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_the_largest_entry_of_each_field_is_positive(rotation):
    fields = rom.PODICA(5, rotation=rotation).fit(MIXED).components_
    assert (fields.max(axis=1) == np.abs(fields).max(axis=1)).all()


def test_varimax_keeps_modes_orthonormal_and_orders_them():
    turned = rom.PODICA(4, rotation="varimax").fit(MIXED)
    np.testing.assert_allclose(turned.components_ @ turned.components_.T, np.eye(4), atol=1e-12)
    Z = turned.transform(MIXED)
    np.testing.assert_allclose(Z.std(axis=0), turned.amplitudes())
    assert (np.diff(turned.amplitudes()) < 0).all()
    assert turned.converged_
    pod = rom.POD(4).fit(MIXED)
    assert criterion(turned.components_) > criterion(pod.components_)


def test_varimax_maximises_the_variance_of_squared_loadings():
    two = RNG.normal(size=(2, 30))
    rotation, converged = varimax(two, 10)
    angles = np.linspace(0, np.pi, 20_001)
    best = max(
        criterion(np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) @ two) for a in angles
    )
    assert converged
    assert criterion(rotation @ two) == pytest.approx(best, rel=1e-6)
    five = RNG.normal(size=(5, 30))
    rotation, converged = varimax(five, 100)
    assert converged
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(5), atol=1e-12)
    for _ in range(200):  # a local maximum: no small rotation is better
        near = np.linalg.qr(np.eye(5) + 1e-3 * RNG.normal(size=(5, 5)))[0]
        assert criterion(near @ rotation @ five) <= criterion(rotation @ five)


def test_varimax_finds_blocks_from_where_the_criterion_is_least():
    blocks = np.kron(np.eye(3), np.ones(4)) / 2
    mixing = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    rotation, _ = varimax(mixing @ blocks, 50)
    np.testing.assert_allclose(
        np.sort(np.abs(rotation @ mixing @ blocks), axis=0)[-1], 0.5, atol=1e-6
    )
    flat = np.array([[1.0, 1.0], [1.0, -1.0]]) / 2**0.5
    np.testing.assert_allclose(np.abs(varimax(flat, 5)[0] @ flat).max(axis=1), 1)


def test_what_does_not_converge_is_said_without_a_warning():
    turned = rom.PODICA(3, max_iterations=1).fit(RNG.normal(size=(50, 8)))
    assert turned.record()["converged"] is False
    assert not rom.PODICA(3, rotation="varimax", max_iterations=1).fit(MIXED).converged_
    Z = turned.transform(RNG.normal(size=(50, 8)))
    assert np.isfinite(Z).all()


def test_seeds_start_elsewhere():
    first, again, other = (rom.PODICA(3, random_state=seed).fit(MIXED) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.to_latents_, again.to_latents_)
    assert not np.array_equal(first.to_latents_, other.to_latents_)


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_latents_below_rounding_stay_what_they_are(rotation):
    X = RNG.normal(size=(30, 1)) @ RNG.normal(size=(1, 9))  # of rank 1
    turned = rom.PODICA(4, rotation=rotation).fit(X)
    assert error(turned, X) < 1e-10 * np.linalg.norm(X)
    assert turned.amplitudes()[0] == pytest.approx(
        1 if rotation == "ica" else rom.POD(4).fit(X).amplitudes()[0]
    )


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_degenerate_rows(rotation):
    constant = np.full((5, 4), 7.0)
    turned = rom.PODICA(1, rotation=rotation).fit(constant)
    np.testing.assert_allclose(turned.inverse_transform([[0.0]]), constant[:1])
    few = RNG.normal(size=(3, 50))
    assert error(rom.PODICA(3, rotation=rotation).fit(few), few) < 1e-10
    large = np.hstack([MIXED, 1e6 * MIXED[:, :2], np.full((60, 2), 4.0)])
    pod = rom.POD(3).fit(large)
    assert error(rom.PODICA(3, rotation=rotation).fit(large), large) == pytest.approx(
        error(pod, large), rel=1e-6
    )


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_everything_learned_survives_saving(rotation, tmp_path):
    fitted = rom.PODICA(3, rotation=rotation).fit(MIXED.astype(np.float32))
    fitted.save(tmp_path / "i")
    loaded = rom.load(tmp_path / "i")
    np.testing.assert_array_equal(loaded.transform(MIXED), fitted.transform(MIXED))
    np.testing.assert_array_equal(loaded.components_, fitted.components_)
    assert (
        loaded.record() == fitted.record() == {"rotation": rotation, "converged": fitted.converged_}
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rotation": "quartimax"}, "no rotation 'quartimax'"),
        ({"max_iterations": 0}, "max_iterations=0 must be"),
        ({"max_iterations": True}, "max_iterations=True must be"),
        ({"max_iterations": 1.5}, "max_iterations=1.5 must be"),
        ({"n_components": 13}, "n_components=13 must be"),
    ],
)
def test_impossible_options(options, message):
    with pytest.raises(InputError, match=message):
        rom.PODICA(**options).fit(MIXED)
