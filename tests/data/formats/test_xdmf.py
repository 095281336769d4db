"""XDMF: each kind of grid puts the values where they lie; steps, times and references; what is
refused.
"""

from pathlib import Path

import h5py
import numpy as np
import pytest

import rom
from rom.data.inspection.report import inspect_data

T, Z, Y, X = (
    np.arange(6.0),
    np.array([0.0, 1, 3, 4]),
    np.array([1.0, 2, 4]),
    np.array([0.0, 0.5, 1.5, 2, 3]),
)
SHAPE = (len(Z), len(Y), len(X))
CELLS = tuple(n - 1 for n in SHAPE)


def item(text, dimensions, form="XML"):
    return f'<DataItem Dimensions="{dimensions}" Format="{form}">{text}</DataItem>'


def words(values):
    return " ".join(f"{value:.17g}" for value in np.ravel(values))


def points(z=Z, y=Y, x=X):
    zs, ys, xs = np.meshgrid(z, y, x, indexing="ij")
    return np.stack([xs, ys, zs], axis=-1)


def linear(p, t):
    return (2 * p[..., 0] + 3 * p[..., 1] + 5 * p[..., 2]) * (1 + t)


def write(folder, mesh, center, p, *, include=False, times=T, name="flow"):
    """A field that is linear in space at the points p, and a vector."""
    shape = " ".join(map(str, p.shape[:-1]))
    steps = []
    with h5py.File(folder / f"{name}.h5", "w") as file:
        for k, t in enumerate(times):
            file[f"f/{k}"] = linear(p, t)
            file[f"w/{k}"] = p * (1 + t)
            data = (
                '<Attribute Name="f"'
                f' Center="{center}">{item(f"{name}.h5:/f/{k}", shape, "HDF")}</Attribute>'
            )
            data += f'<Attribute Name="w" AttributeType="Vector" Center="{center}">'
            data += item(f"{name}.h5:w/{k}", f"{shape} 3", "HDF") + "</Attribute>"
            reference = '<xi:include xpointer="xpointer(//Grid[@Name=&quot;s&quot;]/Grid[1]/'
            reference += '*[self::Topology or self::Geometry])"/>'
            here = reference if include and k else mesh
            steps.append(f'<Grid Name="g{k}">{here}<Time Value="{t}"/>{data}</Grid>')
    return save(
        folder,
        f'<Grid Name="s" GridType="Collection" CollectionType="Temporal">{"".join(steps)}</Grid>',
        name,
    )


def save(folder, text, name="flow"):
    start = (
        '<?xml version="1.0"?><Xdmf Version="3.0"'
        ' xmlns:xi="http://www.w3.org/2001/XInclude"><Domain>'
    )
    (folder / f"{name}.xdmf").write_text(f"{start}{text}</Domain></Xdmf>")
    return folder / f"{name}.xdmf"


RECT = '<Topology TopologyType="3DRectMesh" Dimensions="4 3 5"/><Geometry GeometryType="VXVYVZ">'
RECT += item(words(X), 5) + item(words(Y), 3) + item(words(Z), 4) + "</Geometry>"
S = '<Topology TopologyType="3DSMesh" Dimensions="4 3 5"/><Geometry GeometryType="{}">{}</Geometry>'
XYZ = S.format("XYZ", item(words(points()), "4 3 5 3"))
X_Y_Z = S.format("X_Y_Z", "".join(item(words(points()[..., i]), "4 3 5") for i in range(3)))
COORDINATES = {"z": Z, "y": Y, "x": X}


