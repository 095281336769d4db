"""What is measured of a fitted model: the same in any blocks, and what the numbers must be by construction."""

import numpy as np
import pytest

import rom
from rom.data.snapshots import Snapshots
from rom.reducers.field_model import FieldModel
from rom.study import evaluate
from rom.study.config import Study
from rom.study.prepare import prepare

RNG = np.random.default_rng(0)
FIELDS = RNG.normal(size=(60, 2, 4, 6)) + np.sin(np.arange(60) / 5)[:, None, None, None] * 3 + 7


def prepared_of(snapshots=None, **options):
    snapshots = Snapshots.from_array(FIELDS, axes="t c y x", name="fields") if snapshots is None else snapshots
    return prepare(Study(**({"reducers": ["pod"], "n_components": [2]} | options)), snapshots)


def fitted(reducer, prepared):
    return FieldModel(prepared.pipeline, reducer.fit(prepared.pipeline.transform(prepared.part("train"))))


def rows_of(model, prepared, part="test"):
    found = evaluate.reconstruct(model, prepared, part)
    values = evaluate.measure(found, np.ones(2, dtype=bool), dict.fromkeys(prepared.snapshots.layout.variables, ""),
                              full=part == "test")  # fmt: skip
    return {row["metric"]: row for row in values if "seconds" not in row["metric"]}


@pytest.mark.parametrize("reducer", [rom.POD(2), rom.BetaVAE(2, epochs=2, random_state=0)])
def test_blocks_do_not_matter(reducer, monkeypatch):
    prepared = prepared_of()
    model = fitted(reducer, prepared)
    whole = rows_of(model, prepared)
    monkeypatch.setattr(evaluate, "PIECE_BYTES", 3 * FIELDS[0].nbytes)
    parts = rows_of(model, prepared)
    assert whole.keys() == parts.keys()
    for name in (name for name in whole if "correlation" not in name):
        for column in {"value", "low", "high"} & set(whole[name]):
            np.testing.assert_allclose(parts[name][column], whole[name][column], rtol=1e-5, atol=1e-7, err_msg=name)


def test_the_mean_of_the_training_rows_has_no_energy_on_any_split(monkeypatch):
    prepared = prepared_of()
    model = fitted(rom.POD(2), prepared)
    mean = prepared.train_mean
    monkeypatch.setattr(FieldModel, "inverse_transform", lambda self, Z: np.broadcast_to(mean, (len(Z), len(mean))))
    for part in ("train", "test"):
        rows = rows_of(model, prepared, part)
        assert rows["relative_error"]["value"] == 1
        assert rows["energy_captured"]["value"] == 0
        assert rows["relative_error_snapshot[worst]"]["value"] == 1


def test_intervals_on_the_test_part_only():
    prepared = prepared_of()
    model = fitted(rom.POD(2), prepared)
    test, train = rows_of(model, prepared), rows_of(model, prepared, "train")
    row = test["relative_error"]
    assert row["low"] < row["value"] < row["high"]
    assert row["n"] == len(prepared.part("test"))
    assert 1 <= row["n_eff"] <= row["n"]
    assert "low" not in train["relative_error"]
    assert "vrmse" in test
    assert "vrmse" not in train


def test_energy_of_a_sample_of_the_posterior(monkeypatch):
    """Less than that of the mean, again the same, and that of the mean where the posterior has no width."""
    prepared = prepared_of()
    vae = rom.BetaVAE(2, beta=20.0, epochs=15, random_state=0)
    model = fitted(vae, prepared)
    first, second = rows_of(model, prepared), rows_of(model, prepared)
    sampled = first["energy_captured_sampled"]["value"]
    assert sampled == second["energy_captured_sampled"]["value"]
    assert sampled < first["energy_captured"]["value"]
    assert "energy_captured_sampled" not in rows_of(fitted(rom.POD(2), prepared), prepared)
    narrow = lambda self, X: (self.transform(X), np.full((len(X), 2), -200.0, dtype=X.dtype))  # noqa: E731
    monkeypatch.setattr(rom.BetaVAE, "posterior", narrow)
    rows = rows_of(model, prepared)
    assert rows["energy_captured_sampled"]["value"] == pytest.approx(rows["energy_captured"]["value"], rel=1e-6)
