"""The split of the Burgers snapshots: it asks for interpolation, which POD cannot do and others
can.
"""

import runpy

import numpy as np
import pytest

import rom
from rom.data.catalog import datasets_folder, find_card
from rom.data.split import split_snapshots
from rom.errors import AssumptionWarning

BURGERS = runpy.run_path(str(datasets_folder() / "burgers" / "generate.py"))


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """Rows of the card's training, validation and test part, about the training mean."""
    path = tmp_path_factory.mktemp("burgers") / "burgers.h5"
    BURGERS["main"](path)
    snapshots = rom.open_snapshots(path)
    np.testing.assert_allclose(snapshots.parameters["time"], np.linspace(0, 2, 200))
    with pytest.warns(
        AssumptionWarning, match="near-copies"
    ):  # what a front of few states has to bear
        split = split_snapshots(snapshots, **find_card("burgers").split)
    parts = [snapshots.select(rows)[:] for rows in (split.train, split.validation, split.test)]
    return [part - parts[0].mean(axis=0) for part in parts]


def test_a_test_snapshot_is_no_copy_but_lies_between_training_snapshots(parts):
    train, _, test = parts
    gaps = np.linalg.norm(test[:, None] - train, axis=-1).min(axis=1)
    assert np.linalg.norm(gaps) / np.linalg.norm(test) == pytest.approx(0.109, abs=1e-3)


def test_two_modes_are_few_and_two_curved_latents_are_enough(parts):
    train, validation, test = parts
    errors = []
    for reducer in (rom.POD(2).fit(train), rom.PODKernel(2).fit(train, validation=validation)):
        rebuilt = reducer.inverse_transform(reducer.transform(test))
        errors.append(np.linalg.norm(rebuilt - test) / np.linalg.norm(test))
    assert errors[0] == pytest.approx(0.478, abs=5e-3)
    assert errors[1] < 0.05
