"""POD's whole curve is that of POD fitted with each number of modes."""

import numpy as np
import pytest

import rom
from rom.evaluation.pod_curve import measure_pod_curve
from rom.study.config import Study
from rom.study.prepare import prepare

X = np.random.default_rng(0).normal(size=(60, 12)) * 0.7 ** np.arange(12)


def test_every_point_is_that_of_a_fit():
    snapshots = rom.Snapshots.from_array(X, times=np.arange(60.0))
    prepared = prepare(Study(reducers=("pod",), n_components=(2,)), snapshots)
    curve = measure_pod_curve(prepared)
    train, test = (prepared.pipeline.transform(prepared.part(part)) for part in ("train", "test"))
    assert len(curve["errors"]) == 12
    for k in (1, 3, 7):
        pod = rom.POD(k).fit(train)
        rebuilt = pod.inverse_transform(pod.transform(test))
        error = np.linalg.norm(rebuilt - test[:]) / np.linalg.norm(test[:] - pod.mean_)
        assert curve["errors"][k - 1] == pytest.approx(error, rel=1e-5)
        assert curve["bytes"][0] + k * curve["bytes"][1] == pod.stored_bytes_
    assert curve["errors"][-1] < 1e-6
