"""A training that is interrupted anywhere ends with the same bits as one that is not."""

import numpy as np
import pytest

import rom
from rom.errors import RunError
from rom.training.checkpoint import Checkpoint

ROWS = np.random.default_rng(0).normal(size=(64, 36)).reshape(64, 6, 6)


class StopHereError(Exception):
    """Ends a training from within."""


def fields():
    return rom.Snapshots.from_array(ROWS, axes="t y x")


def reducer(**options):
    return rom.BetaVAE(2, beta=0.5, epochs=6, random_state=0, **options)


def interrupt(path, epoch, **options):
    def stop(record):
        if record["epoch"] == epoch:
            raise StopHereError

    with pytest.raises(StopHereError):
        reducer(**options).fit(fields(), on_epoch=stop, checkpoint=Checkpoint(path, epochs=1))


def same(one, other):
    np.testing.assert_array_equal(one.transform(fields()), other.transform(fields()))
    assert one.history_.equals(other.history_)
    for name, value in one.network_.state_dict().items():
        np.testing.assert_array_equal(value, other.network_.state_dict()[name])


@pytest.mark.parametrize("epoch", [1, 3, 5])
def test_a_continued_training_ends_with_the_same_bits(tmp_path, epoch):
    path = tmp_path / "checkpoint"
    interrupt(path, epoch)
    checkpoint, seen = Checkpoint(path), []
    continued = reducer().fit(
        fields(), checkpoint=checkpoint, on_epoch=lambda record: seen.append(record["epoch"])
    )
    assert checkpoint.resumed_epoch == epoch
    assert seen == list(range(epoch + 1, 7))
    same(continued, reducer().fit(fields()))


def test_a_training_that_is_interrupted_twice(tmp_path):
    path = tmp_path / "checkpoint"
    interrupt(path, 2)
    interrupt(path, 4)
    same(reducer().fit(fields(), checkpoint=Checkpoint(path)), reducer().fit(fields()))


@pytest.mark.parametrize(
    "changed",
    [{"learning_rate": 1e-2}, {"hidden": (8,)}, {"random_state": 1}, {"beta": 2.0}, {"epochs": 7}],
)
def test_another_training_is_not_continued(tmp_path, changed):
    path = tmp_path / "checkpoint"
    interrupt(path, 3)
    checkpoint = Checkpoint(path)
    fitted = reducer().set_params(**changed).fit(fields(), checkpoint=checkpoint)
    assert checkpoint.resumed_epoch == 0
    same(fitted, reducer().set_params(**changed).fit(fields()))


def test_other_rows_of_the_same_shape_are_not_continued(tmp_path):
    path = tmp_path / "checkpoint"
    interrupt(path, 3)
    checkpoint = Checkpoint(path)
    other = rom.Snapshots.from_array(ROWS[::-1] * 1.01, axes="t y x")
    reducer().fit(other, checkpoint=checkpoint)
    assert checkpoint.resumed_epoch == 0


def test_another_context_is_not_continued(tmp_path):
    path = tmp_path / "checkpoint"
    interrupt(path, 3)
    checkpoint = Checkpoint(path, context={"data": "other"})
    reducer().fit(fields(), checkpoint=checkpoint)
    assert checkpoint.resumed_epoch == 0


def test_kept_after_so_many_epochs_or_seconds(tmp_path):
    rare, often = (
        Checkpoint(tmp_path / "a", seconds=3600, epochs=2),
        Checkpoint(tmp_path / "b", seconds=0),
    )
    assert [rare.is_due(epoch) for epoch in (1, 2)] == [False, True]
    rare.save(2, {}, {})
    assert [rare.is_due(epoch) for epoch in (3, 4)] == [False, True]
    assert often.is_due(1)


def test_a_damaged_file_is_an_error_that_names_it(tmp_path):
    (tmp_path / "checkpoint").write_bytes(b"no checkpoint")
    with pytest.raises(RunError, match=r"checkpoint.*delete it"):
        reducer().fit(fields(), checkpoint=Checkpoint(tmp_path / "checkpoint"))


def test_reducers_without_epochs_ignore_it(tmp_path):
    rom.POD(2).fit(fields(), checkpoint=Checkpoint(tmp_path / "checkpoint"))
    assert not (tmp_path / "checkpoint").exists()
