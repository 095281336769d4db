"""Doing the runs: what fails is told and kept apart, what a reducer refuses is found before
anything is written.
"""

import tempfile

import numpy as np
import pytest

import rom
from rom.data.memory import memory_bytes
from rom.reducers.pod import POD
from rom.study.environment import environment

X = np.random.default_rng(0).normal(size=(40, 6)) * np.arange(1, 7)


@pytest.mark.parametrize(
    ("reducer", "options", "words"),
    [
        ("autoencoder", {"channels": []}, "channels"),
        ("autoencoder", {"channels": [0]}, "channels"),
        ("autoencoder", {"hidden": [-1]}, "hidden"),
        ("autoencoder", {"epochs": 0}, "epochs"),
        ("autoencoder", {"architecture": "foo"}, "architecture 'foo'"),
        ("autoencoder", {"architecture": "conv"}, "needs a grid"),
        ("autoencoder", {"learning_rate": -1}, "learning_rate"),
        ("autoencoder", {"batch_size": 0}, "batch_size"),
        ("beta-vae", {"reconstruction": "bernouli"}, "bernoulli"),
        ("beta-vae", {"reconstruction": "bernoulli"}, "between 0 and 1"),
        ("pod", {"solver": "foo"}, "solver 'foo'"),
        ("pod", {"memory_limit": "much"}, "memory_limit"),
        ("pod", {"tolerance": 0.1}, "not both"),
    ],
)
def test_an_option_that_a_reducer_refuses_is_found_first(tmp_path, reducer, options, words):
    out = tmp_path / "out"
    with pytest.raises(rom.InputError, match=words):
        rom.compare(
            X, reducers=[reducer], n_components=[1], options={reducer: options}, jobs=1, out=out
        )
    assert not out.exists()


@pytest.mark.parametrize(
    "error", [TypeError, KeyError, OSError, np.linalg.LinAlgError, rom.RomError]
)
def test_a_run_that_fails_does_not_stop_the_others(tmp_path, monkeypatch, error):
    fit = POD._fit

    def fails_for_two(self, rows, validation, *rest):
        # the trial before the runs has no validation rows
        if self.n_components == 2 and validation is not None:
            raise error("broken on purpose")
        fit(self, rows, validation, *rest)

    monkeypatch.setattr(POD, "_fit", fails_for_two)
    comparison = rom.compare(
        X, reducers=["pod"], n_components=[1, 2, 3], jobs=1, out=tmp_path / "out"
    )
    assert comparison.table.n_components.unique().tolist() == [1, 3]
    assert len(comparison.failures) == 1
    assert "broken on purpose" in next(iter(comparison.failures.values()))
    monkeypatch.setattr(POD, "_fit", fit)
    mended = rom.compare(X, reducers=["pod"], n_components=[1, 2, 3], jobs=1, out=tmp_path / "out")
    assert mended.failures == {}
    assert mended.table.n_components.unique().tolist() == [1, 2, 3]


def test_a_run_that_is_interrupted_leaves_the_finished_ones(tmp_path, monkeypatch):
    fit = POD._fit

    def interrupted(self, rows, validation, *rest):
        if self.n_components == 1 and validation is not None:
            raise KeyboardInterrupt
        fit(self, rows, validation, *rest)

    monkeypatch.setattr(POD, "_fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        rom.compare(X, reducers=["pod"], n_components=[1, 2], jobs=1, out=tmp_path / "out")
    monkeypatch.setattr(POD, "_fit", fit)
    done = {
        path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "runs").glob("pod-k2-*/*")
    }
    assert done
    comparison = rom.compare(X, reducers=["pod"], n_components=[1, 2], jobs=1, out=tmp_path / "out")
    assert comparison.table.n_components.unique().tolist() == [1, 2]
    assert all(path.stat().st_mtime_ns == time for path, time in done.items())


@pytest.mark.parametrize("jobs", [0, -1, "x"])
def test_wrong_numbers_of_jobs(jobs, tmp_path):
    with pytest.raises(rom.InputError, match="jobs="):
        rom.compare(X, reducers=["pod"], n_components=[1], jobs=jobs, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("axes", ["t x", "t c x", "t c y x", "t z y x", "t b z y x", "t point"])
def test_all_reducers_on_every_kind_of_grid(axes):
    shape = {"t": 30, "c": 2, "point": 9}
    size = tuple(shape.get(axis, 5) for axis in axes.split())
    snapshots = rom.Snapshots.from_array(
        np.random.default_rng(0).normal(size=size), axes=axes, times=np.arange(30)
    )
    comparison = rom.compare(snapshots, n_components=[2], epochs=1, seeds=1, jobs=1)
    assert comparison.failures == {}
    reducers = ["autoencoder", "beta-vae", "linear-autoencoder", "pod", "pod-ica", "pod-kernel"]
    assert sorted(comparison.table.reducer.unique()) == reducers
    assert np.isfinite(comparison.table[comparison.table.metric == "relative_error"]["value"]).all()


def test_the_environment_is_on_record():
    assert environment()["numpy"] == np.__version__


def test_nothing_is_left_of_a_comparison_without_a_folder_that_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(rom.InputError, match="NaN"):
        rom.compare(np.where(np.arange(6) == 2, np.nan, X)[:, 2:3])
    assert list(tmp_path.iterdir()) == []


def test_the_kind_of_split_stands_in_every_row():
    table = rom.compare(
        X, reducers=["pod"], n_components=[1], jobs=1, split={"kind": "random"}
    ).table
    assert set(table.split_kind) == {"random"}


@pytest.mark.parametrize(("given", "expected"), [(None, memory_bytes(None) // 2), ("1MB", "1MB")])
def test_runs_side_by_side_share_the_default_memory(monkeypatch, given, expected):
    limits = []
    monkeypatch.setattr("joblib.cpu_count", lambda: 2)
    monkeypatch.setattr("rom.execution.shared.os.cpu_count", lambda: 2)
    fit = POD._fit
    monkeypatch.setattr(
        POD, "_fit", lambda self, *given: limits.append(self.memory_limit) or fit(self, *given)
    )
    options = {"reducers": ["pod"], "n_components": [1, 2], "memory_limit": given}
    import joblib

    with joblib.parallel_config("threading"):
        rom.compare(X, **options, jobs=2)
    assert limits[1:] == [expected] * 2  # the first is the trial before anything is written


def test_a_run_records_what_pod_says_of_its_accuracy():
    options = {"pod": {"solver": "randomized"}}
    comparison = rom.compare(X, reducers=["pod"], n_components=[2], options=options, jobs=1)
    (run,) = comparison.store.runs()
    info, model = comparison.store.run_info(run)["record"], comparison.store.model(run)
    assert info["residual"] == pytest.approx(model.reducer.residual_)
    assert info["residual"] ** 2 == pytest.approx(1 - model.reducer.explained_variance_ratio_.sum())
    assert info["residual_excess"] >= 0
    assert info["precision"] == "double"


def test_limited_threads_leaves_every_library_as_it_was():
    import torch

    from rom.execution.threads import limited_threads

    def said():
        lines = torch.__config__.parallel_info().splitlines()
        return [
            line.strip() for line in lines if "max_threads" in line or "get_num_threads" in line
        ]

    before = said()
    with limited_threads(torch.get_num_threads() + 1):
        assert said() != before
    assert said() == before
