"""The tested set: pinned whole, under licences that are allowed, and described by a bill."""

import pytest

from scripts import supply_chain
from scripts.supply_chain import LICENCES, Package, bill, packages, pinned, problems

FOUND = packages()


def named(licence):
    return Package("some", "1", licence, ())


def test_every_package_of_the_tested_set_is_pinned_and_under_an_allowed_licence():
    assert len(FOUND) > 50
    assert problems(FOUND) == []


def test_what_is_not_pinned_or_not_allowed_is_said(monkeypatch):
    monkeypatch.setattr(supply_chain, "pinned", lambda: {"other": "1", "free": "1"})
    found = {
        "some": named("MIT"),
        "other": Package("other", "2", "MIT", ()),
        "free": Package("free", "1+cpu", "AGPL-3.0-only", ()),
    }
    assert [text.split(" ", 1)[1] for text in problems(found)] == [
        "is missing in constraints.txt",
        "is 2, constraints.txt says 1",
        "the licence 'AGPL-3.0-only' is not among those allowed",
    ]


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND (Apache-2.0 OR AGPL-3.0-only)", True),
        ("LGPL-2.1-only", False),
        ("", False),
    ],
)
def test_a_choice_of_licences_needs_one_that_is_allowed_a_sum_all(licence, allowed):
    assert named(licence).is_allowed == allowed


def test_the_page_of_licences_has_a_row_for_each():
    rows = [line.split(" | ")[0].strip("| ") for line in LICENCES.read_text().splitlines()]
    assert set(FOUND) <= set(rows)


def test_the_bill_of_materials_is_closed():
    found = bill(FOUND)
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    refs = {part["bom-ref"] for part in found["components"]}
    own = found["metadata"]["component"]["bom-ref"]
    assert len(refs) == len(FOUND) == len(found["components"])
    assert {entry["ref"] for entry in found["dependencies"]} == refs | {own}
    assert all(set(entry["dependsOn"]) <= refs for entry in found["dependencies"])
    assert {part["scope"] for part in found["components"]} == {"required", "excluded"}
    torch = next(part for part in found["components"] if part["name"] == "torch")
    assert torch["purl"].endswith(pinned()["torch"])
