"""What a comparison will take: measured steps, and memory that will not be enough."""

import math

import numpy as np
import pytest

import rom
from rom.errors import InputError
from rom.execution import estimate
from rom.execution.estimate import Estimate, notes
from rom.reducers import step_cost
from rom.reducers.context import StepCost
from rom.registry import REDUCERS, reducer_class
from rom.study.matrix import Run

FLOW = rom.Snapshots.from_array(
    np.random.default_rng(0).normal(size=(40, 12, 16)), axes="t y x", name="flow"
)
NETWORKS = [name for name in REDUCERS if reducer_class(name).has_epochs]


def run(reducer="autoencoder", seed=0):
    return Run(f"{reducer}-{seed}", reducer, 2, None, seed, {})


def estimated(seconds=0.01, n_bytes=10**6, steps=(1000, 8000)):
    return Estimate(run(), (StepCost("pod", seconds, steps, n_bytes),))


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_says_what_a_step_costs(name):
    costs = reducer_class(name)(2).step_costs(FLOW.layout, 40)
    assert all(
        cost.seconds > 0 and cost.n_bytes > 0 and 0 < cost.steps[0] <= cost.steps[1]
        for cost in costs
    )
    assert costs


def test_what_has_no_epochs_has_no_steps():
    assert rom.POD(2).step_costs(FLOW.layout, 40) == []


def test_each_architecture_that_is_open_is_measured():
    found = [cost.architecture for cost in rom.Autoencoder(2).step_costs(FLOW.layout, 40)]
    assert found == ["pod", "conv"]
    assert [
        cost.architecture
        for cost in rom.Autoencoder(2, architecture="mlp").step_costs(FLOW.layout, 40)
    ] == ["mlp"]
    cloud = rom.Snapshots.from_array(FLOW[:])
    assert (
        rom.Autoencoder(2, architecture="fields").step_costs(cloud.layout, 40)[0].architecture
        == "mlp"
    )


def test_of_small_pictures_the_network_that_will_be_taken_comes_first():
    pictures = rom.Snapshots.from_array(FLOW[:].reshape(40, 12, 16), axes="t row column")
    found = rom.Autoencoder(2).step_costs(pictures.layout, 40)
    assert [cost.architecture for cost in found] == ["mlp", "pod", "conv"]


def test_so_many_epochs_are_so_many_steps():
    (cost,) = rom.Autoencoder(2, architecture="mlp", epochs=3, batch_size=8).step_costs(
        FLOW.layout, 40
    )
    assert cost.steps == (15, 15)
    (cost,) = rom.Autoencoder(2, architecture="mlp", max_steps=700).step_costs(FLOW.layout, 40)
    assert cost.steps[1] == 700


def test_the_bytes_are_those_of_the_weights_and_the_rows():
    reducer = rom.Autoencoder(2, architecture="mlp", hidden=(32,), epochs=1)
    (cost,) = reducer.step_costs(FLOW.layout, 40)
    weights = reducer.fit(FLOW).n_parameters_
    assert cost.n_bytes == 16 * weights + 4 * 40 * 192


def test_a_network_larger_than_the_memory_is_refused_before_it_is_made(tmp_path, monkeypatch):
    options = {"autoencoder": {"architecture": "mlp", "hidden": [10**7, 10**6]}}
    with pytest.raises(InputError, match="more than this machine has"):
        rom.compare(FLOW, reducers=["autoencoder"], options=options, jobs=1, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_where_the_first_choice_fits_the_second_may_not(monkeypatch):
    monkeypatch.setattr(step_cost, "machine_bytes", lambda: 240_000)
    monkeypatch.setattr(step_cost, "memory_bytes", lambda _: 60_000)
    pod, conv = rom.Autoencoder(2).step_costs(FLOW.layout, 40)
    assert pod.n_bytes < 240_000 < conv.n_bytes
    assert math.isnan(conv.seconds)
    (line,) = notes([Estimate(run(), (pod, conv))], [run()], 1)
    assert "more than this machine has" in line


def test_all_trainings_are_spread_over_the_jobs():
    lines = list(notes([estimated()], [run(seed=i) for i in range(6)] + [run("pod")], 2))
    assert (
        lines[0]
        == "estimate: autoencoder, 2 latents: in POD coordinates 10 ms a step, 10 s to 80 s a"
        " training run, 1 MB"
    )
    assert lines[1] == "estimate: 6 training runs, 2 at a time: 30 s to 4 min"
    assert len(lines) == 2


def test_trainings_that_do_not_fit_at_the_same_time_are_warned_of(monkeypatch):
    monkeypatch.setattr(estimate, "machine_bytes", lambda: 4 * 10**9)
    found = [estimated(n_bytes=3 * 10**9)]
    assert not any("warning" in line for line in notes(found, [run(seed=i) for i in range(4)], 1))
    (warning,) = (
        line for line in notes(found, [run(seed=i) for i in range(4)], 2) if "warning" in line
    )
    assert "2 training runs at a time need 6 GB, the machine has 4 GB" in warning


def test_where_no_trial_says_what_a_step_costs_nothing_is_estimated():
    trainings = [run(seed=seed) for seed in range(3)]
    assert list(notes([], trainings, jobs=2)) == []
    assert list(notes([Estimate(run(), ())], trainings, jobs=2)) == []
