"""The same comparison on other splits, and with fewer snapshots to train."""

import numpy as np
import pandas as pd
import pytest

import rom
from rom.data.split import split_snapshots
from rom.evaluation import learning
from rom.evaluation.learning import advice
from rom.evaluation.splits import best_on_each

T = np.arange(120.0)
X = np.sin(T[:, None] / 7 - np.linspace(0, 3, 10)) + 0.3 * np.random.default_rng(0).normal(
    size=(120, 10)
)
STUDY = {"reducers": ["pod", "pod-kernel"], "n_components": [2], "jobs": 1, "controls": False}


def snapshots(**more):
    return rom.Snapshots.from_array(X, times=T, **more)


@pytest.mark.parametrize("kind", ["blocks", "random", "trajectories", "interpolation"])
def test_splits_of_one_kind_test_on_other_rows(kind):
    more = {"trajectories": np.repeat(np.arange(8), 15)} if kind == "trajectories" else {}
    more |= {"parameters": {"Re": np.repeat(np.arange(12), 10)}} if kind == "interpolation" else {}
    rows = np.random.default_rng(1).permutation(X) if kind == "random" else X
    data = rom.Snapshots.from_array(
        rows, **more, times=None if kind in ("random", "interpolation") else T
    )
    gap = {"gap": 3} if kind == "blocks" else {}
    found = [split_snapshots(data, kind=kind, number=number, of=4, **gap) for number in range(4)]
    assert len({split.test.tobytes() for split in found}) == 4
    for split in found:
        rows = np.concatenate([split.train, split.validation, split.test])
        assert len(np.unique(rows)) == len(rows)
        if kind == "blocks":  # no row is next to one of another part, around the end neither
            part = np.full(len(X), -1)
            for number, of_part in enumerate((split.train, split.validation, split.test)):
                part[of_part] = number
            for a, b in zip(part, np.roll(part, -1), strict=True):
                assert a == b or -1 in (a, b)


def test_splits_that_say_what_is_tested_on_cannot_be_repeated():
    data = rom.Snapshots.from_array(X, parameters={"Re": np.repeat(np.arange(12), 10)})
    with pytest.raises(rom.InputError, match="cannot be repeated"):
        split_snapshots(data, kind="extrapolation", of=3)


@pytest.mark.parametrize("kind", ["blocks", "random", "trajectories"])
def test_a_part_of_the_training_rows(kind):
    more = {"trajectories": np.repeat(np.arange(8), 15)} if kind == "trajectories" else {}
    data = (
        snapshots(**more)
        if kind != "random"
        else rom.Snapshots.from_array(np.random.default_rng(1).permutation(X))
    )
    whole, half = (split_snapshots(data, kind=kind, train_share=share) for share in (1, 0.5))
    assert set(half.train) < set(whole.train)
    assert len(half.train) == pytest.approx(len(whole.train) / 2, abs=8)
    np.testing.assert_array_equal(half.test, whole.test)
    if kind == "blocks":
        np.testing.assert_array_equal(half.train, whole.train[-len(half.train) :])


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    return rom.compare(
        snapshots(), **STUDY, splits=4, learning_curve=True, out=tmp_path_factory.mktemp("splits")
    )


def test_differences_over_splits(compared):
    found = compared.split_differences
    errors = found[found.metric == "relative_error"]
    assert errors[["reducer", "other"]].values.tolist() == [["pod", "pod-kernel"]]
    row = errors.iloc[0]
    assert row.splits == 4
    assert row.low < row.difference < row.high
    assert row.verdict in ("significant", "not significant")
    by_hand = [
        table[(table.metric == "relative_error") & (table["split"] == "test")].set_index("reducer")[
            "value"
        ]
        for table in (
            store.table() for store in [compared.store, *compared.store.variants("splits")]
        )
    ]
    mean = np.mean([errors["pod"] - errors["pod-kernel"] for errors in by_hand])
    assert row.difference == pytest.approx(mean)
    assert set(best_on_each(compared.store, 2)) <= {"pod", "pod-kernel"}
    assert (compared.path / "split_differences.csv").is_file()


def test_a_learning_curve_and_its_advice(compared):
    curve = compared.learning_curve
    assert sorted(curve.n_train.unique()) == sorted(set(curve.n_train))
    assert len(curve) == 3 * 2
    assert curve[curve.n_train == curve.n_train.max()].angle.iloc[0] == pytest.approx(0, abs=1e-4)
    assert curve[curve.n_train == curve.n_train.min()].angle.iloc[0] > 0.1
    assert curve[curve.n_train == curve.n_train.max()].matched.to_numpy() == pytest.approx(1)
    assert curve[curve.n_train == curve.n_train.min()].matched.between(0, 0.9999).all()
    assert advice(compared.store).startswith(
        ("There are enough snapshots", "More snapshots would help")
    )


def test_without_variants_there_is_nothing_to_say():
    alone = rom.compare(snapshots(), **STUDY)
    assert alone.split_differences.empty
    assert alone.learning_curve.empty
    assert advice(alone.store) == ""


def test_a_second_start_fits_nothing_again(compared):
    models = {path: path.stat().st_mtime_ns for path in compared.path.rglob("model.safetensors")}
    assert len(models) == 2 * (4 + 2)
    rom.compare(snapshots(), **STUDY, splits=4, learning_curve=True, out=compared.path)
    assert {
        path: path.stat().st_mtime_ns for path in compared.path.rglob("model.safetensors")
    } == models


@pytest.mark.parametrize("errors", [{80: 0.5, 40: np.nan}, {80: 0.5}])
def test_no_advice_where_a_part_has_no_error(monkeypatch, errors):
    rows = [
        {"reducer": "pod", "n_components": 2, "beta": np.nan, "n_train": n, "error": error}
        for n, error in errors.items()
    ]
    monkeypatch.setattr(learning, "learning_curve", lambda _: pd.DataFrame(rows))
    assert advice(None) == ""


@pytest.mark.parametrize(
    ("before", "words"), [(0.5, "There are enough snapshots"), (0.9, "More snapshots would help")]
)
def test_advice_from_two_sizes(monkeypatch, before, words):
    rows = [
        {"reducer": "pod", "n_components": 2, "beta": np.nan, "n_train": n, "error": error}
        for n, error in {40: before, 80: 0.5}.items()
    ]
    monkeypatch.setattr(learning, "learning_curve", lambda _: pd.DataFrame(rows))
    assert advice(None).startswith(words)
