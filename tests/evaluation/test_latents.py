"""Independence of the latents of a comparison: what is taken for a course in time."""

from pathlib import Path
from typing import Any

import numpy as np

import rom

ANGLES = np.linspace(0, 2 * np.pi, 1000, endpoint=False)
CIRCLE = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)]) @ np.random.default_rng(0).normal(size=(2, 6))


def latents_of(out: Path, times: np.ndarray | None = None) -> Any:
    rows = rom.Snapshots.from_array(CIRCLE, times=times)
    found = rom.compare(
        rows, reducers=["pod"], n_components=[2], split={"kind": "random"}, controls=False, jobs=1, out=out
    )
    table = found.table[found.table.split == "test"].set_index("metric")
    return table.loc["informational_correlation[mean]"]


def test_a_sweep_that_is_sorted_is_no_course_in_time(tmp_path: Path) -> None:
    row = latents_of(tmp_path)
    assert row.value > 0.9
    assert row.null < 0.6
    assert row.p_value < 0.05
    assert row.n_eff > row.n / 2


def test_snapshots_with_times_keep_their_course(tmp_path: Path) -> None:
    row = latents_of(tmp_path, times=ANGLES)
    assert row.null > 0.9
    assert row.p_value > 0.05
    assert row.n_eff < 5
