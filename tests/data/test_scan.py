"""The check of all values: how many are wrong, where the first one is, and what never changes."""

import numpy as np
import pytest

import rom
from rom.data.layout import FieldLayout
from rom.data.scan import check_values
from rom.data.snapshots import Snapshots

MASK = np.zeros((3, 4), dtype=bool)
MASK[1, 2] = True


def fields():
    return np.random.default_rng(0).normal(size=(30, 2, 3, 4))


def snapshots(values):
    layout = FieldLayout(("u", "v"), (3, 4), ("y", "x"), mask=MASK)
    return Snapshots.from_array(values, axes="t c y x", layout=layout)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_bad_values_are_counted_and_the_first_is_named(value):
    values = fields()
    values[7, 1, 2, 3] = values[9, 0, 0, 0] = values[29] = value
    with pytest.raises(rom.InputError, match=r"^array: 24 values .* snapshot 7, variable v, y 2, x 3 \("):
        check_values(snapshots(values))


def test_values_under_the_mask_do_not_count():
    values = fields()
    values[:, :, 1, 2] = np.nan
    check_values(snapshots(values))


def test_a_variable_that_never_changes_is_named():
    values = fields()
    values[:, 1] = values[0, 1]
    with pytest.raises(rom.InputError, match="v is the same in every snapshot"):
        check_values(snapshots(values))
    # what happens under the mask is no change
    values[3, 1, 1, 2] = 5
    with pytest.raises(rom.InputError, match="v is the same in every snapshot"):
        check_values(snapshots(values))


def test_one_change_in_the_last_snapshot_is_enough():
    values = np.ones((30, 2, 3, 4))
    values[-1, :, 0, 0] = 2
    check_values(snapshots(values))
