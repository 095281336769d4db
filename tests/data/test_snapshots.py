"""Snapshots: blocks, views, order of time, identity, and the way to another process."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rom
from rom.data.formats.canonical import write_canonical
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots

X = np.random.default_rng(0).normal(size=(23, 2, 3, 4))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("snapshots") / "two words ü.h5"
    times = np.random.default_rng(1).permutation(23).astype(float)
    mask = np.eye(3, 4, dtype=bool)
    write_canonical(
        path, {"u": X[:, 0], "v": X[:, 1]}, axes=("y", "x"), times=times, mask=mask, chunk_rows=5
    )
    return path


@given(max_bytes=st.integers(1, 10_000))
@settings(deadline=None)
def test_blocks_joined_are_the_whole(path, max_bytes):
    snapshots = rom.open_snapshots(path)
    blocks = list(snapshots.blocks(max_bytes))
    np.testing.assert_array_equal(np.concatenate(blocks), snapshots[:])
    row_bytes = snapshots.shape[1] * snapshots.dtype.itemsize
    assert all(block.nbytes <= max(max_bytes, row_bytes) for block in blocks)


def test_blocks_are_whole_chunks_where_they_fit(path):
    slices = rom.open_snapshots(path).block_slices(12 * 24 * 8)
    assert [s.start for s in slices] == [0, 10, 20]


def test_rows_are_sorted_by_time_and_the_user_is_told(path):
    snapshots = rom.open_snapshots(path)
    times = np.random.default_rng(1).permutation(23)
    assert "sorted" in snapshots.assumptions[0]
    np.testing.assert_array_equal(snapshots.times, np.arange(23))
    fields = snapshots.layout.to_fields(snapshots[:])
    np.testing.assert_array_equal(fields[:, 1, 0, 1], X[np.argsort(times), 1, 0, 1])


@pytest.mark.parametrize(
    "index", [0, -1, slice(3, 20, 4), [5, 1, 1, 9], np.arange(23) % 2 == 0, (slice(2, 4), 7)]
)
def test_indexing_is_that_of_the_array(index):
    rows = X.reshape(23, -1)
    np.testing.assert_array_equal(Snapshots.from_array(rows)[index], rows[index])


def test_a_row_that_is_not_there():
    with pytest.raises(IndexError, match="snapshot 23 of 23"):
        Snapshots.from_array(X.reshape(23, -1))[23]


def test_selections_of_selections_keep_times_and_parameters():
    times = np.arange(23.0)
    snapshots = Snapshots.from_array(X.reshape(23, -1), times=times, parameters={"re": times * 2})
    view = snapshots.select(slice(4, 20)).select([0, 5, 7])
    np.testing.assert_array_equal(view.times, [4, 9, 11])
    np.testing.assert_array_equal(view.parameters["re"], [8, 18, 22])
    np.testing.assert_array_equal(view[:], X.reshape(23, -1)[[4, 9, 11]])


def test_axes_in_any_order_mean_the_same():
    a = Snapshots.from_array(X, axes="t c y x")
    b = Snapshots.from_array(np.moveaxis(X, [0, 1, 2, 3], [2, 3, 1, 0]), axes="x y t c")
    assert a.layout.grid_shape == (3, 4)
    assert b.layout.axes == ("x", "y")
    np.testing.assert_array_equal(
        a.layout.to_fields(a[:]), np.swapaxes(b.layout.to_fields(b[:]), 2, 3)
    )


def test_a_masked_array_does_not_hand_out_what_it_hides():
    snapshots = Snapshots.from_array(np.ma.masked_equal(np.array([[1, 2], [3, 4]]), 4))
    assert np.isnan(snapshots[1, 1])
    assert snapshots[0, 1] == 2


@pytest.mark.parametrize(
    ("values", "options", "words"),
    [
        (np.zeros((3, 4, 5)), {}, "axes named"),
        (np.zeros(3), {}, "axes named"),
        (np.zeros((3, 4)), {"axes": "t y x"}, "name 3 axes"),
        (np.zeros((3, 4)), {"axes": "t,x"}, "without commas"),
        (np.zeros((3, 4)), {"axes": "y x"}, "exactly once"),
        (np.zeros((3, 3, 3)), {"axes": "t t x"}, "exactly once"),
        (np.zeros((3, 3, 3)), {"axes": "t x x"}, "twice"),
        (np.zeros((3, 4)), {"axes": 3}, "axes must be names"),
        (np.zeros((0, 4)), {}, "no snapshots"),
        (np.zeros((3, 0)), {}, "no cells"),
        (np.zeros((3, 4), dtype=complex), {}, "real numbers"),
        (np.array([["a", "b"]]), {}, "real numbers"),
        ([[1, 2], [3]], {}, "not an array"),
        (np.zeros((3, 4)), {"times": [0, 1]}, "times has shape"),
        (np.zeros((3, 4)), {"times": [0, np.nan, 1]}, "time number 1 is not finite"),
        (np.zeros((3, 4)), {"times": [0, 1, 0]}, "time 0 occurs more than once"),
        (np.zeros((3, 4)), {"times": ["a", "b", "c"]}, "real numbers"),
        (np.zeros((3, 4)), {"parameters": {"re": [1, 2]}}, "re has shape"),
        (np.zeros((3, 4)), {"layout": FieldLayout(("u",), (5,))}, "layout describes 5"),
    ],
)
def test_wrong_input_is_refused(values, options, words):
    with pytest.raises(rom.InputError, match=words):
        Snapshots.from_array(values, **options)


def test_a_packed_view_of_a_file_reaches_another_process(path, tmp_path):
    snapshots = rom.open_snapshots(path).select(slice(2, 9)).pack()
    whole = snapshots[:]
    pickled = tmp_path / "view.pickle"
    pickled.write_bytes(pickle.dumps(snapshots))
    script = "import pickle, sys; print(repr(float(pickle.load(open(sys.argv[1], 'rb'))[:].sum())))"
    answer = subprocess.run(
        [sys.executable, "-c", script, str(pickled)], capture_output=True, text=True, check=True
    )
    assert float(answer.stdout) == whole.sum()


def test_snapshots_are_sorted_by_trajectory_and_by_time_within_each():
    rows = np.arange(5.0)[:, None] * np.ones(3)
    options = {
        "times": [1.0, 0.0, 0.0, 1.0, 2.0],
        "trajectories": [1, 0, 1, 0, 0],
        "parameters": {"Re": [9, 7, 9, 7, 7]},
    }
    snapshots = Snapshots.from_array(rows, **options)
    np.testing.assert_array_equal(snapshots[:, 0], [1, 3, 4, 2, 0])
    np.testing.assert_array_equal(snapshots.trajectories, [0, 0, 0, 1, 1])
    np.testing.assert_array_equal(snapshots.times, [0, 1, 2, 0, 1])
    np.testing.assert_array_equal(snapshots.parameters["Re"], [7, 7, 7, 9, 9])
    np.testing.assert_array_equal(snapshots.select([3, 4]).trajectories, [1, 1])
    assert "trajectory and time" in snapshots.assumptions[0]
    with pytest.raises(rom.InputError, match="time 0 occurs more than once"):
        Snapshots.from_array(rows, times=[0, 0, 1, 2, 3], trajectories=[0, 0, 0, 1, 1])


def test_snapshots_do_not_change():
    snapshots = rom.Snapshots.from_array(np.eye(4), times=np.arange(4.0))
    for name in ("times", "name", "layout", "ordered"):
        with pytest.raises(AttributeError, match="replace"):
            setattr(snapshots, name, None)
    snapshots.assumptions.append("mine")
    assert snapshots.assumptions == []
    other = snapshots.replace(name="flow", parameters={"Re": np.arange(4)})
    assert (snapshots.name, other.name, len(snapshots.parameters)) == ("array", "flow", 0)
    with pytest.raises(rom.InputError, match="'layout' cannot be replaced"):
        snapshots.replace(layout=None)
    with pytest.raises(rom.InputError, match="Re"):
        snapshots.replace(parameters={"Re": np.arange(3)})
