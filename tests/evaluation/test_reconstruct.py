"""What is measured of a fitted model: the same in any blocks, and what the numbers must be by
construction.
"""

import numpy as np
import pytest

import rom
from rom.data import memory
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.evaluation.accumulate import is_image, why_no_bands
from rom.evaluation.measure import metrics_of
from rom.evaluation.reconstruct import reconstruct
from rom.reducers.coding import latents_of
from rom.reducers.field_model import FieldModel
from rom.study.config import Study
from rom.study.prepare import prepare

RNG = np.random.default_rng(0)
FIELDS = RNG.normal(size=(60, 2, 4, 6)) + np.sin(np.arange(60) / 5)[:, None, None, None] * 3 + 7


def prepared_of(snapshots=None, **options):
    snapshots = (
        Snapshots.from_array(FIELDS, axes="t c y x", name="fields")
        if snapshots is None
        else snapshots
    )
    return prepare(Study(**({"reducers": ["pod"], "n_components": [2]} | options)), snapshots)


def fitted(reducer, prepared):
    return FieldModel(
        prepared.pipeline, reducer.fit(prepared.pipeline.transform(prepared.part("train")))
    )


def reconstruction(model, prepared, part):
    mean, log_variance = latents_of(model, prepared.part(part))
    return reconstruct(model, prepared, part, mean, log_variance)


def rows_of(model, prepared, part="test"):
    found = reconstruction(model, prepared, part)
    units = dict.fromkeys(prepared.snapshots.layout.variables, "")
    values = metrics_of(found, units, full=part == "test")
    return {row["metric"]: row for row in values if "seconds" not in row["metric"]}


@pytest.mark.parametrize("reducer", [rom.POD(2), rom.BetaVAE(2, epochs=2, random_state=0)])
def test_blocks_do_not_matter(reducer, monkeypatch):
    prepared = prepared_of()
    model = fitted(reducer, prepared)
    whole = rows_of(model, prepared)
    monkeypatch.setattr(memory, "PIECE_BYTES", 3 * FIELDS[0].nbytes)
    parts = rows_of(model, prepared)
    assert whole.keys() == parts.keys()
    for name in whole:
        for column in {"value", "low", "high"} & set(whole[name]):
            np.testing.assert_allclose(
                parts[name][column], whole[name][column], rtol=1e-5, atol=1e-7, err_msg=name
            )


def test_the_mean_of_the_training_rows_has_no_energy_on_any_split(monkeypatch):
    prepared = prepared_of()
    model = fitted(rom.POD(2), prepared)
    mean = prepared.train_mean
    monkeypatch.setattr(
        FieldModel, "inverse_transform", lambda self, Z: np.broadcast_to(mean, (len(Z), len(mean)))
    )
    for part in ("train", "test"):
        rows = rows_of(model, prepared, part)
        assert rows["relative_error"]["value"] == 1
        assert rows["energy_captured"]["value"] == 0
        assert rows["relative_error_snapshot[worst]"]["value"] == 1


def test_intervals_on_the_test_part_only():
    rows = Snapshots.from_array(
        FIELDS, axes="t c y x"
    )  # half of them: a dozen would be too few for an interval
    prepared = prepared_of(rows, split={"kind": "random", "test": 0.5})
    model = fitted(rom.POD(2), prepared)
    test, train = rows_of(model, prepared), rows_of(model, prepared, "train")
    row = test["relative_error"]
    assert row["low"] < row["value"] < row["high"]
    assert row["n"] == len(prepared.part("test"))
    assert 1 <= row["n_eff"] <= row["n"]
    assert "low" not in train["relative_error"]
    assert "vrmse" in test
    assert "vrmse" not in train


def test_the_order_of_rows_counts_only_where_it_is_one_in_time():
    """The same rows, sorted by size: as a course in time they are worth few snapshots, as a set all
    of them.
    """
    order = np.argsort(np.abs(FIELDS - FIELDS.mean(axis=0)).sum(axis=(1, 2, 3)))
    split = {"kind": "random", "test": 0.5}
    found = []
    for times in (None, np.arange(60.0)):
        prepared = prepared_of(
            Snapshots.from_array(FIELDS[order], axes="t c y x", times=times), split=split
        )
        found.append(rows_of(fitted(rom.POD(2), prepared), prepared)["relative_error"])
    unordered, ordered = found
    assert unordered["value"] == ordered["value"]
    assert unordered["n_eff"] == unordered["n"] == 30
    assert ordered["n_eff"] < 20


