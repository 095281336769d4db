"""MATLAB files before 7.3: what their axes are, what is left out, and damaged ones."""

import numpy as np
import pytest
import scipy.sparse
from scipy.io import savemat

import rom

U = np.random.default_rng(0).normal(size=(6, 5, 20))  # x, y, t


@pytest.mark.parametrize("version", ["4", "5"])
def test_a_matrix_of_both_versions(tmp_path, version):
    savemat(tmp_path / "a.mat", {"X": U[:, 0], "t": np.arange(20.0)}, format=version)
    snapshots = rom.open_snapshots(tmp_path / "a.mat")
    np.testing.assert_allclose(snapshots[:], U[:, 0].T)
    np.testing.assert_array_equal(snapshots.times, np.arange(20))


def test_axes_are_named_as_matlab_shows_them(tmp_path):
    savemat(tmp_path / "a.mat", {"data": {"u": U}, "x": np.arange(6.0)})
    snapshots = rom.open_snapshots(tmp_path / "a.mat", dataset="data/u", axes="x y t")
    assert snapshots.layout.axes == ("y", "x")
    np.testing.assert_array_equal(snapshots.layout.coordinates["x"], np.arange(6))
    np.testing.assert_allclose(snapshots.layout.to_fields(snapshots[:])[:, 0], U.T)
    with pytest.raises(rom.InputError, match="6 x 5 x 20 in MATLAB"):
        rom.open_snapshots(tmp_path / "a.mat", dataset="data/u", axes="x t")
    with pytest.raises(rom.InputError, match="no vector of times"):
        rom.open_snapshots(tmp_path / "a.mat")


def test_what_is_no_array_of_real_numbers_is_left_out_and_said(tmp_path):
    others = {
        "c": U[:, :, 0] + 1j,
        "land_mask": U[:, :, 0] > 0,
        "s": scipy.sparse.eye(3),
        "cells": np.array([1, "a"], dtype=object),
        "name": "text",
        "nothing": np.zeros((0, 3)),
    }
    savemat(tmp_path / "a.mat", {"u": U, "time": np.arange(20.0)} | others)
    words = " ".join(rom.open_snapshots(tmp_path / "a.mat").assumptions)
    for said in ("(complex): c", "(sparse): s", "(struct or cell): cells", "--mask land_mask"):
        assert said in words
    assert "text" not in words
    assert "nothing" not in words


@pytest.mark.parametrize("length", [30, 130, 300, 2000])
def test_files_that_are_cut_short_are_refused(tmp_path, length):
    savemat(tmp_path / "a.mat", {"u": U, "time": np.arange(20.0)}, do_compression=True)
    (tmp_path / "b.mat").write_bytes((tmp_path / "a.mat").read_bytes()[:length])
    with pytest.raises(rom.InputError, match=r"b\.mat: "):
        rom.open_snapshots(tmp_path / "b.mat")


def test_a_time_step_gives_the_times_once_the_axes_are_named(tmp_path):
    savemat(tmp_path / "a.mat", {"u": U, "dt": 0.25})
    snapshots = rom.open_snapshots(tmp_path / "a.mat", axes="x y t")
    np.testing.assert_allclose(snapshots.times, np.arange(20) * 0.25)
    assert "0.25 is taken as the time between snapshots" in " ".join(snapshots.assumptions)
    savemat(tmp_path / "b.mat", {"u": U, "interval": 0.5})
    named = rom.open_snapshots(tmp_path / "b.mat", axes="x y t", time="interval")
    np.testing.assert_allclose(named.times, np.arange(20) * 0.5)
    both = rom.open_snapshots([tmp_path / "a.mat", tmp_path / "a.mat"], axes="x y t")
    np.testing.assert_allclose(both.times, np.arange(40) * 0.25)


def test_matrices_of_coordinates_stay_when_the_axes_are_named(tmp_path):
    x, y = np.arange(6.0) * 0.1, np.arange(5.0) ** 2
    X, Y = np.meshgrid(x, y, indexing="ij")
    savemat(tmp_path / "a.mat", {"u": U, "dt": 0.25, "X": X, "Y": Y})
    layout = rom.open_snapshots(tmp_path / "a.mat", axes="x y t").layout
    np.testing.assert_allclose(layout.coordinates["x"], x)
    np.testing.assert_allclose(layout.coordinates["y"], y)
    with pytest.raises(rom.InputError, match="'x' change along the axis that is called 'y'"):
        rom.open_snapshots(tmp_path / "a.mat", axes="y x t")
    savemat(tmp_path / "b.mat", {"u": U, "X": X * (1 + Y), "Y": Y})
    assert rom.open_snapshots(tmp_path / "b.mat", axes="x y t").layout.mesh is not None
