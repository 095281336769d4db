"""How runs are done: longest first, the same bits for the same threads, a death that takes no other
run with it.
"""

import os
import signal

import joblib
import numpy as np
import pytest

import rom
from rom.comparison import run_study
from rom.execution import attempts, dispatch, fit, workers
from rom.execution.dispatch import in_order
from rom.reducers.pod import POD
from rom.study.config import make_study
from rom.study.matrix import expand
from rom.study.prepare import prepare

X = np.random.default_rng(0).normal(size=(60, 8)) * np.arange(1, 9)
STUDY = {
    "reducers": ["pod", "autoencoder", "beta-vae"],
    "n_components": [2, 3],
    "seeds": 1,
    "controls": False,
}


def test_pod_is_started_first_and_then_the_longest_trainings():
    options = {"autoencoder": {"epochs": 50}, "beta-vae": {"channels": [8], "epochs": 50}}
    prepared = prepare(
        make_study(STUDY | {"options": options}, "test"), rom.Snapshots.from_array(X)
    )
    runs = expand(prepared.study, prepared.identity, prepared.total_variance)
    order = [(run.reducer, run.n_components) for run in in_order(runs)]
    names = ["pod", "pod", "autoencoder", "autoencoder", "beta-vae", "beta-vae"]
    assert order == list(zip(names, [3, 2] * 3, strict=True))


def test_the_table_keeps_the_order_of_the_study(tmp_path, monkeypatch):
    started, start = [], attempts.start
    monkeypatch.setattr(
        attempts, "start", lambda store, run: started.append(run.reducer) or start(store, run)
    )
    comparison = rom.compare(X, **STUDY, epochs=1, jobs=1, out=tmp_path)
    assert started[:2] == ["pod"] * 2
    assert sorted(started[2:]) == ["autoencoder"] * 2 + ["beta-vae"] * 2
    assert comparison.table.reducer.unique().tolist() == STUDY["reducers"]


def tables_and_latents(comparison):
    table = comparison.table
    latents = {run.id: comparison.store.latents(run).tobytes() for run in comparison.store.runs()}
    return table[~table.metric.str.endswith("_seconds")].reset_index(drop=True), latents


@pytest.mark.parametrize("by", ["workers", "joblib"])
def test_one_thread_a_run_gives_the_same_bits_one_by_one_and_side_by_side(
    tmp_path, monkeypatch, by
):
    if by == "workers" and not workers.can_fork():
        pytest.skip("processes are not forked on this system")
    study = STUDY | {"epochs": 3, "threads": 1}
    one = rom.compare(X, **study, jobs=1, out=tmp_path / "1")
    monkeypatch.setattr(dispatch, "can_fork", lambda: by == "workers")
    two = rom.compare(X, **study, jobs=2, out=tmp_path / "2")
    joblib.externals.loky.get_reusable_executor().shutdown(kill_workers=True)
    (table, latents), (other_table, other_latents) = (
        tables_and_latents(one),
        tables_and_latents(two),
    )
    assert table.equals(other_table)
    assert latents == other_latents
    assert set(table[table.metric == "threads"]["value"]) == {1.0}


@pytest.mark.skipif(not workers.can_fork(), reason="processes are not forked on this system")
def test_a_run_whose_process_dies_fails_alone(tmp_path, monkeypatch):
    fit, parent = POD._fit, os.getpid()

    def deadly(self, rows, validation, *rest):
        if os.getpid() != parent and self.n_components == 2 and validation is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        fit(self, rows, validation, *rest)

    monkeypatch.setattr(POD, "_fit", deadly)  # the processes of runs are forked from this one
    study = make_study({"reducers": ["pod"], "n_components": [1, 2, 3]}, "test")
    comparison = run_study(study, rom.Snapshots.from_array(X), out=tmp_path, jobs=2, alone=True)
    assert [run_id[:6] for run_id in comparison.failures] == ["pod-k2"]
    (reason,) = comparison.failures.values()
    assert "it was killed, most likely by a system that ran out of memory" in reason
    assert "give fewer jobs or a smaller memory limit" in reason
    assert sorted(comparison.table.n_components.unique()) == [1, 3]


@pytest.mark.skipif(not workers.can_fork(), reason="processes are not forked on this system")
def test_a_training_that_is_killed_continues_from_its_checkpoint(tmp_path, monkeypatch):
    options = {"autoencoder": {"architecture": "mlp", "hidden": [4]}}
    given = {"reducers": ["pod", "autoencoder"], "n_components": [1], "controls": False}
    study = make_study(given | {"seeds": 1, "epochs": 4, "options": options}, "test")
    how = {"out": tmp_path, "jobs": 2, "threads": 1, "alone": True, "checkpoint_seconds": 0}
    written, parent = fit.write_progress, os.getpid()

    def deadly(folder, record):
        if os.getpid() != parent and record["epoch"] == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        written(folder, record)

    monkeypatch.setattr(fit, "write_progress", deadly)
    killed = run_study(study, rom.Snapshots.from_array(X), **how)
    assert [run_id.split("-")[0] for run_id in killed.failures] == ["autoencoder"]
    monkeypatch.undo()
    comparison = run_study(study, rom.Snapshots.from_array(X), **how)
    assert comparison.failures == {}
    resumed = [comparison.store.run_info(run)["resumed_epochs"] for run in comparison.store.runs()]
    assert resumed == [[], [3]]
    assert not list((tmp_path / "runs").glob("*.part"))