@pytest.mark.parametrize("mesh", [RECT, XYZ, X_Y_Z], ids=["RectMesh", "SMesh", "SMesh_X_Y_Z"])
@pytest.mark.parametrize("center", ["Node", "Cell"])
@pytest.mark.parametrize("include", [False, True])
def test_a_rectilinear_grid_has_its_values_where_they_lie(tmp_path, mesh, center, include):
    nodes = center == "Node"
    at = COORDINATES if nodes else {a: (v[1:] + v[:-1]) / 2 for a, v in COORDINATES.items()}
    snapshots = rom.open_snapshots(write(tmp_path, mesh, center, points(**at), include=include))
    layout = snapshots.layout
    assert layout.variables == ("f", "w_x", "w_y", "w_z")
    assert (layout.axes, layout.grid_shape) == (("z", "y", "x"), SHAPE if nodes else CELLS)
    for axis in "zyx":
        np.testing.assert_allclose(layout.coordinates[axis], at[axis])
    z, y, x = np.meshgrid(*(layout.coordinates[a] for a in "zyx"), indexing="ij")
    fields = layout.to_fields(snapshots[:])
    np.testing.assert_allclose(fields[3], np.stack([2 * x + 3 * y + 5 * z, x, y, z]) * 4)
    np.testing.assert_array_equal(snapshots.times, T)
    if not nodes:  # the weights of cells are their volumes
        volumes = np.einsum("i,j,k->ijk", *(np.diff(v) for v in COORDINATES.values()))
        np.testing.assert_allclose(layout.weights, volumes)


def test_origin_and_spacing_are_in_the_order_of_the_axes(tmp_path):
    mesh = (
        '<Topology TopologyType="3DCoRectMesh" Dimensions="4 3 5"/><Geometry'
        ' GeometryType="ORIGIN_DXDYDZ">'
    )
    mesh += item("1 2 3", 3) + item("10 20 30", 3) + "</Geometry>"
    z, y, x = 1 + 10 * np.arange(4), 2 + 20 * np.arange(3), 3 + 30 * np.arange(5)
    snapshots = rom.open_snapshots(write(tmp_path, mesh, "Node", points(z, y, x)))
    for axis, values in {"z": z, "y": y, "x": x}.items():
        np.testing.assert_array_equal(snapshots.layout.coordinates[axis], values)
    assert "order z y x" in " ".join(snapshots.assumptions)
    np.testing.assert_allclose(
        snapshots[1][: 4 * 3 * 5].reshape(4, 3, 5), linear(points(z, y, x), 1)
    )


@pytest.mark.parametrize("center", ["Node", "Cell"])
def test_a_curvilinear_grid_keeps_its_points(tmp_path, center):
    p = points()
    p[..., 0] += 0.1 * p[..., 1]
    middles = p
    for axis in range(3 if center == "Cell" else 0):
        first, last = (
            np.take(middles, range(*s), axis=axis) for s in ((0, SHAPE[axis] - 1), (1, SHAPE[axis]))
        )
        middles = (first + last) / 2
    path = write(tmp_path, S.format("XYZ", item(words(p), "4 3 5 3")), center, middles)
    snapshots = rom.open_snapshots(path)
    layout = snapshots.layout
    assert (layout.axes, layout.grid_shape) == (("k", "j", "i"), middles.shape[:-1])
    np.testing.assert_allclose(layout.mesh.points, middles.reshape(-1, 3))
    np.testing.assert_allclose(
        layout.to_fields(snapshots[2:3])[0, 0].ravel(), linear(layout.mesh.points, 2)
    )


def test_a_flat_grid_in_three_dimensions_is_a_grid_of_two(tmp_path):
    mesh = (
        '<Topology TopologyType="3DCoRectMesh" Dimensions="1 3 5"/><Geometry'
        ' GeometryType="ORIGIN_DXDYDZ">'
    )
    mesh += item("0 0 0", 3) + item("1 1 1", 3) + "</Geometry>"
    path = write(tmp_path, mesh, "Node", points([0.0], np.arange(3.0), np.arange(5.0)))
    snapshots = rom.open_snapshots(path)
    assert (snapshots.layout.axes, snapshots.layout.grid_shape) == (("y", "x"), (3, 5))
    assert "variables=f,w_x,w_y" in " ".join(snapshots.assumptions)
    with pytest.raises(rom.InputError, match="w_z is the same"):
        rom.compare(path, reducers=["pod"], n_components=[1], jobs=1)


TETRAHEDRA = np.array([[0, 1, 5, 15], [1, 6, 5, 16], [2, 3, 7, 17], [7, 8, 13, 23]])


