"""Annealing stays between 0 and 1, ends at 1, and says from where on it stays there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rom.errors import InputError
from rom.training.annealing import KINDS, Annealing

shares = st.floats(0.01, 1.0)


@given(st.sampled_from(KINDS), shares, st.integers(1, 6), st.floats(0, 1))
def test_a_factor_that_ends_at_one(kind, share, cycles, progress):
    annealing = Annealing(kind, share, cycles)
    assert 0 <= annealing(progress) <= 1
    assert annealing(1.0) == 1
    assert annealing.is_over(1.0)


@given(st.sampled_from(KINDS), shares, st.integers(1, 6), st.floats(0, 1), st.floats(0, 1))
def test_once_it_is_over_it_is_over(kind, share, cycles, one, other):
    annealing = Annealing(kind, share, cycles)
    if annealing.is_over(min(one, other)):
        assert annealing(max(one, other)) == 1


def test_a_cyclical_one_begins_anew():
    annealing = Annealing("cyclical", 0.5, 4)
    assert [annealing(progress) for progress in (0.1249, 0.2499, 0.25, 0.3125)] == [
        0.9992,
        1.0,
        0.0,
        0.5,
    ]
    assert not annealing.is_over(0.2499)


@pytest.mark.parametrize(
    "arguments", [("slow",), ("linear", 0.0), ("linear", 2.0), ("cyclical", 0.5, 0)]
)
def test_arguments_out_of_range(arguments):
    with pytest.raises(InputError):
        Annealing(*arguments)
