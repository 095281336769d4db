"""Runs on a Dask cluster: the same results, a dead worker changes nothing, mistakes are told
first.
"""

import os
import signal
import socket
import sys

import joblib
import numpy as np
import pytest

import rom
from rom.data.formats.canonical import write_canonical
from rom.execution import attempts
from rom.execution.cluster import connect
from rom.execution.dispatch import execute_on_cluster
from rom.execution.fit import Task
from rom.runs import do_run
from rom.study.store import Store

distributed = pytest.importorskip("distributed")

X = np.random.default_rng(0).normal(size=(40, 6)) * np.arange(1, 7)


@pytest.fixture(scope="module")
def cluster():
    """Two worker processes on this machine."""
    with distributed.LocalCluster(
        n_workers=2,
        processes=True,
        threads_per_worker=1,
        dashboard_address=":0",
        worker_dashboard_address=None,
    ) as started:
        yield started


@pytest.fixture
def flow(tmp_path):
    t, x = np.arange(40.0)[:, None] / 3, np.linspace(0, 2, 9)
    write_canonical(
        tmp_path / "flow.h5",
        {"u": np.sin(t + x), "v": np.cos(2 * t + x**2)},
        axes=("x",),
        times=t[:, 0],
    )
    return tmp_path / "flow.h5"


def latents(comparison):
    return {run.id: comparison.store.latents(run) for run in comparison.store.finished()}