@pytest.mark.parametrize("center", ["Node", "Cell"])
def test_a_mesh_written_by_meshio(tmp_path, monkeypatch, center):
    meshio = pytest.importorskip("meshio")
    monkeypatch.chdir(tmp_path)  # it writes its HDF5 file where one is
    p = points().reshape(-1, 3)
    cells = [("tetra", TETRAHEDRA), ("triangle", np.array([[0, 1, 2], [3, 4, 5]]))]
    middles = np.concatenate([p[c].mean(axis=1) for _, c in cells])
    at = p if center == "Node" else middles
    with meshio.xdmf.TimeSeriesWriter("flow.xdmf") as writer:
        writer.write_points_cells(p, cells)
        for t in T:
            values = {"f": linear(at, t), "w": at * (1 + t)}
            split = {name: [v[:4], v[4:]] for name, v in values.items()}
            writer.write_data(
                t, **({"point_data": values} if center == "Node" else {"cell_data": split})
            )
    snapshots = rom.open_snapshots("flow.xdmf")
    mesh = snapshots.layout.mesh
    assert snapshots.layout.variables == ("f", "w_x", "w_y", "w_z")
    assert mesh.types.tolist() == [10] * 4 + [5] * 2
    np.testing.assert_array_equal(mesh.connectivity[:16].reshape(4, 4), TETRAHEDRA)
    np.testing.assert_array_equal(mesh.points, p)
    np.testing.assert_allclose(snapshots[3], np.concatenate([linear(at, 3), *(4 * at).T]))
    np.testing.assert_array_equal(snapshots.times, T)


def triangles(n):
    cells = item("0 1 2 1 2 3", "2 3")
    xy = item(words([[0, 0], [1, 0], [0, 1], [1, 1]]), "4 2")
    return (
        f'<Topology TopologyType="{n}" NumberOfElements="2">{cells}</Topology><Geometry'
        f' Type="XY">{xy}</Geometry>'
    )


def fenics(folder, *, times=(0.5, 2.0), pressure_times=(0.5, 2.0)):
    """As FEniCS and dolfinx write: a collection for each function, vectors in the plane padded to
    three.
    """
    rng = np.random.default_rng(0)
    text = f'<Grid Name="mesh" GridType="Uniform">{triangles("Triangle")}</Grid>'
    include = "<xi:include xpointer=\"xpointer(/Xdmf/Domain/Grid[@GridType='Uniform'][1]/"
    include += '*[self::Topology or self::Geometry])"/>'
    stored = {"u": rng.normal(size=(2, 4, 3)), "p": rng.normal(size=(2, 4, 1))}
    stored["u"][..., 2] = 0
    with h5py.File(folder / "flow.h5", "w") as file:
        for name, at in {"u": times, "p": pressure_times}.items():
            steps = ""
            for k, t in enumerate(at):
                file[f"Function/{name}/{k}"] = stored[name][k]
                data = item(f"flow.h5:/Function/{name}/{k}", f"4 {stored[name].shape[-1]}", "HDF")
                steps += (
                    f'<Grid>{include}<Time Value="{t}"/><Attribute Name="{name}"'
                    f' Center="Node">{data}'
                )
                steps += "</Attribute></Grid>"
            text += (
                f'<Grid Name="{name}" GridType="Collection"'
                f' CollectionType="Temporal">{steps}</Grid>'
            )
    return save(folder, text), stored


def test_collections_of_the_same_times_are_one_series(tmp_path):
    path, stored = fenics(tmp_path)
    snapshots = rom.open_snapshots(path)
    assert snapshots.layout.variables == ("u_x", "u_y", "u_z", "p")
    np.testing.assert_array_equal(
        snapshots[1], np.concatenate([*stored["u"][1].T, stored["p"][1, :, 0]])
    )
    assert "variables=u_x,u_y,p" in " ".join(snapshots.assumptions)
    assert rom.open_snapshots(path, variables=["u_x", "u_y", "p"]).shape == (2, 12)
    (tmp_path / "other").mkdir()
    path, _ = fenics(tmp_path / "other", pressure_times=(0.5, 3.0))
    with pytest.raises(rom.InputError, match="several temporal collections; 'p' has other times"):
        rom.open_snapshots(path)