def test_energy_of_a_sample_of_the_posterior(monkeypatch):
    """Less than that of the mean, again the same, and that of the mean where the posterior has no
    width.
    """
    prepared = prepared_of()
    vae = rom.BetaVAE(2, beta=20.0, epochs=15, random_state=0)
    model = fitted(vae, prepared)
    first, second = rows_of(model, prepared), rows_of(model, prepared)
    sampled = first["energy_captured_sampled"]["value"]
    assert sampled == second["energy_captured_sampled"]["value"]
    assert sampled < first["energy_captured"]["value"]
    assert "energy_captured_sampled" not in rows_of(fitted(rom.POD(2), prepared), prepared)

    def narrow(self, X):
        return self.transform(X), np.full((len(X), 2), -200.0, dtype=X.dtype)

    monkeypatch.setattr(rom.BetaVAE, "posterior", narrow)
    rows = rows_of(model, prepared)
    assert rows["energy_captured_sampled"]["value"] == pytest.approx(
        rows["energy_captured"]["value"], rel=1e-6
    )


def layout_of(variables=("u",), shape=(16, 12), axes=("y", "x"), periodic=("y", "x"), **options):
    return FieldLayout(variables, shape, axes=axes, periodic=periodic, **options)


def test_errors_by_wavenumber_on_periodic_grids():
    layout = layout_of(coordinates={"y": np.arange(16) / 2, "x": np.arange(12.0)})
    X = RNG.normal(size=(40, 192)) @ np.diag(np.linspace(2, 0.1, 192))
    prepared = prepared_of(Snapshots.from_array(X, layout=layout, name="box"))
    rows = rows_of(fitted(rom.POD(2), prepared), prepared)
    bands = [rows[f"spectral_mse[{band}]"]["value"] for band in ("long", "middle", "short")]
    assert sum(bands) == pytest.approx(rows["mean_squared_error"]["value"], rel=1e-9)
    assert "ssim" not in rows


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"periodic": ("x",)}, "y is periodic"),
        ({"shape": (16, 4)}, "8 cells"),
        ({"axes": ("point",), "shape": (64,), "periodic": ()}, "grid"),
        ({"mask": np.eye(16, 12, dtype=bool)}, "no data"),
        ({"weights": np.linspace(1, 2, 192).reshape(16, 12)}, "weights"),
        ({"coordinates": {"x": np.arange(12.0) ** 2}}, "along x are not of one size"),
    ],
)
def test_why_there_are_no_errors_by_wavenumber(options, words):
    assert words in why_no_bands(layout_of(**options))


def test_similarity_of_images():
    layout = layout_of(axes=("row", "column"), periodic=())
    assert is_image(layout)
    assert not is_image(layout_of())
    assert not is_image(layout_of(("r", "g"), axes=("row", "column"), periodic=()))
    X = RNG.random((40, 192)) * 255
    X[:, 0] = np.where(np.arange(40) % 2, 0, 255)  # the full range in every part
    prepared = prepared_of(Snapshots.from_array(X, layout=layout, name="pictures"))
    assert prepared.train_range == 255
    model = fitted(rom.POD(2), prepared)
    test = prepared.part("test")[:]
    images, decoded = (
        rows.reshape(-1, 16, 12) for rows in (test, model.inverse_transform(model.transform(test)))
    )
    rows = rows_of(model, prepared)
    assert rows["ssim"]["value"] == pytest.approx(
        rom.metrics.ssim(images, decoded, data_range=255).mean()
    )


def test_map_of_the_errors_in_space(monkeypatch):
    mask = np.zeros((4, 6), dtype=bool)
    mask[1, 2] = True
    layout = FieldLayout(("u", "p"), (4, 6), axes=("y", "x"), mask=mask)
    prepared = prepared_of(
        Snapshots.from_array(FIELDS.reshape(60, -1), layout=layout, name="masked")
    )
    model = fitted(rom.POD(2), prepared)
    test = prepared.part("test")[:]
    expected = np.sqrt(
        np.square(test - model.inverse_transform(model.transform(test))).mean(axis=0)
    )
    monkeypatch.setattr(memory, "PIECE_BYTES", 2 * test[0].nbytes)
    found = reconstruction(model, prepared, "test").gathered["error_map"]
    np.testing.assert_allclose(found, expected[layout.valid], rtol=1e-12)
