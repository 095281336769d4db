"""The runs of a study and what makes two runs the same."""

import pytest

from rom.errors import InputError
from rom.study.config import make_study
from rom.study.matrix import expand, expected_work


def runs(identity="data", **values):
    chosen = {"n_components": [2, 3], "beta": [0.5, 1], "seeds": 2, "controls": False} | values
    return expand(make_study(chosen, "test").resolve(None), identity, total_variance=50.0)


def test_each_reducer_has_the_runs_that_mean_something_for_it():
    counts = {name: len(runs(reducers=[name])) for name in ("pod", "autoencoder", "beta-vae")}
    assert counts == {"pod": 2, "autoencoder": 4, "beta-vae": 8}


def test_ids_are_unique_and_do_not_depend_on_the_company():
    everything = {run.id for run in runs()}
    assert len(everything) == 14
    assert {run.id for run in runs(reducers=["beta-vae"], seeds=1, n_components=[3])} < everything


def test_whatever_can_change_a_result_changes_the_id():
    alone = runs(reducers=["autoencoder"], n_components=[2], seeds=1)[0].id
    others = [
        runs("other data", reducers=["autoencoder"], n_components=[2], seeds=1)[0].id,
        runs(reducers=["autoencoder"], n_components=[2], seeds=1, epochs=3)[0].id,
        runs(
            reducers=["autoencoder"],
            n_components=[2],
            seeds=1,
            options={"autoencoder": {"channels": [8]}},
        )[0].id,
    ]
    assert len({alone, *others}) == 4


def test_epochs_reach_the_networks_only():
    parameters = {run.reducer: run.parameters for run in runs(epochs=5)}
    assert parameters["beta-vae"]["epochs"] == 5
    assert "epochs" not in parameters["pod"]


def test_the_memory_limit_reaches_whoever_takes_one_unless_its_options_say_otherwise():
    options = {"pod": {"memory_limit": 10**6}}
    limits = {
        run.reducer: run.parameters["memory_limit"]
        for run in runs(memory_limit="1GB", options=options)
    }
    assert limits == {"pod": 10**6, "autoencoder": "1GB", "beta-vae": "1GB"}


def test_an_energy_share_is_a_beta_for_these_data():
    shares = runs(reducers=["pod", "beta-vae"], beta=None, energy_share=[0.001, 0.1], seeds=1)
    assert [run.beta for run in shares] == pytest.approx([None, None, 0.1, 10.0, 0.1, 10.0])
    assert [run.parameters["beta"] for run in shares[2:]] == [run.beta for run in shares[2:]]
    assert "energy_share" not in shares[-1].parameters
    with pytest.raises(InputError, match="total_variance"):
        expand(make_study({"energy_share": [0.1]}, "test").resolve(None), "data")


@pytest.mark.parametrize(("reducers", "controls"), [
    (["pod", "beta-vae"], ["linear-autoencoder", "pod-kernel", "pod-ica"]),
    (["pod", "autoencoder"], ["linear-autoencoder", "pod-kernel"]),
    (["pod", "beta-vae", "linear-autoencoder"], ["pod-kernel", "pod-ica"]),
    (["pod", "pod-quadratic"], []),
    (["beta-vae"], []),
])  # fmt: skip
def test_controls_stand_beside_pod_and_a_network_once_per_size(reducers, controls):
    with_controls, without = (runs(reducers=reducers, controls=wanted) for wanted in (True, False))
    assert with_controls[: len(without)] == without
    added = with_controls[len(without) :]
    assert [(run.reducer, run.seed) for run in added] == [
        (name, 0) for name in controls for _ in range(2)
    ]


def test_labels_have_few_digits():
    (run,) = runs(reducers=["beta-vae"], n_components=[2], beta=[17.384231], seeds=1)
    assert run.label == "beta-vae k=2 beta=17.4 seed=0"
    assert "-beta17.4-" in run.id


def test_expected_work_is_epochs_times_channels_and_that_of_pod_nothing():
    def work(reducer, **options):
        (run,) = runs(
            reducers=[reducer], n_components=[2], seeds=1, beta=[1], options={reducer: options}
        )
        return expected_work(run)

    assert work("pod") < work("autoencoder", epochs=1, architecture="linear")
    assert work("autoencoder", epochs=5) < work("autoencoder", epochs=6)
    assert work("autoencoder", channels=[8, 8]) < work("autoencoder", channels=[8, 16])
    assert work("beta-vae", epochs=30) == work("beta-vae")
