"""A file whose every name is meant to do harm: inspected, compared and reported, it shows them."""

import json
import os
import shutil
import sys
import unicodedata
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings

import rom
import rom.cli
from rom.data.formats.canonical import write_canonical
from rom.report.figures import style
from rom.report.page.content import content_of
from rom.report.page.write import SCRIPTS, Script, render
from rom.results import Results
from rom.strings import visible
from tests.test_strings import HOSTILE

HARM = "\x1b[31m[red]\u202e<img src=x onerror=alert(1)>$\\frac{|*_`\n# x"
VARIABLES = (f"u{HARM}", f"{HARM}v</script>")
FILE = "flow\x1b[2J\u202e<b>$&.h5"


def acts(text):
    return {c for c in text if not c.isprintable() and unicodedata.category(c) != "Zs"} - {"\n"}


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attributes}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / FILE
    t, x = np.arange(40.0)[:, None], np.linspace(0, 6, 12)
    write_canonical(
        path,
        {VARIABLES[0]: np.sin(0.4 * t + x), VARIABLES[1]: np.cos(0.9 * t + x**2)},
        axes=("x",),
        units={VARIABLES[0]: f"m{HARM}", VARIABLES[1]: "{%"},
        coordinates={"x": x},
        coordinate_units={"x": f"km{HARM}"},
        times=t[:, 0],
        time_unit=f"s{HARM}",
        parameters={f"Re{HARM}": np.sqrt(t[:, 0]), "p/p0": t[:, 0] % 7},
    )
    return path


@pytest.fixture(scope="module")
def comparison(file, tmp_path_factory):
    out = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(style.RC, "pdf.fonttype", 3)
        patch.setattr(style, "DPI", 60)
        found = rom.compare(file, reducers=["pod"], n_components=[2], jobs=1, out=out)
        found.report()
    return found


@pytest.fixture
def command(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["rom", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            rom.cli.main()
        captured = capsys.readouterr()
        return stopped.value.code, captured.out, captured.err

    return run


def test_inspect_shows_the_names(file, command):
    status, out, err = command("inspect", file)
    assert status == 0
    assert acts(out) | acts(err) == set()
    assert "u\\x1b[31m[red]\\u202e<img" in out
    assert "\n# x" not in out


def test_inspect_says_the_same_as_json(file, command):
    _, out, _ = command("inspect", file, "--json")
    assert acts(out) == set()
    assert [one["name"] for one in json.loads(out)["variables"]] == list(VARIABLES)


def test_an_error_names_the_file_in_one_line(file, command):
    status, out, err = command("compare", file, "--variables", "w\x1b[2J")
    assert (status, out) == (2, "")
    assert acts(err) == set()
    assert err.count("\n") == 1
    assert "\\x1b[2J" in err


def test_the_page_has_no_elements_of_theirs(comparison):
    text = (comparison.path / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert acts(text) == set()
    assert "onerror" not in page.attributes
    assert all(text.count(f"<{tag}") == page.tags.count(tag) for tag in ("img", "script"))
    # the styles, the scripts and the data of the explorer are the page's own
    assert page.tags.count("script") == 3
    assert "\\u202e&lt;img" in text


def test_markdown_and_tables_show_the_names(comparison, file):
    texts = [
        (comparison.path / "report.md").read_text(encoding="utf-8"),
        comparison.summary(),
        comparison.to_latex(),
        repr(comparison),
        comparison._repr_html_(),
        rom.open_snapshots(file)._repr_html_(),
    ]
    for text in texts:
        assert acts(text) == set()
        assert "<img" not in text
    assert "\\$\\\\frac" in texts[0]
    assert "\n# x" not in texts[0]


def test_files_for_paraview_are_well_formed_and_come_back(file, tmp_path):
    data, series = rom.open_snapshots(file).write(tmp_path / "copy.h5")
    names = {found.get("Name") for found in ElementTree.parse(series).iter("Attribute")}
    assert names == set(map(visible, VARIABLES))
    again = rom.open_snapshots(data)
    assert again.layout.variables == VARIABLES
    assert set(again.parameters) == {f"Re{HARM}", "p∕p0"}


def test_a_name_of_a_file_that_is_no_text_can_be_compared(file, tmp_path):
    path = tmp_path / os.fsdecode(b"fl\xffow.h5")
    shutil.copy(file, path)
    found = rom.compare(path, reducers=["pod"], n_components=[1], jobs=1)
    assert found.failures == {}
    assert set(found.table.dataset) == {"fl\\udcffow"}


def test_the_names_are_those_of_the_file_where_they_are_data(comparison):
    assert comparison.store.study()["data"]["layout"]["variables"] == list(VARIABLES)
    # a slash stands between groups of HDF5
    assert comparison.store.parameter_names() == [f"Re{HARM}", "p∕p0"]
    assert set(VARIABLES) <= set(comparison.table.key)


@pytest.fixture(scope="module")
def content(comparison):
    found = content_of(Results(comparison.store), comparison.verdict)
    found |= {"first": [], "example": [], "sections": [], "explorer": None, "style": ""}
    return found | {"scripts": [Script.of(SCRIPTS[0])]}


@given(HOSTILE)
@settings(max_examples=30, deadline=None)
def test_whatever_a_name_is_the_page_keeps_its_elements(content, name):
    plain = Page(render("page/template.html", content | hostile("u"), autoescape=True))
    text = render("page/template.html", content | hostile(name), autoescape=True)
    assert Page(text).tags == plain.tags
    assert acts(text) == set()
    assert acts(render("page/template.md.j2", content | hostile(name), autoescape=False)) == set()


def hostile(name):
    """What a page takes from a file, all of it this name."""
    pairs = [(name, name), ("data set", name)]
    return {"title": name, "notes": [name], "data": pairs, "missing": pairs, "belief": [name]}
