"""Snapshots.write: what is written opens again with everything, whole or not at all, and nothing
else is touched.
"""

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rom
from rom.data.formats.canonical import write_canonical
from rom.data.layout import FieldLayout
from rom.data.mesh import Mesh
from rom.data.snapshots import Snapshots
from rom.data.sources import ArraySource

MESH = Mesh(
    np.arange(12.0).reshape(4, 3),
    np.array([0, 1, 2, 1, 2, 3]),
    np.array([0, 3, 6]),
    np.array([5, 5]),
    "cells",
)


def assert_same_layout(a, b):
    (meta_a, arrays_a), (meta_b, arrays_b) = a.unpack().state(), b.unpack().state()
    assert meta_a == meta_b
    assert arrays_a.keys() == arrays_b.keys()
    for name, values in arrays_a.items():
        np.testing.assert_array_equal(values, arrays_b[name])


@st.composite
def snapshots(draw):
    """Small snapshots with any of what a canonical file may hold."""
    axes = draw(
        st.sampled_from([("point",), ("x",), ("x", "y"), ("z", "y", "x"), ("row", "column")])
    )
    shape = tuple(draw(st.integers(1, 4)) for _ in axes)
    variables = tuple(
        draw(st.lists(st.sampled_from(["u", "v", "a b", "π"]), min_size=1, max_size=3, unique=True))
    )
    random = np.random.default_rng(draw(st.integers(0, 2**31)))
    n = draw(st.integers(2, 5))
    coordinates = {axes[0]: random.normal(size=shape[0])} if draw(st.booleans()) else {}
    weighted = bool(coordinates) or draw(
        st.booleans()
    )  # where there are none a reader makes them from coordinates
    mask = random.random((len(variables), *shape)) < 0.3 if draw(st.booleans()) else None
    if mask is not None:
        mask.flat[0] = False
        mask = mask[0] if draw(st.booleans()) and not mask[0].all() else mask
    layout = FieldLayout(
        variables, shape, axes,
        units=tuple(draw(st.sampled_from(["", "1", "m/s", "°C"])) for _ in variables),
        coordinates=coordinates, weights=random.uniform(0.1, 1, shape) if weighted else None,
        mask=mask, periodic=axes[-1:] if draw(st.booleans()) else (),
        mesh=Mesh(random.normal(size=(int(np.prod(shape)), 3))) if draw(st.booleans()) else None,
    )  # fmt: skip
    layout = layout.pack() if draw(st.booleans()) else layout
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    made = Snapshots.from_array(
        random.normal(size=(n, layout.n_features)).astype(dtype),
        layout=layout,
        times=random.permutation(n) / 3 if draw(st.booleans()) else None,
        trajectories=random.integers(0, 2, n) if draw(st.booleans()) else None,
        parameters={
            "Re": random.normal(size=n),
            "label": np.arange(n),
            "name": np.array(["ä", "b"] * n)[:n],
        },
    )
    unit = draw(st.sampled_from(["", "s"])) if made.times is not None else ""
    made = made.replace(time_unit=unit)
    return made


@given(snapshots())
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_is_written_opens_again(tmp_path, written):
    path = tmp_path / "flow.h5"
    files = written.write(path)
    read = rom.open_snapshots(path)
    assert_same_layout(read.layout, written.layout)
    np.testing.assert_array_equal(
        read.layout.to_fields(read[:]), written.layout.to_fields(written[:])
    )
    assert (read.dtype, read.time_unit) == (written.dtype, written.time_unit)
    for name in ("times", "trajectories"):
        np.testing.assert_array_equal(getattr(read, name), getattr(written, name))
    for name, values in written.parameters.items():
        np.testing.assert_array_equal(read.parameters[name], values)
    assert all(file.is_file() for file in files)
    assert len(files) == 1 + (
        1 if written.trajectories is None else len(np.unique(written.trajectories))
    )


def test_cells_of_a_mesh_come_back(tmp_path):
    layout = FieldLayout(("u",), (2,), mesh=MESH)
    Snapshots.from_array(np.ones((3, 2)), layout=layout).write(tmp_path / "flow.h5")
    mesh = rom.open_snapshots(tmp_path / "flow.h5").layout.mesh
    assert mesh.values_at == "cells"
    for name, values in MESH.state()[1].items():
        np.testing.assert_array_equal(getattr(mesh, name), values)


class FewRows(ArraySource):
    """Rows that come at most four at a time."""

    def read(self, rows, tile=None):
        assert len(rows) <= 4
        return super().read(rows, tile)


def test_the_field_is_never_whole_in_memory(tmp_path, monkeypatch):
    rows = np.random.default_rng(0).normal(size=(23, 10))
    monkeypatch.setattr("rom.data.views.BLOCK_BYTES", 4 * 80)
    Snapshots(FewRows(rows), FieldLayout(("u",), (10,), ("x",))).write(tmp_path / "flow.h5")
    monkeypatch.undo()
    np.testing.assert_array_equal(rom.open_snapshots(tmp_path / "flow.h5")[:], rows)


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source.h5"
    mask = np.eye(3, 4, dtype=bool)
    write_canonical(
        path,
        {"u": np.arange(60.0).reshape(5, 3, 4), "v": np.ones((5, 3, 4))},
        axes=("y", "x"),
        mask=mask,
        units={"u": "m/s", "v": "K"},
        coordinates={"x": np.arange(4.0)},
        coordinate_units={"x": "m"},
        times=np.arange(5) / 4,
        time_unit="s",
        parameters={"re": np.arange(5)},
        weights=np.ones((3, 4)),
    )
    return path


