"""Missing values: a mask where they are always missing, else an error or dropped; infinities;
constants.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rom
from rom.data.layout import FieldLayout
from rom.data.scan import scan
from rom.data.snapshots import Snapshots

MASK = np.zeros((3, 4), dtype=bool)
MASK[1, 2] = True


def fields():
    return np.random.default_rng(0).normal(size=(30, 2, 3, 4))


def snapshots(values, mask=MASK, **options):
    layout = FieldLayout(("u", "v"), (3, 4), ("y", "x"), mask=mask)
    return Snapshots.from_array(values, axes="t c y x", layout=layout, **options)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_bad_values_are_counted_and_the_first_is_named(value):
    values = fields()
    values[7, 1, 2, 3] = values[9, 0, 0, 0] = values[29] = value
    with pytest.raises(
        rom.InputError, match=r"^array: 24 values .* snapshot 7, variable v, y 2, x 3 \("
    ) as caught:
        snapshots(values).resolve_missing()
    if np.isnan(value):
        assert "in 3 of 30 snapshots" in str(caught.value)
        assert "--missing drop-snapshots" in str(caught.value)


def test_infinite_values_are_never_dropped():
    values = fields()
    values[7, 1, 2, 3] = np.inf
    with pytest.raises(rom.InputError, match=r"1 values are infinite, .* snapshot 7, variable v"):
        snapshots(values).resolve_missing("drop-snapshots")


def test_values_under_the_mask_do_not_count():
    values = fields()
    values[:, :, 1, 2] = np.nan
    values[3, :, 1, 2] = np.inf
    whole = snapshots(values)
    resolved = whole.resolve_missing()
    assert resolved.assumptions == []
    assert resolved.layout is whole.layout


def test_cells_that_are_always_missing_join_the_mask_per_variable():
    values = fields()
    values[:, 0, 0, 0] = values[:, :, 2, 3] = np.nan
    resolved = snapshots(values).resolve_missing()
    (note,) = resolved.assumptions
    assert note.startswith(
        "3 of 22 values per snapshot are missing in every snapshot and are taken as the mask"
    )
    expected = np.array([MASK, MASK])
    expected[0, 0, 0] = expected[:, 2, 3] = True
    np.testing.assert_array_equal(resolved.layout.mask, expected)
    assert np.isfinite(resolved.pack()[:]).all()
    np.testing.assert_array_equal(resolved.pack()[:], values[:, ~expected])


def test_cells_that_all_variables_lack_are_one_mask_for_all():
    values = fields()
    values[:, :, 2, 3] = np.nan
    resolved = snapshots(values, mask=None).resolve_missing()
    np.testing.assert_array_equal(np.argwhere(resolved.layout.mask), [[2, 3]])


def test_rows_that_are_packed_already_lose_the_cells_too():
    values = fields()
    values[:, 0, 0, 0] = np.nan
    resolved = snapshots(values).pack().resolve_missing()
    assert resolved.shape == resolved[:].shape == (30, 21)
    assert np.isfinite(resolved[:]).all()
    assert resolved.layout.n_features == 21


def test_what_belongs_to_a_snapshot_goes_with_it():
    values = fields()
    values[3, 0, 0, 0] = values[20] = np.nan
    values[:, 1, 0, 1] = np.nan
    whole = snapshots(
        values,
        times=np.arange(30.0),
        trajectories=np.arange(30) // 15,
        parameters={"Re": np.arange(30) * 10},
    )
    split = {"train": np.arange(20), "test": np.array([29, 20, 25])}
    whole = whole.replace(own_split=split)
    resolved = whole.resolve_missing("drop-snapshots")
    kept = np.delete(np.arange(30), [3, 20])
    assert len(resolved) == 28
    np.testing.assert_array_equal(resolved.times, kept)
    np.testing.assert_array_equal(resolved.trajectories, kept // 15)
    np.testing.assert_array_equal(resolved.parameters["Re"], kept * 10)
    np.testing.assert_array_equal(kept[resolved.own_split["train"]], np.delete(np.arange(20), 3))
    np.testing.assert_array_equal(kept[resolved.own_split["test"]], [29, 25])
    assert "2 of 30 snapshots (6.7%) lack values and are left out" in resolved.assumptions[-1]
    assert whole.assumptions == []
    assert len(whole) == 30


@pytest.mark.parametrize(
    ("change", "missing", "words"),
    [
        (lambda v: v.fill(np.nan), "error", "all 660 values are NaN"),
        (
            lambda v: v.__setitem__((range(30), 0, 0, [0, 1] * 15), np.nan),
            "drop-snapshots",
            "no snapshot",
        ),
        (
            lambda v: None,
            "drop-snapshot",
            "drop-snapshot'. is unknown; did you mean 'drop-snapshots'",
        ),
    ],
)
def test_nothing_is_left(change, missing, words):
    values = fields()
    change(values)
    with pytest.raises(rom.InputError, match=words):
        snapshots(values).resolve_missing(missing)


@given(data=st.data())
@settings(deadline=None, max_examples=50)
def test_what_remains_has_every_value_and_nothing_more_is_lost(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    n, d = data.draw(st.integers(2, 12)), data.draw(st.integers(2, 9))
    X = rng.normal(size=(n, d))
    X[:, rng.random(d) < 0.3] = np.nan
    X[rng.random((n, d)) < data.draw(st.sampled_from([0, 0.05]))] = np.nan
    always = np.isnan(X).all(axis=0)
    complete = ~np.isnan(X[:, ~always]).any(axis=1)
    if always.all() or not complete.any():
        with pytest.raises(rom.InputError):
            Snapshots.from_array(X).resolve_missing("drop-snapshots")
        return
    resolved = Snapshots.from_array(X).resolve_missing("drop-snapshots")
    np.testing.assert_array_equal(resolved.pack()[:], X[complete][:, ~always])


def test_variables_that_never_change_are_named():
    values = fields()
    values[:, 1] = values[0, 1]
    # what happens under the mask is no change, nor is a value that is missing
    values[3, 1, 1, 2] = 5
    values[4, 1, 0, 0] = np.nan
    assert scan(snapshots(values)).constant == ("v",)
    values = np.ones((30, 2, 3, 4))
    values[-1, :, 0, 0] = 2
    assert scan(snapshots(values)).constant == ()


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_variable_that_moves_by_rounding_only_is_named(dtype):
    values = fields().astype(dtype)
    eps = np.finfo(dtype).eps
    values[:, 1] = (
        300 * (1 + eps * np.random.default_rng(0).integers(-1, 2, size=values[:, 1].shape))
    ).astype(dtype)
    assert scan(snapshots(values)).constant == ("v",)
    values[0, 1, 0, 0] = 300 * (1 + 20 * eps)
    assert scan(snapshots(values)).constant == ()


def test_the_fingerprint_of_the_pass_is_that_of_the_snapshots():
    whole = snapshots(fields(), times=np.arange(30.0))
    assert scan(whole, 1000).fingerprint == whole.fingerprint()
    changed = fields()
    changed[-1, 1, 2, 3] += 1e-9
    assert scan(snapshots(changed, times=np.arange(30.0))).fingerprint != whole.fingerprint()


@pytest.mark.parametrize("name", ["pod", "autoencoder"])
def test_an_obstacle_of_nan_comes_back_as_nan_from_a_comparison(name, tmp_path):
    values = fields()
    values[:, :, :2, 1] = np.nan
    comparison = rom.compare(
        snapshots(values, mask=None),
        reducers=[name],
        n_components=[2],
        seeds=1,
        epochs=1,
        jobs=1,
        out=tmp_path / "out",
    )
    assert comparison.failures == {}
    assert np.isfinite(comparison.table.query("metric == 'energy_captured'")["value"]).all()
    model = comparison.store.model(comparison.store.runs()[0])
    decoded = model.decode_fields(model.transform(values))
    np.testing.assert_array_equal(np.isnan(decoded), np.isnan(values))


def test_a_comparison_says_what_it_took_as_missing_and_drops_only_when_told(tmp_path):
    values = fields()
    values[4, 0, 0, 0] = values[:, :, 2, 2] = np.nan
    study = {"reducers": ["pod"], "n_components": [1], "jobs": 1, "out": tmp_path / "out"}
    with pytest.raises(rom.InputError, match=r"1 values are missing \(NaN\) in 1 of 30 snapshots"):
        rom.compare(snapshots(values), **study)
    assert not (tmp_path / "out").exists()
    comparison = rom.compare(snapshots(values), missing="drop-snapshots", **study)
    notes = " ".join(comparison.store.study()["notes"])
    assert "2 of 22 values per snapshot" in notes
    assert "1 of 30 snapshots" in notes
    assert comparison.store.study()["data"]["n_snapshots"] == 29
