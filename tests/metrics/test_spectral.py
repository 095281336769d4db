"""Errors in bands of wavenumbers: nothing is lost, every wave is in its band."""

import numpy as np
import pytest

import rom.metrics as m
from rom.errors import InputError
from rom.metrics.reconstruction import mean_squared_error, pooled_relative_error
from rom.metrics.spectral import band_errors, spectral_mse, wavenumber_bands
from rom.metrics.sums import squared_errors

RNG = np.random.default_rng(2)


@pytest.mark.parametrize("grid", [(16,), (15,), (8, 12), (9, 7), (4, 6, 5)])
def test_bands_add_up_to_the_mean_squared_error(grid):
    """Plancherel, on grids with even and odd numbers of cells."""
    X, X_hat = RNG.normal(size=(2, 6, 2, *grid))
    reference, scales = X.mean(axis=0), np.array([0.5, 3.0])
    bands = band_errors(X, X_hat, reference=reference, scales=scales)
    n_cells = int(np.prod(grid))
    options = {"variable_index": np.repeat([0, 1], n_cells), "n_variables": 2, "scales": scales}
    rows, rows_hat = X.reshape(6, -1), X_hat.reshape(6, -1)
    errors = squared_errors(rows, rows_hat, reference=reference.reshape(-1), **options)
    assert sum(spectral_mse(bands).values()) == pytest.approx(mean_squared_error(errors), rel=1e-12)
    ratio = bands.error.sum() / bands.reference.sum()
    assert np.sqrt(ratio) == pytest.approx(pooled_relative_error(errors), rel=1e-12)


def test_edges_of_the_bands_are_those_of_the_well():
    """On 64 cells from 2 pi / 64 to pi in equal ratios: 1 to 3.17 to 10.08 to 32 waves; then to pi
    sqrt(2).
    """
    assert wavenumber_bands((64,)).tolist() == [0] * 4 + [1] * 7 + [2] * 22
    square = wavenumber_bands((64, 48))
    waves = np.hypot(np.fft.fftfreq(64)[:, None], np.fft.rfftfreq(48)) * 64
    edges = [(32 * np.sqrt(2)) ** (1 / 3), (32 * np.sqrt(2)) ** (2 / 3)]
    np.testing.assert_array_equal(square, (waves >= edges[0]).astype(int) + (waves >= edges[1]))


@pytest.mark.parametrize(
    ("k", "band"), [(1, "long"), (3, "long"), (4, "middle"), (10, "middle"), (11, "short")]
)
def test_a_wave_is_in_its_band(k, band):
    x = np.arange(64) * 2 * np.pi / 64
    wave = np.sin(k * x + 0.3)[None, None]
    others = sum(np.sin(i * x) for i in (1, 2, 5, 20))[None, None]
    found = spectral_mse(band_errors(wave + others, others))
    assert found.pop(band) == pytest.approx(0.5)
    assert max(found.values()) < 1e-20


def test_spacings_tell_long_waves_from_short_ones():
    """A wave of 8 cells along an axis with cells of a quarter is as long as one of 2 cells along
    the other.
    """
    x = np.arange(64)
    fine, coarse = np.cos(2 * np.pi * x / 16), np.cos(2 * np.pi * x / 4)
    found = [
        spectral_mse(band_errors(wave[None, None], 0 * wave[None, None], spacings=(4.0, 1.0)))
        for wave in (np.broadcast_to(fine, (64, 64)), np.broadcast_to(coarse[:, None], (64, 64)))
    ]
    assert [max(one, key=one.get) for one in found] == ["middle", "middle"]


def test_a_band_without_energy_has_no_relative_error():
    x = np.arange(64) * 2 * np.pi / 64
    wave = np.sin(x)[None, None]
    found = m.spectral_error(band_errors(wave, 0.5 * wave))
    assert found["long"] == pytest.approx(0.5)
    assert np.isnan(found["middle"])
    assert np.isnan(found["short"])


def test_what_has_no_grid_is_refused():
    with pytest.raises(InputError, match="grid"):
        band_errors(np.zeros((3, 4)), np.zeros((3, 4)))
    with pytest.raises(InputError, match="wavenumbers"):
        wavenumber_bands((1, 8))
