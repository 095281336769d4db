"""Contract of every metric in the registry."""

import numpy as np
import pytest

from rom.evaluation.accumulate import GATHERED, GATHERED_OF_SAMPLES
from rom.measures import QUANTITIES, measure_of
from rom.metrics.spatial import spatial_moments
from rom.metrics.spectral import band_errors
from rom.metrics.sums import squared_errors
from rom.registry import METRICS, load

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(30, 8))
ERRORS = squared_errors(ROWS, ROWS + 0.1 * RNG.normal(size=ROWS.shape), reference=ROWS.mean(axis=0))
#: What is gathered -> a function of the number of latents that makes some.
INPUTS = {
    "errors": lambda k: ERRORS,
    "sampled": lambda k: ERRORS,
    "moments": lambda k: spatial_moments(ROWS),
    "bands": lambda k: band_errors(ROWS[:, None], ROWS[:, None] + 0.1),
    "images": lambda k: RNG.random(30),
    "latents": lambda k: RNG.normal(size=(30, k)),
    "log_variance": lambda k: RNG.normal(size=(30, k)),
}


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("k", [1, 4])
def test_numbers_again_and_again_and_the_input_stays(name, k):
    metric = METRICS[name]
    arguments = [INPUTS[name](k) for name in metric.gathers]
    before = [np.array(a, copy=True) for a in arguments if isinstance(a, np.ndarray)]
    first, second = (load(metric.function)(*arguments) for _ in range(2))
    for array, copy in zip(
        (a for a in arguments if isinstance(a, np.ndarray)), before, strict=True
    ):
        np.testing.assert_array_equal(array, copy)
    values = np.array(list(first.values()) if isinstance(first, dict) else first, dtype=float)
    again = np.array(list(second.values()) if isinstance(second, dict) else second, dtype=float)
    np.testing.assert_array_equal(values, again)
    assert np.isfinite(values).all() or k == 1  # a single latent has no pair
    assert metric.unit


@pytest.mark.parametrize("name", [*METRICS, *QUANTITIES])
def test_a_row_says_everything_about_itself(name):
    row = measure_of(name)
    assert row.label
    assert row.definition.endswith(".")
    assert row.better in ("lower", "higher", "")
    assert len(dict(row.keys)) == len(row.keys)
    if name in METRICS and METRICS[name].of_latents:
        assert METRICS[name].says
        assert row.better
    if name in METRICS:
        assert set(METRICS[name].gathers) <= set(INPUTS)


def test_what_metrics_take_is_gathered():
    known = {*GATHERED, *GATHERED_OF_SAMPLES, "latents", "log_variance"}
    assert {name for metric in METRICS.values() for name in metric.gathers} <= known
