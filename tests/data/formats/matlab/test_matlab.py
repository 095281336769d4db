"""MATLAB 7.3: reversed axes, what is no field, which axis is time, and the options that decide."""

import h5py
import numpy as np
import pytest

import rom
from tests.writers.matlab import save

NX, NY, NT = 5, 4, 7
U = np.random.default_rng(0).normal(size=(NX, NY, NT))  # x, y, t as MATLAB shows it
X, Y, T = np.arange(NX) / 2, np.arange(NY) * 1.0, np.arange(NT) / 10
ROWS = U.transpose(2, 1, 0).reshape(NT, -1)  # t, then y, then x


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.mat"


def test_axes_are_those_of_matlab_reversed(path):
    save(path, u=U, t=T, x=X, y=Y)
    snapshots = rom.open_snapshots(path)
    np.testing.assert_array_equal(snapshots[:], ROWS)
    assert snapshots.layout.axes == ("y", "x")
    assert snapshots.layout.grid_shape == (NY, NX)
    np.testing.assert_array_equal(snapshots.layout.to_fields(snapshots[:])[3, 0, 1, 2], U[2, 1, 3])
    assert "snapshots along axis 3 in MATLAB, which is as long as 't'" in snapshots.assumptions


def test_time_may_be_any_axis(path):
    save(path, u=np.moveaxis(U, 2, 0), t=T, x=X, y=Y)
    np.testing.assert_array_equal(rom.open_snapshots(path)[:], ROWS)


def test_compressed_arrays_behind_the_userblock_are_read(path):
    large = np.random.default_rng(1).normal(size=(40, 30, 20))
    save(path, u=large, t=np.arange(20.0))
    with h5py.File(path, "r") as file:
        assert file.userblock_size == 512
        assert file["u"].compression == "gzip"
    np.testing.assert_array_equal(
        rom.open_snapshots(path)[:], large.transpose(2, 1, 0).reshape(20, -1)
    )


def test_a_scalar_before_the_field_is_no_field_and_no_time(path):
    save(path, a=3.0, dt=0.1, t=T, u=U)
    snapshots = rom.open_snapshots(path)
    assert snapshots.layout.variables == ("u",)
    np.testing.assert_array_equal(snapshots.times, T)
    assert snapshots.layout.axes == ("j", "i")
    assert "called i, j in MATLAB's order" in " ".join(snapshots.assumptions)


def test_two_fields_of_different_size_are_an_error_that_lists_both(path):
    save(path, t=T, u=U, modes=U[..., :5])
    with pytest.raises(
        rom.InputError, match=r"modes \(5 x 4 x 5\), u \(5 x 4 x 7\); choose with variables=\['u'\]"
    ):
        rom.open_snapshots(path)
    for options in ({"variables": ["u"]}, {"dataset": "u"}):
        np.testing.assert_array_equal(rom.open_snapshots(path, **options)[:], ROWS)
    assert rom.open_snapshots(path, dataset="u", variables="pressure").layout.variables == (
        "pressure",
    )


def test_structs_and_what_is_left_out(path):
    save(
        path,
        flow={"u": U, "v": -U, "t": T, "x": X},
        x=np.arange(9.0),
        wall=np.ones((NX, NY), bool),
        mask=np.ones((NX, NY), bool),
    )
    with h5py.File(path, "r+") as file:
        file["z"] = np.zeros((NT, NY, NX), dtype=[("real", "f8"), ("imag", "f8")])
        file["z"].attrs["MATLAB_class"] = np.bytes_("double")
        file["names"] = np.full((1, 2), file["x"].ref, dtype=h5py.ref_dtype)
        file["names"].attrs["MATLAB_class"] = np.bytes_("cell")
        file["nothing"] = np.array([0, 0], "u8")
        file["nothing"].attrs["MATLAB_class"], file["nothing"].attrs["MATLAB_empty"] = (
            np.bytes_("double"),
            np.uint8(1),
        )
        file.create_group("S/ir").parent.attrs["MATLAB_sparse"] = np.uint64(3)
        file["title"] = np.zeros((7, 4), "u2")
        file["title"].attrs["MATLAB_class"] = np.bytes_("char")
    snapshots = rom.open_snapshots(path)
    assert snapshots.layout.variables == ("flow/u", "flow/v")
    np.testing.assert_array_equal(snapshots.layout.coordinates["x"], X)
    said = " ".join(snapshots.assumptions)
    for words in (
        "(sparse): S",
        "(complex): z",
        "(cell): names",
        "(logical): mask, wall",
        "give --mask mask (in Python: mask='mask')",
    ):
        assert words in said


def test_a_mask_that_the_user_names(path):
    solid = np.zeros((NX, NY), bool)
    solid[1, 2] = True
    save(path, u=U, t=T, x=X, y=Y, mask=solid)
    layout = rom.open_snapshots(path, mask="mask").layout
    assert layout.mask[2, 1]
    assert layout.mask.sum() == 1


def test_matrices_of_coordinates(path):
    square = U[:4, :4]
    x, y = np.meshgrid(np.arange(4.0), 10 + np.arange(4.0), indexing="ij")
    save(path, u=square, t=T, X=x, Y=y)
    layout = rom.open_snapshots(path).layout
    assert layout.axes == ("y", "x")  # though both have four values
    np.testing.assert_array_equal(layout.coordinates["y"], 10 + np.arange(4))
    save(path, u=square, t=T, X=x.T, Y=y.T)  # as meshgrid(x, y) makes them
    assert rom.open_snapshots(path).layout.axes == ("x", "y")