def hyperslabs(folder, steps, *, stride=1, text=False, times=""):
    mesh = (
        '<Topology TopologyType="2DCoRectMesh" Dimensions="3 5"/><Geometry'
        ' GeometryType="ORIGIN_DXDY">'
    )
    mesh += item("0 0", 2) + item("1 1", 2) + "</Geometry>"
    with h5py.File(folder / "flow.h5", "w") as file:
        file["u"] = np.random.default_rng(0).normal(size=(9, 5, 7, 2))
    grids = ""
    for k in steps:
        box = f"{k} 1 1 0  1 1 {stride} 1  1 3 5 2"
        if text:
            data = item(f"flow.h5:/u|{k} 1 1 0:1 1 1 1:1 3 5 2:9 5 7 2", "3 5 2", "HDF")
        else:
            data = item(box, "3 4") + item("flow.h5:/u", "9 5 7 2", "HDF")
            data = f'<DataItem ItemType="HyperSlab" Dimensions="3 5 2">{data}</DataItem>'
        time = "" if times else f'<Time Value="{k}"/>'
        grids += (
            f'<Grid>{mesh}{time}<Attribute Name="u"'
            f' AttributeType="Vector">{data}</Attribute></Grid>'
        )
    return save(
        folder, f'<Grid GridType="Collection" CollectionType="Temporal">{times}{grids}</Grid>'
    )


@pytest.mark.parametrize("text", [False, True])
def test_layers_of_one_dataset_are_read_together(tmp_path, monkeypatch, text):
    from rom.data import hdf5_file

    snapshots = rom.open_snapshots(hyperslabs(tmp_path, [1, 2, 3, 4, 7], text=text))
    with h5py.File(tmp_path / "flow.h5") as file:
        expected = file["u"][[1, 2, 3, 4, 7], 1:4, 1:6].transpose(0, 3, 1, 2).reshape(5, -1)
    calls, read = [], hdf5_file.read_slab
    monkeypatch.setattr(hdf5_file, "read_slab", lambda *given: calls.append(1) or read(*given))
    np.testing.assert_array_equal(snapshots[:], expected)
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("kind", "numbers", "expected"),
    [("List", "0.5 0.25 3", [0.25, 0.5, 3]), ("HyperSlab", "1 0.5 3", [1, 1.5, 2])],
)
def test_times_of_a_collection(tmp_path, kind, numbers, expected):
    path = hyperslabs(
        tmp_path, [0, 1, 2], times=f'<Time TimeType="{kind}">{item(numbers, 3)}</Time>'
    )
    np.testing.assert_array_equal(rom.open_snapshots(path).times, expected)


def test_components_that_are_joined_and_items_that_are_referred_to(tmp_path):
    with h5py.File(tmp_path / "flow.h5", "w") as file:
        file["a"], file["b"] = np.arange(4.0), np.arange(4.0) ** 2
    named = (
        '<DataItem Name="b" Dimensions="4"'
        f' Format="HDF">flow.h5:/b</DataItem>{triangles("Triangle")}'
    )
    refer = '<DataItem Reference="XML">/Xdmf/Domain/DataItem[@Name="b"]</DataItem>'
    join = (
        '<DataItem ItemType="Function" Function="JOIN($0, $1)" Dimensions="4'
        f' 2">{item("flow.h5:/a", 4, "HDF")}{refer}'
    )
    grid = (
        '<Grid><Topology Reference="/Xdmf/Domain/Topology[1]"/><Geometry'
        ' Reference="/Xdmf/Domain/Geometry[1]"/>'
    )
    grid += (
        '<Time Value="{}"/><Attribute Name="u"'
        f' AttributeType="Vector">{join}</DataItem></Attribute></Grid>'
    )
    steps = grid.format(0) + grid.format(1)
    path = save(
        tmp_path, f'{named}<Grid GridType="Collection" CollectionType="Temporal">{steps}</Grid>'
    )
    snapshots = rom.open_snapshots(path)
    assert snapshots.layout.variables == ("u_x", "u_y")
    np.testing.assert_array_equal(snapshots[0], [0, 1, 2, 3, 0, 1, 4, 9])


