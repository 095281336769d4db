"""``rom independence``: latents from any file, a card as text, CSV or JSON."""

import json
import sys

import h5py
import numpy as np
import pandas as pd
import pytest

import rom.cli
from rom.reducers.latents import Latents, read_latents, write_latents

Z = np.random.default_rng(0).normal(size=(300, 3)) @ [[1, 0.8, 0], [0, 0.6, 0], [0, 0, 1]]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["rom", "independence", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            rom.cli.main()
        captured = capsys.readouterr()
        return stopped.value.code, captured.out, captured.err.splitlines()

    return command


def write(name, values=Z):
    if name.endswith(".npy"):
        np.save(name, values)
    elif name.endswith(".h5"):
        write_latents(name, Latents(values))
    else:
        names = {"plain.csv": False, "counted.csv": ["0", "1", "2"]}.get(name, ["a", "b", "c"])
        separator = {"x.tsv": "\t", "x.txt": " "}.get(name, ",")
        pd.DataFrame(values).to_csv(name, index=False, header=names, sep=separator)


def card(text):
    rows = pd.DataFrame(json.loads(text))
    return rows.set_index(["latents", "metric"])


@pytest.mark.parametrize(
    "name", ["x.npy", "x.h5", "plain.csv", "named.csv", "counted.csv", "x.tsv", "x.txt"]
)
def test_the_same_card_from_every_kind_of_file(run, name):
    write(name)
    status, printed, errors = run(name, "--format", "json")
    assert (status, errors) == (0, [])
    rows = card(printed)
    assert rows.value["all", "det_correlation"] == pytest.approx(
        np.linalg.det(np.corrcoef(Z.T)), abs=1e-8
    )
    assert rows.p_value["all", "distance_correlation[max]"] < 0.01
    assert set(rows.n) == {300}


def test_a_table_for_people_and_files_for_programs(run, tmp_path):
    write("x.npy")
    status, printed, _ = run("x.npy")
    assert status == 0
    for words in ("det R", "informational correlation", "null", "3 latents"):
        assert words in printed
    assert run("x.npy", "--format", "csv", "--out", "card.csv")[0] == 0
    found = pd.read_csv("card.csv")
    assert found.equals(pd.read_csv(pd.io.common.StringIO(run("x.npy", "--format", "csv")[1])))
    assert run("x.npy", "--out", "same.csv")[0] == 0  # the ending says which
    assert found.equals(pd.read_csv("same.csv"))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [(1, 0.5, "latent 1 holds one value"), (2, np.nan, "latent 2 holds NaN")],
)
def test_a_latent_that_holds_nothing_is_named_and_the_active_ones_are_measured(
    run, column, value, reason
):
    values = Z.copy()
    values[:, column] = value
    write("x.npy", values)
    status, printed, _ = run("x.npy", "--format", "json")
    rows = card(printed)
    assert status == 0
    assert pd.isna(rows.value["all", "det_correlation"])
    assert reason in rows.reason["all", "det_correlation"]
    kept = [i for i in range(3) if i != column]
    assert rows.value["active", "det_correlation"] == pytest.approx(
        np.linalg.det(np.corrcoef(Z.T[kept])), abs=1e-8
    )
    assert reason in run("x.npy")[1]


def test_three_rows_say_that_they_are_too_few(run):
    write("x.npy", Z[:3])
    status, printed, _ = run("x.npy", "--format", "json")
    assert status == 0
    rows = card(printed)
    assert rows.reason.str.contains("3 snapshots are too few").all()
    defined = rows.value["all"].dropna().index.tolist()
    assert defined == [
        "mean_abs_correlation",
        "max_abs_correlation",
    ]  # beside what chance gives, without an interval
    assert rows.low.isna().all()


def test_active_latents_can_be_given(run):
    write("x.npy")
    rows = card(run("x.npy", "--active", "0,1", "--format", "json")[1])
    assert set(rows.n_components["active"]) == {2}
    assert rows.value["active", "mean_abs_correlation"] == pytest.approx(
        abs(np.corrcoef(Z.T)[0, 1])
    )


def test_a_posterior_brings_rows_for_its_samples(run):
    write_latents("x.h5", Latents(Z, log_variance=np.full(Z.shape, -2.0)))
    assert "sampled" in card(run("x.h5", "--format", "json")[1]).index.get_level_values(0)


