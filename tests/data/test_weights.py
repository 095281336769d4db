"""Cell weights from coordinates: closed forms, and when there are none."""

import numpy as np
import pytest

from rom.data.weights import coordinate_weights


def weights(shape, axes, coordinates, units=None):
    return coordinate_weights(shape, axes, coordinates, units or {})


def test_the_trapezoidal_rule_is_exact_for_what_is_linear_along_each_axis():
    y, x = (
        np.array([0.0, 0.5, 2.0, 2.5]),
        np.array([3.0, 1.0, -1.0]),
    )  # one stretched, one uniform and falling
    found, words = weights((4, 3), ("y", "x"), {"y": y, "x": x})
    assert words == ["cell weights: trapezoidal rule along y"]
    integral = (found * (2 * y[:, None] + 3)).sum() / 3  # three equal columns
    assert integral == pytest.approx(2.5**2 + 3 * 2.5)


def test_equal_where_the_coordinates_are_uniform_or_missing():
    assert weights((4, 3), ("y", "x"), {"x": np.linspace(0, 1, 3, dtype=np.float32)}) == (None, [])
    single = np.linspace(100, 101, 3000).astype(np.float32)  # rounding is not stretching
    assert weights((3000,), ("x",), {"x": single})[0] is None


@pytest.mark.parametrize(
    ("axis", "unit", "factor"),
    [
        ("lat", "", 1),
        ("latitude", "degrees", 1),
        ("y", "degrees_north", 1),
        ("lat", "radians", np.pi / 180),
    ],
)
def test_latitude_is_weighted_with_its_cosine(axis, unit, factor):
    latitude = np.linspace(-60, 60, 7)
    found, words = weights(
        (7, 2), (axis, "lon"), {axis: factor * latitude, "lon": np.arange(2.0)}, {axis: unit}
    )
    np.testing.assert_allclose(found, np.cos(np.deg2rad(latitude))[:, None] * np.ones(2))
    assert words == [f"cell weights: cosine of {axis}"]


def test_coordinates_that_turn_around_give_no_weights_and_say_so():
    found, words = weights((4,), ("x",), {"x": np.array([0.0, 2.0, 1.0, 3.0])})
    assert found is None
    assert "neither rise nor fall" in words[0]
