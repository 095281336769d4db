"""The table of differences, from tables made by hand."""

import numpy as np
import pandas as pd
import pytest

from rom.evaluation.differences import COLUMNS, differences
from rom.metrics.seeds import holm, paired_difference


def table(methods, metric="relative_error", size=2):
    """{(reducer, beta): values by seed} as a table of results."""
    rows = [
        {
            "reducer": reducer,
            "beta": beta,
            "n_components": size,
            "seed": seed,
            "split": split,
            "metric": metric,
            "value": value if split == "test" else -1.0,
        }
        for (reducer, beta), values in methods.items()
        for seed, value in enumerate(values)
        for split in ("train", "test")
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def values():
    rng = np.random.default_rng(0)
    return {
        ("pod", np.nan): [0.3],
        ("autoencoder", np.nan): rng.normal(0.1, 0.01, 5).tolist(),
        ("beta-vae", 1.0): rng.normal(0.102, 0.01, 5).tolist(),
        ("beta-vae", 4.0): rng.normal(0.2, 0.01, 5).tolist(),
    }


def test_every_pair_of_methods_once_with_its_interval(values):
    found = differences(table(values))
    assert list(found.columns) == COLUMNS
    assert len(found) == 6
    row = found[(found.reducer == "autoencoder") & (found.other_beta == 4.0)].iloc[0]
    expected = paired_difference(values["autoencoder", np.nan], values["beta-vae", 4.0])
    assert (row.difference, row.low, row.high, row.p_value) == pytest.approx(expected[:4])
    assert (row.seeds, row.verdict) == (5, "beyond the seeds")
    close = found[(found.reducer == "autoencoder") & (found.other_beta == 1.0)].iloc[0]
    assert close.verdict == "within the seeds"
    np.testing.assert_allclose(found.p_holm, holm(found.p_value))


def test_the_correction_is_for_one_metric_over_all_sizes(values):
    both = pd.concat(
        [table(values), table(values, size=4), table(values, metric="energy_captured")]
    )
    found = differences(both)
    assert found.metric.tolist() == ["relative_error"] * 12 + ["energy_captured"] * 6
    for _, group in found.groupby("metric"):
        np.testing.assert_allclose(group.p_holm, holm(group.p_value))


def test_few_seeds_are_said(values):
    found = differences(table({key: seeds[:3] for key, seeds in values.items()}))
    assert set(found.verdict) <= {"beyond the seeds (few seeds)", "within the seeds (few seeds)"}


def test_what_cannot_be_tested_has_a_reason():
    found = differences(table({("pod", np.nan): [0.3], ("pod-quadratic", np.nan): [0.2]}))
    assert found.verdict.tolist() == ["not tested"]
    assert "one seed" in found.reason[0]
    assert found.difference[0] == pytest.approx(0.1)
    undefined = differences(
        table({("autoencoder", np.nan): [0.3, np.nan], ("beta-vae", 1.0): [0.2, 0.1]})
    )
    assert undefined.verdict.tolist() == ["not tested"]
    assert "not defined" in undefined.reason[0]


def test_only_seeds_that_both_have_are_paired(values):
    values["beta-vae", 4.0] = values["beta-vae", 4.0][:4]
    found = differences(table(values))
    assert found[found.other_beta == 4.0].seeds.tolist() == [4, 4, 4]


def test_nothing_to_compare():
    assert differences(pd.DataFrame()).empty
    assert differences(table({("pod", np.nan): [0.3]})).empty


def test_a_network_with_one_seed_is_paired_with_that_seed_alone(values):
    """Only a method without seeds is the same for every seed."""
    one = {("autoencoder", np.nan): [0.1], ("beta-vae", 1.0): values["beta-vae", 1.0]}
    found = differences(table(one)).iloc[0]
    assert found.seeds == 1
    assert found.verdict == "not tested"
