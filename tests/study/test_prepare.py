"""What is checked before anything is written."""

import numpy as np
import pytest

import rom
from rom.study.config import make_study
from rom.study.prepare import prepare

X = np.random.default_rng(0).normal(size=(40, 6))


def ready(values=X, **study):
    return prepare(
        make_study({"n_components": [2]} | study, "test"),
        rom.Snapshots.from_array(values, times=np.arange(len(values))),
    )


@pytest.mark.parametrize(
    ("values", "study", "words"),
    [
        (X[:4], {}, "4 snapshots are too few"),
        (X[:5], {}, "too few for a blocks split"),
        (X[:8], {}, "at least 2 are needed"),
        (np.ones((40, 6)), {}, "the same in every snapshot"),
        (
            np.where(np.arange(40)[:, None] < 35, 1.0, X),
            {"pipeline": {"scale": False}},
            "variance .* is 0",
        ),
        (X * np.nan, {}, "240 values are NaN"),
        (X, {"n_components": [7]}, "n_components=7 is more than .* at most 6"),
        (X, {"n_components": [10**30]}, "at most 6"),
        (X, {"split": {"kind": "foo"}}, "kind 'foo' is unknown"),
    ],
)
def test_wrong_data_is_refused(values, study, words):
    with pytest.raises(rom.InputError, match=words):
        ready(values, **study)


def test_the_numbers_all_runs_share():
    prepared = ready(pipeline={"scale": False})
    train = X[prepared.split.train]
    np.testing.assert_allclose(prepared.train_mean, train.mean(axis=0))
    assert prepared.total_variance == pytest.approx(train.var(axis=0).sum())


def test_identity_is_that_of_data_split_and_pipeline():
    changed = X.copy()
    changed[-1, 0] += 1e-6
    prepared = [
        ready(),
        ready(changed),
        ready(split={"gap": 3}),
        ready(pipeline={"scale": False}),
        ready(seeds=1),
    ]
    identities = [p.identity for p in prepared]
    assert len(set(identities)) == 4
    assert identities[0] == identities[-1]


def test_warnings_of_the_split_become_notes():
    assert "near-copies" in ready(split={"kind": "random"}).notes[0]


class Passes:
    """Rows in a file, which counts how often each is read."""

    def __init__(self, array):
        self.array, self.shape, self.dtype, self.chunk_rows = array, array.shape, array.dtype, 8
        self.chunk_width = 1
        self.count = np.zeros(len(array), dtype=int)

    def read(self, rows):
        self.count[rows] += 1
        return self.array[rows]


@pytest.mark.parametrize("split", [{"kind": "blocks", "gap": 2}, {"kind": "random"}])
def test_the_data_is_read_once_and_the_training_rows_once_more(split, monkeypatch):
    monkeypatch.setattr("rom.data.views.BLOCK_BYTES", 10 * 6 * 8)
    # which looks at 256 snapshots, whatever there are: here that would be all
    for place in ("rom.data.order", "rom.data.split"):
        monkeypatch.setattr(f"{place}.neighbour_difference", lambda snapshots: 1.4)
    source = Passes(np.random.default_rng(0).normal(size=(200, 6)))
    study = make_study({"n_components": [2], "split": split}, "test")
    prepared = prepare(study, rom.Snapshots(source, rom.FieldLayout(("x",), (6,))))
    expected = np.ones(200, dtype=int)
    expected[prepared.split.train] = 2
    np.testing.assert_array_equal(source.count, expected)


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("weight", [True, False])
def test_the_total_variance_is_that_of_the_preprocessed_training_rows(center, scale, weight):
    layout = rom.FieldLayout(
        ("u", "v"), (3,), ("x",), weights=np.array([1.0, 2, 5]), mask=np.array([0, 1, 0])
    )
    snapshots = rom.Snapshots.from_array(X + 50, layout=layout)
    options = {"center": center, "scale": scale, "weight": weight}
    prepared = prepare(make_study({"n_components": [2], "pipeline": options}, "test"), snapshots)
    rows = prepared.pipeline.transform(prepared.part("train"))[:]
    assert prepared.total_variance == pytest.approx(rows.var(axis=0).sum(), rel=1e-12)
    np.testing.assert_allclose(
        prepared.train_mean, prepared.part("train").pack()[:].mean(axis=0), rtol=1e-13
    )
