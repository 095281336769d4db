"""The network between POD coefficients and latents: it starts at POD, and its loss is that of the
field.
"""

import numpy as np
import pytest
import torch

from rom.data.snapshots import Snapshots
from rom.nets.coefficients import CoefficientNetwork
from rom.nets.layers import Style
from rom.reducers.coordinates import fit_modes, leading, project
from rom.reducers.pod import POD

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 6)) @ np.diag([5, 3, 2, 1, 0.5, 0.1]) @ RNG.normal(size=(6, 30)) + 2
ROWS = Snapshots.from_array(X)


def network(pod, k, *, variational=False, n_features=30):
    found = CoefficientNetwork(
        pod.n_components_, k, n_features, (8, 8), Style("silu"), variational=variational
    )
    coefficients = project(pod, ROWS, None).rows[:, :-1].astype(float)
    found = found.double()
    found.begin(
        torch.from_numpy(np.sqrt(np.square(coefficients).mean(axis=0))),
        torch.Generator().manual_seed(0),
    )
    return found


@pytest.mark.parametrize("k", [1, 2, 6, 9])
@torch.no_grad()
def test_it_starts_at_pod(k):
    pod = fit_modes(ROWS, None)[0]
    start = network(pod, k)
    coefficients = pod.transform(X)
    latents = start.encode(torch.from_numpy(coefficients))[0]
    decoded = pod.inverse_transform(start.decode(latents).numpy())
    plain = POD(min(k, 6)).fit(X)
    np.testing.assert_allclose(decoded, plain.inverse_transform(plain.transform(X)), atol=1e-6)
    # latents of unit variance
    np.testing.assert_allclose(latents.numpy().std(axis=0)[: min(k, 6)], 1, rtol=1e-3)


@torch.no_grad()
def test_a_posterior_starts_narrow():
    mean, log_variance = network(fit_modes(ROWS, None)[0], 2, variational=True).encode(
        torch.zeros(3, 7).double()
    )
    assert mean.shape == log_variance.shape == (3, 2)
    np.testing.assert_allclose(log_variance.numpy(), -4)


@torch.no_grad()
def test_the_squared_error_is_that_of_the_field_with_what_the_modes_leave_out():
    pod = POD(3).fit(ROWS)
    found = network(pod, 2)
    coefficients = project(pod, ROWS, None)
    rows = torch.from_numpy(coefficients.rows).double()
    latents = found.encode(rows)[0]
    field = pod.inverse_transform(found.decode(latents).numpy())
    assert float(found.squared_error(rows, latents)) == pytest.approx(
        np.square(X - field).sum(), rel=1e-5
    )
    assert coefficients.residual == pytest.approx(pod.residual_, rel=1e-4)


def test_what_is_left_out_is_told_from_rounding():
    pod = POD(6).fit(ROWS)
    assert project(pod, ROWS, None).residual < 1e-12


def test_leading_coordinates_are_those_of_fewer_modes():
    few, many = POD(2).fit(ROWS), fit_modes(ROWS, None)[0]
    shorter = leading(many, 2)
    np.testing.assert_allclose(shorter.components_, few.components_, atol=1e-10)
    assert shorter.residual_ == pytest.approx(few.residual_, rel=1e-6)
    np.testing.assert_allclose(
        project(many, ROWS, None).leading(2).rows, project(few, ROWS, None).rows, rtol=1e-4
    )


def test_coefficients_that_come_with_the_modes_are_those_of_a_pass(monkeypatch):
    monkeypatch.setattr("rom.linalg.svd.DIRECT_OPERATIONS", 0)
    X = np.random.default_rng(5).normal(size=(20, 300)) * 0.7 ** np.arange(20)[:, None]
    rows = Snapshots.from_array(X)
    pod, found = fit_modes(rows, 4 * 8 * 300 * 9)
    assert (pod.n_components_, pod.solver_) == (9, "gram")
    passed = project(pod, rows, None)
    np.testing.assert_allclose(found.rows, passed.rows, rtol=1e-5, atol=1e-6)
    assert found.residual == pytest.approx(passed.residual, rel=1e-6)


def test_modes_are_bounded_by_rows_and_memory():
    assert fit_modes(ROWS, None)[0].n_components_ == 6
    assert fit_modes(ROWS.select(np.arange(4)), None)[0].n_components_ == 3
    # vectors of features, or of rows in double precision, whichever are longer
    longer = max(30, 2 * len(ROWS))
    assert fit_modes(ROWS, 4 * 8 * longer * 2)[0].n_components_ == 2
