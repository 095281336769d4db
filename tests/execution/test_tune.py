"""Tuning: as many trials for every method, the same ones whatever happens on the way."""

import importlib.util
import json
import os
import signal

import numpy as np
import pytest

import rom
from rom import runs
from rom.comparison import run_study
from rom.errors import InputError, RunError
from rom.execution import tune as tuning
from rom.execution.tune import Search
from rom.execution.workers import can_fork
from rom.reducers.search import Between, OneOf
from rom.report.candidates import compared
from rom.report.cautions import confidence_of
from rom.report.tables import tuning as tables_tuning
from rom.results import Results
from rom.results.words import error_percent
from rom.study.config import make_study
from rom.study.matrix import Run
from rom.study.searches import Trial, trials, tuned

RNG = np.random.default_rng(0)
t = np.linspace(0, 6 * np.pi, 80)[:, None]
X = (
    np.cos(t - np.arange(12))
    + 0.4 * np.cos(3 * t - np.arange(12))
    + 0.01 * RNG.normal(size=(80, 12))
)
#: Short trainings, which leave something to tune.
OPTIONS = {"autoencoder": {"architecture": "mlp"}}
STUDY = {
    "reducers": ["pod", "pod-kernel", "autoencoder"],
    "n_components": [1],
    "seeds": 2,
    "controls": False,
}
STUDY |= {"epochs": 2, "options": OPTIONS, "tune": 6}


def names(comparison):
    return {trial.run.id: trial.loss for trial in trials(comparison.store)}


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return rom.compare(X, **STUDY, jobs=1, out=tmp_path_factory.mktemp("tune") / "out")


def test_every_method_has_its_trials_and_is_never_worse_than_its_defaults(comparison):
    found = comparison.tuning.set_index("reducer")
    assert found.index.tolist() == ["pod-kernel", "autoencoder"]  # POD has nothing to tune
    assert found.trials.tolist() == [3, 6]  # of the kernels there are no more
    assert (found.loss <= found.default_loss).all()
    assert found.loss["autoencoder"] < 0.9 * found.default_loss["autoencoder"]
    assert (found.seconds > 0).all()


def test_the_best_options_are_fitted_with_all_seeds_and_do_not_mix_with_the_results(comparison):
    store = comparison.store
    (found,) = (one for one in tuned(store) if one.default.reducer == "autoencoder")
    assert [run.seed for run in found.runs] == [0, 1]
    assert set(found.options) == {
        "learning_rate",
        "hidden",
        "activation",
    }  # not what the study gives
    assert not {run.id for run in found.runs} & set(comparison.table.run)
    errors = [
        store.metrics(run).set_index(["metric", "split"]).value["relative_error", "test"]
        for run in found.runs
    ]
    assert comparison.tuning.set_index("reducer").tuned_error["autoencoder"] == pytest.approx(
        np.mean(errors)
    )


def test_the_report_shows_defaults_and_what_tuning_found(comparison):
    results = Results(comparison.store)
    (table,) = tables_tuning.tuned(results)
    assert [row[:3] for row in table.rows] == [["kernel POD", "1", "3"], ["AE", "1", "6"]]
    options = json.loads(comparison.tuning.options.iloc[1])
    assert f"activation {options['activation']}" in table.rows[1][-1]
    assert "at most 6 trials" in table.note
    assert "AE with 1 latent from" in tables_tuning.tuned_sentence(results)
    error = comparison.tuning.set_index("reducer").tuned_error["autoencoder"]
    chosen = next(one for one in compared(results, results.methods) if one.reducer == "autoencoder")
    assert confidence_of(results, chosen)[1].endswith(
        f"Options are defaults; with tuned ones the error is {error_percent(error)}."
    )
    assert (comparison.path / "tuning.csv").is_file()
    assert len((comparison.path / "trials.csv").read_text().splitlines()) == 10


def test_interrupted_it_makes_the_same_trials_whatever_the_jobs(comparison, tmp_path, monkeypatch):
    done, real = [], tuning.trial_run

    def dies(task, run):
        if len(done) == 4:
            raise KeyboardInterrupt
        done.append(run.id)
        return real(task, run)

    monkeypatch.setattr(tuning, "trial_run", dies)
    with pytest.raises(KeyboardInterrupt):
        rom.compare(X, **STUDY, jobs=1, out=tmp_path / "out")
    monkeypatch.undo()
    assert not (tmp_path / "out" / "tuning.csv").exists()
    again = rom.compare(X, **STUDY, jobs=2, threads=1, out=tmp_path / "out")
    assert names(again).keys() == names(comparison).keys()
    assert names(again) == pytest.approx(names(comparison))
    assert again.tuning.options.tolist() == comparison.tuning.options.tolist()


