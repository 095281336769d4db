"""The audit: each condition fires on a case made for it, and not where a training is at its
optimum.
"""

import json

import numpy as np
import pandas as pd
import pytest

import rom
from rom.evaluation.convergence import ADVICE, UNDERTRAINED, audit, headline
from rom.study.matrix import Run

T = np.arange(60.0)[:, None] / 9
WAVE = np.sin(T - np.linspace(0, 3, 12)) + 0.2 * np.cos(3 * T + np.linspace(0, 5, 12))


class Table:
    """A store of errors that are given: (reducer, k, beta) -> (train, test[, converged])."""

    def __init__(self, errors, memoriser=0.0, restarts=(), factor=2.0):
        self.rows, self.longer = [], list(restarts)
        self.memoriser, self.factor = memoriser, factor
        for (reducer, k, beta), (train, test, *rest) in errors.items():
            run = {"reducer": reducer, "n_components": k, "beta": np.nan if beta is None else beta}
            run |= {"run": f"{reducer}-{k}", "reason": ""}
            for part, value in (("train", train), ("test", test)):
                self.rows.append(run | {"metric": "relative_error", "split": part, "value": value})
            if rest:
                ended = {
                    "metric": "converged",
                    "split": "train",
                    "value": rest[0],
                    "reason": "the budget ended it",
                }
                self.rows.append(run | ended)

    def table(self):
        return pd.DataFrame(self.rows)

    def leakage(self):
        return {"memoriser": self.memoriser}

    def study(self):
        return {"study": {"audit_factor": self.factor}}

    def restarts(self):
        pair = lambda name, k: Run(f"{name}-{k}", name, k, None, 0, {})  # noqa: E731
        return [
            (pair(name, k), Run(f"{name}-{k}-long", name, k, None, 0, {}))
            for name, k, _ in self.longer
        ]

    def is_measured(self, run):
        return True

    def metrics(self, run):
        longer = {f"{name}-{k}-long": error for name, k, error in self.longer}
        if run.id in longer:
            return pd.DataFrame(
                [{"metric": "relative_error", "split": "test", "value": longer[run.id]}]
            )
        table = self.table()
        return table[table.run == run.id]


GOOD = {
    ("pod", 2, None): (0.2, 0.2),
    ("pod", 4, None): (0.1, 0.1),
    ("autoencoder", 2, None): (0.05, 0.05, 1),
    ("autoencoder", 4, None): (0.02, 0.02, 1),
    ("linear-autoencoder", 2, None): (0.201, 0.2, 1),
    ("beta-vae", 2, 5.0): (0.4, 0.4, 1),
}
CASES = [
    ("not converged", {("autoencoder", 2, None): (0.05, 0.05, 0)}, {}),
    ("not converged", {("beta-vae", 2, 5.0): (0.4, 0.4, 0)}, {}),
    ("above POD", {("autoencoder", 2, None): (0.21, 0.05, 1)}, {}),
    ("does not fall", {("autoencoder", 4, None): (0.05, 0.05, 1)}, {}),
    ("does not carry over", {("pod", 2, None): (0.2, 0.04)}, {}),
    ("above the nearest neighbour", {}, {"memoriser": 0.03}),
    ("far behind", {("pod-kernel", 4, None): (0.009, 0.009)}, {}),
    ("linear control", {("linear-autoencoder", 2, None): (0.21, 0.21, 1)}, {}),
    ("restart", {}, {"restarts": [("autoencoder", 2, 0.04)]}),
]


def test_nothing_is_found_where_all_is_well():
    assert audit(Table(GOOD, memoriser=0.1, restarts=[("autoencoder", 2, 0.048)])) == []
    assert headline([]) == ""


@pytest.mark.parametrize(("condition", "worse", "options"), CASES)
def test_each_condition_fires_alone_on_a_case_made_for_it(condition, worse, options):
    findings = audit(Table(GOOD | worse, **options))
    assert {found.condition for found in findings} == {condition}
    assert all(found.advice and found.label for found in findings)
    training = headline(findings).startswith("The ranking below is made by the training")
    assert training == (condition in UNDERTRAINED)


def test_every_condition_has_advice_and_a_case():
    assert {condition for condition, _, _ in CASES} == set(ADVICE)


def test_how_far_behind_a_method_may_be_can_be_set():
    worse = GOOD | {("pod-kernel", 4, None): (0.009, 0.009)}
    assert audit(Table(worse, factor=3)) == []


def test_errors_at_the_end_of_a_training_need_not_fall():
    floor = {("autoencoder", 2, None): (2e-4, 2e-4, 1), ("autoencoder", 4, None): (2.1e-4, 2e-4, 0)}
    assert audit(Table(GOOD | floor)) == []


def test_three_epochs_are_flagged_in_the_first_sentence(tmp_path):
    snapshots = rom.Snapshots.from_array(WAVE, times=T[:, 0])
    options = {
        "reducers": ["pod", "autoencoder"],
        "n_components": [2],
        "seeds": 1,
        "jobs": 1,
        "controls": False,
    }
    comparison = rom.compare(snapshots, **options, epochs=3, audit=True, out=tmp_path)
    assert "not converged" in {found.condition for found in audit(comparison.store)}
    assert comparison.warnings[0].startswith("The ranking below is made by the training")
    comparison.report()
    text = (tmp_path / "report.md").read_text()
    first = next(line for line in text.splitlines()[1:] if line)
    assert "made by the training" in first
    assert "as asked" in text
    # the longer trainings are kept, and are no part of the results
    ((run, longer),) = comparison.store.restarts()
    assert (run.parameters["epochs"], longer.parameters["epochs"]) == (3, 6)
    assert longer.id not in set(comparison.table.run)
    assert (
        json.loads((comparison.store.folder(longer.id) / "run.json").read_text())["record"][
            "epochs"
        ]
        == 6
    )
