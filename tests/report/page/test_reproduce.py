"""What a page says to compare the same again."""

import json
import shlex
from types import SimpleNamespace

import numpy as np
import pytest
import typer

import rom
from rom.cli_options import OPTIONS as OF_THE_SHELL
from rom.report.page.reproduce import FLAGS, MAPPING, OPTIONS, reproduce
from rom.report.verdict import verdict
from rom.results import Results
from rom.study.store import Store


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The commands and the Python of a store whose study has other entries."""
    folder = tmp_path_factory.mktemp("reproduce") / "out"
    X = np.random.default_rng(0).normal(size=(60, 8))
    rom.compare(X, reducers=["pod"], n_components=[1, 2], controls=False, jobs=1, out=folder)

    def make(**study):
        path = folder / "study.json"
        before = path.read_text()
        content = json.loads(before)
        content["study"] |= study
        path.write_text(json.dumps(content | {"sum": ""}))
        try:
            store = Store.open(folder)
            results = SimpleNamespace(
                study=content, store=store, methods=[], median_run=None,
            )  # fmt: skip
            return reproduce(results, SimpleNamespace(reducer="pod", n_components=2, beta=None))
        finally:
            path.write_text(before)

    make.folder = folder
    return make


def test_defaults_are_not_repeated(page):
    command = page(data="flow.h5", split=None, energy_share=None)["commands"].splitlines()[0]
    assert command == "rom compare flow.h5 --reducers pod --components 1,2 --no-controls --out out"


def test_several_files_are_several(page):
    found = page(data=["a.h5", "b c.h5"])
    assert shlex.split(found["commands"].splitlines()[0])[2:4] == ["a.h5", "b c.h5"]
    assert "rom.open_snapshots(['a.h5', 'b c.h5'])" in found["python"]


def test_how_the_data_were_read_is_said(page):
    mapping = {"dataset": "UV", "axes": "t y x c", "units": ["m/s"]}
    found = page(data="a.h5", mapping=mapping)
    command, rest = found["commands"].splitlines()[:2]
    assert "--dataset UV --axes 't y x c'" in command
    assert rest == '# and in a study file: mapping.units = ["m/s"]'
    assert "open_snapshots('a.h5', dataset='UV', axes='t y x c', units=['m/s'])" in found["python"]


def test_every_other_option_is_said(page):
    options = {"autoencoder": {"max_seconds": 5.0}}
    command, rest = page(
        data="a.h5", controls=True, audit=True, learning_curve=True, tune_seconds=5.0, goal="speed",
        missing="drop-snapshots", memory_limit="1GB", beta="auto", beta_tolerance=0.02,
        split={"kind": "random", "test": 0.5}, options=options, pipeline={"scale": False},
    )["commands"].splitlines()[:2]  # fmt: skip
    for said in (
        "--audit", "--learning-curve", "--tune-seconds 5", "--goal speed", "--beta auto",
        "--missing drop-snapshots", "--memory-limit 1GB", "--beta-tolerance 0.02", "--split random",
    ):  # fmt: skip
        assert f" {said}" in command
    assert "controls" not in command
    assert "split.test = 0.5, pipeline.scale = false, options.autoencoder" in rest


def test_a_name_that_is_more_than_a_name_is_not_repeated(page):
    found = page(data="a$(touch b).h5")
    assert "touch" not in found["commands"] + found["python"]
    assert found["commands"].startswith("rom compare DATA ")


def test_the_shell_has_every_option():
    from rom.cli import app

    command = typer.main.get_command(app).commands["compare"]
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    assert {f"--{name}" for name in (*OPTIONS.values(), *FLAGS.values(), *MAPPING)} <= known
    assert set(OPTIONS) - {"goal"} | set(MAPPING) <= set(OF_THE_SHELL) | {"tolerance"}


def test_the_commands_of_a_real_store_run_as_they_stand(page):
    store = Store.open(page.folder)
    python = reproduce(Results(store), verdict(store))["python"]
    assert f"rom.load('out/runs/{next(iter(store.runs())).id[:6]}" in python
