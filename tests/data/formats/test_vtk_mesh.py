"""Meshes by pyvista: series, blocks, weights, and what is left out."""

import h5py
import numpy as np
import pytest

import rom
from rom.data.formats.mesh.vtk_file import VTKFile
from tests.writers import exodus, openfoam

pyvista = pytest.importorskip("pyvista")
NX, NY, NT = 6, 4, 12
RNG = np.random.default_rng(0)
U, P = RNG.normal(size=(NT, NX * NY, 3)), RNG.normal(size=(NT, NX * NY))
TIMES = np.arange(NT) * 0.5


def test_a_case_of_openfoam_is_a_series_of_its_cells(tmp_path):
    case = openfoam.write(tmp_path / "cavity", TIMES, U, P, NX, NY)
    snapshots = rom.open_snapshots(case)
    assert "OpenFOAM" in snapshots.read_as
    assert set(snapshots.layout.variables) == {"p", "U_x", "U_y", "U_z"}
    np.testing.assert_allclose(snapshots.times, TIMES)
    p = rom.open_snapshots(case, variables="p")
    np.testing.assert_allclose(p[:], P, rtol=1e-5)
    u = rom.open_snapshots(case, variables=["U_x", "U_y"])
    np.testing.assert_allclose(u[3].reshape(2, -1), U[3, :, :2].T, rtol=1e-5)
    mesh = snapshots.layout.mesh
    assert (mesh.values_at, len(mesh.types)) == ("cells", NX * NY)


def test_initial_conditions_that_lack_fields_are_left_out(tmp_path):
    case = openfoam.write(tmp_path / "cavity", TIMES, U, P, NX, NY)
    (case / "0" / "p").unlink()
    snapshots = rom.open_snapshots(case)
    assert len(snapshots) == NT - 1
    assert "the first time is left out" in " ".join(snapshots.assumptions)


@pytest.mark.parametrize("ending", [".e", ".exo"])
def test_an_exodus_series_has_values_at_points(tmp_path, ending):
    nodes = RNG.normal(size=(NT, (NX + 1) * (NY + 1)))
    path = exodus.write(tmp_path / f"a{ending}", TIMES, {"T": nodes}, NX, NY)
    snapshots = rom.open_snapshots(path)
    assert snapshots.layout.variables == ("T",)
    # VTK has the points in the order in which cells use them
    x, y, _ = snapshots.layout.mesh.points.T
    order = np.rint(x / 0.2 + (NX + 1) * y / 0.5).astype(int)
    np.testing.assert_allclose(snapshots[:], nodes[:, order])
    np.testing.assert_allclose(snapshots.times, TIMES)
    # a corner has a quarter of a cell, a point inside a whole one
    weights = np.sort(snapshots.layout.weights) / (0.2 * 0.5)
    np.testing.assert_allclose(weights[[0, -1]], [0.25, 1.0])


def test_files_of_one_time_each_are_a_series(tmp_path):
    for i in range(4):
        grid = pyvista.ImageData(dimensions=(3, 4, 2))
        grid.cell_data["T"] = np.arange(6.0) + i
        grid.field_data["TimeValue"] = [0.1 * i]
        grid.save(tmp_path / f"t_{i}.vti")
    snapshots = rom.open_snapshots(str(tmp_path / "t_*.vti"))
    np.testing.assert_allclose(snapshots[:, 0], np.arange(4))
    np.testing.assert_allclose(snapshots.times, 0.1 * np.arange(4))


def test_blocks_are_chosen_by_name(tmp_path):
    parts = pyvista.MultiBlock()
    for i, name in enumerate(("fluid", "solid")):
        parts[name] = pyvista.ImageData(dimensions=(3, 3, 3), origin=(5.0 * i, 0, 0))
        parts[name].cell_data["T"] = np.arange(8.0) + 100 * i
    parts["wall"] = pyvista.Plane(i_resolution=2, j_resolution=2)
    parts["wall"].cell_data["T"] = np.zeros(4)
    parts.save(tmp_path / "a.vtm")
    everything = rom.open_snapshots(tmp_path / "a.vtm")
    np.testing.assert_allclose(everything[0], [*range(8), *range(100, 108)])
    solid = rom.open_snapshots(tmp_path / "a.vtm", block="solid")
    np.testing.assert_allclose(solid[0], np.arange(100, 108))
    with pytest.raises(rom.InputError, match="no block 'gas'"):
        rom.open_snapshots(tmp_path / "a.vtm", block="gas")


