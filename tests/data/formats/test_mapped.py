"""Plain HDF5 datasets with a mapping: what is read, and what a wrong mapping is answered."""

import h5py
import numpy as np
import pytest

import rom

UV = np.random.default_rng(0).normal(size=(9, 3, 4, 2))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("mapped") / "solver.h5"
    with h5py.File(path, "w") as file:
        file["UV"], file["grp/p"], file["t"], file["area"] = (
            UV,
            UV[..., 0],
            np.arange(9.0)[::-1],
            np.ones((3, 4)),
        )
        file["text"], file["complex"] = np.array([b"a"] * 9), np.zeros((9, 3), dtype=complex)
        file["empty"], file["solid"], file["xc"] = np.zeros((0, 3)), np.eye(3, 4), np.arange(4.0)
        file["nowhere"] = h5py.SoftLink("/not/there")
    return path


def test_every_part_of_a_mapping(path):
    snapshots = rom.open_snapshots(
        path,
        dataset="UV",
        axes="t y x c",
        variables=["u", "v"],
        units=["m/s", "m/s"],
        time="t",
        time_unit="s",
        weights="area",
        mask="solid",
        coordinates={"x": "xc"},
    )
    assert snapshots.layout.variables == ("u", "v")
    assert snapshots.time_unit == "s"
    fields = snapshots.layout.to_fields(snapshots[:])
    valid = ~np.eye(3, 4, dtype=bool)
    np.testing.assert_array_equal(fields[0, 1, valid], UV[8, ..., 1][valid])


def test_one_dataset_for_each_variable(path):
    snapshots = rom.open_snapshots(path, dataset=["grp/p"], axes="t y x")
    np.testing.assert_array_equal(snapshots[:], UV[..., 0].reshape(9, -1))
    assert "no times" not in " ".join(snapshots.assumptions)
    assert isinstance(snapshots.ordered, bool)  # of rows without times it is measured, and said
    assert "no times" in snapshots.assumptions[-1]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"dataset": "UV"}, "name the axes"),
        ({"axes": "t x"}, "which dataset"),
        ({"dataset": "grp/q", "axes": "t x"}, "no dataset 'grp/q'; did you mean 'grp/p'"),
        ({"dataset": "grp", "axes": "t x"}, "'grp' is a group"),
        ({"dataset": "nowhere", "axes": "t x"}, "no dataset 'nowhere'"),
        ({"dataset": "text", "axes": "t"}, "not real numbers"),
        ({"dataset": "complex", "axes": "t x"}, "not real numbers"),
        ({"dataset": "empty", "axes": "t x"}, "is empty"),
        ({"dataset": "UV", "axes": "t y x"}, "name 3 axes"),
        ({"dataset": "UV", "axes": "t y x c", "periodic": "q"}, "periodic"),
        ({"dataset": "grp/p", "time": "t"}, "name the axes"),
        ({"dataset": "UV", "axes": "t y y c"}, "twice"),
        ({"dataset": ["UV", "grp/p"], "axes": "t y x c"}, "name 4 axes"),
        ({"dataset": ["UV", "UV"], "axes": "t y x c"}, "not both"),
        ({"dataset": "UV", "axes": "t y x c", "variables": "u"}, "1 names for 2 variables"),
        ({"dataset": "UV", "axes": "t y x c", "units": ["m"]}, "1 units for 2 variables"),
        ({"dataset": "UV", "axes": "t y x c", "weights": "t"}, "weights have shape"),
        ({"dataset": "UV", "axes": "t y x c", "mask": "area"}, "covers every cell"),
        (
            {"dataset": "UV", "axes": "t y x c", "time": "xc"},
            "has 4 values, as many as there are along",
        ),
        ({"dataset": "UV", "axes": "t y x c", "tme": "t"}, "did you mean 'time'"),
        ({"dataset": 5, "axes": "t x"}, "option 'dataset' of a mapping must be"),
        ({"dataset": [], "axes": "t x"}, "option 'dataset' of a mapping must be"),
        ({"dataset": "UV", "axes": 5}, "option 'axes' of a mapping must be"),
        ({"dataset": "UV", "axes": "t y x c", "coordinates": "xc"}, "must be a table"),
        ({"dataset": "UV", "axes": "t y x c", "coordinates": {"q": "xc"}}, "no axis of the grid"),
    ],
)
def test_a_wrong_mapping_is_one_line_that_names_the_file(path, mapping, words):
    with pytest.raises(rom.InputError, match=words) as caught:
        rom.open_snapshots(path, **mapping)
    assert "solver.h5" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_times_tell_which_axis_of_a_matrix_are_the_snapshots(tmp_path):
    X = np.random.default_rng(0).normal(size=(5, 7))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["X"], file["t"], file["both"] = X, np.arange(7.0), X[:, :5]
    snapshots = rom.open_snapshots(tmp_path / "a.h5", dataset="X", time="t")
    np.testing.assert_array_equal(snapshots[:], X.T)
    assert snapshots.assumptions == ["axes 'point t': there are 7 times"]
    with pytest.raises(rom.InputError, match="name the axes"):
        rom.open_snapshots(tmp_path / "a.h5", dataset="both", time="t")


@pytest.mark.parametrize(
    ("options", "name"),
    [({}, "time"), ({"time": "time"}, "time"), ({"parameters": ["AoA"]}, "AoA")],
)
def test_axes_that_stand_the_other_way_round_are_refused(tmp_path, options, name):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["u"], file["time"], file["AoA"] = UV.reshape(9, 24), np.arange(9.0), np.arange(9.0)
    right = rom.open_snapshots(tmp_path / "a.h5", dataset="u", axes="t x", **options)
    assert len(right) == 9
    with pytest.raises(rom.InputError, match=f"'{name}' has 9 values, as many as there are along"):
        rom.open_snapshots(tmp_path / "a.h5", dataset="u", axes="x t", **options)


def test_sizes_that_are_only_claimed_are_refused_before_anything_is_made_of_them(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("wide", (10, 2**40), "f4", chunks=(1, 2**20))
        file.create_dataset("components", (3, 2**33), "f4", chunks=(1, 2**20))
        file.create_dataset("long", (2**50, 3), "f4", chunks=(2**20, 3))
    for name, axes, words in (
        ("wide", "t x", r"a snapshot of 1099511627776 values would take 4\.4 TB"),
        ("components", "t c", "the axis 'c' of 'components' would hold 8589934592 variables"),
        ("long", "t x", "snapshots would take"),
    ):
        with pytest.raises(rom.InputError, match=rf"a\.h5.*{words}"):
            rom.open_snapshots(tmp_path / "a.h5", dataset=name, axes=axes)
