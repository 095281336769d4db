"""Latents against the parameters of a data set: rows of the results, table and figures of the
report.
"""

import runpy

import numpy as np
import pytest

import rom
from rom.data.catalog import datasets_folder
from rom.evaluation.factors import measure_factors, usable_parameters
from rom.report.figures.factors import against_parameters
from rom.report.figures.style import looks
from rom.report.tables.factors import factors
from rom.results import Results

RNG = np.random.default_rng(0)
VALUES = RNG.uniform(size=(150, 2))


def test_labels_constants_and_nan_are_left_out():
    parameters = {
        "label": RNG.integers(0, 10, 100),
        "number": np.arange(100),
        "angle": RNG.uniform(size=100),
        "same": np.ones(100),
        "hole": np.r_[np.nan, RNG.uniform(size=99)],
        "vector": RNG.uniform(size=(100, 3)),
        "name": np.array(["a"] * 100),
    }
    assert list(usable_parameters(parameters)) == ["number", "angle"]


def test_rows_of_the_active_latents():
    Z = np.column_stack([VALUES[:, 1], RNG.normal(size=150), -VALUES[:, 0]])
    parameters = {"a": VALUES[:, 0], "b": VALUES[:, 1]}
    rows = {
        row["metric"]: row for row in measure_factors(Z, np.array([True, False, True]), parameters)
    }
    assert rows["factor_correlation[0,b]"]["value"] == pytest.approx(1)
    assert rows["factor_correlation[2,a]"]["value"] == pytest.approx(-1)
    assert "factor_correlation[1,a]" not in rows
    assert rows["factor_score[disentanglement]"]["value"] > 0.85
    assert rows["factor_score[modularity]"]["n"] == 150


@pytest.mark.parametrize(
    ("active", "parameters", "n"),
    [
        ([False, False], {"a": VALUES[:, 0]}, 150),
        ([True, True], {}, 150),
        ([True, True], {"a": VALUES[:10, 0]}, 10),
    ],
)
def test_nothing_to_compare(active, parameters, n):
    assert measure_factors(VALUES[:n], np.array(active), parameters) == []


def test_one_parameter_has_its_reasons():
    rows = measure_factors(VALUES, np.array([True, True]), {"a": VALUES[:, 0]})
    modularity = next(row for row in rows if row["metric"] == "factor_score[modularity]")
    assert np.isnan(modularity["value"])
    assert "nothing to compare with" in modularity["reason"]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sod")
    runpy.run_path(str(datasets_folder() / "sod" / "generate.py"))["main"](
        folder / "sod.h5", size="small"
    )
    comparison = rom.compare(
        folder / "sod.h5",
        reducers=["pod", "beta-vae"],
        n_components=[3],
        beta=[0.1, 1.0],
        seeds=1,
        epochs=3,
        jobs=1,
        controls=False,
        out=folder / "out",
        split={"kind": "random", "test": 0.5},
        options={"beta-vae": {"architecture": "mlp", "hidden": [16]}},
    )
    return Results(comparison.store)


def test_the_report_says_which_latent_follows_which_parameter(results):
    table = factors(results)
    assert len(table.rows) == 3
    pod = table.rows[0]
    run = results.methods[0].runs[0]
    best = max(
        abs(results.value_of(run, f"factor_correlation[{i},driver_pressure]")) for i in range(3)
    )
    assert best < 0.8 or "driver_pressure" in pod[-1]
    assert "driver_density and driver_pressure" in table.note


def test_a_figure_for_each_reducer(results):
    with looks():
        plots = list(against_parameters(results))
    assert plots[0].name == "parameters-pod"
    assert len(plots) <= 2
    grid = plots[0].figure.axes
    assert len(grid) == 2 * 3
    assert {axes.get_xlabel() for axes in grid if axes.get_xlabel()} == {
        "driver density",
        "driver pressure",
    }
    drawn = grid[0].collections[0].get_offsets()
    np.testing.assert_allclose(drawn[:, 0], results.parameters()["driver_density"])