def single(folder, name, t, attributes=None, mesh=None):
    with h5py.File(folder / f"{name}.h5", "w") as file:
        file["p"] = np.arange(4.0) * (t + 1)
        file["c"] = np.arange(2.0) * (t + 1)
    data = f'<Attribute Name="p" Center="Node">{item(f"{name}.h5:/p", 4, "HDF")}</Attribute>'
    data += f'<Attribute Name="c" Center="Cell">{item(f"{name}.h5:/c", 2, "HDF")}</Attribute>'
    if attributes is not None:
        data = attributes
    grid = f'<Grid><Time Value="{t}"/>{mesh or triangles("Triangle")}{data}</Grid>'
    return save(folder, grid, name)


def test_files_of_one_grid_are_a_series_and_cells_can_be_asked_for(tmp_path):
    for name, t in {"a10": 0.0, "a9": 1.0, "a1": 2.0}.items():
        single(tmp_path, name, t)
    snapshots = rom.open_snapshots(str(tmp_path / "a*.xdmf"))
    np.testing.assert_array_equal(snapshots[:], np.outer([1, 2, 3], np.arange(4)))
    assert "variables at cells are left out: c" in snapshots.assumptions
    cells = rom.open_snapshots(str(tmp_path / "a*.xdmf"), variables="c")
    np.testing.assert_array_equal(cells[:], np.outer([1, 2, 3], np.arange(2)))
    assert cells.layout.mesh.values_at == "cells"
    with pytest.raises(rom.InputError, match="p lie at points, c in cells"):
        rom.open_snapshots(str(tmp_path / "a*.xdmf"), variables=["p", "c"])
    assert len(rom.open_snapshots(tmp_path / "a1.xdmf")) == 1


def test_cells_of_an_unknown_kind_are_points_and_this_is_said(tmp_path):
    for i in range(3):
        single(tmp_path, f"b{i}", i, mesh=triangles("Hexahedron_1331"))
    snapshots = rom.open_snapshots(str(tmp_path / "b*.xdmf"), variables="c")
    np.testing.assert_allclose(
        snapshots.layout.mesh.points[:, :2], [[1 / 3, 1 / 3], [2 / 3, 2 / 3]]
    )
    assert "cells 'hexahedron_1331' are not kept" in " ".join(snapshots.assumptions)


def test_a_mesh_that_is_written_anew_is_said(tmp_path):
    pair = []
    for k in range(2):
        grid = single(tmp_path, f"c{k}", k).read_text().split("<Domain>")[1].split("</Domain>")[0]
        pair.append(grid.replace("1 1</DataItem></Geometry>", f"1 {1 + k}</DataItem></Geometry>"))
    path = save(
        tmp_path, f'<Grid GridType="Collection" CollectionType="Temporal">{"".join(pair)}</Grid>'
    )
    snapshots = rom.open_snapshots(path)
    assert "written again from step 1" in " ".join(snapshots.assumptions)


def topology(kind, numbers, extra=""):
    cells = item(numbers, len(numbers.split()))
    return (
        triangles("Triangle")
        .replace(item("0 1 2 1 2 3", "2 3"), cells)
        .replace('"Triangle"', f'"{kind}" {extra}')
    )


@pytest.mark.parametrize(
    ("mesh", "types", "connectivity"),
    [
        (topology("Mixed", "4 0 1 2 2 2 1 3"), [5, 3], [0, 1, 2, 1, 3]),
        (topology("Polyline", "0 1 2 3", 'NodesPerElement="2"'), [3, 3], [0, 1, 2, 3]),
        (topology("Polyvertex", "0 1", 'NodesPerElement="1"'), [2, 2], [0, 1]),
        (topology("Triangle", "1 2 3 2 3 4", 'BaseOffset="1"'), [5, 5], [0, 1, 2, 1, 2, 3]),
    ],
)
def test_kinds_of_cells(tmp_path, mesh, types, connectivity):
    for i in range(2):
        single(tmp_path, f"d{i}", i, mesh=mesh)
    found = rom.open_snapshots(str(tmp_path / "d*.xdmf"), variables="c").layout.mesh
    assert (found.types.tolist(), found.connectivity.tolist()) == (types, connectivity)


