"""What speaks against the errors of a comparison, in words."""

from pathlib import Path

import numpy as np

import rom
from rom.data.snapshots import Snapshots
from rom.evaluation.cautions import cautions


def pulse(speed: float) -> Snapshots:
    """A pulse that goes around, 200 snapshots of one lap at speed 1."""
    t, x = np.arange(200.0), np.linspace(0, 1, 64, endpoint=False)
    away = (x - speed * t[:, None] / 200 + 0.5) % 1 - 0.5
    return Snapshots.from_array(np.exp(-((away / 0.05) ** 2)), times=t)


def compared(out: Path, speed: float, split: str = "blocks") -> rom.Comparison:
    return rom.compare(
        pulse(speed),
        reducers=["pod"],
        n_components=[8],
        split={"kind": split},
        controls=False,
        jobs=1,
        out=out,
    )


def test_a_test_part_that_no_method_could_know_is_said(tmp_path: Path) -> None:
    comparison = compared(tmp_path, speed=0.5)  # half a lap: the last third of the way is new
    (text,) = cautions(comparison.store)
    assert "the test set differs from the training set" in text
    assert "longer series" in text
    assert comparison.warnings == [f"split: {text}"]
    comparison.report()
    assert f"{text[1:]}." in (tmp_path / "report.md").read_text()
    assert "More snapshots are needed" in (tmp_path / "report.html").read_text()


def test_a_flow_that_comes_back_is_no_matter(tmp_path: Path) -> None:
    assert cautions(compared(tmp_path, speed=6).store) == []


def test_near_copies_come_first(tmp_path: Path) -> None:
    (text,) = cautions(compared(tmp_path, speed=0.5, split="random").store)
    assert "near-copies" in text
