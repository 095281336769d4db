"""Weights of curvilinear grids integrate what has a closed form; where the names do not tell, there
are none.
"""

import numpy as np
import pytest

from rom.data.formats.common.curvilinear import curvilinear_weights

R, THETA, PHI = np.linspace(1, 2, 201), np.linspace(0, np.pi, 201), np.linspace(0, 6, 7)


def test_the_mean_of_r_in_a_shell():
    weights, words = curvilinear_weights(
        ("phi", "theta", "r"), {"phi": PHI, "theta": THETA, "r": R}
    )
    mean = (weights * R).sum() / weights.sum()
    assert mean == pytest.approx(
        (2**4 - 1) / 4 / ((2**3 - 1) / 3), rel=1e-2
    )  # of r^3 to that of r^2
    assert words == ["cell weights: with the volume element sin(theta) r^2"]


def test_stretched_coordinates_have_the_widths_of_the_trapezoidal_rule():
    r = np.linspace(0, 1, 101) ** 2
    weights, words = curvilinear_weights(("z", "r", "phi"), {"z": PHI, "r": r, "phi": PHI})
    by_r = weights[0, :, 0]
    assert (by_r * r).sum() / by_r.sum() == pytest.approx(2 / 3, rel=1e-3)
    assert words[0] == "cell weights: trapezoidal rule along r"


@pytest.mark.parametrize(
    ("axes", "coordinates"),
    [
        (("theta", "phi"), {"theta": THETA - np.pi / 2, "phi": PHI}),  # a latitude
        (("theta", "phi"), {"phi": PHI}),
        (("theta", "r"), {"theta": THETA, "r": R}),
        (("log_r", "phi"), {"log_r": R, "phi": PHI}),
    ],
)
def test_none_where_the_coordinates_do_not_tell(axes, coordinates):
    weights, words = curvilinear_weights(axes, coordinates)
    assert weights is None
    assert "without the volume element" in words[0]
