"""The memoriser: what it knows under a split, and when that is a leak."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rom
from rom.data.open import open_mapped
from rom.data.snapshots import Snapshots
from rom.evaluation import leakage
from rom.evaluation.leakage import Leakage, measure_leakage
from rom.report.page.write import write_report
from rom.study.config import make_study
from rom.study.prepare import Prepared, prepare


def prepared(snapshots: Snapshots, kind: str = "auto", **values: Any) -> Prepared:
    chosen = {"reducers": ["pod"], "n_components": [1], "split": {"kind": kind}}
    return prepare(make_study(chosen | values, "test"), snapshots)


def wave(n: int = 200, period: float = 21.3, **more: Any) -> Snapshots:
    x = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    X = np.cos(x - 2 * np.pi * np.arange(n)[:, None] / period) * np.linspace(1, 2, 30)
    return Snapshots.from_array(
        X.reshape(n, 5, 6), axes="t y x", **({"times": np.arange(n)} | more)
    )


def one_by_one(of: Prepared) -> tuple[float, float]:
    """Both numbers from one pair of snapshots after the other."""
    rows = (of.snapshots.pack()[:] - of.train_mean) * of.pipeline.factors
    nearest = beside = energy = 0.0
    for i in of.split.test:
        squares = {j: float(((rows[i] - rows[j]) ** 2).sum()) for j in of.split.train}
        nearest += min(squares.values())
        before, after = [j for j in squares if j < i], [j for j in squares if j > i]
        beside += min(squares[j] for j in [*before[-1:], *after[:1]])
        energy += float((rows[i] ** 2).sum())
    return np.sqrt(nearest / energy), np.sqrt(beside / energy)


@pytest.mark.parametrize("kind", ["blocks", "random"])
def test_equals_pairs_one_by_one_whatever_the_blocks(kind, monkeypatch):
    of = prepared(wave(), kind)
    found = measure_leakage(of)
    assert (found.memoriser, found.next_in_time) == pytest.approx(one_by_one(of), rel=1e-9)
    monkeypatch.setattr("rom.data.views.BLOCK_BYTES", 12_000)
    assert measure_leakage(of).next_in_time == pytest.approx(found.next_in_time, rel=1e-9)
    monkeypatch.setattr(leakage, "MOST_TESTED", 7)
    assert measure_leakage(of).n_tested == 7


@pytest.mark.parametrize(("kind", "leaks"), [("random", True), ("blocks", False)])
def test_the_cylinder_wake_leaks_under_a_random_split_only(kind, leaks):
    of = prepared(open_mapped("cylinder_wake", {}), kind)
    found = measure_leakage(of)
    assert found.leaks == leaks
    assert found.memoriser < 0.1  # it repeats itself, so a memoriser does well under any split
    assert ("near-copies" in found.text) == leaks
    assert ("repeats itself" in found.text) == (not leaks)


def test_a_flow_that_never_comes_back_is_new_to_a_memoriser():
    walk = np.random.default_rng(0).normal(size=(300, 40)).cumsum(axis=0)
    found = measure_leakage(prepared(Snapshots.from_array(walk, times=np.arange(300))))
    assert found.memoriser > 0.5
    assert "new" in found.text


def test_where_order_means_nothing_only_the_memoriser_counts():
    X = np.random.default_rng(0).normal(size=(100, 20))
    found = measure_leakage(prepared(Snapshots.from_array(X)))
    assert np.isnan(found.next_in_time)
    assert (found.leaks, found.to_dict()["next_in_time"]) == (False, None)
    twice = measure_leakage(prepared(Snapshots.from_array(np.tile(X, (9, 1)))))
    assert twice.leaks
    assert "interpolation" in twice.text


def test_whole_trajectories_have_no_neighbour_in_time():
    groups = np.repeat(np.arange(10), 20)
    of = prepared(wave(trajectories=groups), "trajectories")
    assert np.isnan(measure_leakage(of).next_in_time)
    within = prepared(wave(trajectories=groups), "random")
    assert measure_leakage(within).next_in_time < 0.5


def test_the_warning_is_said_and_stands_in_the_report(tmp_path: Path, capsys):
    how: dict[str, Any] = {"reducers": ["pod"], "n_components": [2], "jobs": 1}
    leaking = rom.compare(
        wave(), split={"kind": "random"}, out=tmp_path / "a", show_progress=True, **how
    )
    assert (
        "warning: train/test leakage: the test snapshots are near-copies" in capsys.readouterr().err
    )
    assert any("near-copies" in text for text in leaking.warnings)
    page = write_report(leaking.store, tmp_path / "a").read_text()
    assert "near-copies" in page.split("<h2>Should I")[0]
    assert "near-copies" in (tmp_path / "a" / "report.md").read_text()
    sound = rom.compare(wave(), out=tmp_path / "b", show_progress=True, **how)
    assert "warning: the test" not in capsys.readouterr().err
    assert sound.warnings == []
    assert "near-copies" not in write_report(sound.store, tmp_path / "b").read_text()


def test_text_says_which_number_is_which():
    text = Leakage(0.02, 1.37, 38, "blocks").text
    assert text.index("0.02") < text.index("1.4")


def test_the_remedy_fits_the_split():
    assert "--split blocks" in Leakage(0.02, 0.1, 38, "random").text
    assert "wider gap" in Leakage(0.02, 0.1, 38, "blocks").text
