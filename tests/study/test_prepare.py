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
        (np.where(np.arange(40)[:, None] < 35, 1.0, X), {"pipeline": {"scale": False}}, "variance .* is 0"),
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
    prepared = [ready(), ready(changed), ready(split={"gap": 3}), ready(pipeline={"scale": False}), ready(seeds=1)]
    identities = [p.identity for p in prepared]
    assert len(set(identities)) == 4
    assert identities[0] == identities[-1]


def test_warnings_of_the_split_become_notes():
    assert "near-copies" in ready(split={"kind": "random"}).notes[0]
