"""Rows that trainings share: the same bits as without them, and nothing is left of them."""

import shutil
from collections import namedtuple
from typing import Any

import numpy as np
import pytest
import torch

import rom
from rom.data.snapshots import Snapshots
from rom.execution import shared
from rom.execution.progress import Progress
from rom.execution.shared import shared_rows
from rom.study.config import make_study
from rom.study.matrix import expand
from rom.study.prepare import prepare
from rom.study.store import Store
from rom.training.batches import Batches

X = (np.random.default_rng(0).normal(size=(160, 30)) * np.arange(1, 31)).reshape(160, 5, 6)
X[:, 2, 3] = np.nan  # a mask
FIELDS = {"architecture": "fields"}
NETWORKS = {"autoencoder": FIELDS, "beta-vae": FIELDS}
OPTIONS: dict[str, Any] = {
    "n_components": [2], "controls": False, "seeds": 2, "epochs": 2, "jobs": 1, "threads": 1,
    "options": NETWORKS,
}  # fmt: skip


def fields():
    return Snapshots.from_array(X.copy(), axes="t y x", times=np.arange(160))


@pytest.fixture
def anything_is_worth_it(monkeypatch):
    monkeypatch.setattr(shared, "WORTH_BYTES", 0)


@pytest.fixture
def seen(monkeypatch):
    """What the runs read instead of the source."""
    parts, part = [], shared.SharedRows.part

    def noted(self, prepared, name):
        rows = part(self, prepared, name)
        parts.append((name, rows is not None))
        return rows

    monkeypatch.setattr(shared.SharedRows, "part", noted)
    return parts


def test_results_are_the_same_bits_with_and_without(tmp_path, monkeypatch, seen):
    without = rom.compare(fields(), **OPTIONS, out=tmp_path / "without")
    assert seen == []
    monkeypatch.setattr(shared, "WORTH_BYTES", 0)
    with_them = rom.compare(fields(), **OPTIONS, out=tmp_path / "with")
    assert (
        seen == [("train", True), ("validation", True)] * 4
    )  # the networks; POD reads in double precision
    assert without.failures == with_them.failures == {}
    for run in without.store.runs():
        for part in ("train", "test"):
            one, other = (c.store.latents(run, part) for c in (without, with_them))
            assert one.tobytes() == other.tobytes()
    timeless = [
        c.table[~c.table.metric.str.endswith("_seconds")].reset_index(drop=True)
        for c in (without, with_them)
    ]
    assert timeless[0].equals(timeless[1])
    assert not (tmp_path / "with" / "rows.part").exists()


def prepared_and_runs(**values):
    study = make_study({"n_components": [2], "seeds": 2, "options": NETWORKS} | values, "test")
    prepared = prepare(study, fields())
    return prepared, expand(prepared.study, prepared.identity, prepared.total_variance)


def test_batches_use_the_mapped_rows_where_they_are(tmp_path, anything_is_worth_it):
    prepared, runs = prepared_and_runs()
    with shared_rows(Store(tmp_path), prepared, runs, 1, Progress(show=False)) as rows:
        train = rows.part(prepared, "train")
        expected = prepared.pipeline.transform(prepared.part("train"))[:].astype(np.float32)
        np.testing.assert_array_equal(train[:], expected)
        cache = Batches(train, 8, None, 10**9).cache
        assert np.shares_memory(cache.numpy(), train.source.array)
        assert torch.equal(cache, torch.from_numpy(expected))
    assert list(tmp_path.iterdir()) == []
    assert rows.part(prepared, "train") is None  # a run that comes too late reads the source


@pytest.mark.parametrize(
    "values",
    [
        {"reducers": ["pod"]},
        {"reducers": ["autoencoder"], "seeds": 1},
        {"reducers": ["autoencoder", "beta-vae"], "memory_limit": 5_000},
    ],
)
def test_not_for_a_single_training_or_where_rows_do_not_fit(tmp_path, anything_is_worth_it, values):
    prepared, runs = prepared_and_runs(**values)
    with shared_rows(Store(tmp_path), prepared, runs, 1, Progress(show=False)) as rows:
        assert rows is None
    assert list(tmp_path.iterdir()) == []


def test_without_room_on_the_disk_every_run_reads_and_the_user_is_told(
    tmp_path, anything_is_worth_it, monkeypatch, capsys
):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**6))
    prepared, runs = prepared_and_runs()
    with shared_rows(Store(tmp_path), prepared, runs, 1, Progress()) as rows:
        assert rows is None
    assert "no room" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_comparison_left_is_removed(tmp_path):
    options = OPTIONS | {"reducers": ["pod"]}
    out = tmp_path / "out"
    run = rom.compare(fields(), **options, out=out).store.runs()[0]
    for stale in ("rows.part/0123abcd", f"runs/{run.id}.part/0123abcd"):
        (out / stale).mkdir(parents=True)
    (out / ".rom-0123abcd").touch()
    rom.compare(fields(), **options, out=out)
    names = [path.name for path in out.rglob("*")]
    assert not [name for name in names if ".part" in name or name.startswith(".")]


@pytest.mark.parametrize("left", ["study.json.0123abcd.part", ".rom-0123abcd", ".rom-lock"])
def test_a_folder_of_a_start_that_was_killed_at_once_can_be_used(tmp_path, left):
    (tmp_path / left).touch()
    rom.compare(fields(), **OPTIONS | {"reducers": ["pod"]}, out=tmp_path)
    assert not (tmp_path / left).exists()
