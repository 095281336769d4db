"""Fitting is not measuring: what is measured may change, and no model is trained for it."""

import dataclasses
import json

import numpy as np
import pytest

import rom
from rom import registry
from rom.data.formats.canonical import write_canonical
from rom.evaluation.again import measure_again
from rom.reducers.base import Reducer
from rom.study.store import MEASURES
from rom.study.sums import sealed

T, PLACE = np.arange(40.0)[:, None] / 3, np.linspace(0, 2, 9)
STUDY = {
    "reducers": ["pod", "beta-vae"],
    "n_components": [2],
    "seeds": 1,
    "epochs": 2,
    "jobs": 1,
    "controls": False,
}


@pytest.fixture
def flow(tmp_path):
    write_canonical(tmp_path / "flow.h5", {"u": np.sin(T + PLACE)}, axes=("x",), times=T[:, 0])
    return tmp_path / "flow.h5"


@pytest.fixture
def no_fit(monkeypatch):
    def refuse(self, *given, **more):
        raise AssertionError("a model was fitted")

    return lambda: monkeypatch.setattr(Reducer, "fit", refuse)


def largest(errors):
    """A metric that the package does not have."""
    return float(errors.error.max())


def test_another_metric_measures_again_and_trains_nothing(flow, tmp_path, monkeypatch, no_fit):
    before = rom.compare(str(flow), **STUDY, out=tmp_path / "out")
    models = {
        path: path.stat().st_mtime_ns
        for path in (tmp_path / "out" / "runs").glob("*/model.safetensors")
    }
    no_fit()
    row = registry.Metric(
        "largest error",
        "The largest error of a snapshot.",
        table="accuracy",
        function=f"{__name__}:largest",
        gathers=("errors",),
    )
    monkeypatch.setitem(registry.METRICS, "largest", row)
    after = rom.compare(str(flow), **STUDY, out=tmp_path / "out")
    assert not after.failures
    assert set(after.table.metric) - set(before.table.metric) <= {"largest"}
    assert (after.table.metric == "largest").sum() == 2 * len(models)
    assert all(path.stat().st_mtime_ns == time for path, time in models.items())


def test_a_metric_that_was_changed_is_measured_again(flow, tmp_path, monkeypatch, no_fit):
    store = rom.compare(str(flow), **STUDY, out=tmp_path / "out").store
    first = {run.id: store.measured_by(run) for run in store.runs()}
    no_fit()
    changed = dataclasses.replace(registry.METRICS["relative_error"], version=2)
    monkeypatch.setitem(registry.METRICS, "relative_error", changed)
    (note,) = measure_again(store)
    assert "none trained" in note
    assert all(store.measured_by(run) != first[run.id] for run in store.runs())
    assert measure_again(store) == []


def test_measuring_again_gives_the_same_numbers(flow, tmp_path, no_fit):
    comparison = rom.compare(str(flow), **STUDY, out=tmp_path / "out")
    before = comparison.table
    for run in comparison.store.runs():
        (comparison.store.folder(run.id) / MEASURES).unlink()
        (comparison.store.folder(run.id) / "metrics.csv").unlink()
    assert comparison.store.finished() == []
    no_fit()
    after = rom.compare(str(flow), **STUDY, out=tmp_path / "out").table
    seconds = before.metric == "decode_seconds"
    assert after[~seconds].equals(before[~seconds])


def test_without_the_data_old_measures_stay(flow, tmp_path):
    store = rom.compare(str(flow), **STUDY, out=tmp_path / "out").store
    run = store.runs()[0]
    path = store.folder(run.id) / MEASURES
    content = json.loads(path.read_text()) | {"measured_by": "earlier"}
    path.write_text(sealed(content, content["files"]))
    flow.rename(tmp_path / "elsewhere.h5")
    (note,) = measure_again(store)
    assert "as they were measured before" in note
    assert len(store.finished()) == 2
    write_canonical(flow, {"u": np.cos(T + PLACE)}, axes=("x",), times=T[:, 0])
    (note,) = measure_again(store)
    assert "not the data" in note


def test_a_run_that_cannot_be_measured_keeps_its_fit(flow, tmp_path, monkeypatch):
    def broken(*given):
        raise ArithmeticError("broken on purpose")

    monkeypatch.setattr("rom.runs.measure_run", broken)
    failed = rom.compare(str(flow), **STUDY, out=tmp_path / "out")
    assert set(failed.failures.values()) == {"ArithmeticError: broken on purpose"}
    assert all(failed.store.is_fitted(run) for run in failed.store.runs())
    monkeypatch.undo()
    mended = rom.compare(str(flow), **STUDY, out=tmp_path / "out")
    assert not mended.failures
    assert len(mended.store.finished()) == 2
