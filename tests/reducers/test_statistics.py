"""Mean and spread that a network starts from: to the bit the same however the rows are stored."""

import numpy as np
import pytest

from rom.data.snapshots import Snapshots
from rom.reducers.coordinates import project
from rom.reducers.pod import POD
from rom.reducers.statistics import of_coefficients, of_rows

X = np.random.default_rng(0).normal(3, 2, size=(3000, 700))


@pytest.mark.parametrize("max_bytes", [1, 10**5, 10**6, 10**9])
def test_blocks_and_precision_of_the_source_make_no_difference(max_bytes):
    single = Snapshots.from_array(X.astype(np.float32))
    expected = of_rows(single, 2**26)
    for rows in (Snapshots.from_array(X), single):
        found = of_rows(rows, max_bytes)
        assert found.mean.tobytes() == expected.mean.tobytes()
        assert found.deviations.tobytes() == expected.deviations.tobytes()
        assert (found.spread, found.variance) == (expected.spread, expected.variance)
        assert found.in_unit_interval is False


def test_they_are_those_of_the_rows():
    found = of_rows(Snapshots.from_array(X), 10**6)
    np.testing.assert_allclose(found.mean, X.mean(axis=0), rtol=1e-6)
    assert found.spread == pytest.approx(np.sqrt(X.var(axis=0).mean()), rel=1e-6)
    assert found.variance == pytest.approx(X.var(axis=0).sum(), rel=1e-6)


def test_in_pod_coordinates_the_variance_is_that_of_the_fields():
    rows = Snapshots.from_array(X[:50, :30])
    found = of_coefficients(project(POD(3).fit(rows), rows, None))
    assert found.variance == pytest.approx(X[:50, :30].var(axis=0).sum(), rel=1e-6)
    assert 0 < found.left_out < found.variance
