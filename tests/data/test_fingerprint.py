"""The identity of snapshots: what it sees, and what it does not."""

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots


def test_the_fingerprint_sees_every_value_the_weights_and_the_mask():
    rows = np.random.default_rng(0).normal(size=(200, 6))
    changed = rows.copy()
    changed[101, 3] += 1e-9
    mask = np.zeros(6, dtype=bool)
    mask[2] = True
    layouts = [
        FieldLayout(("x",), (6,)),
        FieldLayout(("x",), (6,), weights=np.arange(1.0, 7.0)),
        FieldLayout(("x",), (6,), weights=np.arange(2.0, 8.0)),
        FieldLayout(("x",), (6,), mask=mask),
    ]
    prints = [Snapshots.from_array(rows, layout=layout).fingerprint() for layout in layouts]
    prints.append(Snapshots.from_array(changed).fingerprint())
    assert len(set(prints)) == len(prints)
    assert Snapshots.from_array(rows.copy()).fingerprint() == prints[0]


def test_the_fingerprint_does_not_see_what_lies_under_the_mask():
    mask = np.array([True, False, False])
    layout = FieldLayout(("x",), (3,), mask=mask)
    rows = np.arange(12.0).reshape(4, 3)
    assert (
        Snapshots.from_array(rows, layout=layout).fingerprint()
        == Snapshots.from_array(np.where(mask, np.nan, rows), layout=layout).fingerprint()
    )
