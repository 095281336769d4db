"""Splits by ranges of a parameter: inside what was trained on, or beyond it."""

import numpy as np
import pytest

import rom
from rom.data.snapshots import Snapshots
from rom.data.split import split_snapshots


def runs(n_runs, **parameters):
    """Trajectories of three times, one after the other."""
    rows = np.random.default_rng(0).normal(size=(n_runs * 3, 3))
    times, names = np.tile(np.arange(3), n_runs), np.repeat(np.arange(n_runs), 3)
    each = {name: np.repeat(values, 3) for name, values in parameters.items()}
    return Snapshots.from_array(rows, times=times, trajectories=names, parameters=each)


@pytest.mark.parametrize("kind", ["interpolation", "extrapolation"])
@pytest.mark.parametrize("n", [4, 5, 10, 37])
def test_ranges_of_a_parameter(kind, n):
    snapshots = runs(n, Re=np.linspace(100, 50, n))
    split = split_snapshots(snapshots, kind=kind)
    Re = snapshots.parameters["Re"]
    train, held_out, tested = Re[split.train], Re[split.validation], Re[split.test]
    assert not {*train} & {*tested, *held_out}
    assert not {*held_out} & {*tested}
    assert len(split.train) + len(split.validation) + len(split.test) == len(snapshots)
    between = train[(train > tested.min()) & (train < tested.max())]
    assert len(between) == 0
    if kind == "interpolation":
        assert train.min() < tested.min() <= tested.max() < train.max()
    else:
        assert train.max() < held_out.min() <= held_out.max() < tested.min()


def test_a_range_that_is_given():
    snapshots = runs(8, Re=np.arange(8.0))
    split = split_snapshots(snapshots, kind="extrapolation", test_range=(0, 1.5))
    assert {*snapshots.parameters["Re"][split.test]} == {0, 1}
    assert {*snapshots.parameters["Re"][split.validation]} == {2}
    assert "tested from 0 to 1" in split.description
    for options, words in [
        ({"kind": "interpolation", "test_range": (6, 7)}, "is extrapolation, not interpolation"),
        ({"kind": "extrapolation", "test_range": (9, 10)}, "no snapshot has Re between 9 and 10"),
        ({"kind": "extrapolation", "test_range": (3, 1)}, r"must be \(low, high\)"),
    ]:
        with pytest.raises(rom.InputError, match=words):
            split_snapshots(snapshots, **options)
    with pytest.raises(rom.InputError, match="3 values, too few for interpolation"):
        split_snapshots(runs(3, Re=np.arange(3.0)), kind="interpolation")


def test_with_several_parameters_one_must_be_named():
    snapshots = runs(8, Re=np.arange(8.0), Ma=np.arange(8.0)[::-1], same=np.ones(8))
    with pytest.raises(rom.InputError, match=r"which parameter.*Re, Ma"):
        split_snapshots(snapshots, kind="extrapolation")
    split = split_snapshots(snapshots, kind="extrapolation", parameter="Ma")
    assert snapshots.parameters["Ma"][split.test].min() == 6


@pytest.mark.parametrize(("kind", "least"), [("interpolation", 4), ("extrapolation", 3)])
def test_the_fewest_values_leave_one_to_test_one_to_validate_on(kind, least):
    split = split_snapshots(runs(least, Re=np.arange(least)), kind=kind)
    held = [len(part) // 3 for part in (split.train, split.validation, split.test)]
    assert held == [least - 2, 1, 1]
    assert len(split_snapshots(runs(6, Re=np.arange(6)), kind=kind).test) == 3  # of one value
    with pytest.raises(rom.InputError, match=f"at least {least} are needed"):
        split_snapshots(runs(least - 1, Re=np.arange(least - 1)), kind=kind)
