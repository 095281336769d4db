"""The pipeline: reversible, streaming, fitted on what it is given and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rom
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.data.split import split_snapshots
from rom.pipeline import Pipeline


def make(seed=0, n=30, *, dtype="f8", masked=True, weighted=True, offset=3.0):
    rng = np.random.default_rng(seed)
    mask = rng.random((2, 3, 4)) < 0.3
    mask[:, 0, 0] = False
    layout = FieldLayout(
        ("p", "T"),
        (3, 4),
        ("y", "x"),
        weights=rng.uniform(0.1, 9, (3, 4)) if weighted else None,
        mask=mask if masked else None,
    )
    X = (
        rng.normal(size=(n, 2, 12)) * np.array([[1e5], [1e-2]]) + offset * np.array([[1e5], [1]])
    ).reshape(n, 24)
    return Snapshots.from_array(X.astype(dtype), layout=layout, times=np.arange(n))


@given(
    seed=st.integers(0, 99),
    dtype=st.sampled_from(["f4", "f8"]),
    masked=st.booleans(),
    weighted=st.booleans(),
    steps=st.fixed_dictionaries({name: st.booleans() for name in ("center", "scale", "weight")}),
)
@settings(deadline=None, max_examples=40)
def test_the_way_back_is_the_way_there(seed, dtype, masked, weighted, steps):
    snapshots = make(seed, dtype=dtype, masked=masked, weighted=weighted)
    pipeline = Pipeline(**steps).fit(snapshots)
    rows = pipeline.transform(snapshots)
    assert rows.dtype == rows[:].dtype == np.dtype(dtype)
    np.testing.assert_array_equal(pipeline.apply(snapshots[:]), rows[:])
    back = pipeline.inverse_transform(rows[:])
    valid = snapshots.layout.valid
    size = np.abs(snapshots[:]).max(axis=0)[valid]
    assert (np.abs(back - snapshots[:])[:, valid] <= 8 * np.finfo(dtype).eps * size).all()
    assert np.isnan(back[:, ~valid]).all()
    again = Pipeline.from_state(*pipeline.state())
    np.testing.assert_array_equal(again.apply(snapshots[:]), rows[:])


def test_the_norm_is_that_of_the_weighted_scaled_fluctuations():
    snapshots = make()
    pipeline = Pipeline().fit(snapshots)
    packed = snapshots.pack()
    rows = packed[:]
    layout = packed.layout
    squares = (rows - rows.mean(axis=0)) ** 2 * layout.feature_weights
    for variable in (0, 1):
        of = layout.variable_index == variable
        variance = squares[:, of].sum() / layout.feature_weights[of].sum() / len(rows)
        assert pipeline.scales[variable] == pytest.approx(np.sqrt(variance))
        squares[:, of] /= variance
    np.testing.assert_allclose(
        (pipeline.transform(snapshots)[:] ** 2).sum(axis=1), squares.sum(axis=1)
    )


def test_statistics_are_those_of_the_training_rows():
    snapshots = make()
    changed = snapshots[:].copy()
    changed[20:] = changed[20:] * 7 + 1e6
    other = Snapshots.from_array(changed, layout=snapshots.layout)
    for name, values in Pipeline().fit(snapshots.select(slice(0, 20))).state()[1].items():
        np.testing.assert_array_equal(
            values, Pipeline().fit(other.select(slice(0, 20))).state()[1][name]
        )


def test_what_lies_under_the_mask_changes_nothing():
    snapshots = make()
    hidden = np.where(snapshots.layout.valid, snapshots[:], np.nan)
    other = Snapshots.from_array(hidden, layout=snapshots.layout)
    a, b = (Pipeline().fit(s).transform(s)[:] for s in (snapshots, other))
    np.testing.assert_array_equal(a, b)


class FewRows:
    """A source that refuses to read more than a few rows at once: the data does not fit into
    memory.
    """

    def __init__(self, array, most):
        self.array, self.most = array, most
        self.shape, self.dtype, self.chunk_rows = array.shape, array.dtype, 4
        self.chunk_width = 1

    def read(self, rows):
        if len(rows) > self.most:
            raise MemoryError(f"{len(rows)} rows at once")
        return self.array[rows]

    def tiles(self, width):
        return []


def test_nothing_reads_the_data_whole(monkeypatch):
    whole = make(n=400)
    monkeypatch.setattr("rom.data.views.BLOCK_BYTES", 16 * 24 * 8)
    streamed = Snapshots(FewRows(whole[:], 16), whole.layout, times=whole.times)
    with pytest.raises(MemoryError):
        streamed[:]
    streamed = streamed.resolve_missing()
    split = split_snapshots(streamed)
    train = streamed.select(split.train)
    pipeline = Pipeline().fit(train)
    rows = np.concatenate(list(pipeline.transform(streamed).blocks()))
    np.testing.assert_allclose(
        rows, Pipeline().fit(whole.select(split.train)).transform(whole)[:], rtol=1e-9, atol=1e-9
    )
    assert streamed.fingerprint() == whole.fingerprint()


@pytest.mark.parametrize("factor", [0.0, 1e-200, 1e300])
def test_a_variable_that_cannot_be_scaled_is_named(factor):
    X = np.random.default_rng(0).normal(size=(20, 2, 5)) * np.array([[1], [factor]])
    snapshots = Snapshots.from_array(X, axes="t c x")
    with pytest.raises(rom.InputError, match="variable x1 cannot be scaled"):
        Pipeline().fit(snapshots)


def test_a_cell_without_weight_has_to_be_masked():
    layout = FieldLayout(("x",), (3,), weights=np.array([1.0, 0, 2]))
    with pytest.raises(rom.InputError, match="into the mask"):
        Pipeline().fit(
            Snapshots.from_array(np.random.default_rng(0).normal(size=(9, 3)), layout=layout)
        )


def test_rows_of_another_width_are_refused():
    pipeline = Pipeline().fit(make())
    with pytest.raises(rom.InputError, match="rows have 5 features, the pipeline was fitted on 24"):
        pipeline.apply(np.zeros((2, 5)))


def test_missing_values_are_named_with_what_to_do():
    X = np.random.default_rng(0).normal(size=(20, 6))
    X[:, 2] = np.nan
    snapshots = Snapshots.from_array(X)
    with pytest.raises(rom.InputError, match=r"1 of 6 values .* missing .*resolve_missing\(\)"):
        Pipeline().fit(snapshots)
    whole = snapshots.resolve_missing()
    assert Pipeline().fit(whole).transform(whole).shape == (20, 5)
