"""A loss that is no finite number: one retry at a tenth of the rate, recorded, and resumed to the
bit.
"""

import math

import numpy as np
import pytest

import rom
from rom.errors import RunError
from rom.training import loop
from rom.training.checkpoint import Checkpoint

ROWS = np.random.default_rng(0).normal(size=(64, 36))
RATE = 3e-3


class StopHereError(Exception):
    """Ends a training from within."""


@pytest.fixture
def breaks(monkeypatch):
    """Makes training break in its second epoch, at each rate above the one that is given."""
    learn, begun = loop._learn, []

    def broken(above):
        def learned(network, objective, batches, recipe, course, *rest):
            record = learn(network, objective, batches, recipe, course, *rest)
            if record["epoch"] == 1:
                begun.append(recipe.learning_rate)
            if record["epoch"] == 2 and recipe.learning_rate > above:
                record["train_total"] = math.nan
            return record

        monkeypatch.setattr(loop, "_learn", learned)
        return begun

    return broken


def reducer(rate=RATE):
    options = {"architecture": "mlp", "hidden": (8,), "epochs": 4, "random_state": 0}
    return rom.BetaVAE(2, beta=0.5, learning_rate=rate, **options)


def same(one, other):
    assert one.history_.equals(other.history_)
    for name, value in one.network_.state_dict().items():
        np.testing.assert_array_equal(value, other.network_.state_dict()[name])


def test_it_is_trained_again_as_if_the_lower_rate_had_been_given(breaks):
    expected = reducer(0.1 * RATE).fit(ROWS)
    breaks(above=0.5 * RATE)
    found = reducer().fit(ROWS)
    same(found, expected)
    assert found.record()["stop_reason"] == (
        f"{expected.stop_reason_}; the loss was not finite after epoch 2 at a learning rate of"
        " 0.003, so it was trained again at 0.0003"
    )


def test_a_second_time_ends_the_run_with_both_epochs_and_rates(breaks):
    begun = breaks(above=0)
    with pytest.raises(RunError) as caught:
        reducer().fit(ROWS)
    assert str(caught.value) == (
        "the loss was not finite after epoch 2 at a learning rate of 0.003, nor after epoch 2 at a"
        " learning rate of 0.0003; give a smaller learning_rate"
    )
    assert begun == pytest.approx([RATE, 0.1 * RATE])


@pytest.mark.parametrize("epoch", [1, 3])
def test_one_that_was_interrupted_again_ends_with_the_same_bits(tmp_path, breaks, epoch):
    begun = breaks(above=0.5 * RATE)
    expected, path = reducer().fit(ROWS), tmp_path / "checkpoint"
    seen = []

    def stop(record):
        seen.append(record["epoch"])
        if seen[1:] and seen[-1] == epoch:  # the first epoch was one of the higher rate
            raise StopHereError

    with pytest.raises(StopHereError):
        reducer().fit(ROWS, on_epoch=stop, checkpoint=Checkpoint(path, epochs=1))
    begun.clear()
    checkpoint = Checkpoint(path)
    found = reducer().fit(ROWS, checkpoint=checkpoint)
    assert (checkpoint.resumed_epoch, begun) == (epoch, [])
    same(found, expected)
    assert found.stop_reason_ == expected.stop_reason_


def test_a_training_at_the_lower_rate_is_not_taken_for_the_second_of_another(tmp_path):
    path = tmp_path / "checkpoint"

    def stop(record):
        if record["epoch"] == 2:
            raise StopHereError

    with pytest.raises(StopHereError):
        reducer(0.1 * RATE).fit(ROWS, on_epoch=stop, checkpoint=Checkpoint(path, epochs=1))
    checkpoint = Checkpoint(path)
    same(reducer().fit(ROWS, checkpoint=checkpoint), reducer().fit(ROWS))
    assert checkpoint.resumed_epoch == 0


def test_a_comparison_keeps_what_happened_with_the_run(tmp_path, breaks):
    breaks(above=0.5 * RATE)
    options = {"autoencoder": {"learning_rate": RATE, "architecture": "mlp", "hidden": (4,)}}
    given = {"reducers": ["autoencoder"], "n_components": [1], "seeds": 1, "epochs": 3}
    found = rom.compare(ROWS, options=options, jobs=1, out=tmp_path, **given)
    (run,) = found.store.runs()
    info = found.store.run_info(run)
    assert "trained again at 0.0003" in info["record"]["stop_reason"]
    assert found.store.history(run).learning_rate.max() <= 0.1 * RATE
