"""Training to convergence: stages that double, a reason, a budget, and the best state."""

import numpy as np
import pytest

import rom
from rom.training.checkpoint import Checkpoint
from rom.training.objective import Objective
from rom.training.recipe import Course, Recipe

PHASE = np.linspace(0, 6 * np.pi, 90)[:, None]
X = np.hstack([np.cos(m * PHASE + np.arange(12)) / m**2 for m in (1, 2, 3)])
TRAIN, HELD = X[:70], X[70:]
POD = rom.POD(2).fit(TRAIN).residual_


def error(reducer, rows=TRAIN):
    mean = TRAIN.mean(axis=0)
    return np.linalg.norm(
        rows - reducer.inverse_transform(reducer.transform(rows))
    ) / np.linalg.norm(rows - mean)


def test_stages_double_until_the_budget():
    recipe, course = Recipe(1e-2, first_steps=500, max_steps=4000), Course.begin(Recipe(1e-2), 1)
    ends = []
    while not course.ended:
        ends.append(course.end)
        course.judge(recipe, 1.0, 1.0, is_enough=False, gain="50 %")
    assert ends == [500, 1000, 2000, 4000]
    assert not course.converged
    assert "the budget of 4,000 steps" in course.reason


def test_the_rate_rises_stays_and_falls_to_zero():
    recipe = Recipe(0.1)
    course = Course.begin(recipe, 1)
    rates = [course.rate(recipe, step) for step in (0, 24, 49, 200, 349, 425, 499)]
    np.testing.assert_allclose(rates, [0.002, 0.05, 0.1, 0.1, 0.1, 0.05, 0.1 / 150], rtol=1e-6)


@pytest.mark.parametrize(
    ("before", "after", "enough"),
    [(1.0, 0.5, False), (1.0, 0.9, True), (1.0, 1.1, True), (1e-9, 1e-12, True)],
)
def test_little_is_a_tenth_of_the_error_or_nothing_beside_the_data(before, after, enough):
    assert Objective().gained(before, after, 1.0)[0] is enough


def test_a_fit_says_whether_it_converged_and_why():
    reducer = rom.Autoencoder(2, random_state=0).fit(TRAIN, validation=HELD)
    assert reducer.converged_
    assert "lowered the error by" in reducer.stop_reason_
    assert error(reducer) < 0.05 * POD
    history = reducer.history_
    assert list(history.stage) == sorted(history.stage)
    assert reducer.n_steps_ == history.epoch.iloc[-1]
    record = reducer.record()
    assert record["converged"]
    assert record["stop_reason"] == reducer.stop_reason_


def test_a_budget_of_steps_ends_it():
    reducer = rom.Autoencoder(2, max_steps=500, random_state=0).fit(TRAIN, validation=HELD)
    assert (reducer.n_steps_, reducer.converged_) == (500, False)
    assert "budget of 500 steps" in reducer.stop_reason_


@pytest.mark.parametrize(("steps_per_epoch", "budget"), [(1, 100), (11, 100), (11, 700), (64, 500)])
def test_a_small_budget_is_kept(steps_per_epoch, budget):
    course = Course.begin(Recipe(1e-2, first_steps=1000, max_steps=budget), steps_per_epoch)
    assert 0 < course.end * steps_per_epoch <= budget


def test_a_budget_of_seconds_ends_it():
    reducer = rom.Autoencoder(2, max_seconds=1e-6, random_state=0).fit(TRAIN, validation=HELD)
    assert (reducer.n_steps_, reducer.converged_) == (50, False)
    assert "budget of 1e-06 s" in reducer.stop_reason_


@pytest.mark.parametrize("options", [{"max_steps": 120}, {"epochs": 3}])
@pytest.mark.parametrize("architecture", ["pod", "mlp"])
def test_the_validation_loss_is_the_squared_error_of_the_validation_rows(architecture, options):
    phase = np.linspace(0, 6 * np.pi, 80)[:, None]
    rows = np.hstack([np.cos(m * phase + np.arange(16) * m) / m**2 for m in (1, 2, 3)])
    held_out = rows[1::2]
    reducer = rom.Autoencoder(2, architecture=architecture, random_state=0, **options)
    reducer.fit(rows[::2], validation=held_out)
    rebuilt = reducer.inverse_transform(reducer.transform(held_out))
    assert reducer.validation_loss_ == pytest.approx(
        np.square(held_out - rebuilt).sum(axis=1).mean(), rel=1e-4
    )


