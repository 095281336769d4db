"""The plane of accuracy and independence, the ranking of the latents, and the tables about them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import rom
from rom.evaluation.results import differences_of
from rom.plot._tradeoff import front
from rom.report.figures import style
from rom.report.figures.ranking import latent_modes, ranked_energy
from rom.report.figures.tradeoff import tradeoff
from rom.report.tables.independence import controls, correlation, dependence
from rom.report.tables.seeds import agreement, differences
from rom.results import Results
from rom.results.words import mean_sd, number

TINY: dict[str, Any] = {"channels": [4], "hidden": [8], "architecture": "mlp"}
INFORMATION = {"measure": "informational_correlation", "key": "mean", "latents": "active"}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    t, x = np.arange(120)[:, None] * 0.37, np.linspace(0, 6, 30)
    noise = np.random.default_rng(0).normal(size=(120, 30))
    X = (np.sin(x - t) + 0.3 * np.cos(2 * x - 3 * t) + 0.02 * noise).reshape(120, 5, 6)
    comparison = rom.compare(
        rom.Snapshots.from_array(X, axes="t y x", times=t[:, 0]),
        n_components=[2, 3],
        beta=[1e-3, 1.0],
        seeds=2,
        epochs=8,
        jobs=1,
        options={"autoencoder": TINY, "beta-vae": TINY},
        out=tmp_path_factory.mktemp("tradeoff"),
    )
    assert comparison.failures == {}
    return Results(comparison.store)


def test_each_method_stands_where_its_numbers_say(results: Results) -> None:
    with style.looks():
        (plot,) = tradeoff(results)
    panels = [axes for axes in plot.figure.axes if axes.get_xlabel().startswith("1 − info")]
    assert [axes.get_title() for axes in panels] == ["2 latents", "3 latents"]
    marks = [line.get_xydata() for line in panels[0].get_lines() if line.get_label() == "AE"]
    (method,) = [m for m in results.at(2) if m.reducer == "autoencoder"]
    expected = [
        1 - results.mean(method, **INFORMATION),
        1 - results.mean(method, "energy_captured"),
    ]
    np.testing.assert_allclose(np.asarray(marks, dtype=float), np.array([[expected]]))


def test_the_front_is_what_nothing_beats() -> None:
    points = np.array([[0.1, 0.1], [0.5, 0.2], [0.4, 0.3], [0.9, 0.9], [0.9, 0.95]])
    np.testing.assert_array_equal(front(points), points[[0, 1, 3]])
    np.testing.assert_array_equal(front(points[:1]), points[:1])


def test_the_ranking_shows_means_of_the_table(results: Results) -> None:
    with style.looks():
        (plot,) = ranked_energy(results)
    left, right = plot.figure.axes
    (pod,) = [line for line in left.get_lines() if line.get_label() == "POD"]
    method = next(m for m in results.at(3) if m.reducer == "pod")
    expected = [1 - results.mean(method, "ranked_energy", key=str(m)) for m in (1, 2, 3)]
    np.testing.assert_allclose(np.asarray(pod.get_ydata(), dtype=float), expected)
    assert (np.diff(expected) < 0).all()
    heights = [
        np.asarray(line.get_ydata(), dtype=float)
        for line in right.get_lines()
        if np.size(line.get_xdata()) == 3
    ]
    assert all((np.diff(height) <= 0).all() for height in heights)


def test_what_each_latent_draws(results: Results) -> None:
    with style.looks():
        plots = list(latent_modes(results))
    assert [plot.name for plot in plots] == ["latent-modes-autoencoder", "latent-modes-beta-vae"]
    titles = [axes.get_title() for axes in plots[0].figure.axes if axes.get_title()]
    assert (
        sum(title.endswith("high") for title in titles)
        == sum(title.endswith("low") for title in titles)
        > 0
    )


def test_tables_show_the_numbers_of_the_results(results: Results) -> None:
    autoencoder = next(m for m in results.at(2) if m.reducer == "autoencoder")
    for table, column, metric in (
        (correlation(results), "det R", {"measure": "det_correlation", "latents": "active"}),
        (dependence(results), "informational correlation", INFORMATION),
        (controls(results), "whitened", {"measure": "det_correlation", "latents": "whitened"}),
    ):
        row = next(row for row in table.rows if row[:2] == ["AE", "2"])
        assert row[table.heads.index(column)] == mean_sd(results.values(autoencoder, **metric))
        assert all(len(row) == len(table.heads) for row in table.rows)


def test_the_controls_are_in_their_table_and_in_no_other(results: Results) -> None:
    assert {row[0] for row in controls(results).rows} - {
        row[0] for row in correlation(results).rows
    } == {
        "linear AE",
        "kernel POD",
        "POD-ICA",
    }
    assert "linear autoencoder is the control" in controls(results).note
    assert "POD-ICA is POD's subspace" in controls(results).note


def test_differences_with_two_seeds_are_worded_as_indications(results: Results) -> None:
    found = differences_of(results.store)
    table = differences(results, found, 2)
    assert len(table.rows) == 6  # pairs of four methods
    assert "2 seeds even a * is an indication only" in table.note
    pair = found[(found.n_components == 2) & (found.metric == "relative_error")]
    row = pair[(pair.reducer == "pod") & (pair.other == "autoencoder")].iloc[0]
    said = next(row for row in table.rows if row[0] == "POD − AE")[1]
    assert said.startswith(number(float(row.difference)))
    assert ("*" in said) == str(row.verdict).startswith("beyond")


def test_agreement_of_the_seeds(results: Results) -> None:
    table = agreement(results)
    assert {row[0] for row in table.rows} == {"AE", "β-VAE (β = 0.001)", "β-VAE (β = 1)"}
    for row in table.rows:
        if row[3] != "–":
            assert 0 <= float(row[3]) <= 1
            assert 0 <= float(row[4]) <= 90
    assert isinstance(results.table, pd.DataFrame)
