"""Sealed files: what is edited, cut short or taken from elsewhere does not pass."""

import json
import math

import pytest

from rom.study.sums import damage, seal, sealed


@pytest.fixture
def path(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1.5\n")
    seal(tmp_path / "a.json", {"loss": 0.1, "none": math.nan, "of": (1, 2), 3: "ü"}, ["a.csv"])
    return tmp_path / "a.json"


def test_what_was_sealed_passes_and_comes_back(path):
    assert damage(path) == ""
    content = json.loads(path.read_text())
    assert (content["loss"], content["of"], content["3"]) == (0.1, [1, 2], "ü")
    # what was read is sealed again without its old sum
    path.write_text(sealed(content, content["files"]))
    assert damage(path) == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda path: path.write_text(path.read_text().replace("0.1", "0.2")), "a.json is not as"),
        (lambda path: path.write_text(path.read_text()[:-9]), "a.json cannot be read"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "a.json cannot be read"),
        (lambda path: path.write_text("[" * 100_000), "a.json cannot be read"),
        (lambda path: path.write_text("[1]"), "a.json has no sums"),
        (lambda path: path.write_text("{}"), "a.json has no sums"),
        (lambda path: path.unlink(), "a.json is missing"),
        (lambda path: path.with_name("a.csv").write_text("x\n1.6\n"), "a.csv is not as"),
        (lambda path: path.with_name("a.csv").write_text("x\n"), "a.csv is not as"),
        (lambda path: path.with_name("a.csv").unlink(), "a.csv is missing"),
    ],
)
def test_what_was_changed_is_named(path, change, words):
    change(path)
    assert words in damage(path)
