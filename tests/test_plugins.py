"""A package next to this one adds a method, a metric and a layout, by entry points."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from rom import plugins
from rom.errors import InputError
from rom.measures.row import Metric
from rom.plugins import Rows, object_of, value_of

PLUGIN = Path(__file__).parent / "plugin"

#: What a user of the plug-in does, in a process of its own: registries are read once.
SESSION = """
import csv
from dataclasses import replace
from pathlib import Path
import numpy as np
import rom
from rom.cli import app
from rom.registry import METRICS, REDUCERS
from rom.report.page import write
from rom.results import Results
from rom.study.store import Store
from scripts.reports.leaderboard.report import _everything

assert list(METRICS)[-1] == "share_above_tenth"
rng = np.random.default_rng(0)
fields = np.cumsum(rng.normal(size=(60, 12)), axis=0)
np.savetxt("flow.txt", np.c_[np.arange(60.0), fields], header="probes", comments="")
snapshots = rom.open_snapshots("flow.txt")
assert snapshots.read_as == "a file of probes (its first word is 'probes')"
assert snapshots.times.tolist() == list(range(60))

# the tables of the report are enough here
write.SECTIONS = tuple(replace(section, figures=()) for section in write.SECTIONS)
line = "compare flow.txt --reducers pod,random-projection --components 2 --seeds 1 --jobs 1"
assert app([*line.split(), "--out", "out"], standalone_mode=False) in (0, None)
method = rom.load(next(Path("out/runs").glob("random-projection-k2-seed0-*"))).reducer
assert type(method).__name__ == "RandomProjection"
with open("out/results.csv", newline="") as stream:
    rows = list(csv.DictReader(stream))
assert {row["reducer"] for row in rows} == {"pod", "random-projection"}
assert {row["metric"] for row in rows} >= {"share_above_tenth"}
page = Path("out/report.html").read_text("utf-8")
assert "projection on random directions" in page and "snapshots above 10" in page
assert "random" in next(iter(_everything({"flow": Results(Store("out"))}).columns[1:])).cells
assert "random-projection" in tuple(REDUCERS)  # what the full leaderboard fits
"""


@pytest.fixture
def installed(tmp_path):
    """The plug-in as pip would leave it: its modules and its entry points on the path."""
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text("utf-8"))["project"]
    info = tmp_path / "site" / f"random_projection-{project['version']}.dist-info"
    info.mkdir(parents=True)
    name, version = project["name"], project["version"]
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups = {
        group: [f"{name} = {value}" for name, value in rows.items()]
        for group, rows in project["entry-points"].items()
    }
    text = "\n".join("\n".join([f"[{group}]", *rows]) for group, rows in groups.items())
    (info / "entry_points.txt").write_text(text)
    root = Path(__file__).parents[1]
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(map(str, (info.parent, PLUGIN, root))),
        "MPLBACKEND": "agg",
    }


def test_a_plugin_adds_a_method_a_metric_and_a_layout(installed, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SESSION], env=installed, cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "random" in done.stdout  # the table in the terminal


def test_the_help_names_the_methods_of_plugins(installed):
    done = subprocess.run(
        [sys.executable, "-m", "rom", "compare", "--help"], env=installed | {"COLUMNS": "200"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "random-projection" in done.stdout


def entries(monkeypatch, *rows):
    """The entry points that are found."""
    found = [EntryPoint(name, value, "rom.reducers") for name, value in rows]
    by_group = {"rom.reducers": found}  # other packages have groups of their own
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: by_group.get(group, []))


def test_rows_of_plugins_come_after_those_of_the_package_or_before(monkeypatch):
    entries(monkeypatch, ("b", "m:B"), ("a", "m:A"))
    own = {"pod": "rom:POD"}
    assert list(Rows(own, "rom.reducers", value_of)) == ["pod", "a", "b"]
    assert list(Rows(own, "rom.reducers", value_of, first=True)) == ["a", "b", "pod"]


def test_entry_points_are_read_when_a_row_is_first_used_and_once(monkeypatch):
    calls = []
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: calls.append(group) or [])
    rows = Rows({"pod": "rom:POD"}, "rom.reducers", value_of)
    assert calls == []
    assert rows["pod"] == "rom:POD"
    assert "other" not in rows
    assert len(rows) == 1
    assert calls == ["rom.reducers"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("pod", "m:P")], "'pod' of an unknown package .* rom-compare has one of that name"),
        ([("a", "m:P"), ("a", "n:P")], "have the same name"),
    ],
)
def test_two_rows_of_one_name_are_an_error(monkeypatch, rows, message):
    entries(monkeypatch, *rows)
    with pytest.raises(InputError, match=message):
        len(Rows({"pod": "rom:POD"}, "rom.reducers", value_of))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no_such_module_there:ROW", "cannot be imported .ModuleNotFoundError"),
        ("rom.errors:nearest", "is no Metric"),
    ],
)
def test_a_plugin_that_is_wrong_is_one_line(value, message):
    with pytest.raises(InputError, match=message) as caught:
        object_of(Metric)(EntryPoint("mine", value, "rom.metrics"))
    assert "\n" not in str(caught.value)


def test_a_method_has_the_name_of_its_entry_point(monkeypatch):
    from rom import registry

    entries(monkeypatch, ("another", "rom.reducers.pod:POD"))
    monkeypatch.setattr(registry, "REDUCERS", Rows({}, "rom.reducers", plugins.value_of))
    with pytest.raises(InputError, match="its registry_name is 'pod'"):
        registry.reducer_class("another")
