"""Figures drawn by one process and by two are the same."""

import os
from functools import partial

import numpy as np
import pytest

import rom
from rom.errors import RunError
from rom.execution.workers import can_fork
from rom.report.figures.cost import costs
from rom.report.figures.modes import spectrum
from rom.report.page.pictures import pictures_of
from rom.results import Results

ROWS = np.random.default_rng(0).normal(size=(60, 8)) @ np.diag(np.arange(8.0))


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    out = tmp_path_factory.mktemp("pod") / "out"
    return Results(rom.compare(ROWS, reducers=["pod"], n_components=[2], out=out, jobs=1).store)


def dies(results):
    os._exit(1)
    yield


def test_by_one_process_or_two(results, tmp_path):
    parts = [(spectrum,), (), (costs, spectrum)]
    found = []
    for jobs in (1, 2):
        folder = tmp_path / str(jobs)
        folder.mkdir()
        found.append(pictures_of(results, parts, folder, jobs))
    assert found[0] == found[1]
    assert [len(part) for part in found[0]] == [1, 0, 1 + len(found[0][0])]
    assert [picture.number for part in found[0] for picture in part] == [1, 2, 3]
    assert {path.name for path in (tmp_path / "1").iterdir()} == {
        path.name for path in (tmp_path / "2").iterdir()
    }


@pytest.mark.skipif(not can_fork(), reason="figures are drawn by this process there")
def test_a_process_that_dies_is_said_to_have(results, tmp_path):
    with pytest.raises(RunError, match="its process died"):
        pictures_of(results, [(partial(dies), spectrum)], tmp_path, jobs=2)