def test_another_mesh_at_the_end_is_refused(tmp_path):
    lines = []
    for i in range(3):
        grid = pyvista.ImageData(dimensions=(3 + (i == 2), 4, 1)).cast_to_unstructured_grid()
        grid.cell_data["T"] = np.arange(float(grid.n_cells))
        grid.save(tmp_path / f"t_{i}.vtu")
        lines.append(f'<DataSet timestep="{i}" file="t_{i}.vtu"/>')
    text = f'<VTKFile type="Collection" version="0.1"><Collection>{"".join(lines)}'
    (tmp_path / "a.pvd").write_text(f"{text}</Collection></VTKFile>")
    with pytest.raises(rom.InputError, match="6 cells at first and 9 at last"):
        rom.open_snapshots(tmp_path / "a.pvd")


@pytest.mark.parametrize("name", ["a.vtu", "a.case", "a.e", "a.pvd"])
def test_what_is_no_mesh_is_refused(tmp_path, name):
    (tmp_path / name).write_text("nothing of the kind")
    with pytest.raises(rom.InputError, match=name.replace(".", r"\.")):
        rom.open_snapshots(tmp_path / name)


def surface(path, n_steps):
    """Triangles of a surface in VTKHDF, with as many steps: the fixed mesh is written once."""
    rng = np.random.default_rng(1)
    points = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0.0]])
    values = rng.normal(size=(n_steps, 2))
    with h5py.File(path, "w") as file:
        root = file.create_group("VTKHDF")
        root.attrs["Version"], root.attrs["Type"] = (2, 0), np.bytes_("PolyData")
        root["NumberOfPoints"], root["Points"] = np.array([4]), points
        root["CellData/p"] = values.ravel()
        for kind in ("Vertices", "Lines", "Polygons", "Strips"):
            ids = [0, 1, 2, 1, 3, 2] if kind == "Polygons" else []
            group = root.create_group(kind)
            group["NumberOfCells"] = np.array([len(ids) // 3])
            group["NumberOfConnectivityIds"] = np.array([len(ids)])
            group["Connectivity"] = np.array(ids, dtype=np.int64)
            group["Offsets"] = np.arange(0, len(ids) + 1, 3)
        steps = root.create_group("Steps")
        steps.attrs["NSteps"] = n_steps
        steps["Values"] = np.arange(n_steps) * 0.5
        for name in ("PartOffsets", "PointOffsets"):
            steps[name] = np.zeros(n_steps, np.int64)
        steps["NumberOfParts"] = np.ones(n_steps, np.int64)
        steps["CellDataOffsets/p"] = 2 * np.arange(n_steps)
        for name in ("CellOffsets", "ConnectivityIdOffsets"):
            steps[name] = np.zeros((n_steps, 4), np.int64)
    return values


def test_surfaces_in_vtkhdf_are_read_by_vtk(tmp_path):
    values = surface(tmp_path / "a.vtkhdf", 5)
    snapshots = rom.open_snapshots(tmp_path / "a.vtkhdf")
    assert snapshots.read_as == "a mesh that VTK reads (group VTKHDF of type PolyData)"
    np.testing.assert_allclose(snapshots.times, np.arange(5) * 0.5)
    np.testing.assert_allclose(snapshots[:], values)


def test_only_a_case_of_openfoam_is_its_folder(tmp_path):
    pyvista.ImageData(dimensions=(3, 3, 3)).save(tmp_path / "a.vti")
    assert list(VTKFile(tmp_path / "a.vti").beside("")) == []
