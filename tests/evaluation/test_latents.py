"""Independence of the latents of a comparison: what is taken for a course in time."""

from pathlib import Path
from typing import Any

import numpy as np

import rom
from rom.evaluation.latents import measure_latents
from rom.evaluation.reconstruct import Reconstruction

ANGLES = np.linspace(0, 2 * np.pi, 1000, endpoint=False)
CIRCLE = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)]) @ np.random.default_rng(0).normal(
    size=(2, 6)
)


def latents_of(out: Path, times: np.ndarray | None = None) -> Any:
    rows = rom.Snapshots.from_array(CIRCLE, times=times)
    found = rom.compare(
        rows,
        reducers=["pod"],
        n_components=[2],
        split={"kind": "random"},
        controls=False,
        jobs=1,
        out=out,
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


def test_latents_of_several_trajectories_meet_those_of_others() -> None:
    """Three periods in each of eight trajectories: dependent; as one series it could not be
    tested.
    """
    labels = np.repeat(np.arange(8), 30)
    start = np.random.default_rng(0).uniform(0, 2 * np.pi, 8)
    phase = start[labels] + 2 * np.pi * 3 * np.tile(np.arange(30), 8) / 30
    circle = np.column_stack([np.cos(phase), np.sin(phase)])

    def measured(trajectories: np.ndarray | None) -> dict[str, Any]:
        found = Reconstruction({}, circle, None, trajectories, 0.0)
        rows = measure_latents(found, np.ones(2, dtype=bool), full=True)
        return next(row for row in rows if row["metric"] == "informational_correlation[mean]")

    paired, shifted, alone = measured(labels), measured(np.zeros(240)), measured(np.arange(240))
    assert paired["p_value"] < 0.05
    assert paired["n_eff"] > 10
    assert paired["reason"] == ""
    assert paired["value"] > paired["null"]
    assert shifted["reason"].startswith("cannot be tested")
    assert alone["p_value"] < 0.05
