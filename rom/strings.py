"""Strings of files are data: how they are written where people read them.

Names of files, variables, units, parameters and axes may hold anything. Here is what each place
that shows them must not take for its own: a terminal, a page, Markdown, LaTeX.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

#: A line break of any kind with the blanks around it.
_BREAK = re.compile(r"[^\S\n]*[\n\r\x0b\x0c\x85\u2028\u2029]\s*")
#: What Markdown (with the tables, deletions and formulas of its dialects) reads as a mark.
_MARKS = re.compile(r"([\\`*_\[\]|~$])")
#: What it reads as a list, a heading or a rule where a line begins.
_FIRST = re.compile(r"^(?:([-+](?=[-\s]|$)|#(?=[#\s]|$)|=)|(\d+)([.)])(?=\s|$))")
#: What LaTeX reads as a command or a ligature -> how it is written there.
_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "±": r"$\pm$", "×": r"$\times$", "β": r"$\beta$", "τ": r"$\tau$", "−": r"$-$", "–": "--",
}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def visible(text: str) -> str:
    r"""The text with everything that cannot be seen written out, in Python's notation.

    Control characters (escape sequences, line breaks), marks of the direction of writing, halves of
    surrogate pairs and characters of private use, ``str.isprintable``, but blanks of any width
    stay. What was written out stays as it is when this is done again.

    >>> visible("u\x1b[31m"), visible("a\u202eb"), visible("T in °C")
    ('u\\x1b[31m', 'a\\u202eb', 'T in °C')
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or _is_blank(c) else _escape(c) for c in text)


def one_line(text: str) -> str:
    r"""A message in one line: breaks become blanks, all else is made :func:`visible`.

    >>> one_line("cannot be read:\n  no such file \x07")
    'cannot be read: no such file \\x07'
    """
    return visible(_BREAK.sub(" ", text).strip())


def lines(text: str) -> str:
    """A text of our own in several lines, each of them made :func:`visible`."""
    return "\n".join(map(visible, text.split("\n")))


def all_visible(value: Any) -> Any:
    r"""Plain values with every string in them made :func:`visible`, keys included.

    >>> all_visible({"name": "u\x07", "shape": [3, 4]})
    {'name': 'u\\x07', 'shape': [3, 4]}
    """
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {all_visible(key): all_visible(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [all_visible(one) for one in value]
    return value


def in_json(text: str) -> str:
    r"""JSON text with what cannot be seen in its strings as JSON's own escapes: the same values.

    >>> print(in_json('{"name": "a\u202eb"}'))
    {"name": "a\u202eb"}
    """
    return "".join(
        c if c.isprintable() or c == "\n" or _is_blank(c) else _json_escape(c) for c in text
    )


def in_html(text: str) -> str:
    r"""Text that HTML shows as it is.

    >>> in_html("<b>\x07")
    '&lt;b&gt;\\x07'
    """
    return html.escape(visible(text))


def in_markdown(text: str) -> str:
    r"""Text that Markdown shows as it is, in one line.

    >>> in_markdown("u_x | <b>"), in_markdown("1. p")
    ('u\\_x \\| &lt;b&gt;', '1\\. p')
    """
    text = _MARKS.sub(r"\\\1", html.escape(one_line(text), quote=False))
    return _FIRST.sub(_first, text)


def in_latex(text: str) -> str:
    r"""Text that LaTeX sets as it is, in one line; powers of ten as mathematics.

    >>> in_latex("50 % of u_x"), in_latex("10⁻⁴")
    ('50 \\% of u\\_x', '10$^{-4}$')
    """
    text = "".join(_LATEX.get(character, character) for character in one_line(text))
    text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: _power(found[0]), text)
    # after the \\ of the row before, either of these would be read as its argument
    return f"{{{text[0]}}}{text[1:]}" if text[:1] in ("[", "*") else text


def _is_blank(character: str) -> bool:
    return unicodedata.category(character) == "Zs"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _json_escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(rf"\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def _first(found: re.Match[str]) -> str:
    mark, number, stop = found.groups()
    return f"\\{mark}" if mark else f"{number}\\{stop}"


def _power(digits: str) -> str:
    return f"$^{{{digits.translate(_SUPERSCRIPTS)}}}$"
