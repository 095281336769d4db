"""Latents over time: one trajectory never goes on into the next."""

import numpy as np

import rom
from rom.report.figures.over_time import over_time
from rom.results import Results


def figures(tmp_path, trajectories, times):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(len(times), 4)) * [4, 3, 2, 1]
    snapshots = rom.Snapshots.from_array(X, times=times, trajectories=trajectories)
    comparison = rom.compare(
        snapshots,
        reducers=["pod"],
        n_components=[2],
        jobs=1,
        out=tmp_path / "out",
        split={"test": 0.5},
    )
    plots = list(over_time(Results(comparison.store)))
    return plots


def test_each_trajectory_has_a_column_of_its_own(tmp_path):
    (plot,) = figures(tmp_path, np.repeat(np.arange(6), 10), np.tile(np.arange(10.0), 6))
    panels = plot.figure.axes
    assert len(panels) == 3  # half of six are tested on
    for axes in panels:
        for line in axes.lines:
            assert len(line.get_xdata()) == 10
            assert np.all(np.diff(line.get_xdata()) > 0)
    assert all("trajectory" in axes.get_title("right") for axes in panels)


def test_of_many_trajectories_some_are_drawn_and_it_is_said(tmp_path):
    (plot,) = figures(tmp_path, np.repeat(np.arange(20), 5), np.tile(np.arange(5.0), 20))
    assert len(plot.figure.axes) == 4
    assert "4 of 10 trajectories" in plot.caption


def test_one_series_is_one_column(tmp_path):
    (plot,) = figures(tmp_path, None, np.arange(60.0))
    (axes,) = plot.figure.axes
    assert np.all(np.diff(axes.lines[0].get_xdata()) > 0)
