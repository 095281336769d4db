"""The answer is right where the right answer is known."""

import json
import shutil

import numpy as np
import pytest

import rom
from rom.errors import InputError
from rom.report.dependence import dependence_of
from rom.report.verdict import verdict
from rom.results import Results
from rom.study.store import Store

TINY = {"channels": (4,), "hidden": (4,), "architecture": "mlp"}


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A comparison of three methods with two and four latents, whose numbers the cases change."""
    rows = np.random.default_rng(0).normal(size=(80, 12))
    comparison = rom.compare(
        rows, reducers=["pod", "autoencoder", "beta-vae"], n_components=[2, 4], beta=[1.0], seeds=3,
        epochs=2, jobs=1, options={"autoencoder": TINY, "beta-vae": TINY},
        out=tmp_path_factory.mktemp("base"),
    )  # fmt: skip
    assert not comparison.failures
    return comparison.store


@pytest.fixture
def case(base, tmp_path):
    """Make a store with given numbers."""

    def make(errors, *, curve=None, train=None, p=0.5, n_eff=50.0, converged=True, leaks=False):
        shutil.copytree(base.path, tmp_path / "case")
        store = Store.open(tmp_path / "case")
        content = json.loads(store.study_file.read_text())
        leakage = {
            "memoriser": 0.9,
            "next_in_time": None,
            "leaks": leaks,
            "text": "said of the split",
        }
        content["leakage"] |= leakage
        curve = curve or [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01]
        content["pod_curve"]["errors"] = curve
        store.study_file.write_text(json.dumps(content))
        for run in store.runs():
            path = store.folder(run.id) / "metrics.csv"
            table = store.metrics(run)
            error = errors.get((run.reducer, run.n_components), 1.0)
            if run.reducer in ("pod", "linear-autoencoder"):
                error = curve[run.n_components - 1]
            for split, value in (("test", error), ("train", error if train is None else train)):
                of = table.split == split
                table.loc[of & (table.metric == "relative_error"), "value"] = value
                table.loc[of & (table.metric == "energy_captured"), "value"] = 1 - value**2
            dependence = table.measure.isin(["det_correlation", "informational_correlation"])
            table.loc[dependence, ["value", "p_value", "n_eff"]] = 0.5, p, n_eff
            table.loc[table.measure == "active_latents", "value"] = run.n_components
            table.loc[table.measure == "converged", "value"] = float(converged)
            table.to_csv(path, index=False)
        return store

    return make


def test_pod_is_enough(case):
    found = verdict(
        case(
            {("autoencoder", 2): 0.29, ("autoencoder", 4): 0.009},
            curve=[0.5, 0.3, 0.1, 0.008, 0.001],
        )
    )
    assert (found.reducer, found.n_components) == ("pod", 4)
    assert found.headline == "Use POD with 4 modes"
    assert "needs no training" in found.reasons[0]


def test_a_network_is_needed(case):
    found = verdict(
        case({("autoencoder", 2): 0.005, ("autoencoder", 4): 0.003, ("beta-vae", 2): 0.02})
    )
    assert (found.reducer, found.n_components) == ("autoencoder", 2)
    assert found.headline == "Use the AE with 2 latents"
    assert "an error of 0.5 % (mean of 3 seeds)" in found.reasons[0]
    assert "POD does not reach it with 12 modes; with 2 its error is 80 %" in found.reasons[0]
    assert found.reasons[1].startswith(
        "Two latents are enough for an error of at most 1 %. 4 lower the error to 0.3 %."
    )
    assert found.confidence == "moderate"


def test_where_nothing_is_good_pod_has_to_be_as_accurate(case):
    # POD reaches 1.25 times the lowest error with 5 modes, the autoencoder's with 10
    errors = {("autoencoder", 2): 0.7, ("autoencoder", 4): 0.4}
    curve = [0.9, 0.8, 0.7, 0.6, 0.49, 0.48, 0.47, 0.46, 0.45, 0.4]
    store = case(errors, curve=curve)
    found = verdict(store)
    assert (found.reducer, found.n_components) == ("autoencoder", 4)
    assert "POD needs 10 modes for the same accuracy" in found.reasons[0]
    assert found.reasons[1].startswith(
        "Four latents are the most that was compared. With 2 its error is 70 %. It still falls"
    )
    assert verdict(store, tolerance=0.5).reducer == "pod"


def test_more_data_is_needed(case):
    found = verdict(case({("autoencoder", 2): 0.9}, train=0.1))
    assert found.headline.startswith("More snapshots are needed")
    assert found.confidence == "low"


def test_undertrained(case):
    found = verdict(case({("autoencoder", 2): 0.3}, converged=False))
    assert found.headline.startswith("The ranking is made by the training")
    assert "could be better than shown" in found.cautions[0]
    assert found.confidence == "low"
    assert "A network is undertrained." in found.basis


def test_a_leaking_split(case):
    found = verdict(case({("autoencoder", 2): 0.005}, leaks=True))
    assert any("Said of the split" in caution for caution in found.cautions)
    assert found.confidence == "low"


def test_independence_cannot_be_tested(case):
    found = verdict(case({("autoencoder", 2): 0.005}, n_eff=3.2))
    assert "cannot be judged: the effective sample size is 3" in found.reasons[2]


def test_a_p_value_that_few_snapshots_do_not_bear_out_says_so(case):
    results = Results(case({}, p=0.015, n_eff=14.0))
    found = dependence_of(results, results.at(2)[1])
    assert found.answer == "yes"
    assert "p = 0.03 (the level is 0.02 for so few snapshots)" in found.reason


@pytest.mark.parametrize(("p", "answer"), [(0.5, "yes"), (0.001, "no"), (0.04, "yes")])
def test_independence_is_tested_by_two_measures_at_five_percent_together(case, p, answer):
    results = Results(case({}, p=p))
    assert dependence_of(results, results.at(2)[1]).answer == answer


def test_of_two_equal_methods_the_cheaper_one(case):
    store = case({("autoencoder", 2): 0.00500, ("beta-vae", 2): 0.00495})
    for run in store.runs():
        path = store.folder(run.id) / "metrics.csv"
        table = store.metrics(run)
        seconds = {"autoencoder": 1.0, "beta-vae": 5.0}.get(run.reducer, 0.1)
        table.loc[table.measure == "fit_seconds", "value"] = seconds
        table.to_csv(path, index=False)
    assert verdict(store).reducer == "autoencoder"


def test_smallest_model_within_a_tolerance(case):
    store = case({("autoencoder", 2): 0.05, ("autoencoder", 4): 0.015})
    assert verdict(store, tolerance=0.02).n_components == 4
    assert verdict(store, tolerance=0.06).n_components == 2
    nothing = verdict(store, tolerance=0.001)
    assert nothing.headline.startswith("Nothing that was compared has an error of at most 0.1 %")


def test_the_goal_decides_among_those_that_are_good_enough(case):
    store = case(
        {("autoencoder", 2): 0.008, ("beta-vae", 2): 0.005, ("beta-vae", 4): 0.002},
        curve=[0.001] * 5,
    )
    assert verdict(store, goal="accuracy").reducer == "pod"
    fastest = verdict(store, goal="speed")
    assert fastest.reasons[0].startswith("It decodes fastest")
    small = verdict(store, goal="compression")
    assert small.n_components == 1
    assert "fewest bytes" in small.reasons[0]
    with pytest.raises(InputError, match="goal='best'"):
        verdict(store, goal="best")
    with pytest.raises(InputError, match="between 0 and 1"):
        verdict(store, tolerance=2)


def test_independence_as_the_goal(case):
    store = case({("autoencoder", 2): 0.005, ("beta-vae", 2): 0.006})
    for run in store.runs():
        if run.reducer == "autoencoder":
            path = store.folder(run.id) / "metrics.csv"
            table = store.metrics(run)
            table.loc[table.measure == "det_correlation", "p_value"] = 0.001
            table.to_csv(path, index=False)
    assert verdict(store, goal="accuracy").reducer in ("autoencoder", "beta-vae")
    assert verdict(store, goal="independence").reducer == "beta-vae"


@pytest.mark.parametrize(("error", "is_said"), [(1e-4, True), (0.99, False)])
def test_a_control_with_a_lower_error_is_in_the_answer(case, error, is_said):
    said = str(verdict(case({("autoencoder", 2): 0.005, ("pod-kernel", 2): error})))
    assert ("Kernel POD, a control, has an error of" in said) == is_said


def test_a_control_with_a_little_less_error_is_in_the_headline(case):
    # apart: of two equal methods the one that happened to be fitted faster is chosen
    errors = {"autoencoder": 0.005, "beta-vae": 0.02}
    networks = {(name, k): error for name, error in errors.items() for k in (2, 4)}
    found = verdict(case(networks | {("pod-kernel", 2): 0.003, ("pod-kernel", 4): 0.003}))
    assert found.headline == (
        "Use the AE with 2 latents, or kernel POD, which needs no training and has less error"
    )


def test_python_users_have_the_same_answer(case):
    comparison = rom.Comparison(case({("autoencoder", 2): 0.005, ("autoencoder", 4): 0.004}))
    assert comparison.verdict == verdict(comparison.store)
    assert str(comparison.verdict) in comparison.summary()
    assert comparison.to_markdown().startswith("| method | latents |")
    assert comparison.to_latex().startswith(r"\begin{tabular}{lrrrrrr}")
    assert "Use the AE" in repr(comparison)
    assert "<table" in comparison._repr_html_()
