"""Figures look as they did: stored pictures, compared roughly, so that a new matplotlib may draw a
letter another way.

``ROM_RENEW_PICTURES=1 pytest tests/plot/test_pictures.py`` stores them again; look at them first.
"""

import io
import os
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import image

import rom
from rom import plot

FOLDER = Path(__file__).parent / "pictures"
DPI, BLOCK, TOLERANCE = 60, 4, 0.03


def _error_curve(fields):
    comparison = rom.compare(fields, reducers=["pod", "pod-quadratic"], n_components=[1, 2, 3])
    return plot.error_curve(comparison, ring=("pod", None, 2), tolerance=0.2)


def _reconstruction(fields):
    pod = rom.POD(2).fit(fields.select(range(40)))
    return plot.reconstruction({"POD": pod}, fields.select(range(40, 60)), width="single")


def _phase_portrait(fields):
    t = np.arange(60.0)
    circle = np.column_stack([np.sin(t), np.cos(t)])
    return plot.phase_portrait(circle, by=np.arange(60) % 10, label="digit", width="single")


def _independence(fields):
    Z = np.random.default_rng(0).normal(size=(50, 4)) @ np.triu(np.ones((4, 4)))
    return plot.independence(Z, width="single")


PICTURES = {
    "error_curve": _error_curve,
    "reconstruction": _reconstruction,
    "phase_portrait": _phase_portrait,
    "independence": _independence,
}


def blocks(pixels):
    """Means over squares of pixels, grey."""
    grey = pixels[:, :, :3].mean(axis=2)
    rows, columns = (n // BLOCK * BLOCK for n in grey.shape)
    shape = (rows // BLOCK, BLOCK, columns // BLOCK, BLOCK)
    return grey[:rows, :columns].reshape(shape).mean(axis=(1, 3))


@pytest.mark.parametrize("name", PICTURES)
def test_it_looks_as_it_did(name, fields):
    with mpl.rc_context({"font.family": "DejaVu Sans"}):
        axes = PICTURES[name](fields)
        figure = np.asarray(axes, dtype=object).reshape(-1)[0].figure
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    path = FOLDER / f"{name}.png"
    if os.environ.get("ROM_RENEW_PICTURES"):
        FOLDER.mkdir(exist_ok=True)
        path.write_bytes(buffer.getvalue())
    buffer.seek(0)
    found, stored = blocks(image.imread(buffer)), blocks(image.imread(path))
    assert found.shape == stored.shape
    assert np.sqrt(np.square(found - stored).mean()) < TOLERANCE


def test_the_pictures_are_small():
    assert sum(path.stat().st_size for path in FOLDER.glob("*.png")) < 100_000
    assert {path.stem for path in FOLDER.glob("*.png")} == set(PICTURES)
