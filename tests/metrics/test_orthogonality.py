"""Orthogonality of decoders, against POD and closed forms."""

import numpy as np
import pytest

import rom
import rom.metrics.orthogonality as m
from rom.errors import InputError


def test_pod_is_orthogonal_whatever_the_scale_of_its_latents():
    X = np.random.default_rng(0).normal(size=(40, 9)) * np.arange(1, 10)
    J = rom.POD(4).fit(X).jacobian(np.zeros((2, 4)))
    for scaled in (J, J * [1e-6, 1, -3, 1e6]):
        found = m.decoder_orthogonality(scaled)
        assert found["decoder_cosine"] == pytest.approx(0, abs=1e-9)
        assert found["ima_contrast"] == pytest.approx(0, abs=1e-12)


def test_the_contrast_is_the_logarithm_of_what_the_volume_lacks():
    J = np.random.default_rng(0).normal(size=(3, 7, 2))
    weights = np.arange(7.0)
    expected = []
    for point in J:
        gram = point.T @ (weights[:, None] * point)
        lengths = np.sqrt(np.diag(gram))
        expected.append(np.log(lengths).sum() - 0.5 * np.log(np.linalg.det(gram)))
    assert m.decoder_orthogonality(J, weights=weights)["ima_contrast"] == pytest.approx(
        np.mean(expected)
    )
    two = m.decoder_orthogonality(J[0], weights=weights)
    assert two["ima_contrast"] == pytest.approx(-0.5 * np.log(1 - two["decoder_cosine"] ** 2))


def test_degenerate_decoders():
    J = np.random.default_rng(0).normal(size=(7, 2))
    assert m.decoder_orthogonality(J[:, [0, 0]])["ima_contrast"] == np.inf
    assert np.isnan(m.decoder_orthogonality(J * [1, 0])["ima_contrast"])
    assert np.isnan(m.decoder_orthogonality(J[:, :1])["decoder_cosine"])
    assert np.isnan(m.jacobian_cosines(J * [1, 0])[0, 1])
    with pytest.raises(InputError, match="weights"):
        m.jacobian_cosines(J, weights=[1.0])
    with pytest.raises(InputError, match="finite numbers"):
        m.jacobian_cosines(J * np.nan)
