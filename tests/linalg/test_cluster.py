"""POD's work on a Dask cluster: two worker processes give what one process gives, even if one of
them dies.
"""

import os
import signal

import h5py
import joblib
import numpy as np
import pytest

import rom
from rom.linalg.spread import on_cluster

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster():
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",
            silence_logs=50,
        ) as started,
        distributed.Client(started) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 20)) * 0.8 ** np.arange(20) @ rng.normal(size=(20, 3000)) + 2
    path = tmp_path_factory.mktemp("cluster") / "a.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("few", data=X, chunks=(60, 100))
        file.create_dataset("many", data=X.T.copy(), chunks=(100, 60), compression="gzip")
    return path


def assert_same(pod, reference):
    np.testing.assert_allclose(pod.singular_values_, reference.singular_values_, rtol=0, atol=1e-10)
    np.testing.assert_allclose(pod.components_, reference.components_, rtol=0, atol=1e-10)
    np.testing.assert_allclose(pod.mean_, reference.mean_, rtol=0, atol=1e-10)


@pytest.mark.parametrize("solver", ["gram", "randomized"])
@pytest.mark.parametrize("dataset", ["few", "many"])
def test_workers_give_what_one_process_gives(cluster, path, dataset, solver):
    snapshots = rom.open_snapshots(path, dataset=dataset, axes="t x")
    snapshots = rom.Pipeline().fit(snapshots).transform(snapshots)
    options = {"n_components": 4, "solver": solver, "memory_limit": 6 * 8 * 60 * 200}
    reference = rom.POD(**options).fit(snapshots)
    before = tasks_done(cluster)
    with joblib.parallel_config("dask"):
        pod = rom.POD(**options).fit(snapshots)
    assert tasks_done(cluster) > before
    assert_same(pod, reference)


def tasks_done(client):
    return client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.transition_log))


def test_a_worker_that_dies_changes_nothing(cluster, path, tmp_path):
    here, flag = os.getpid(), str(tmp_path / "died")

    def die_once(rows, features):
        if os.getpid() != here and 1500 in np.arange(3000)[features]:
            try:
                os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                return rows
            os.kill(os.getpid(), signal.SIGKILL)
        return rows

    snapshots = rom.open_snapshots(path, dataset="few", axes="t x")
    reference = rom.POD(4, solver="gram").fit(snapshots)
    with joblib.parallel_config("dask"):
        pod = rom.POD(4, solver="gram").fit(snapshots.map(die_once, snapshots.layout))
    assert os.path.exists(flag)
    assert_same(pod, reference)


def test_rows_in_memory_and_local_back_ends_stay_here(cluster, path):
    rows = rom.Snapshots.from_array(np.zeros((3, 4)))
    file = rom.open_snapshots(path, dataset="few", axes="t x")
    with joblib.parallel_config("dask"):
        assert not on_cluster(rows)
        assert on_cluster(file)
    with joblib.parallel_config("loky"):
        assert not on_cluster(file)
    assert not on_cluster(file)


def test_a_mistake_in_the_data_is_told_as_on_one_machine(cluster, tmp_path):
    X = np.ones((20, 30))
    X[3, 4] = np.nan
    with h5py.File(tmp_path / "nan.h5", "w") as file:
        file["u"] = X
    snapshots = rom.open_snapshots(tmp_path / "nan.h5", dataset="u", axes="t x")
    with joblib.parallel_config("dask"), pytest.raises(rom.InputError, match="NaN or infinite"):
        rom.POD(2, solver="gram").fit(snapshots)