@pytest.mark.parametrize(
    "error", [MemoryError("9 GB"), RuntimeError("DefaultCPUAllocator: can't allocate memory")]
)
def test_a_run_that_lacks_memory_says_what_to_do(tmp_path, monkeypatch, error):
    fit_all = POD._fit

    def short(self, rows, context):
        if context.validation is not None:  # not the trial
            raise error
        fit_all(self, rows, context)

    monkeypatch.setattr(POD, "_fit", short)
    comparison = rom.compare(X, reducers=["pod"], n_components=[2], jobs=1, out=tmp_path)
    (reason,) = comparison.failures.values()
    assert reason.startswith(f"{type(error).__name__}: {error}; give fewer jobs")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"threads": 0}, "threads=0"),
        ({"threads": "x"}, "threads='x'"),
        ({"checkpoint_seconds": -1}, "checkpoint_seconds"),
        ({"checkpoint_seconds": float("nan")}, "checkpoint_seconds"),
    ],
)
def test_wrong_options(tmp_path, options, words):
    with pytest.raises(rom.InputError, match=words):
        rom.compare(X, reducers=["pod"], n_components=[1], out=tmp_path / "out", **options)
    assert list(tmp_path.iterdir()) == []


class StopHereError(Exception):
    """Ends a training from within, as a death would."""


def test_a_run_that_was_interrupted_goes_on_and_says_so(tmp_path, monkeypatch):
    study = {
        "reducers": ["beta-vae"],
        "n_components": [2],
        "seeds": 1,
        "epochs": 6,
        "jobs": 1,
        "threads": 1,
    }
    calm = rom.compare(X, **study, out=tmp_path / "calm")

    def interrupt(epoch):
        def stop(folder, record):
            if record["epoch"] == epoch:
                raise KeyboardInterrupt

        monkeypatch.setattr("rom.execution.fit.write_progress", stop)
        with pytest.raises(KeyboardInterrupt):
            rom.compare(X, **study, out=tmp_path / "out", checkpoint_seconds=0)
        monkeypatch.undo()

    interrupt(2)
    interrupt(5)
    comparison = rom.compare(X, **study, out=tmp_path / "out")
    (run,) = comparison.store.runs()
    assert comparison.store.run_info(run)["resumed_epochs"] == [2, 5]
    assert calm.store.run_info(run)["resumed_epochs"] == []
    assert tables_and_latents(calm)[1] == tables_and_latents(comparison)[1]
    assert comparison.store.history(run).equals(calm.store.history(run))
    assert [path.name for path in (tmp_path / "out" / "runs").iterdir()] == [run.id]


def test_another_number_of_threads_starts_anew(tmp_path, monkeypatch):
    study = {
        "reducers": ["autoencoder"],
        "n_components": [2],
        "seeds": 1,
        "epochs": 3,
        "jobs": 1,
        "out": tmp_path,
    }

    def stop(folder, record):
        raise KeyboardInterrupt

    monkeypatch.setattr("rom.execution.fit.write_progress", stop)
    with pytest.raises(KeyboardInterrupt):
        rom.compare(X, **study, threads=1, checkpoint_seconds=0)
    monkeypatch.undo()
    comparison = rom.compare(X, **study, threads=2)
    info = comparison.store.run_info(comparison.store.runs()[0])
    assert (info["resumed_epochs"], info["threads"]) == ([], 2)


def test_a_run_records_what_it_depends_on(tmp_path):
    comparison = rom.compare(X, reducers=["pod"], n_components=[1], jobs=1, threads=1, out=tmp_path)
    (run,) = comparison.store.runs()
    info, study = comparison.store.run_info(run), comparison.store.study()
    assert info["fingerprint"] == study["data"]["fingerprint"]
    assert info["environment"]["cpu"]
    assert (info["threads"], info["device"], info["seed"]) == (1, "cpu", 0)
    assert len(info["identity"]) == 16


def test_a_failed_run_keeps_no_checkpoint(tmp_path, monkeypatch):
    def stop(folder, record):
        raise StopHereError

    monkeypatch.setattr("rom.execution.fit.write_progress", stop)
    comparison = rom.compare(
        X,
        reducers=["autoencoder"],
        n_components=[2],
        seeds=1,
        epochs=3,
        jobs=1,
        checkpoint_seconds=0,
        out=tmp_path,
    )
    assert "StopHereError" in next(iter(comparison.failures.values()))
    assert [
        path.name
        for path in tmp_path.rglob("*")
        if "part" in path.name or "checkpoint" in path.name
    ] == []
