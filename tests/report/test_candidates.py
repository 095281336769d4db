"""When two errors are called equal."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rom.report.candidates import Candidate, same_error


def candidate(reducer, error, *, compared=True, beta=None):
    method = SimpleNamespace() if compared else None
    return Candidate(reducer, 2, beta, error, 1.0, 1.0, method=method)


def results(verdict):
    """Of the autoencoder and the beta-VAE on the same snapshots."""
    row = {"n_components": 2, "reducer": "autoencoder", "beta": np.nan, "verdict": verdict}
    table = pd.DataFrame([row | {"other": "beta-vae", "other_beta": 4.0}])
    return SimpleNamespace(snapshot_differences=table)


@pytest.mark.parametrize("verdict", ["not significant", "significant"])
def test_errors_are_equal_where_the_test_set_does_not_tell_them_apart(verdict):
    one, other = candidate("autoencoder", 0.10), candidate("beta-vae", 0.15, beta=4.0)
    expected = verdict == "not significant"
    assert same_error(results(verdict), one, other) is expected
    assert same_error(results(verdict), other, one) is expected  # in either order
    weaker = candidate("beta-vae", 0.15, beta=1.0)
    assert not same_error(results(verdict), one, weaker)  # the difference is of another beta


def test_errors_are_equal_where_they_are_little_apart():
    found = results("significant")
    assert same_error(found, candidate("pod", 0.10), candidate("autoencoder", 0.109))
    assert not same_error(found, candidate("pod", 0.10), candidate("autoencoder", 0.12))
    # half a thousandth of the energy's root is nothing, however many times the other it is
    assert same_error(found, candidate("pod", 1e-4), candidate("autoencoder", 5e-4))


def test_pod_with_modes_that_were_not_compared_has_no_test():
    pod = candidate("autoencoder", 0.2, compared=False)
    assert not same_error(results("not significant"), pod, candidate("beta-vae", 0.1, beta=4.0))