def test_so_many_epochs_are_so_many():
    reducer = rom.Autoencoder(2, epochs=7, random_state=0).fit(TRAIN, validation=HELD)
    assert list(reducer.history_.epoch) == list(range(1, 8))
    assert reducer.stop_reason_ == "trained for 7 epochs, as asked"


def test_validation_rows_out_of_reach_do_not_end_a_training_that_gains():
    """A field that is in no training row holds the validation error up; the training rows still
    gain.
    """
    rich = np.hstack([np.cos(m * PHASE + np.arange(12)) / m for m in range(1, 9)])
    rows, far = rich[:70], rich[70:].copy()
    far[:3] += np.random.default_rng(0).normal(size=rich.shape[1])
    options = {"architecture": "pod", "random_state": 0}
    short = rom.Autoencoder(2, max_steps=1000, **options).fit(rows, validation=far)
    reducer = rom.Autoencoder(2, **options).fit(rows, validation=far)
    assert reducer.n_steps_ > 1000
    assert error_of(reducer, rows) < 0.8 * error_of(short, rows)


@pytest.mark.parametrize(
    ("train", "loss", "expected"),
    [
        (0.10, 1.019, True),
        (0.10, 1.021, False),  # harmed: more than a fiftieth above the best
        (0.12, 1.0, False),  # less than three times the error of the training rows
        (0.11, 1.0, True),
    ],
)
def test_what_is_out_of_reach(train, loss, expected):
    assert Objective().out_of_reach(train, loss, best=1.0) is expected
    assert not Objective("bernoulli").out_of_reach(train, loss, best=1.0)


def test_pure_noise_is_left_to_pod():
    """Validation rows say that nothing can be learned: what is kept is the start."""
    rng = np.random.default_rng(0)
    rows, held = rng.normal(size=(60, 20)), rng.normal(size=(30, 20))
    reducer = rom.Autoencoder(2, max_steps=1000, random_state=0).fit(rows, validation=held)
    pod = rom.POD(2).fit(rows)
    assert error_of(reducer, held) <= error_of(pod, held) * (1 + 1e-6)


def error_of(reducer, rows):
    return np.linalg.norm(rows - reducer.inverse_transform(reducer.transform(rows)))


class StopHereError(Exception):
    """Ends a training from within."""


def stop_after(epoch):
    def stop(record):
        if record["epoch"] >= epoch:
            raise StopHereError

    return stop


@pytest.mark.parametrize(
    ("reducer", "architecture", "steps", "stages"),
    [
        (rom.Autoencoder, "pod", 1000, 2),
        (rom.BetaVAE, "pod", 2000, 2),
        (rom.Autoencoder, "mlp", 1000, 1),
        (rom.BetaVAE, "mlp", 1000, 1),
    ],
)
def test_a_training_to_convergence_resumes_to_the_same_bits(
    tmp_path, reducer, architecture, steps, stages
):
    options = {"architecture": architecture, "max_steps": steps, "hidden": (8,), "random_state": 0}
    whole = reducer(2, **options).fit(TRAIN, validation=HELD)
    assert whole.history_.stage.nunique() == stages
    for share in (0.3, 0.8):  # of two stages, one in each
        path, stop = tmp_path / f"{share}", stop_after(share * whole.epochs_)
        with pytest.raises(StopHereError):
            reducer(2, **options).fit(
                TRAIN, validation=HELD, on_epoch=stop, checkpoint=Checkpoint(path, epochs=1)
            )
        checkpoint = Checkpoint(path)
        again = reducer(2, **options).fit(TRAIN, validation=HELD, checkpoint=checkpoint)
        assert checkpoint.resumed_epoch >= share * whole.epochs_ - 50
        assert again.history_.equals(whole.history_)
        np.testing.assert_array_equal(again.transform(X), whole.transform(X))
        assert (again.converged_, again.stop_reason_) == (whole.converged_, whole.stop_reason_)
