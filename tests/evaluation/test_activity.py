"""Which latents matter, measured on a fitted model, and the controls, in the table of results."""

import h5py
import numpy as np
import pandas as pd
import pytest

import rom
from rom.evaluation.latents import measure_whitened

T = np.arange(120)[:, None] * 0.41
X = (np.sin(np.linspace(0, 6, 24) - T) + 0.3 * np.cos(2 * np.linspace(0, 6, 24) - 3 * T)).reshape(
    120, 4, 6
)
TINY = {"channels": [4], "hidden": [8], "architecture": "mlp"}


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    snapshots = rom.Snapshots.from_array(X, axes="t y x", times=T[:, 0])
    options = {"autoencoder": TINY}
    found = rom.compare(
        snapshots, reducers=["pod", "autoencoder"], n_components=[3], seeds=2, epochs=200, jobs=1,
        options=options, out=tmp_path_factory.mktemp("activity"),
    )  # fmt: skip
    assert found.failures == {}
    return found


def rows(comparison, reducer, split="test", seed=0):
    table = comparison.table
    chosen = table[(table.reducer == reducer) & (table.split == split) & (table.seed == seed)]
    return chosen.set_index("metric")


def test_pod_ranks_its_modes_by_their_energy(comparison):
    run = comparison.store.runs()[0]
    info = comparison.store.run_info(run)
    assert (run.reducer, info["order"], info["active"]) == ("pod", [0, 1, 2], [0, 1, 2])
    values = rows(comparison, "pod", "train")["value"]
    spectrum = comparison.store.model(run).reducer.explained_variance_ratio_
    # on every training snapshot: there are fewer than are taken
    np.testing.assert_allclose(
        [values[f"ranked_energy[{m}]"] for m in (1, 2, 3)], np.cumsum(spectrum), rtol=1e-5
    )
    np.testing.assert_allclose(
        [values[f"ablation_energy[{i}]"] for i in range(3)], spectrum, rtol=1e-5
    )
    assert (
        values["rank_agreement[ablation]"] == values["rank_agreement[jacobian]"] == pytest.approx(1)
    )
    assert values["decoder_cosine"] == pytest.approx(0, abs=1e-6)
    components = comparison.store.model(run).reducer.components_
    largest = components[np.arange(3), np.abs(components).argmax(axis=1)]
    assert info["signs"] == np.sign(largest).tolist()


@pytest.mark.parametrize("reducer", ["pod", "autoencoder", "linear-autoencoder"])
def test_the_ranked_energy_ends_at_the_energy_captured(comparison, reducer):
    for split in ("train", "test"):
        values = rows(comparison, reducer, split)["value"]
        assert values["ranked_energy[3]"] == pytest.approx(values["energy_captured"], abs=1e-4)


def test_a_latent_that_does_nothing_is_not_active(tmp_path):
    # a plane: the third mode is noise of 1e-12
    plane = np.random.default_rng(0).normal(size=(60, 2)) @ np.random.default_rng(1).normal(
        size=(2, 10)
    )
    found = rom.compare(
        plane + 1e-6 * np.random.default_rng(2).normal(size=(60, 10)),
        reducers=["pod"],
        n_components=[3],
        jobs=1,
        out=tmp_path,
    )
    assert found.store.run_info(found.store.runs()[0])["active"] == [0, 1]
    values = rows(found, "pod")
    assert values["value"]["active_latents"] == 2
    # "all" and "active" are different latents
    assert values["value"]["det_correlation_active"] > values["value"]["det_correlation"]


def test_every_independence_number_has_its_null_and_sizes(comparison):
    found = rows(comparison, "autoencoder")
    names = [
        f"{name}{kind}"
        for name in ("det_correlation", "copula_total_correlation")
        for kind in ("", "_active")
    ]
    names += ["distance_correlation_active[mean]", "informational_correlation_active[mean]"]
    for name in names:
        row = found.loc[name]
        assert np.isfinite([row["value"], row["null"], row["n"], row["n_eff"]]).all(), name
        assert 0 < row["p_value"] <= 1 or "p value" in row["reason"], name
        assert np.isfinite(row["low"]) or row["reason"], name
    train = rows(comparison, "autoencoder", "train").loc["det_correlation"]
    assert np.isfinite(train["value"])
    assert np.isnan(train["null"])


def test_whitening_changes_correlations_and_nothing_else(comparison):
    for reducer in ("pod", "autoencoder"):
        values = rows(comparison, reducer)["value"]
        assert (
            values["det_correlation_whitened"] > 0.8
        )  # white on the training part, nearly so on the test part
        assert np.isfinite(values["informational_correlation_whitened[mean]"])
    assert "det_correlation_whitened" not in rows(comparison, "pod", "train").index


def test_nothing_to_whiten():
    Z = np.random.default_rng(0).normal(size=(20, 3))
    assert measure_whitened(Z, Z, np.array([True, False, False])) == []
    assert measure_whitened(Z[:2], Z, np.ones(3, dtype=bool)) == []
    found = {
        row["metric"]: row["value"] for row in measure_whitened(Z, Z, np.array([True, True, False]))
    }
    assert found["det_correlation_whitened"] == pytest.approx(1)


def test_the_control_runs_once_beside_what_is_compared(comparison):
    table = comparison.table
    assert table[table.reducer == "linear-autoencoder"].seed.unique().tolist() == [0]
    pod, linear = (
        rows(comparison, name, "train")["value"]["relative_error"]
        for name in ("pod", "linear-autoencoder")
    )
    assert linear == pytest.approx(pod, rel=0.3)
    assert linear > 0.999 * pod  # no linear map does better
    assert "linear-autoencoder" not in set(comparison.differences.reducer) | set(
        comparison.differences.other
    )


def test_the_table_reads_back_as_written(comparison):
    read = pd.read_csv(comparison.path / "results.csv")
    assert {"low", "high", "null", "p_value", "n", "n_eff", "reason"} <= set(read.columns)
    assert len(read) == len(comparison.table)


def test_samples_of_the_posterior_are_measured_apart(tmp_path):
    found = rom.compare(
        X.reshape(120, -1),
        reducers=["autoencoder", "beta-vae"],
        n_components=[2],
        beta=[1.0],
        seeds=1,
        epochs=2,
        jobs=1,
        controls=False,
        options={"autoencoder": TINY, "beta-vae": TINY},
        out=tmp_path,
    )
    names = set(rows(found, "beta-vae").index)
    assert {
        "det_correlation_sampled",
        "det_correlation_sampled_active",
        "energy_captured_sampled",
    } <= names
    assert "det_correlation_sampled" not in set(rows(found, "beta-vae", "train").index)
    assert "det_correlation_sampled" not in set(rows(found, "autoencoder").index)
    run = next(run for run in found.store.runs() if run.reducer == "beta-vae")
    with h5py.File(found.store.folder(run.id) / "latents.h5") as file:
        means, log_variance = file["test/latents"][()], file["test/log_variance"][()]
    noise = np.random.default_rng(0).standard_normal(means.shape)
    sample = means.astype(np.float64) + np.exp(log_variance / 2) * noise
    expected = np.linalg.det(np.corrcoef(sample.T))
    assert rows(found, "beta-vae")["value"]["det_correlation_sampled"] == pytest.approx(
        expected, rel=1e-6
    )
