"""Progress: what is done has a name, and how long the rest takes is said."""

import threading

import numpy as np
import pytest

import rom
from rom.comparison import run_study
from rom.execution import progress
from rom.execution.progress import Progress, TimeLeft, read_progress, write_progress, write_stage
from rom.study.config import make_study
from rom.study.matrix import Run
from rom.study.store import Store

X = np.random.default_rng(0).normal(size=(60, 8)) * np.arange(1, 9)


def run(reducer, seed=0):
    return Run(f"{reducer}-{seed}", reducer, 2, None, seed, {})


def test_a_stage_is_named_where_it_lasts(capsys, monkeypatch):
    monkeypatch.setattr(progress, "SILENT_SECONDS", 0.0)
    said, note = threading.Event(), Progress.note
    monkeypatch.setattr(Progress, "note", lambda self, text: (note(self, text), said.set()))
    with Progress().stage("reading flow"):
        assert said.wait(10)
    assert capsys.readouterr().err == "reading flow\n"
    monkeypatch.setattr(progress, "SILENT_SECONDS", 1e6)
    with Progress().stage("reading flow"):
        pass
    assert capsys.readouterr().err == ""


def test_a_run_says_what_is_done_with_it(tmp_path):
    folder = tmp_path / "run.part"
    assert read_progress(folder) is None
    (folder / "attempt").mkdir(parents=True)
    write_progress(folder / "attempt", {"epoch": 3, "epochs": 10, "train_total": 0.5})
    assert read_progress(folder) == {"epoch": 3, "epochs": 10, "loss": 0.5}
    (folder / "attempt" / progress.FILE).unlink()
    write_stage(folder, "measuring")
    assert read_progress(folder) == {"stage": "measuring"}


def test_measuring_is_named_and_leaves_nothing(tmp_path, capsys, monkeypatch):
    seen, measure = threading.Event(), rom.runs.measure_run
    monkeypatch.setattr(progress, "PLAIN_SECONDS", 0.01)
    note = Progress.note
    monkeypatch.setattr(
        Progress,
        "note",
        lambda self, text: (note(self, text), seen.set() if "measuring" in text else None),
    )
    monkeypatch.setattr(rom.runs, "measure_run", lambda *rest: (seen.wait(10), measure(*rest)))
    study = make_study({"reducers": ["pod"], "n_components": [2]}, "test")
    run_study(study, rom.Snapshots.from_array(X), out=tmp_path, jobs=1, show_progress=True)
    assert "  pod k=2 seed=0: measuring\n" in capsys.readouterr().err
    assert not list((tmp_path / "runs").glob("*.part"))


def test_nothing_is_said_where_nothing_is_to_be_said(tmp_path, capsys):
    quiet = Progress(show=False)
    with quiet.stage("reading"), quiet.watch(Store(tmp_path), [run("pod")], [run("pod")]):
        quiet.finished(run("pod"), {"seconds": 1.0, "said": "done"})
    assert capsys.readouterr().err == ""


def test_the_time_left_is_that_of_runs_of_the_same_kind():
    runs = [
        run("pod"),
        run("autoencoder"),
        run("autoencoder", 1),
        run("beta-vae"),
        run("beta-vae", 1),
    ]
    # two at a time: 44 s of runs in 22 s
    left = TimeLeft(runs, clock=iter([0.0, 12.0, 22.0, 32.0]).__next__)
    assert left.after(runs[0], 4.0) == ""  # of a training nothing is known yet
    assert left.after(runs[1], 20.0) == "about 30 s left"
    assert left.after(runs[2], 20.0) == "about 20 s left"
    assert left.after(runs[3], 20.0) == "about 10 s left"
    assert left.after(runs[4], 20.0) == ""


@pytest.mark.parametrize("error", [None, "broken"])
def test_a_run_that_ended_has_a_line(tmp_path, capsys, error):
    shown = Progress()
    with shown.watch(Store(tmp_path), [run("pod")], [run("pod")]):
        outcome = {"seconds": 1.0} | (
            {"error": error} if error else {"said": "test relative error 0.1"}
        )
        shown.finished(run("pod"), outcome)
    said = "FAILED: broken" if error else "test relative error 0.1"
    assert capsys.readouterr().err == f"[1/1] pod k=2 seed=0: {said} (1.0 s)\n"