@pytest.mark.parametrize(
    ("mesh", "words"),
    [
        (topology("Mixed", "4 0 1 2 4 1 2"), "ends in the middle of a cell"),
        (topology("Mixed", "4 0 1 2 2"), "ends in the middle of a cell"),
        (topology("Mixed", "77 0 1 2"), "cells of number 77"),
        (topology("Triangle", "0 1 2 3"), "4 numbers of points for cells 'triangle' of 3"),
        (topology("Triangle", "0 1 2 1 2 9"), "names a point that is not one of 4"),
        (
            topology("Polygon", "0 1 2", 'NodesPerElement="many"'),
            "NodesPerElement='many' is no number",
        ),
    ],
)
def test_cells_that_do_not_fit_together(tmp_path, mesh, words):
    path = single(tmp_path, "e", 0, mesh=mesh)
    with pytest.raises(rom.InputError, match=words) as caught:
        rom.open_snapshots(path)
    assert str(path) in str(caught.value)


def test_units_of_this_package(tmp_path):
    path = hyperslabs(tmp_path, [0, 1])
    info = (
        '<Domain><Information Name="units of u_x" Value="m/s"/><Information Name="units of time"'
        ' Value="s"/>'
    )
    info += '<Information Name="units of x" Value="m"/>'
    path.write_text(path.read_text().replace("<Domain>", info))
    snapshots = rom.open_snapshots(path)
    assert (snapshots.layout.units, snapshots.time_unit) == (("m/s", ""), "s")
    assert snapshots.layout.coordinate_units == {"x": "m"}


def test_the_hdf5_file_beside_it_says_what_to_open(tmp_path):
    hyperslabs(tmp_path, [0, 1])
    with pytest.raises(
        rom.InputError, match=r"flow\.h5: layout not recognised; open flow\.xdmf, which lies next"
    ):
        rom.open_snapshots(tmp_path / "flow.h5")