def test_rows_go_in_the_order_of_their_times(run):
    order = np.random.default_rng(1).permutation(300)
    frame = pd.DataFrame(Z[order], columns=["a", "b", "c"]).assign(time=order / 10.0)
    frame.to_csv("x.csv", index=False)
    status, printed, errors = run("x.csv", "--format", "json")
    assert (status, len(errors)) == (0, 1)
    assert "times" in errors[0]
    write("y.npy")
    same = card(run("y.npy", "--format", "json")[1])
    pd.testing.assert_frame_equal(card(printed), same, rtol=1e-6)


def test_trajectories_of_a_file_are_kept_apart(run):
    trajectories = np.repeat(np.arange(6), 50)
    write_latents("x.h5", Latents(Z, trajectories=trajectories))
    status, printed, errors = run("x.h5", "--format", "json")
    assert (status, errors) == (0, ["note: rows of 6 trajectories, kept apart"])
    same = rom.independence(Z, trajectories=trajectories).set_index(["latents", "metric"])
    found = card(printed)
    assert found.null.to_numpy(float) == pytest.approx(
        same.null.to_numpy(float), rel=1e-6, nan_ok=True
    )


def ragged(path):
    path.write_text("1,2\n3\n4,5,6\n")


def words(path):
    path.write_text("a,b\n1,x\n2,y\n")


def cube(path):
    np.save(path, np.zeros((3, 3, 3)))


def pickled(path):
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)


def clock(path):
    write(path.name)
    with h5py.File(path, "r+") as file:
        file["time"] = np.arange(299.0)


def timed(path):
    write_latents(path, Latents(Z, times=np.arange(300.0)))


def other(path):
    with h5py.File(path, "w") as file:
        file["z"] = Z


@pytest.mark.parametrize(
    ("make", "name", "options", "message"),
    [
        (None, "missing.npy", [], "missing.npy: no such file"),
        (None, ".", [], "a folder, not a file"),
        (ragged, "x.csv", [], "not a table of numbers"),
        (lambda path: path.write_text("a,b\n"), "x.csv", [], "a header and no rows"),
        (lambda path: pd.DataFrame(Z).to_csv(path), "x.csv", [], "the first column has no name"),
        (lambda path: np.savez(path, z=Z), "x.npz", [], "none of them"),
        (clock, "x.h5", [], "x.h5: time has shape (299,)"),
        (write, "x.npy", ["--dataset", "z"], "for HDF5 files"),
        (timed, "x.h5", ["--unordered"], "x.h5: its times"),
        (words, "x.csv", [], "column 'b' holds other things than numbers"),
        (cube, "x.npy", [], "shape (3, 3, 3)"),
        (pickled, "x.npy", [], "x.npy"),
        (other, "x.h5", [], "latents"),
        (lambda path: path.write_bytes(b"nothing"), "x.h5", [], "x.h5"),
        (lambda path: path.write_bytes(b""), "x.csv", [], "x.csv"),
        (write, "x.npy", ["--format", "xml"], "csv, json, table"),
        (write, "x.npy", ["--active", "0,3"], "from 0 to 2"),
        (write, "x.npy", ["--active", "a"], "--active a"),
        (write, "x.npy", ["--out", "missing/card.csv"], "missing"),
        (write, "x.npy", ["--out", "x.npy"], "x.npy"),
    ],
)
def test_mistakes_are_one_line_and_leave_the_file_alone(
    run, tmp_path, make, name, options, message
):
    if make is not None:
        make(str(tmp_path / name) if make is write else tmp_path / name)
    before = (tmp_path / name).read_bytes() if make else b""
    status, printed, errors = run(name, *options)
    assert (status, printed, len(errors)) == (2, "", 1)
    assert message in errors[0]
    assert not make or (tmp_path / name).read_bytes() == before
    assert len(list(tmp_path.iterdir())) == (1 if make else 0)


def test_another_dataset_of_an_hdf5_file(run):
    with h5py.File("x.h5", "w") as file:
        file["z"] = Z
    assert run("x.h5", "--dataset", "z", "--format", "json")[0] == 0
    assert read_latents("x.h5", dataset="z").values.shape == (300, 3)
