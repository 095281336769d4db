"""The intrinsic dimension of a study's training snapshots, and what the report makes of it."""

from pathlib import Path

import numpy as np

import rom
from rom.data.open import open_mapped
from rom.evaluation.dimension import measure_dimension
from rom.report.tables.number import number_of_latents
from rom.results import Results
from rom.study.config import make_study
from rom.study.prepare import prepare


def measured(snapshots):
    return measure_dimension(
        prepare(make_study({"reducers": ["pod"], "n_components": [1]}, "test"), snapshots)
    )


def test_the_cylinder_wake_is_a_cycle():
    found = measured(open_mapped("cylinder_wake", {}))
    assert 0.8 < found["many_neighbours"] < 1.4
    assert (found["n"], found["window"]) == (131, 6)


def test_rows_without_order_have_no_window():
    rng = np.random.default_rng(0)
    found = measured(rom.Snapshots.from_array(rng.normal(size=(700, 3)) @ rng.normal(size=(3, 30))))
    assert found["window"] == 0
    assert 2.4 < found["many_neighbours"] < 3.5
    assert 2.4 < found["two_neighbours"] < 3.5


def test_the_table_says_each_rule(tmp_path: Path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2)) * [20, 10] @ np.linalg.qr(rng.normal(size=(30, 2)))[
        0
    ].T + rng.normal(size=(200, 30))
    comparison = rom.compare(
        X,
        reducers=["pod", "autoencoder"],
        n_components=[3],
        seeds=1,
        epochs=2,
        jobs=1,
        controls=False,
        out=tmp_path,
        options={"autoencoder": {"channels": [4], "hidden": [8]}},
        pipeline={"scale": False},
    )
    rows = {row[0]: row[1] for row in number_of_latents(Results(comparison.store)).rows}
    assert rows["POD modes above the noise"] == rows["elbow of the spectrum"] == "2"
    train = prepare(
        make_study({"reducers": ["pod"], "n_components": [1]}, "t"), rom.Snapshots.from_array(X)
    ).part("train")
    values = np.linalg.svd(train[:] - train[:].mean(axis=0), compute_uv=False)
    shares = np.cumsum(values**2) / np.sum(values**2)
    for share in (0.9, 0.99, 0.999):
        assert rows[f"POD modes for {100 * share:g} % of the energy"] == str(
            np.flatnonzero(shares >= share)[0] + 1
        )
    assert rows["active latents of AE"].endswith("of 3")


def test_a_study_without_pod_says_so(tmp_path: Path):
    comparison = rom.compare(
        np.random.default_rng(0).normal(size=(40, 8)),
        reducers=["autoencoder"],
        n_components=[2],
        seeds=1,
        epochs=1,
        jobs=1,
        out=tmp_path,
        options={"autoencoder": {"channels": [4], "hidden": [8]}},
    )
    rows = number_of_latents(Results(comparison.store)).rows
    assert rows[0] == ["POD modes", "–", "needs pod among the reducers"]
    assert any("snapshots are too few" in row[2] for row in rows)
