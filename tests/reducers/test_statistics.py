"""Mean and spread that a network starts from: to the bit the same however the rows are stored."""

import numpy as np
import pytest

from rom.data.snapshots import Snapshots
from rom.reducers.neural import _statistics

X = np.random.default_rng(0).normal(3, 2, size=(3000, 700))


@pytest.mark.parametrize("max_bytes", [1, 10**5, 10**6, 10**9])
def test_blocks_and_precision_of_the_source_make_no_difference(max_bytes):
    single = Snapshots.from_array(X.astype(np.float32))
    expected = _statistics(single, 2**26)
    for rows in (Snapshots.from_array(X), single):
        mean, spread, unit_interval = _statistics(rows, max_bytes)
        assert mean.tobytes() == expected[0].tobytes()
        assert (spread, unit_interval) == expected[1:]


def test_they_are_those_of_the_rows():
    mean, spread, _ = _statistics(Snapshots.from_array(X), 10**6)
    np.testing.assert_allclose(mean, X.mean(axis=0), rtol=1e-6)
    assert spread == pytest.approx(np.sqrt(X.var(axis=0).mean()), rel=1e-6)
