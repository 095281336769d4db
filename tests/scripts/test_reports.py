"""The scripted reports: their rows judge what they say, and every report can be started."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from rom.study.config import read_study
from scripts.reports.__main__ import names
from scripts.reports.claims import Source, headline
from scripts.reports.page import write
from scripts.reports.work import HERE, Work

CLOSED = Source("closed form", "energy captured")


def test_a_number_is_judged_by_its_band():
    assert CLOSED.near("energy", 0.8106, 0.810569, within=1e-4).verdict == "reproduced"
    assert CLOSED.near("energy", 0.8206, 0.810569, within=1e-4).verdict == "differs"
    assert CLOSED.near("energy", 0.8206, 0.810569, within=0.02, relative=True).holds
    assert CLOSED.at_most("error", 0.21, 0.1, factor=2).verdict == "differs"
    assert CLOSED.at_least("ratio", 1.0, 1.0).holds
    assert CLOSED.between("St", 0.164, 0.163, 0.167).holds
    assert not CLOSED.near("energy", float("nan"), 0.8, within=1).holds


def test_what_a_quick_run_cannot_tell_is_not_judged():
    quick = CLOSED.pattern("order", "AE < POD", "AE < POD", holds=True, judged=False)
    assert quick.verdict == "not judged"
    assert headline([quick]).startswith("A quick run judges nothing")
    good = CLOSED.near("energy", 1, 1, within=0)
    assert headline([quick, good]) == "1 of 1 numbers is reproduced; 1 need the full run"


def test_the_page_says_the_reason_of_what_differs(tmp_path):
    claim = CLOSED.at_most("<error>", 0.2, 0.1, reason="fewer steps: twice as many give 0.09")
    work = Work("name", tmp_path)
    page = write(work, "A title", "What it asks.", [claim]).read_text(encoding="utf-8")
    assert "0 of 1 numbers are reproduced; &lt;error&gt; differs" in page
    assert "twice as many give 0.09" in page
    assert "| differs | <error> | 0.2 | 0.1 |" in (tmp_path / "report.md").read_text("utf-8")


@pytest.mark.parametrize("name", names())
def test_a_report_has_what_the_driver_needs(name):
    module = importlib.import_module(f"scripts.reports.{name}.report")
    assert module.TITLE
    assert module.ABOUT.endswith((".", "?"))
    assert 0 < module.MINUTES < 180
    assert callable(module.report)
    for path in (HERE / name).glob("*.toml"):
        read_study(path)
    assert name in (HERE.parent / "README.md").read_text(encoding="utf-8")


def test_an_unknown_report_is_one_line():
    found = subprocess.run(
        [sys.executable, "-m", "scripts.reports", "nothing"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert found.returncode == 2
    assert found.stderr.startswith("no report 'nothing'; there are ")