BOMB = '<!DOCTYPE Xdmf [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda s: s.replace("<Xdmf", f"{BOMB}<Xdmf", 1), "declares the entity 'a'"),
        (
            lambda s: s.replace(
                "<Xdmf", '<!DOCTYPE Xdmf [<!ENTITY a SYSTEM "/etc/passwd">]><Xdmf', 1
            ),
            "entity 'a'",
        ),
        (lambda s: s[:-9], "damaged XML"),
        (
            lambda s: s.replace("flow.h5", "gone.h5"),
            r"the file gone\.h5 that it names is not there",
        ),
        (lambda s: s.replace(":/u", ":/w"), "no dataset 'w'"),
        (lambda s: s.replace('"Temporal"', '"Spatial"'), "is a spatial collection"),
        (lambda s: s.replace('CollectionType="Temporal"', ""), "is a spatial collection"),
        (lambda s: s.replace('"Collection"', '"Tree"'), "of type 'tree'"),
        (lambda s: s.replace("1 1 1 1", "1 1 2 1"), "only stride 1 is read"),
        (
            lambda s: s.replace("1 3 5 2", "1 3 4 2"),
            r"'u' has shape \(1, 3, 4, 2\), its grid 3 x 5",
        ),
        (lambda s: s.replace("1 1 1 0  ", "8 3 3 0  "), "reaches out of 'u'"),
        (
            lambda s: s.replace(item("flow.h5:/u", "9 5 7 2", "HDF"), ""),
            "a HyperSlab is read of two items",
        ),
        (lambda s: s.replace('<Time Value="1"/>', ""), "some steps have a time"),
        (
            lambda s: s.replace('<Time Value="1"/>', '<Time Value="late"/>'),
            "'late' of a step is no number",
        ),
        (lambda s: s.replace('"u"', '"w"', 1), "the step at time 1.0 has no 'w'"),
        (
            lambda s: s.replace('"HDF"', '"Binary"'),
            "'u' is left out: an item of kind 'uniform' and format 'BINARY'",
        ),
        (
            lambda s: s.replace('"2" Format="XML">1 1<', '"3" Format="XML">1 1 1<'),
            "origin and spacing need 2 numbers",
        ),
        (
            lambda s: s.replace("ORIGIN_DXDY", "XYZZY"),
            "a geometry of type 'xyzzy' with 2 items is not read",
        ),
        (
            lambda s: s.replace("<Grid><Topology", '<Grid><xi:include href="b.xml"/><Topology', 1),
            r"another file \(b.xml\)",
        ),
    ],
)
def test_what_is_not_read_is_one_line_that_names_the_file(tmp_path, change, expected):
    path = hyperslabs(tmp_path, [0, 1])
    text = path.read_text()
    path.write_text(change(text))
    assert path.read_text() != text
    with pytest.raises(rom.InputError, match=expected) as caught:
        rom.open_snapshots(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_datasets_that_the_user_names_and_those_that_are_listed_are_of_the_hdf5_file(tmp_path):
    path = hyperslabs(tmp_path, [0, 1, 2])
    with h5py.File(tmp_path / "flow.h5", "r+") as file:
        file["late"], file["area"] = np.arange(3) + 0.5, np.arange(15.0).reshape(3, 5)
    report = inspect_data(path)
    assert [Path(file["path"]).name for file in report["files"]] == ["flow.xdmf", "flow.h5"]
    assert {item["name"]: item["read_as"] for item in report["datasets"]}["u"] == "u_x, u_y"
    snapshots = rom.open_snapshots(path, time="late", weights="area")
    np.testing.assert_array_equal(snapshots.times, [0.5, 1.5, 2.5])
    assert snapshots.layout.weights[2, 4] == 14
    with pytest.raises(rom.InputError, match=r"flow\.h5: no dataset 'areas'; did you mean 'area'"):
        rom.open_snapshots(path, weights="areas")


def test_a_checkpoint_of_fenics_says_what_to_write_instead(tmp_path):
    """As XDMFFile.write_checkpoint of dolfin 2019 writes a function."""
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file["f/f_0/mesh/topology"] = np.array([[0, 1, 2], [1, 2, 3]])
        file["f/f_0/mesh/geometry"] = np.array([[0, 0], [1, 0], [0, 1], [1, 1.0]])
        file["f/f_0/cell_dofs"] = np.arange(6)[:, None]
        file["f/f_0/vector"] = np.arange(4.0)[:, None]
    grid = """<Grid Name="mesh" GridType="Uniform">
      <Topology NumberOfElements="2" TopologyType="Triangle" NodesPerElement="3">
        <DataItem Dimensions="2 3" Format="HDF">f.h5:f/f_0/mesh/topology</DataItem></Topology>
      <Geometry GeometryType="XY">
        <DataItem Dimensions="4 2" Format="HDF">f.h5:f/f_0/mesh/geometry</DataItem></Geometry>
      <Time Value="0"/>
      <Attribute ItemType="FiniteElementFunction" ElementFamily="CG" ElementDegree="1"
        ElementCell="triangle" Name="f" Center="Other" AttributeType="Scalar">
        <DataItem Dimensions="6 1" Format="HDF">f.h5:f/f_0/cell_dofs</DataItem>
        <DataItem Dimensions="4 1" Format="HDF">f.h5:f/f_0/vector</DataItem>
      </Attribute></Grid>"""
    series = f'<Grid GridType="Collection" CollectionType="Temporal">{grid}</Grid>'
    text = f'<Xdmf Version="3.0"><Domain>{series}</Domain></Xdmf>'
    (tmp_path / "f.xdmf").write_text(text)
    with pytest.raises(rom.InputError, match=r"CG 1 elements; XDMFFile\.write"):
        rom.open_snapshots(tmp_path / "f.xdmf")
