"""Strings of files are data: whatever they hold, they are shown as what they are and do nothing."""

import json
import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rom.errors import AssumptionWarning, InputError, RunError
from rom.report.tables.formats import latex, markdown, terminal
from rom.report.tables.table import table_of
from rom.strings import all_visible, in_html, in_json, in_latex, in_markdown, one_line, visible

#: What does something in one place or another, in any order.
PIECES = st.sampled_from([
    "\x1b[31m", "\x1b]0;title\x07", "\r", "\n", "\t", "\x00", "\x9b2J", "\u202e", "\u2066",
    "\u200f", "\u2028", "\udcff", "\ue000", "[red]", "[/]", "<script>", "</script>", "<!--",
    "&lt;", "\"'>", "*", "_", "`", "|", "~~", "$", "\\", "![x](y)", "# ", "- ", "1. ", "> ",
    "---", "{", "}", "%", "\\input{x}", "^", "&", "u", "°C", " ", "  ",
])  # fmt: skip
HOSTILE = st.lists(PIECES | st.characters(), max_size=8).map("".join)
#: A page of Markdown as GitHub shows it.
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def acts(text):
    """Characters that a terminal or a browser obeys instead of showing them."""
    return [c for c in text if not c.isprintable() and unicodedata.category(c) != "Zs"]


def plain(text):
    """A line as a page shows it: with single blanks."""
    return " ".join(one_line(text).split())


class Text(HTMLParser):
    """The text of a page, and its elements."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.text, self.tags = "", []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def read(html):
    found = Text()
    found.feed(html)
    found.close()
    return " ".join(found.text.split()), found.tags


@given(HOSTILE)
def test_nothing_acts_and_what_can_be_seen_stays(text):
    assert acts(visible(text)) == []
    assert visible(visible(text)) == visible(text)
    if not acts(text):
        assert visible(text) == text
    assert "\n" not in one_line(text)


@given(HOSTILE)
def test_a_page_shows_the_text_and_has_no_other_elements(text):
    assert read(f"<p>{in_html(text)}</p>") == (" ".join(visible(text).split()), ["p"])


@given(HOSTILE)
def test_json_says_the_same_in_characters_that_can_be_seen(text):
    written = json.dumps({"name": text}, ensure_ascii=False)
    assert json.loads(in_json(written)) == {"name": text}
    assert set(acts(in_json(written))) <= {"\n"}


@given(HOSTILE)
def test_markdown_shows_the_text_and_has_no_other_marks(text):
    assert read(READER.render(in_markdown(text))) == (plain(text), ["p"] if plain(text) else [])
    # after the mark of a list
    shown, tags = read(READER.render(f"- {in_markdown(text)}"))
    assert shown == plain(text)
    assert set(tags) <= {"ul", "li", "p"}


@given(HOSTILE)
def test_a_cell_stays_a_cell_in_markdown(text):
    table = table_of("", ["name", text], [["a", "b"], [text, "c"]])
    shown, tags = read(READER.render(markdown(table)))
    assert sorted(set(tags)) == ["table", "tbody", "td", "th", "thead", "tr"]
    assert (tags.count("tr"), tags.count("th"), tags.count("td")) == (3, 2, 4)
    assert plain(text) in shown


@given(HOSTILE)
def test_latex_has_no_commands_but_those_of_characters(text):
    written = in_latex(text)
    assert acts(written) == []
    left = re.sub(r"\\text[a-z]+\{\}|\\[&%$#_{}]|\$\^\{[-0-9]*\}\$|\$\\?[a-z]*-?\$", "", written)
    left = re.sub(r"^\{[\[*]\}", "", left)
    assert not set("\\&%$#_^~{}") & set(left)


def test_a_row_does_not_begin_with_an_argument_of_the_row_before():
    rows = latex(table_of("", ["[2cm]", "*"], [["[9pt]", "a"], ["*", "b"]])).split("\n")
    assert [row[:4] for row in rows[2:6:2]] == ["{[}2", "{[}9"]
    assert rows[5].startswith("{*} & b")


@given(HOSTILE)
def test_a_terminal_shows_marks_of_rich_as_they_are(text):
    table = table_of("", [f"[red]{text}", "value"], [[f"[bold]{text}", "1"]], words=True)
    shown = terminal(table)
    assert set(acts(shown)) <= {"\n"}
    assert "[red]" in shown
    assert "[bold]" in shown


@pytest.mark.parametrize("kind", [InputError, RunError, AssumptionWarning])
def test_the_message_of_an_error_is_one_line_in_which_nothing_acts(kind):
    assert str(kind("no array 'u\x1b[2J':\n  choose\u202e one")) == (
        "no array 'u\\x1b[2J': choose\\u202e one"
    )


def test_plain_values_are_made_visible_as_a_whole():
    value = {"a\x07": ["b\x1b", {"c": 3, "d": None}], "e": (1.5, True)}
    assert all_visible(value) == {
        "a\\x07": ["b\\x1b", {"c": 3, "d": None}],
        "e": [1.5, True],
    }
