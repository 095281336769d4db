"""The command line: exit status, one line on stderr for a mistake, nothing written then."""

import json
import os
import signal
import subprocess
import sys

import h5py
import numpy as np
import pytest

import rom.cli
from rom.data.formats.canonical import write_canonical
from rom.evaluation.collapse import Collapse
from rom.execution import progress
from rom.report import comparison
from rom.report.figures import style
from rom.study.store import Store

POD = ["--reducers", "pod", "--components", "1", "--jobs", "1", "--out", "out"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a canonical file, a plain one and a study."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROM_DATA", str(tmp_path / "home"))
    t, x = np.arange(40.0)[:, None] / 3, np.linspace(0, 2, 9)
    write_canonical(
        "flow.h5", {"u": np.sin(t + x), "v": np.cos(2 * t + x**2)}, axes=("x",), times=t[:, 0]
    )
    with h5py.File("plain.h5", "w") as file:
        file["UV"] = np.stack([np.sin(t + x), np.cos(t - x)], axis=-1)
    (tmp_path / "study.toml").write_text(
        "data = 'plain.h5'\nreducers = ['pod']\nn_components = [1]\n"
        "[mapping]\ndataset = 'UV'\naxes = 't x c'\n[split]\nkind = 'blocks'\ngap = 6\n"
    )
    return tmp_path


