import numpy as np
import pytest

from rom.errors import InputError
from rom.metrics import elbow, hard_threshold


@pytest.mark.parametrize(
    ("beta", "omega"), [(0.05, 1.5193), (0.1, 1.6088), (0.5, 2.1712), (1.0, 2.8584)]
)
def test_the_constants_of_unknown_noise(beta, omega):
    long = 1000
    values = np.linspace(2, 1, round(beta * long))
    assert hard_threshold(values, (long, len(values)))[1] / np.median(values) == pytest.approx(
        omega, abs=5e-5
    )


@pytest.mark.parametrize(("beta", "constant"), [(1.0, 4 / np.sqrt(3)), (0.5, 1.978599)])
def test_the_constants_of_known_noise(beta, constant):
    long = 400
    threshold = hard_threshold(np.ones(round(beta * long)), (round(beta * long), long), noise=0.5)[
        1
    ]
    assert threshold == pytest.approx(constant * 20 * 0.5, rel=1e-6)


@pytest.mark.parametrize("shape", [(300, 80), (80, 300), (150, 150)])
def test_the_rank_of_a_signal_in_noise(shape):
    rng = np.random.default_rng(0)
    n, d = shape
    left, right = np.linalg.qr(rng.normal(size=(n, 3)))[0], np.linalg.qr(rng.normal(size=(d, 3)))[0]
    X = left * [300, 150, 90] @ right.T + rng.normal(size=shape)
    values = np.linalg.svd(X, compute_uv=False)
    assert hard_threshold(values, shape)[0] == hard_threshold(values, shape, noise=1.0)[0] == 3
    noise = np.linalg.svd(rng.normal(size=shape), compute_uv=False)
    assert hard_threshold(noise, shape)[0] == 0


@pytest.mark.parametrize(
    ("values", "modes"),
    [([10, 8, 7, 0.1, 0.08, 0.07, 0.06], 3), ([5, 1e-3, 9e-4, 8e-4], 1), ([3, 2], 2), ([1], 1)],
)
def test_the_bend(values, modes):
    assert elbow(values) == modes
    assert elbow(np.asarray(values) * 1e6) == modes


@pytest.mark.parametrize("values", [[], [1, 2], [1, -1], [np.nan], [0, 0], [[1, 2]]])
def test_what_is_no_spectrum_is_refused(values):
    with pytest.raises(InputError, match="singular_values"):
        elbow(values)


def test_all_singular_values_are_needed():
    with pytest.raises(InputError, match="10 singular values, not 3"):
        hard_threshold([3.0, 2.0, 1.0], (10, 20))
