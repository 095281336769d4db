"""Beta by a rule: the largest that gives up no energy to speak of."""

import numpy as np
import pandas as pd
import pytest

import rom
from rom.metrics import linear_beta_vae
from rom.reducers.beta_path import FIRST, RESOLUTION, front, walk
from rom.study.searches import beta_paths

RNG = np.random.default_rng(0)
EIGENVALUES = np.array([4.0, 2.0, 1.0, 0.5, 0.1])
OPTIONS = {
    "architecture": "linear",
    "max_steps": 700,
    "learning_rate": 2e-2,
    "batch_size": 400,
    "random_state": 0,
}


def gaussian(n=400):
    """Rows whose principal components have EIGENVALUES exactly."""
    Q = np.linalg.qr(RNG.normal(size=(n, 5)) - 0.0)[0]
    Q = np.linalg.qr(Q - Q.mean(axis=0))[0]
    return Q * np.sqrt(n * EIGENVALUES) @ np.linalg.qr(RNG.normal(size=(9, 9)))[0][:5]


def share_of_theory(tolerance, k):
    """Where linear theory gives up so much of the energy."""
    total = EIGENVALUES.sum()
    shares = np.geomspace(1e-4, 0.5, 4000)
    left = [
        linear_beta_vae(EIGENVALUES, 2 * s * total, k, total_variance=total).distortion_mean
        for s in shares
    ]
    floor = EIGENVALUES[k:].sum()
    return shares[np.array(left) - floor <= tolerance * total][-1]


def test_on_linear_data_it_is_the_beta_of_theory():
    tolerance = 0.03
    found = walk(rom.BetaVAE(3, **OPTIONS), rom.Snapshots.from_array(gaussian()), None, tolerance)
    expected = share_of_theory(tolerance, 3)
    assert expected / 1.3 < found.chosen.energy_share < expected * 1.3
    assert found.chosen.beta == pytest.approx(
        2 * found.chosen.energy_share * EIGENVALUES.sum(), rel=1e-5
    )


def test_the_path_says_all_of_itself():
    X = gaussian(100)
    found = walk(
        rom.BetaVAE(2, architecture="pod", max_steps=100, random_state=0),
        rom.Snapshots.from_array(X),
        None,
    )
    table = found.table()
    assert table.energy_share.is_monotonic_increasing
    assert table.energy_share.iloc[0] == FIRST
    assert table.chosen.sum() == 1
    best = table.energy.max()
    chosen = table[table.chosen].iloc[0]
    assert chosen.energy >= best - found.tolerance
    after = table[table.energy_share > chosen.energy_share]
    assert after.empty or after.energy_share.iloc[0] / chosen.energy_share <= RESOLUTION**2
    again = walk(
        rom.BetaVAE(2, architecture="pod", max_steps=100, random_state=0),
        rom.Snapshots.from_array(X),
        None,
    )
    pd.testing.assert_frame_equal(table, again.table())


def test_the_front_holds_what_nothing_beats():
    table = pd.DataFrame(
        {"energy": [0.9, 0.8, 0.8, 0.7, 0.95], "dependence": [0.2, 0.1, 0.3, 0.1, np.nan]}
    )
    assert front(table).tolist() == [True, True, False, False, False]


def test_where_beta_is_no_variance_there_is_no_walk():
    X = rom.Snapshots.from_array(gaussian(60))
    with pytest.raises(rom.InputError, match="exclude each other"):
        walk(rom.BetaVAE(2, capacity=1.0), X, None)
    with pytest.raises(rom.InputError, match="beta_tolerance"):
        walk(rom.BetaVAE(2), X, None, tolerance=2.0)


def test_a_comparison_chooses_once_and_keeps_the_path(tmp_path):
    X = gaussian(80)
    study = {"reducers": ["pod", "beta-vae"], "n_components": [1, 2], "seeds": 2, "beta": "auto"}
    study["options"] = {"beta-vae": {"max_steps": 60}}
    first = rom.compare(X, **study, controls=False, jobs=1, out=tmp_path)
    paths = beta_paths(first.store)
    assert [int(path.n_components.iloc[0]) for path in paths] == [1, 2]
    chosen = {float(path[path.chosen].beta.iloc[0]) for path in paths}
    betas = first.table[first.table.reducer == "beta-vae"].beta.unique()
    assert betas.tolist() == [pytest.approx(min(chosen))]
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("beta/*.csv")}
    again = rom.compare(X, **study, controls=False, jobs=1, out=tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("beta/*.csv")} == times
    assert len(times) == 2
    assert again.table.equals(first.table)
