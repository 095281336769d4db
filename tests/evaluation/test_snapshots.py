"""Do methods differ on the same test snapshots?"""

import numpy as np
import pytest

import rom
from rom.evaluation.snapshots import snapshot_differences
from rom.report.tables.snapshots import snapshots
from rom.results import Results

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 8)) * np.array([5.0, 4, 3, 2, 1, 0.5, 0.3, 0.1])


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    study = {
        "reducers": ["pod", "pod-ica", "pod-kernel"],
        "n_components": [1, 2],
        "controls": False,
        "jobs": 1,
    }
    return rom.compare(
        X, **study, split={"kind": "random"}, out=tmp_path_factory.mktemp("s") / "out"
    )


def test_methods_without_seeds_have_an_interval(comparison):
    found = comparison.snapshot_differences.set_index(["n_components", "reducer", "other"])
    assert len(found) == 6
    errors = comparison.table[comparison.table.metric == "relative_error"]
    errors = errors[errors.split == "test"].set_index(["n_components", "reducer"]).value
    for (k, one, other), row in found.iterrows():
        assert row.difference == pytest.approx(errors[k, one] - errors[k, other], abs=1e-9)
    rotated = found.loc[(2, "pod", "pod-ica")]  # the same subspace, to rounding
    assert abs(rotated.difference) < 1e-6
    assert rotated.verdict != "significant"


def test_a_clear_difference_is_significant_and_named_in_the_report(comparison, monkeypatch):
    store, real = comparison.store, type(comparison.store).snapshot_errors
    worse = RNG.uniform(1.3, 1.5, size=len(store.relative_errors(store.runs()[0])))

    def raised(self, run):
        found = real(self, run)
        return found | {
            "squared_error": found["squared_error"] * (worse if run.reducer == "pod-ica" else 1)
        }

    monkeypatch.setattr(type(store), "snapshot_errors", raised)
    found = snapshot_differences(store).set_index(["n_components", "reducer", "other"])
    assert found.loc[(2, "pod", "pod-ica")].verdict == "significant"
    assert found.loc[(2, "pod", "pod-ica")].high < 0
    tables = snapshots(Results(store))
    assert [table.title[-9:] for table in tables] == [", 1 latent"[-9:], "2 latents"]
    assert tables[1].rows[0][0] == "POD − POD-ICA"
    assert tables[1].rows[0][-1] == "significant"


def test_an_older_store_has_none(comparison, monkeypatch):
    monkeypatch.setattr(type(comparison.store), "snapshot_errors", lambda *_: {})
    assert snapshot_differences(comparison.store).empty
    assert snapshots(Results(comparison.store)) == []