def test_a_second_time_nothing_is_fitted(comparison, monkeypatch):
    monkeypatch.setattr(tuning, "trial_run", None)
    # a start that was killed when it had written a trial leaves the folder of its attempt
    store = comparison.store
    left = [store.part_folder(path.stem) for path in store.path.glob("tuning/*.json")]
    assert left
    for folder in left:
        (folder / "0123abcd").mkdir(parents=True)
    rom.compare(X, **STUDY, jobs=1, out=comparison.path)
    assert not list(store.path.glob("runs/*.part"))


def test_seconds_are_a_budget_too(tmp_path):
    study = STUDY | {
        "tune": 0,
        "tune_seconds": 1e-3,
        "reducers": ["pod", "autoencoder"],
        "seeds": 1,
    }
    found = rom.compare(X, **study, out=tmp_path / "out").tuning
    assert found.trials.tolist() == [1]  # the defaults alone took longer
    assert json.loads(found.options.iloc[0]) == {}


def test_without_validation_rows_there_is_nothing_to_judge_by(tmp_path):
    with pytest.raises(InputError, match="validation"):
        rom.compare(X, **STUDY, split={"kind": "random", "validation": 0.0}, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_optuna_it_says_what_to_install(tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "optuna" else find(name)
    )
    with pytest.raises(InputError, match=r"rom-compare\[tune\]"):
        rom.compare(X, **STUDY, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


SPACE = {"learning_rate": Between(1e-3, 1e-1, log=True), "activation": OneOf(("silu", "tanh"))}


def searched(loss, most=20):
    search = Search(
        Run("default", "autoencoder", 2, None, 0, {"n_components": 2}), SPACE, "identity", most
    )
    while not search.is_over:
        search.tell([Trial(run, loss(run.parameters), 1.0) for run in search.ask()])
    return search


def test_the_search_goes_where_the_loss_is_low():
    def loss(options):
        return abs(np.log(options.get("learning_rate", 1e-3) / 3e-2)) + (
            options.get("activation") == "silu"
        )

    search = searched(loss)
    assert len(search.trials) == 20
    best = search.result(3)
    assert best.options["activation"] == "tanh"
    assert best.options["learning_rate"] == pytest.approx(3e-2, rel=0.5)
    assert [run.seed for run in best.runs] == [0, 1, 2]


def test_trials_that_fail_do_not_win_and_the_defaults_win_a_tie():
    assert searched(lambda options: 1.0).result(1).options == {}
    failing = searched(lambda options: np.inf if "learning_rate" in options else 2.0).result(1)
    assert failing.loss == 2.0
    assert failing.options == {}


def test_a_fit_that_fails_is_kept_with_its_reason(comparison, tmp_path, monkeypatch):
    def fails(*_):
        raise ArithmeticError("too large")

    monkeypatch.setattr(tuning, "fitted", fails)
    study = STUDY | {"reducers": ["pod", "pod-kernel"], "seeds": 1}
    found = rom.compare(X, **study, jobs=1, out=tmp_path / "out")
    assert {trial.error for trial in trials(found.store)} == {"ArithmeticError: too large"}
    assert json.loads(found.tuning.options.iloc[0]) == {}


def test_a_default_that_failed_stays_a_failure(tmp_path, monkeypatch):
    fit = runs.fit_run

    def fails(task, run, folder):
        if run.reducer == "autoencoder" and "hidden" not in run.parameters:
            raise ArithmeticError("too large")
        fit(task, run, folder)

    monkeypatch.setattr(runs, "fit_run", fails)
    study = STUDY | {"reducers": ["pod", "autoencoder"], "seeds": 1, "tune": 2}
    found = rom.compare(X, **study, jobs=1, out=tmp_path / "out")
    assert list(found.failures.values()) == ["ArithmeticError: too large"]
    assert found.tuning.default_loss.tolist() == [np.inf]
    assert np.isfinite(found.tuning.loss).all()


@pytest.mark.skipif(not can_fork(), reason="processes are not forked on this system")
def test_a_trial_whose_process_dies_stops_the_search(tmp_path, monkeypatch):
    """Without it other options would be asked for than in a search that is left alone."""
    parent, real = os.getpid(), tuning.validation_loss

    def deadly(reducer, rows):
        if os.getpid() != parent and reducer.hidden:  # not of the defaults
            os.kill(os.getpid(), signal.SIGKILL)
        return real(reducer, rows)

    monkeypatch.setattr(tuning, "validation_loss", deadly)
    study = make_study(STUDY | {"reducers": ["pod", "autoencoder"]}, "test")
    rows = rom.Snapshots.from_array(X)
    with pytest.raises(RunError, match=r"tuning stops: .*it was killed"):
        run_study(study, rows, out=tmp_path, jobs=2, alone=True)
    assert not list(tmp_path.glob("runs/*/error.txt"))  # a trial is no run that failed
