"""Fields and modes as a series of ParaView."""

import sys

import numpy as np
import pytest

import rom
import rom.cli
from rom.data.layout import FieldLayout
from rom.data.mesh import Mesh
from rom.data.snapshots import Snapshots
from rom.data.sources import ArraySource
from rom.data.write.geometry import centres_along, directions
from tests.writers import openfoam

pyvista = pytest.importorskip("pyvista")
RNG = np.random.default_rng(0)
GRIDS = {
    "line": FieldLayout(("u",), (6,), ("x",), coordinates={"x": np.linspace(0, 1, 6)}),
    "plane": FieldLayout(("u", "v"), (4, 5), ("y", "x")),
    "box": FieldLayout(("u",), (2, 3, 4), ("z", "y", "x")),
    "cloud": FieldLayout(("u",), (7,), mesh=Mesh(RNG.normal(size=(7, 3)))),
    "curvilinear": FieldLayout(("u",), (3, 4), ("j", "i"), mesh=Mesh(RNG.normal(size=(12, 3)))),
    "triangles": FieldLayout(
        ("u",), (2,),
        mesh=Mesh(RNG.normal(size=(4, 3)), np.array([0, 1, 2, 1, 2, 3]), np.array([0, 3, 6]),
                  np.array([5, 5]), "cells"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", GRIDS)
def test_what_is_written_is_read_again(tmp_path, kind):
    layout = GRIDS[kind]
    rows = RNG.normal(size=(5, layout.n_features))
    files = Snapshots(ArraySource(rows), layout, times=0.5 * np.arange(5)).write(tmp_path / "a.pvd")
    assert len(files) == 6
    back = rom.open_snapshots(tmp_path / "a.pvd")
    assert back.layout.variables == layout.variables
    np.testing.assert_array_equal(back[:], rows)
    np.testing.assert_array_equal(back.times, 0.5 * np.arange(5))
    if layout.coordinates:
        np.testing.assert_array_equal(back.layout.mesh.points[:, 0], layout.coordinates["x"])


def test_it_is_replaced_whole_and_other_files_are_left_alone(tmp_path):
    layout = GRIDS["plane"]
    for n in (5, 3):
        Snapshots(ArraySource(np.ones((n, 40))), layout).write(tmp_path / "a.pvd")
    assert len(list((tmp_path / "a").iterdir())) == 3
    (tmp_path / "a" / "notes.txt").write_text("mine")
    with pytest.raises(rom.InputError, match="holds other files"):
        Snapshots(ArraySource(np.ones((3, 40))), layout).write(tmp_path / "a.pvd")
    assert (tmp_path / "a" / "notes.txt").exists()


def test_from_a_case_of_openfoam_to_the_report_and_modes_in_paraview(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    n, phase = 6 * 4, np.arange(20)[:, None] * 0.4
    x = np.arange(n) * 0.3
    u = np.stack([np.sin(x - phase), np.cos(x - phase), np.zeros((20, n))], axis=2)
    openfoam.write(tmp_path / "case", np.arange(20) * 0.1, u, u[..., 0] * 2, 6, 4)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["rom", *arguments])
        with pytest.raises(SystemExit) as stopped:
            rom.cli.main()
        assert stopped.value.code == 0

    options = ["--reducers", "pod", "--components", "2", "--jobs", "1", "--no-controls"]
    run("compare", "case", "--variables", "U_x,U_y,p", *options, "--out", "out")
    assert (tmp_path / "out" / "report.html").exists()
    (folder,) = (tmp_path / "out" / "runs").iterdir()
    run("decode", str(folder), "--modes", "-o", "modes.pvd")
    run("decode", str(folder), "--modes", "-o", "modes.h5")
    by_pvd = pyvista.get_reader("modes.pvd").read()[0]
    model = rom.load(folder)
    np.testing.assert_allclose(by_pvd.cell_data["p"], model.modes()[0][-n:], rtol=1e-5)
    by_xdmf = pyvista.get_reader("modes.xdmf").read()
    grid = by_xdmf[0] if isinstance(by_xdmf, pyvista.MultiBlock) else by_xdmf
    np.testing.assert_allclose(grid.cell_data["p"], by_pvd.cell_data["p"], rtol=1e-5)


@pytest.mark.parametrize("axes", [("row", "column"), ("Y", "X"), ("x", "lon"), ("theta", "r")])
def test_cells_lie_where_those_of_xdmf_lie(tmp_path, axes):
    layout = FieldLayout(("u",), (3, 4), axes)
    rows = Snapshots(ArraySource(RNG.normal(size=(2, 12))), layout)
    rows.write(tmp_path / "a.pvd")
    rows.write(tmp_path / "b.h5")
    found = rom.open_snapshots(tmp_path / "a.pvd").layout.mesh.points
    expected = np.zeros((3, 4, 3))
    for axis, place in enumerate(directions(axes)):
        along = centres_along(layout, axes[axis])
        expected[..., place] = along[:, None] if axis == 0 else along
    np.testing.assert_array_equal(found, expected.reshape(-1, 3))
    assert np.ptp(found, axis=0)[:2].all()
