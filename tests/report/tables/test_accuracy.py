"""Tables of single snapshots and of other measures: what they say is what was measured, and why
something is absent.
"""

import numpy as np
import pytest

import rom
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.report.tables.accuracy import other_measures, single_snapshots
from rom.results import Results
from rom.results.words import number

X = (
    np.random.default_rng(0).normal(size=(60, 192)) * np.linspace(2, 0.1, 192)
    + np.sin(np.arange(60) / 4)[:, None]
)
TINY = {"channels": (4,), "hidden": (4,), "architecture": "mlp"}


def results_of(folder, axes, periodic=(), reducers=("pod",), rows=X, **options):
    layout = FieldLayout(("u",), (16, 12), axes=axes, periodic=periodic)
    snapshots = Snapshots.from_array(rows, layout=layout, name="box")
    chosen = {
        "reducers": list(reducers),
        "n_components": [2],
        "jobs": 1,
        "epochs": 2,
        "out": folder / "out",
    } | options
    return Results(rom.compare(snapshots, **chosen).store)


def cell(table, head, row=0):
    return table.rows[row][table.heads.index(head)]


def test_interval_and_snapshots(tmp_path):
    long = np.tile(X, (5, 1)) + np.random.default_rng(1).normal(
        size=(300, 192)
    )  # 60 are worth too few for an interval
    results = results_of(tmp_path, ("y", "x"), rows=long)
    table = single_snapshots(results)
    rows = results.table[(results.table.split == "test")].set_index("metric")
    low, high, n_eff = rows.loc["relative_error", ["low", "high", "n_eff"]]
    assert low < high
    assert cell(table, "95 % interval") == f"{number(low)} to {number(high)}"
    assert cell(table, "n_eff") == f"{n_eff:.0f}"
    assert cell(table, "worst") == number(rows.loc["relative_error_snapshot[worst]", "value"])
    assert (
        float(cell(table, "median"))
        <= float(cell(table, "95th percentile"))
        <= float(cell(table, "worst"))
    )


def test_why_there_is_no_interval(tmp_path):
    table = single_snapshots(results_of(tmp_path, ("y", "x"), rows=X[:20]))
    assert cell(table, "95 % interval") == "–"
    assert "too few" in table.note


def test_waves_on_a_periodic_grid_and_a_reason_elsewhere(tmp_path):
    table = other_measures(results_of(tmp_path / "periodic", ("y", "x"), periodic=("y", "x")))
    assert 0 < float(cell(table, "long waves")) < 1.2
    assert "no errors by wavenumber" not in table.note
    table = other_measures(results_of(tmp_path / "open", ("y", "x"), periodic=("x",)))
    assert "long waves" not in table.heads
    assert "does not say that y is periodic" in table.note


def test_similarity_of_images_and_energy_of_samples(tmp_path):
    results = results_of(
        tmp_path,
        ("row", "column"),
        reducers=("pod", "beta-vae"),
        seeds=2,
        options={"beta-vae": TINY},
    )
    table = other_measures(results)
    pod, vae = results.at(2)
    assert float(cell(table, "SSIM")) == pytest.approx(results.mean(pod, "ssim"), abs=1e-3)
    assert "data range" in table.note
    assert cell(table, "energy captured, sampled latents (%)") == "–"
    assert "±" in cell(table, "energy captured, sampled latents (%)", row=1)
    assert results.values(vae, "energy_captured_sampled").size == 2