@pytest.mark.parametrize("packed", [False, True])
def test_an_array_is_completed_from_a_file(tmp_path, source, packed):
    like = rom.open_snapshots(source)
    rows = (like.pack() if packed else like)[:] * 2
    rom.Snapshots.from_array(rows).write(tmp_path / "double.h5", like=source)
    read = rom.open_snapshots(tmp_path / "double.h5")
    assert_same_layout(read.layout, like.layout)
    np.testing.assert_array_equal(read[:], like[:] * 2)
    np.testing.assert_array_equal(read.times, like.times)
    np.testing.assert_array_equal(read.parameters["re"], like.parameters["re"])
    assert read.time_unit == "s"


def test_what_snapshots_know_of_themselves_stays(tmp_path, source):
    layout = FieldLayout(
        ("u", "v"), (3, 4), ("y", "x"), units=("cm/s", ""), periodic=frozenset({"x"})
    )
    own = rom.Snapshots.from_array(np.ones((2, 24)), layout=layout, times=[7, 8])
    own.write(tmp_path / "own.h5", like=source)
    read = rom.open_snapshots(tmp_path / "own.h5")
    assert read.layout.units == ("cm/s", "K")
    assert read.layout.mask is not None
    assert set(read.layout.periodic) == {"x"}
    np.testing.assert_array_equal(read.times, [7, 8])
    assert read.parameters == {}


def test_other_features_are_refused(tmp_path, source):
    for rows, layout in [
        (np.ones((5, 7)), None),
        (np.ones((5, 24)), FieldLayout(("p", "q"), (3, 4), ("y", "x"))),
    ]:
        with pytest.raises(rom.InputError, match="are not like those of source"):
            rom.Snapshots.from_array(rows, layout=layout).write(tmp_path / "a.h5", like=source)


def test_a_file_that_is_read_is_not_overwritten(tmp_path, source):
    before = source.read_bytes()
    (tmp_path / "link.h5").symlink_to(source)
    snapshots = rom.open_snapshots(source).select([1, 2])
    for path in (source, tmp_path / "link.h5"):
        with pytest.raises(rom.InputError, match="is read from"):
            snapshots.write(path)
    with pytest.raises(rom.InputError, match="is read from"):
        rom.Snapshots.from_array(snapshots[:]).write(source, like=snapshots)
    assert source.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.h5", "source.h5"]


def test_an_xdmf_file_of_another_program_is_not_replaced(tmp_path):
    (tmp_path / "run.xdmf").write_text("<Xdmf/>")
    with pytest.raises(rom.InputError, match="not written by rom"):
        rom.Snapshots.from_array(np.ones((2, 3))).write(tmp_path / "run.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["run.xdmf"]
    rom.Snapshots.from_array(np.ones((2, 3))).write(tmp_path / "own.h5")
    rom.Snapshots.from_array(np.zeros((2, 3))).write(tmp_path / "own.h5")
    assert rom.open_snapshots(tmp_path / "own.h5")[:].max() == 0


def test_a_failure_leaves_nothing_and_keeps_what_was_there(tmp_path, source):
    target = tmp_path / "out.h5"
    rom.Snapshots.from_array(np.ones((2, 3))).write(target)
    names, before = sorted(tmp_path.iterdir()), target.read_bytes()

    def fails(rows, features):
        raise RuntimeError("broken on purpose")

    snapshots = rom.open_snapshots(source)
    with pytest.raises(RuntimeError, match="on purpose"):
        snapshots.map(fails, snapshots.layout).write(target)
    assert sorted(tmp_path.iterdir()) == names
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "words"),
    [("flow.xdmf", "name of the HDF5 file"), ("no/flow.h5", "no such folder"), ("a:b.h5", "':'")],
)
def test_names_that_cannot_be(tmp_path, name, words):
    with pytest.raises(rom.InputError, match=words):
        rom.Snapshots.from_array(np.ones((2, 3))).write(tmp_path / name)


def test_a_choice_of_rows_is_written_in_the_order_of_time_and_each_once(tmp_path, source):
    snapshots = rom.open_snapshots(source)
    snapshots.select([3, 0]).write(tmp_path / "some.h5")
    read = rom.open_snapshots(tmp_path / "some.h5")
    np.testing.assert_array_equal(read.times, [0, 0.75])
    np.testing.assert_array_equal(read[:], snapshots[[0, 3]])
    with pytest.raises(rom.InputError, match="twice"):
        snapshots.select([1, 1]).write(tmp_path / "twice.h5")


def test_snapshots_of_a_large_grid_are_cut_into_chunks(tmp_path):
    rom.Snapshots.from_array(
        np.ones((2, 2**20)), layout=FieldLayout(("u",), (2**20,), ("x",))
    ).write(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5") as file:
        assert file["fields/u"].chunks == (1, 2**19)
