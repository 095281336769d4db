"""FieldLayout: what is refused, packing, weights, and the way to fields and back."""

from typing import Any

import numpy as np
import pytest

import rom
from rom.data.layout import FieldLayout
from rom.data.mesh import Mesh

MASK = np.array(
    [[[True, False, False], [False, False, False]], [[False, False, True], [False, False, True]]]
)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (((), (3,)), "variable names"),
        ((("u", "u"), (3,)), "variable names"),
        ((("u",), (3, 4)), "axis names"),
        ((("u",), (3, 0), ("y", "x")), "no cells"),
        ((("u",), (3, 4), ("x", "x")), "unique"),
        ((("u",), (3, 4), ("t", "x")), "neither 't' nor 'c'"),
        ((("u",), (3,), ("x",), ("m", "s")), "2 units for 1 variables"),
        ((("u",), (3,), ("x",), (), {"x": np.zeros(4)}), "coordinates of 'x' have shape"),
        (
            (("u",), (3,), ("x",), (), {"x": np.array([0, np.nan, 2])}),
            "coordinates of 'x' are not all finite",
        ),
        ((("u",), (3,), ("x",), (), {"y": np.zeros(3)}), "no axis of the grid"),
        ((("u",), (3,), ("x",), (), {}, np.ones(4)), "weights have shape"),
        ((("u",), (3,), ("x",), (), {}, np.array([1, -1, 1])), "not negative"),
        ((("u",), (3,), ("x",), (), {}, np.array([1, np.nan, 1])), "finite"),
        ((("u",), (3,), ("x",), (), {}, np.zeros(3)), "not all zero"),
        ((("u",), (3,), ("x",), (), {}, np.array(["a", "b", "c"])), "real numbers"),
        ((("u",), (3,), ("x",), (), {}, None, np.zeros(4, dtype=bool)), "mask has shape"),
        ((("u",), (3,), ("x",), (), {}, None, np.ones(3, dtype=bool)), "covers every cell"),
        (
            (("u",), (3,), ("point",), (), {}, None, None, False, {}, Mesh(np.zeros((4, 3)))),
            "mesh with 4 values",
        ),
        ((("u",), (3,), ("x",), (), {}, None, None, False, {}, None, ("y",)), "periodic"),
    ],
)
def test_what_does_not_fit_together_is_refused(arguments, words):
    with pytest.raises(rom.InputError, match=words):
        FieldLayout(*arguments)


def test_one_name_and_one_number_stand_for_one_variable_on_one_axis():
    name: Any = "pressure"
    size: Any = 3
    layout = FieldLayout(name, size)
    assert layout.variables == ("pressure",)
    assert layout.grid_shape == (3,)


def test_packing_with_a_mask_of_each_variable():
    layout = FieldLayout(("u", "v"), (2, 3), ("y", "x"), mask=MASK)
    packed = layout.pack()
    assert (layout.n_features, packed.n_features) == (12, 9)
    assert packed.variable_index.tolist() == [0] * 5 + [1] * 4
    rows = np.arange(18.0).reshape(2, 9)
    fields = packed.to_fields(rows)
    assert np.isnan(fields[:, MASK]).all()
    np.testing.assert_array_equal(packed.to_rows(fields), rows)
    assert packed.unpack().n_features == 12


def test_only_ratios_of_weights_matter():
    weights = np.arange(1.0, 7.0).reshape(2, 3)
    metres, millimetres = (
        FieldLayout(("u", "v"), (2, 3), ("y", "x"), weights=weights * scale, mask=MASK)
        .pack()
        .feature_weights
        for scale in (1, 1e6)
    )
    np.testing.assert_allclose(metres, millimetres)
    assert metres.mean() == pytest.approx(1)


def test_rows_of_another_width_are_refused():
    layout = FieldLayout(("u",), (3,))
    with pytest.raises(rom.InputError, match="rows of 3 features"):
        layout.to_fields(np.zeros((2, 4)))
    with pytest.raises(rom.InputError, match="fields of shape"):
        layout.to_rows(np.zeros((2, 1, 4)))


def test_state_comes_back():
    layout = FieldLayout(
        ("u", "v"),
        (2, 3),
        ("y", "x"),
        ("m/s", "1"),
        {"x": np.arange(3.0)},
        np.ones((2, 3)),
        MASK,
        packed=True,
    )
    again = FieldLayout.from_state(*layout.state())
    assert again.state()[0] == layout.state()[0]
    np.testing.assert_array_equal(again.feature_weights, layout.feature_weights)
    np.testing.assert_array_equal(again.coordinates["x"], layout.coordinates["x"])


@pytest.mark.parametrize(
    ("axes", "grid"), [(("point",), False), (("x",), True), (("z", "y", "x"), True)]
)
def test_a_point_cloud_has_no_grid(axes, grid):
    assert FieldLayout(("u",), (2,) * len(axes), axes).has_grid is grid


def test_more_than_three_axes_are_no_grid_to_convolve_over():
    assert not FieldLayout(("u",), (2, 2, 2, 2), ("a", "b", "y", "x")).has_grid
