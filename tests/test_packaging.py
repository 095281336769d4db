"""What stands in several files of packaging is the same in all of them."""

import json
import re
import tomllib
from pathlib import Path

import rom

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RECIPE = (ROOT / "packaging" / "conda" / "recipe.yaml").read_text("utf-8")
#: Names on conda-forge that differ.
CONDA = {"torch": "pytorch", "matplotlib": "matplotlib-base", "isal": "python-isal"}


def test_every_file_has_the_version_of_the_package():
    assert PROJECT["version"] == rom.__version__
    assert f'version: "{rom.__version__}"' in RECIPE
    assert f"version: {rom.__version__}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert json.loads((ROOT / ".zenodo.json").read_text("utf-8"))["version"] == rom.__version__


def test_the_recipe_needs_what_the_package_needs():
    run = RECIPE.split("  run:", 1)[1].split("\ntests:", 1)[0]
    found = dict(re.findall(r"- ([\w-]+) >=([\d.]+)$", run, re.MULTILINE))
    wanted = dict(re.split(">=", dependency) for dependency in PROJECT["dependencies"])
    assert found == {"python": PROJECT["requires-python"].removeprefix(">=")} | {
        CONDA.get(name, name): floor for name, floor in wanted.items()
    }


def test_every_reference_of_the_paper_is_in_its_list_and_cited():
    text = (ROOT / "paper" / "paper.md").read_text("utf-8")
    keys = set(
        re.findall(r"^@\w+\{(\w+),", (ROOT / "paper" / "paper.bib").read_text(), re.MULTILINE)
    )
    assert keys == set(re.findall(r"@(\w+)", text.split("---", 2)[2]))