def test_the_results_are_those_of_this_machine(cluster, flow, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    study = {
        "reducers": ["pod", "autoencoder", "beta-vae"],
        "n_components": [2],
        "seeds": 1,
        "epochs": 2,
        "controls": False,
    }
    far = rom.compare("flow.h5", **study, out="far", cluster=cluster.scheduler_address)
    # one core: one thread a run, as on a worker's slot
    monkeypatch.setattr(joblib, "cpu_count", lambda: 1)
    near = rom.compare("flow.h5", **study, out="near")
    assert far.failures == near.failures == {}
    ours, theirs = latents(near), latents(far)
    assert sorted(ours) == sorted(theirs)
    for run_id, values in ours.items():
        if run_id.startswith("pod"):
            np.testing.assert_allclose(theirs[run_id], values, rtol=0, atol=1e-10)
        else:
            np.testing.assert_array_equal(theirs[run_id], values)
    assert far.table[far.table.metric == "threads"]["value"].tolist() == [1.0] * 3


def test_joblibs_own_way_does_the_same_and_arrays_need_no_file(cluster, tmp_path):
    near = rom.compare(X, reducers=["pod"], n_components=[1, 2], jobs=1)
    with distributed.Client(cluster), joblib.parallel_config("dask"):
        far = rom.compare(X, reducers=["pod"], n_components=[1, 2], jobs=1, out=tmp_path / "out")
    for run_id, values in latents(near).items():
        np.testing.assert_allclose(latents(far)[run_id], values, atol=1e-10)
    assert {far.store.run_info(run)["threads"] for run in far.store.runs()} == {1}


def test_pod_gives_its_parts_to_the_cluster(cluster, flow, tmp_path):
    seen = tmp_path / "seen"
    seen.mkdir()

    def note_the_tasks():
        from rom.linalg import gram

        multiply = gram._covariance_of

        def noted(*arguments):
            from distributed.worker import thread_state  # here: it cannot be sent

            (seen / str(thread_state.key).replace("/", " ")).touch()
            return multiply(*arguments)

        gram._covariance_of = noted

    options = {"pod": {"solver": "gram"}}
    near = rom.compare(str(flow), reducers=["pod"], n_components=[2], options=options, jobs=1)
    with distributed.Client(cluster) as client:
        client.wait_for_workers(2, timeout=20)
        client.run(note_the_tasks)
        far = rom.compare(
            str(flow), reducers=["pod"], n_components=[2], options=options, out=tmp_path / "out",
            cluster=cluster.scheduler_address,
        )  # fmt: skip
        client.restart()
    assert far.failures == {}
    for run_id, values in latents(near).items():
        np.testing.assert_allclose(latents(far)[run_id], values, atol=1e-10)
    tasks = [path.name for path in seen.iterdir()]
    assert tasks
    assert not any("_on_worker" in name for name in tasks)  # but tasks of their own


def test_a_worker_that_dies_changes_nothing(cluster, flow, tmp_path):
    died = tmp_path / "died"

    def kill_once():  # on the workers: the first to fit two modes is gone in the middle of its run
        from rom.reducers.pod import POD

        fit = POD._fit

        def deadly(self, rows, validation, *rest):
            if self.n_components == 2 and validation is not None and not died.exists():
                died.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            fit(self, rows, validation, *rest)

        POD._fit = deadly

    with distributed.Client(cluster) as client:
        client.wait_for_workers(2, timeout=20)
        client.run(kill_once)
    out = tmp_path / "out"
    far = rom.compare(
        str(flow),
        reducers=["pod"],
        n_components=[1, 2, 3],
        out=out,
        cluster=cluster.scheduler_address,
    )
    assert died.exists()
    assert far.failures == {}
    assert sorted(far.table.n_components.unique()) == [1, 2, 3]
    assert not list((out / "runs").glob("*.part"))


def test_a_training_whose_worker_dies_goes_on_elsewhere(cluster, flow, tmp_path, monkeypatch):
    died = tmp_path / "died"

    def kill_once():  # on the workers, after the third epoch
        from rom.execution import fit

        write = fit.write_progress

        def deadly(folder, record):
            if record["epoch"] == 3 and not died.exists():
                died.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            write(folder, record)

        fit.write_progress = deadly

    study = {
        "reducers": ["autoencoder"],
        "n_components": [2],
        "seeds": 1,
        "epochs": 5,
        "threads": 1,
    }
    with distributed.Client(cluster) as client:
        client.wait_for_workers(2, timeout=20)
        client.run(kill_once)
    far = rom.compare(
        str(flow),
        **study,
        out=tmp_path / "out",
        cluster=cluster.scheduler_address,
        checkpoint_seconds=0,
    )
    near = rom.compare(str(flow), **study, jobs=1)
    assert far.failures == {}
    assert [far.store.run_info(run)["resumed_epochs"] for run in far.store.runs()] == [[3]]
    for run_id, values in latents(near).items():
        np.testing.assert_array_equal(latents(far)[run_id], values)
    assert not list((tmp_path / "out" / "runs").glob("*.part"))


def test_threads_are_those_of_the_slots(cluster, tmp_path):
    with pytest.raises(rom.InputError, match="threads=2: on a cluster each run has one thread"):
        rom.compare(
            X, reducers=["pod"], threads=2, out=tmp_path / "out", cluster=cluster.scheduler_address
        )
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_kills_every_worker_fails_alone(cluster, flow, tmp_path, monkeypatch):
    def kill_always():
        from rom.reducers.pod import POD

        fit = POD._fit

        def deadly(self, rows, validation, *rest):
            if self.n_components == 2 and validation is not None:
                os.kill(os.getpid(), signal.SIGKILL)
            fit(self, rows, validation, *rest)

        POD._fit = deadly

    with distributed.Client(cluster) as client:
        client.wait_for_workers(2, timeout=20)
        client.run(kill_always)
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    study = {"reducers": ["pod"], "n_components": [1, 2, 3], "out": tmp_path / "out"}
    # one at a time: Dask also blames a run that only waits on the worker that died
    far = rom.compare(str(flow), **study, jobs=1, cluster=cluster.scheduler_address)
    assert [run_id[:6] for run_id in far.failures] == ["pod-k2"]
    assert "want of memory" in next(iter(far.failures.values()))
    assert far.table.n_components.unique().tolist() == [1, 3]


def test_an_attempt_that_was_given_up_cannot_disturb_the_next(tmp_path):
    comparison = rom.compare(X, reducers=["pod"], n_components=[1], jobs=1)
    store, (run,) = Store(tmp_path), comparison.store.runs()
    dead, alive = attempts.start(store, run), attempts.start(store, run)
    assert not dead.exists()
    attempts.fail(store, run, "no such folder", dead)
    assert alive.exists()
    (alive / "run.json").write_text("first")
    attempts.finish(store, run, alive)
    late = attempts.start(store, run)
    (late / "run.json").write_text("late")
    attempts.finish(store, run, late)
    attempts.fail(store, run, "too late", late)
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [run.id]
    assert (store.folder(run.id) / "run.json").read_text() == "first"


def test_a_run_whose_worker_died_when_it_was_done_is_not_done_again(cluster, tmp_path):
    comparison = rom.compare(X, reducers=["pod"], n_components=[1], jobs=1)
    (run,) = comparison.store.runs()
    before = (comparison.store.folder(run.id) / "run.json").stat().st_mtime_ns
    with connect(cluster.scheduler_address) as client:
        ((same, outcome),) = execute_on_cluster(
            client, do_run, Task(comparison.store, None, 1), [run], None
        )
    metrics = comparison.table.query("metric == 'relative_error' and split == 'test'")
    assert (same, outcome["said"]) == (run, f"test relative error {metrics['value'].item():.4g}")
    assert (comparison.store.folder(run.id) / "run.json").stat().st_mtime_ns == before


@pytest.fixture(params=["refused", "silent", "nonsense"])
def nobody(request):
    """An address at which no scheduler answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        if request.param == "silent":
            listening.listen()
        yield "nowhere" if request.param == "nonsense" else address


def test_an_address_that_does_not_answer(nobody, tmp_path, monkeypatch):
    monkeypatch.setattr("rom.execution.cluster.SECONDS", 0.2)
    with pytest.raises(rom.InputError, match=r"^cluster .*: no Dask scheduler answers there"):
        rom.compare(X, reducers=["pod"], n_components=[1], out=tmp_path / "out", cluster=nobody)
    assert list(tmp_path.iterdir()) == []


def test_without_dask_the_way_to_get_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(rom.InputError, match=r"pip install 'rom-compare\[cluster\]'"):
        rom.compare(
            X,
            reducers=["pod"],
            n_components=[1],
            out=tmp_path / "out",
            cluster="tcp://127.0.0.1:8786",
        )
    assert list(tmp_path.iterdir()) == []
    with connect(None) as client:
        assert client is None


def test_a_worker_that_does_not_see_the_files(cluster, flow, tmp_path):
    before = sorted(tmp_path.iterdir())
    address, out = cluster.scheduler_address, tmp_path / "deep" / "out"

    def blind(hidden):  # on the workers: as if this folder were not mounted there
        from pathlib import Path

        import rom.execution.cluster as cluster_module

        class Elsewhere(type(Path())):
            def is_file(self):
                return hidden not in str(self) and super().is_file()

        cluster_module.Path = Elsewhere
        look = cluster_module._look
        cluster_module._look = lambda version, marker, *rest: look(
            version, Elsewhere(marker), *rest
        )

    with distributed.Client(cluster) as client:
        client.wait_for_workers(2, timeout=20)
        client.run(blind, "deep")
    with pytest.raises(
        rom.InputError, match=r"^cluster: worker tcp.* does not see the folder .*deep/out; choose"
    ):
        rom.compare(str(flow), reducers=["pod"], n_components=[1], out=out, cluster=address)
    assert sorted(tmp_path.iterdir()) == before


def test_a_worker_with_other_data_under_the_same_name(cluster, flow, tmp_path, monkeypatch):
    # of what this process reads; the workers' function is their own
    monkeypatch.setattr("rom.execution.cluster._digest", lambda first: "another")
    with pytest.raises(rom.InputError, match="has another file where the data are"):
        rom.compare(
            str(flow),
            reducers=["pod"],
            n_components=[1],
            out=tmp_path / "out",
            cluster=cluster.scheduler_address,
        )
    assert not (tmp_path / "out").exists()
