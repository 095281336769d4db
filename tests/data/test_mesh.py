"""Mesh: what is refused, and the way into a saved model and back."""

import numpy as np
import pytest

import rom
from rom.data.layout import FieldLayout
from rom.data.mesh import Mesh

POINTS = np.arange(12.0).reshape(4, 3)
TRIANGLES = (np.array([0, 1, 2, 1, 2, 3]), np.array([0, 3, 6]), np.array([5, 5]))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((POINTS[:, :2],), "shape"),
        ((POINTS, TRIANGLES[0], np.array([0, 3]), TRIANGLES[2]), "one more expected"),
        ((POINTS, TRIANGLES[0] + 2, *TRIANGLES[1:]), "not one of 4"),
        ((POINTS, *TRIANGLES, "edges"), "'points' or 'cells'"),
        (
            (POINTS, np.zeros(0, int), np.zeros(0, int), np.zeros(0, int), "cells"),
            "'points' or 'cells'",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(arguments, words):
    with pytest.raises(rom.InputError, match=words):
        Mesh(*arguments)


@pytest.mark.parametrize(("values_at", "n"), [("points", 4), ("cells", 2)])
def test_a_saved_model_remembers_the_mesh_and_the_periodic_axes(tmp_path, values_at, n):
    layout = FieldLayout(
        ("u",), (n,), mesh=Mesh(POINTS, *TRIANGLES, values_at), periodic=("point",)
    )
    rows = np.random.default_rng(0).normal(size=(6, n))
    rom.POD(1).fit(rom.Snapshots.from_array(rows, layout=layout)).save(tmp_path / "pod.safetensors")
    loaded = rom.load(tmp_path / "pod.safetensors").layout_
    assert (loaded.mesh.values_at, loaded.periodic) == (values_at, ("point",))
    np.testing.assert_array_equal(loaded.mesh.points, POINTS)
    np.testing.assert_array_equal(loaded.mesh.types, TRIANGLES[2])
