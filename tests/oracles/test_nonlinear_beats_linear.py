"""What the package is for: with two latents an autoencoder describes moving structures better than
POD can.
"""

import runpy

import numpy as np
import pytest

import rom
from rom.data.catalog import datasets_folder
from rom.data.split import split_snapshots
from rom.errors import AssumptionWarning
from rom.metrics import relative_error


def errors(snapshots, split, pipeline, **options):
    """Test relative errors of POD and of an autoencoder with two latents, in the pipeline's
    norm.
    """
    parts = split_snapshots(snapshots, **split)
    fitted = rom.Pipeline(**pipeline).fit(snapshots.select(parts.train))
    chosen = (parts.train, parts.validation, parts.test)
    train, held_out, test = (fitted.transform(snapshots.select(rows)) for rows in chosen)
    rows, mean = test[:], train[:].mean(axis=0)
    for reducer in (rom.POD(2), rom.Autoencoder(2, random_state=0, **options)):
        reducer.fit(train, validation=held_out)
        yield relative_error(
            rows, reducer.inverse_transform(reducer.transform(rows)), reference=mean
        )


def test_square_wave(tmp_path):
    runpy.run_path(str(datasets_folder() / "square_wave" / "generate.py"))["main"](
        tmp_path / "wave.h5", size="small"
    )
    snapshots = rom.open_snapshots(tmp_path / "wave.h5")
    with pytest.warns(AssumptionWarning, match="near-copies"):  # its shifts are close to each other
        pod, autoencoder = errors(snapshots, {"kind": "random"}, {"scale": False}, max_steps=500)
    assert pod == pytest.approx(0.435, abs=0.01)
    assert autoencoder < 0.7 * pod


def test_cylinder_wake():
    snapshots = rom.open_snapshots("cylinder_wake")
    pod, autoencoder = errors(
        snapshots, snapshots.card.split, snapshots.card.pipeline, max_steps=1000
    )
    assert autoencoder < 0.01 * pod


def test_the_wakes_modes_come_in_pairs():
    """Modes 1 and 2 of a wake are a travelling wave, 3 and 4 its first harmonic."""
    snapshots = rom.open_snapshots("cylinder_wake")
    pod = rom.POD(6).fit(snapshots)
    share = pod.explained_variance_ratio_
    assert share[:2].sum() > 0.94
    assert (share[1::2] / share[::2] > 0.8).all()
    frequencies = np.fft.rfftfreq(len(snapshots), np.diff(snapshots.times).mean())
    spectra = np.abs(
        np.fft.rfft(pod.transform(snapshots) * np.hanning(len(snapshots))[:, None], axis=0)
    )
    peaks = frequencies[spectra.argmax(axis=0)]
    np.testing.assert_allclose(peaks, np.repeat([0.164, 0.329, 0.493], 2), atol=0.01)
