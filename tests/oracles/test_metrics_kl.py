"""The KL divergence of the posteriors against torch.distributions."""

import numpy as np
import pytest

from rom.metrics import kl_per_component

torch = pytest.importorskip("torch")


def test_divergence_equals_the_one_of_torch():
    rng = np.random.default_rng(1)
    mean, log_variance = 2 * rng.normal(size=(50, 4)), rng.normal(size=(50, 4)) - 2
    normal, divergence = torch.distributions.Normal, torch.distributions.kl_divergence
    posterior = normal(torch.from_numpy(mean), torch.from_numpy(np.exp(0.5 * log_variance)))
    expected = divergence(posterior, normal(0.0, 1.0)).mean(dim=0).numpy()
    np.testing.assert_allclose(kl_per_component(mean, log_variance), expected, rtol=1e-12)
