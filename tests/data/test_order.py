"""One rule for the order of rows, whatever they were read from."""

import warnings

import h5py
import numpy as np
import pytest

import rom
from rom.data.order import neighbour_difference
from rom.data.snapshots import Snapshots
from rom.data.split import split_snapshots
from rom.errors import AssumptionWarning
from rom.study.config import Study
from rom.study.prepare import prepare

RNG = np.random.default_rng(0)
PHASE = np.linspace(0, 20, 200)[:, None]
WAVE = np.sin(PHASE - np.linspace(0, 3, 30))
SHUFFLED = RNG.permutation(WAVE)


def test_the_difference_of_neighbours_of_a_wave_and_of_noise():
    # neighbours of a wave are a phase of 20 / 199 apart: |e^(i phase) - 1|
    assert neighbour_difference(Snapshots.from_array(WAVE)) == pytest.approx(20 / 199, rel=0.15)
    noise = RNG.normal(size=(4000, 5))
    assert neighbour_difference(Snapshots.from_array(noise)) == pytest.approx(np.sqrt(2), rel=0.1)
    assert np.isnan(neighbour_difference(Snapshots.from_array(np.ones((20, 3)))))


@pytest.mark.parametrize(("rows", "series"), [(WAVE, True), (SHUFFLED, False)])
def test_an_array_and_a_file_get_the_same_answer(tmp_path, rows, series):
    with h5py.File(tmp_path / "rows.h5", "w") as file:
        file["u"] = rows
    opened = rom.open_snapshots(tmp_path / "rows.h5", dataset="u", axes="t x")
    for snapshots in (Snapshots.from_array(rows), opened):
        prepared = prepare(Study(reducers=("pod",), n_components=(2,)), snapshots)
        assert prepared.split.kind == ("blocks" if series else "random")
        assert any("no times: neighbouring snapshots" in note for note in prepared.notes)


def test_rows_that_parameters_tell_apart_are_no_series():
    snapshots = Snapshots.from_array(WAVE, parameters={"phase": PHASE[:, 0]})
    assert not snapshots.ordered
    assert any("told apart by phase" in text for text in snapshots.assumptions)


@pytest.mark.parametrize("parameters", [None, {"phase": PHASE[:, 0]}])
def test_a_random_split_of_near_copies_warns_always(parameters):
    with pytest.warns(AssumptionWarning, match="near-copies"):
        split_snapshots(Snapshots.from_array(WAVE, parameters=parameters), kind="random")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        split_snapshots(Snapshots.from_array(SHUFFLED), kind="random")