def test_a_curvilinear_grid_has_points(path):
    angle, radius = np.meshgrid(np.linspace(0, 1, NX), 1 + np.arange(NY), indexing="ij")
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    save(path, u=U, t=T, x=x, y=y)
    points = rom.open_snapshots(path).layout.mesh.points
    np.testing.assert_array_equal(points[:, :2], np.column_stack([x.T.ravel(), y.T.ravel()]))


@pytest.mark.parametrize("turned", [False, True])
def test_snapshots_of_a_matrix_are_where_the_times_say(path, turned):
    matrix = U.reshape(-1, NT)
    n = len(matrix)
    save(path, A=matrix.T if turned else matrix, time=T, x=np.arange(n), y=np.arange(n) ** 2)
    snapshots = rom.open_snapshots(path)
    np.testing.assert_array_equal(snapshots[:], matrix.T)
    assert not snapshots.layout.has_grid
    np.testing.assert_array_equal(snapshots.layout.mesh.points[:, 1], np.arange(n) ** 2)


def test_one_vector_beside_a_matrix_is_its_axis(path):
    save(path, A=U[:, 0], t=T, x=X)
    layout = rom.open_snapshots(path).layout
    assert layout.axes == ("x",)
    np.testing.assert_array_equal(layout.coordinates["x"], X)


@pytest.mark.parametrize("as_text", [True, False])
def test_axes_of_the_user_are_in_the_order_of_matlab(path, as_text):
    save(path, UV=np.stack([U, -U], axis=2), x=X, y=Y, t=T)
    axes = "x y c t" if as_text else ["x", "y", "c", "t"]
    snapshots = rom.open_snapshots(path, axes=axes, variables=["u", "v"])
    np.testing.assert_array_equal(snapshots[:], np.hstack([ROWS, -ROWS]))
    assert snapshots.layout.axes == ("y", "x")
    np.testing.assert_array_equal(snapshots.times, T)
    np.testing.assert_array_equal(snapshots.layout.coordinates["x"], X)
    assert "taken from arrays that fit: x, y, t" in snapshots.assumptions
    chosen = rom.open_snapshots(path, dataset="UV", axes=axes, time="t", coordinates={"y": "y"})
    assert chosen.layout.variables == ("x0", "x1")


@pytest.mark.parametrize(
    ("workspace", "options", "words"),
    [
        (
            {"u": U},
            {},
            (
                r"no vector of times for 'u' \(5 x 4 x 7 in MATLAB\): which axis are the"
                r" snapshots\? name the axes"
            ),
        ),
        ({"u": U, "t": T[:3]}, {}, "t is not as long as an axis of 'u'"),
        ({"u": U[:, :, :5], "t": T[:5]}, {}, "'t' is as long as several axes of 'u'"),
        ({"u": U, "tau": T}, {"time": "tua"}, "no array 'tua'; did you mean 'tau'"),
        ({"uv": np.stack([U, U], 2), "t": T}, {}, "the axis of 2 of 'uv' .* may be components"),
        (
            {"u": U, "t": T},
            {"axes": "x y"},
            r"axes 'x y' name 2 axes, but 'u' is 5 x 4 x 7 in MATLAB",
        ),
        ({"u": U, "t": T}, {"variables": "w"}, "no variable 'w' that is a full array of numbers"),
        ({"t": T}, {}, r"no array with snapshots; the file holds t \(1 x 7\)"),
        (
            {"name": np.zeros(3, bool)},
            {},
            "no array with snapshots; the file holds no array of real numbers",
        ),
    ],
)
def test_what_is_not_clear_is_refused_with_the_option_that_decides(path, workspace, options, words):
    save(path, **workspace)
    with pytest.raises(rom.InputError, match=words) as caught:
        rom.open_snapshots(path, **options)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_vector_of_another_name_is_time_if_the_user_says_so(path):
    save(path, u=U, tau=T)
    snapshots = rom.open_snapshots(path, time="tau")
    np.testing.assert_array_equal(snapshots[:], ROWS)
    np.testing.assert_array_equal(snapshots.times, T)


def test_equal_lengths_do_not_tell_axes_apart(path):
    save(path, u=U[:4, :4], t=T, x=X[:4], y=Y)
    snapshots = rom.open_snapshots(path)
    assert snapshots.layout.axes == ("j", "i")
    assert "'x' may belong to several axes" in " ".join(snapshots.assumptions)
    assert rom.open_snapshots(path, axes="y x t").layout.axes == ("x", "y")


def test_a_file_without_the_header_is_recognised_by_its_attributes(path):
    with h5py.File(path, "w") as file:
        file["u"], file["t"] = U.T, T[None]
        file["u"].attrs["MATLAB_class"] = np.bytes_("double")
    assert "attribute MATLAB_class of u" in rom.open_snapshots(path).read_as


def test_what_is_not_read_names_the_converter_wherever_it_stands(tmp_path):
    save(tmp_path / "a1.mat", u=U, t=T)
    (tmp_path / "a2.mat").write_bytes(b"CDF\x05" + bytes(200))
    for files in (["a2.mat"], ["a1.mat", "a2.mat"], ["a2.mat", "a1.mat"]):
        with pytest.raises(rom.InputError, match=r"a2\.mat: .*nccopy"):
            rom.open_snapshots([tmp_path / name for name in files])
        with pytest.raises(rom.InputError, match=r"a2\.mat: .*nccopy"):
            rom.compare([tmp_path / name for name in files], reducers=["pod"], n_components=[1])