@pytest.fixture
def run(folder, monkeypatch, capsys):
    """Runs the command in this process: exit status, lines of stdout, lines of stderr."""
    monkeypatch.setattr(progress, "SILENT_SECONDS", 1e6)  # a slow machine says more
    monkeypatch.setitem(
        style.RC, "pdf.fonttype", 3
    )  # fonts are cut by matplotlib, which takes long
    monkeypatch.setattr(style, "DPI", 60)

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["rom", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            rom.cli.main()
        captured = capsys.readouterr()
        return stopped.value.code, captured.out.splitlines(), captured.err.splitlines()

    return command


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["compare", "missing.h5"], "missing.h5: no such file"),
        (["compare", "cylinder_wak"], "did you mean 'cylinder_wake'"),
        (["compare", "."], "is a folder"),
        (["compare", "missing.toml"], "missing.toml: no such file"),
        (["compare", "plain.h5"], "give --dataset UV"),
        (["compare", "plain.h5", "--dataset", "UV", "--axes", "t x"], "name 2 axes"),
        (["compare", "plain.h5", "--dataset", "VU", "--axes", "t x c"], "no dataset 'VU'"),
        (["compare", "flow.h5", "--variables", "w"], "no variable 'w'"),
        (["compare", "flow.h5", "--variables", ""], "option 'variables'"),
        (["compare", "flow.h5", "--components", "0"], "--components: must be at least 1"),
        (["compare", "flow.h5", "--components", "x"], "--components x"),
        (["compare", "flow.h5", "--components", ""], "--components: at least one"),
        (["compare", "flow.h5", "--components", "9" * 30], "at most"),
        (["compare", "flow.h5", "--beta", "-1"], "beta"),
        (["compare", "flow.h5", "--beta", "1,nan"], "beta"),
        (
            ["compare", "flow.h5", "--energy-share", "2"],
            "--energy-share: must be 0 or more and less than 1",
        ),
        (["compare", "flow.h5", "--energy-share", "0.1", "--beta", "1"], "give one of them"),
        (["compare", "flow.h5", "--reducers", "pd"], "did you mean 'pod'"),
        (["compare", "flow.h5", "--reducers", ""], "reducers"),
        (["compare", "flow.h5", "--seeds", "0"], "seeds"),
        (["compare", "flow.h5", "--epochs", "0"], "epochs"),
        (["compare", "flow.h5", "--jobs", "0"], "jobs"),
        (["compare", "flow.h5", "--split", "foo"], "split kind 'foo'"),
        (
            ["compare", "flow.h5", "--cluster", "tcp://127.0.0.1:9"],
            "no Dask scheduler answers there",
        ),
        (["compare", "flow.h5", "--memory-limit", "much"], "--memory-limit much"),
        (["compare", "flow.h5", "--memory-limit", "1"], "or more"),
        (["compare", "flow.h5", "--missing", "drop-snapshot"], "did you mean 'drop-snapshots'"),
        (["compare", "flow.h5", "--nosuch"], "No such option"),
        (["compare", "flow.h5", "more"], "a list of data files expected; more is none"),
        (["report", "."], "study.json is missing"),
        (["report", "missing"], "study.json is missing"),
        (["data", "show", "nope"], "no data set 'nope'"),
        (["inspect", "missing.h5"], "missing.h5: no such file"),
        (["inspect", "study.toml"], "study.toml"),
        (["inspect"], "Missing argument"),
        (["data", "make", "mnist"], "rom data fetch mnist"),
        (["data", "show"], "Missing argument"),
        (["nosuch"], "No such command"),
        ([], "a command is missing"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(run, folder, arguments, words):
    before = sorted(folder.iterdir())
    options = ["--out", "out"] if arguments[:1] == ["compare"] else []
    status, _, errors = run(*arguments, *options)
    assert status == 2
    (line,) = errors
    assert line.startswith("rom: error: ")
    assert words in line
    assert sorted(folder.iterdir()) == before


def test_an_energy_share_on_the_command_line_wins_over_a_studys_beta(run, folder):
    study = folder / "study.toml"
    study.write_text("beta = [3.0]\n" + study.read_text())
    assert (
        run("compare", "study.toml", "--energy-share", "0.1,0.2", "--jobs", "1", "--out", "out")[0]
        == 0
    )
    assert Store.open("out").study()["study"]["energy_share"] == [0.1, 0.2]
    assert Store.open("out").study()["study"]["beta"] is None


def test_latents_that_are_switched_off_are_noted(run, monkeypatch):
    found = [Collapse("beta-vae", 2, 1e4, "1 of 2 latents are active.")]
    monkeypatch.setattr(comparison, "collapses", lambda store: found)
    status, _, errors = run("compare", "flow.h5", *POD)
    assert status == 0
    assert errors[-1] == "note: beta-vae k=2 beta=10000: 1 of 2 latents are active."


def test_a_comparison_from_file_to_table(run, folder):
    status, printed, _ = run("compare", "flow.h5", *POD)
    assert status == 0
    assert any(line.endswith("out/results.csv") for line in printed)
    assert (folder / "out" / "report.html").is_file()
    (folder / "out" / "results.csv").unlink()
    status, _, _ = run("report", "out")
    assert status == 0
    assert (folder / "out" / "results.csv").is_file()


def test_options_change_one_entry_of_a_study_and_leave_the_others(run, folder):
    status, _, errors = run(
        "compare", "study.toml", "--variables", "a, b", "--split", "blocks", "--out", "out"
    )
    assert (status, len(errors)) == (0, 3)  # what was read, and two runs
    study = Store("out").study()
    assert study["data"]["layout"]["variables"] == ["a", "b"]
    assert study["split"]["gap"] == 6


def test_a_failed_run_is_status_1_and_the_others_are_kept(run, folder, monkeypatch):
    from rom.reducers.pod import POD as PodReducer  # noqa: N811

    fit = PodReducer._fit

    def fails_for_two(self, rows, *rest):
        if self.n_components == 2 and rest[0] is not None:
            raise RuntimeError("broken on purpose")
        fit(self, rows, *rest)

    monkeypatch.setattr(PodReducer, "_fit", fails_for_two)
    status, _, errors = run("compare", "flow.h5", *POD, "--components", "1,2")
    assert status == 1
    assert "broken on purpose" in errors[-1]
    assert Store("out").table().n_components.unique().tolist() == [1]


def test_a_report_without_runs_does_not_take_the_results_away(run, folder):
    rom.compare("flow.h5", reducers=["pod"], n_components=[1], jobs=1, out="out")
    results = (folder / "out" / "results.csv").read_bytes()
    (folder / "out" / "runs").rename(folder / "elsewhere")
    status, _, errors = run("report", "out")
    assert (status, len(errors)) == (2, 1)
    assert (folder / "out" / "results.csv").read_bytes() == results


@pytest.mark.parametrize(
    "name", ["data.h5", "study.json", "runs/{run}/run.json", "runs/{run}/latents.h5"]
)
def test_a_report_on_a_damaged_store_is_one_line(run, folder, name):
    rom.compare("flow.h5", reducers=["pod"], n_components=[1], jobs=1, out="out")
    path = folder / "out" / name.format(run=next((folder / "out" / "runs").iterdir()).name)
    path.write_bytes(path.read_bytes()[:10])
    status, _, errors = run("report", "out")
    assert (status, len(errors)) == (2, 1)
    assert path.name in errors[0]


def test_a_report_measures_again_what_is_damaged_of_the_measures(run, folder):
    rom.compare("flow.h5", reducers=["pod"], n_components=[1], jobs=1, out="out")
    (path,) = folder.glob("out/runs/*/metrics.csv")
    path.write_text(path.read_text().replace("relative_error", "relative_terror"))
    status, _, errors = run("report", "out")
    assert status == 0
    assert "metrics.csv is not as it was written" in errors[0]
    assert "terror" not in path.read_text()


@pytest.mark.parametrize("command", [["compare", "flow.h5", *POD], ["report", "out"]])
def test_a_second_command_on_a_store_is_refused(run, folder, command):
    rom.compare("flow.h5", reducers=["pod"], n_components=[1], jobs=1, out="out")
    hold = "from rom.study.lock import locked; from pathlib import Path\n"
    hold += "with locked(Path('out')): print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
        status, printed, errors = run(*command)
        after = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
        process.communicate("\n")
    assert (status, printed, len(errors)) == (2, [], 1)
    assert f"another command works there (process {process.pid} on " in errors[0]
    assert after == before


def test_a_mistake_in_the_package_is_one_line_and_the_rest_is_asked_for(run, monkeypatch):
    def broken(*arguments, **options):
        raise TypeError("no\nsuch thing")

    monkeypatch.setattr("rom.data.inspection.report.inspect_data", broken)
    status, _, (line,) = run("inspect", "flow.h5")
    assert status == 1
    assert line.startswith("rom: internal error: TypeError: no such thing; run again with --debug")
    for arguments in (("--debug", "inspect", "flow.h5"), ("inspect", "flow.h5", "--debug")):
        status, _, lines = run(*arguments)
        assert (status, lines[-1]) == (1, line)
        assert lines[0].startswith("Traceback")


def test_debug_shows_where_an_error_of_a_file_comes_from(run, folder):
    (folder / "broken.npy").write_bytes(b"\x93NUMPY\x01\x00\x08\x00((((((((")
    status, _, lines = run("inspect", "broken.npy")
    assert (status, len(lines)) == (2, 1)
    status, _, more = run("--debug", "inspect", "broken.npy")
    assert (status, more[-1]) == (2, lines[0])
    assert "numpy" in "\n".join(more)


def test_data_sets_can_be_listed_shown_and_made(run, folder):
    status, printed, _ = run("data", "list")
    assert status == 0
    assert any(line.startswith("burgers") and "not there yet" in line for line in printed)
    assert run("data", "make", "burgers")[:2] == (
        0,
        [str(folder / "home" / "burgers" / "burgers.h5")],
    )
    assert run("data", "fetch", "burgers")[0] == 0
    assert str(folder / "home" / "burgers" / "burgers.h5") in "".join(
        run("data", "show", "burgers")[1]
    )


def test_ctrl_c_keeps_what_is_finished(run, folder):
    assert (
        run("compare", "flow.h5", "--reducers", "pod", "--components", "2", "--out", "out")[0] == 0
    )
    command = [
        sys.executable,
        "-c",
        # a shell that starts the tests in the background lets them ignore Ctrl-C
        (
            "import signal, rom.cli; signal.signal(signal.SIGINT, signal.default_int_handler);"
            " rom.cli.main()"
        ),
        "compare",
        "flow.h5",
        "--reducers",
        "pod,autoencoder",
    ]
    command += [
        "--no-controls",
        "--components",
        "2",
        "--seeds",
        "1",
        "--epochs",
        "100000",
        "--jobs",
        "1",
        "--out",
        "out",
    ]
    # a group of its own, as a terminal gives it: Ctrl-C reaches every process of it
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        assert any("40 snapshots" in line for line in lines)
        assert any(
            "1 of 2 runs are already there" in line for line in lines
        )  # the other will take hours
        os.killpg(process.pid, signal.SIGINT)
        errors = process.communicate(timeout=60)[1]
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert "interrupted" in errors.splitlines()[-1]
    assert len(list(folder.glob("out/runs/pod-*/run.json"))) == 1


def test_several_files_are_one_data_set(run, folder):
    t, x = np.arange(80.0)[:, None] / 3, np.linspace(0, 2, 9)
    for i in (0, 1):
        part = t[40 * i : 40 * i + 40]
        write_canonical(f"run_{i}.h5", {"u": np.sin(part + x)}, axes=("x",), times=part[:, 0])
    options = ["--reducers", "pod", "--components", "1", "--jobs", "1"]
    for data, out in ((["run_0.h5", "run_1.h5"], []), (["run_*.h5"], ["--out", "out"])):
        status, _, errors = run("compare", *data, *options, *out)
        assert status == 0
        assert any("80 snapshots of u" in line for line in errors)
    tables = [(folder / place / "results.csv").read_text() for place in ("rom-run", "out")]
    assert len({len(text.splitlines()) for text in tables}) == 1


def test_inspect_prints_text_or_json(run, folder):
    status, printed, errors = run("inspect", "flow.h5")
    assert (status, errors) == (0, [])
    assert any("canonical" in line for line in printed)
    status, printed, errors = run(
        "inspect", "plain.h5", "--dataset", "UV", "--axes", "t x c", "--json"
    )
    assert (status, errors) == (0, [])
    report = json.loads("\n".join(printed))
    assert (report["snapshots"], [v["name"] for v in report["variables"]]) == (40, ["x0", "x1"])


def test_inspect_describes_what_it_cannot_open(run, folder):
    status, printed, errors = run("inspect", "plain.h5")
    assert (status, errors) == (0, [])
    assert "  rom inspect plain.h5 --dataset UV --axes 't x c'" in printed
    status, printed, errors = run(
        "inspect", "plain.h5", "--dataset", "VU", "--axes", "t x c", "--json"
    )
    assert status == 2
    assert "no dataset 'VU'" in errors[0]
    assert json.loads("\n".join(printed))["readable"] is False


def test_parameters_that_are_text_go_along(run):
    rows = np.sin(np.arange(40.0)[:, None] / 3 + np.linspace(0, 2, 9))
    with h5py.File("named.h5", "w") as file:
        file.attrs.update(
            {"rom_format": "rom-snapshots", "rom_version": 1, "axes": "x", "variables": "u"}
        )
        file["fields/u"], file["time"] = rows, np.arange(40.0)
        file["parameters/wing"] = np.array(["näca", "flat"] * 20, dtype=h5py.string_dtype())
    assert run("compare", "named.h5", *POD)[0] == 0
    wings = Store.open("out").data("test/parameters/wing")
    assert set(wings) == {"näca", "flat"}
    assert run("report", "out")[0] == 0


def test_a_mistake_is_explained_in_the_options_of_the_shell(run, folder):
    run("compare", "flow.h5", *POD)
    status, _, err = run("report", "out", "--goal", "beauty")
    assert status == 2
    assert "--goal beauty: " in err[-1]
