"""The report: a run store as one HTML page and as Markdown, with its figures in a folder."""

from __future__ import annotations

import base64
import hashlib
import html
import math
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader
from markupsafe import Markup

from rom.errors import InputError
from rom.files import writing_together
from rom.report.assets import data_block, script, text_of
from rom.report.explorer.export import export
from rom.report.figures.examples import example as shown
from rom.report.page.content import FIRST, SECTIONS, Figures, content_of
from rom.report.page.pictures import pictures_of
from rom.report.tables.formats import markdown
from rom.report.tables.table import Table
from rom.report.verdict import Verdict, verdict
from rom.results import Results
from rom.results.boundary import showing
from rom.results.words import count
from rom.strings import in_markdown, lines
from rom.study.store import Store

#: Bytes of a page without its style and scripts, and of the explorer in it at least and at most.
PAGE, LEAST, MOST = 1_950_000, 400_000, 1_500_000
SCRIPTS = ("page/tables.js", "explorer/explorer.js")


def write_report(
    store: Store,
    folder: str | Path,
    *,
    goal: str | None = None,
    tolerance: float | None = None,
    jobs: int = 1,
) -> Path:
    """Write ``report.html`` (self-contained), ``report.md`` and ``figures/`` from a run store.

    Reads nothing but the store; the same store gives the same files.

    Parameters
    ----------
    store : Store
    folder : str or Path, made if missing. Files of an earlier report in it are replaced.
    goal, tolerance : what counts, see :func:`rom.report.verdict.verdict`
    jobs : processes that draw the figures, by default this one alone

    Returns
    -------
    Path of report.html

    Raises
    ------
    InputError
        If the folder cannot be written, or there is no such goal.
    """
    with showing(store):
        return _written(Results(store), Path(folder), goal, tolerance, jobs)


def _written(
    results: Results, folder: Path, goal: str | None, tolerance: float | None, jobs: int
) -> Path:
    answer = verdict(results, goal=goal, tolerance=tolerance)
    try:
        (folder / "figures").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from error
    content = content_of(results, answer) | _drawn(results, answer, folder / "figures", jobs)
    page = folder / "report.html"
    bare: dict[str, Any] = {"style": "", "scripts": [], "explorer": None}
    others = len(render("page/template.html", content | bare, autoescape=True).encode())
    content |= _interactive(results, answer, min(max(PAGE - others, LEAST), MOST))
    texts = {
        page: render("page/template.html", content, autoescape=True),
        folder / "report.md": render("page/template.md.j2", content, autoescape=False),
    }
    with writing_together(list(texts)) as parts:
        for part, text in zip(parts, texts.values(), strict=True):
            part.write_text(text, encoding="utf-8")
    return page


def _interactive(results: Results, answer: Verdict, most_bytes: int) -> dict[str, Any]:
    """Style, scripts, and the models that the explorer decodes."""
    compared = answer.n_components if answer.n_components in results.sizes else None
    models = export(results, size=compared, most_bytes=most_bytes)
    style = text_of("page/style.css") + text_of("explorer/explorer.css")
    scripts = [Script.of(one) for one in (SCRIPTS if models else SCRIPTS[:1])]
    fragment: Callable[[Markup], Markup] | None = None
    if models:
        block = data_block(models)

        def fragment(static: Markup) -> Markup:
            explorer = {"explorer": {"data": block, "static": static}}
            return Markup(render("explorer/explorer.html", explorer, autoescape=True))

    return {"style": Markup(style), "scripts": scripts, "explorer": fragment}


@dataclass(frozen=True)
class Script:
    """A script of the page, which may run because the policy names its digest."""

    text: Markup
    policy: Markup

    @classmethod
    def of(cls, name: str) -> Script:
        text = script(name)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        return cls(text, Markup(f"'sha256-{digest}'"))


@dataclass(frozen=True)
class Numbered:
    """A table with its number."""

    number: int
    table: Table


def _drawn(results: Results, answer: Verdict, folder: Path, jobs: int) -> dict[str, Any]:
    """The figures and tables of every section, numbered through; empty sections are left out."""
    if not results.methods:
        _remove_but((), folder)
        return {"first": [], "example": [], "sections": []}

    top: tuple[Figures, ...] = (
        tuple(partial(one, verdict=answer) for one in FIRST),
        (partial(shown, k=answer.n_components),),
    )
    parts = (*top, *(section.figures for section in SECTIONS))
    first, example, *others = drawn = pictures_of(results, parts, folder, jobs)
    _remove_but([picture.name for pictures in drawn for picture in pictures], folder)

    sections, tables = [], 0
    for section, pictures in zip(SECTIONS, others, strict=True):
        found = section.tables(results)
        numbered = [Numbered(tables + i, table) for i, table in enumerate(found, start=1)]
        tables += len(found)
        counts = [count(len(found), "table")] if found else []
        counts += [count(len(pictures), "figure")] if pictures else []
        if counts:
            one = {"title": section.title, "counts": ", ".join(counts)}
            sections.append(one | {"tables": numbered, "figures": pictures})
    return {"first": first, "example": example, "sections": sections}


def _remove_but(names: Collection[str], folder: Path) -> None:
    """Remove the figures of an earlier report that this one does not have."""
    for old in [*folder.glob("*.png"), *folder.glob("*.pdf")]:
        if old.stem not in names:
            old.unlink()


def render(name: str, content: dict[str, Any], *, autoescape: bool) -> str:
    """A template with its content: HTML with `autoescape`, Markdown without."""
    options: dict[str, Any] = (
        {"autoescape": True, "finalize": _page} if autoescape else {"finalize": _markdown}
    )
    environment = Environment(
        loader=FunctionLoader(text_of),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **options,
    )
    environment.filters["base64"] = lambda png: base64.b64encode(png).decode()
    environment.filters["pipes"] = lambda table: Markup(markdown(table))
    environment.filters["plain"] = lambda value: f"{value:.10g}" if math.isfinite(value) else ""
    environment.filters["unbroken"] = unbroken
    environment.filters["anchor"] = lambda words: re.sub(
        r"[^a-z0-9]+", "-", str(words).lower()
    ).strip("-")
    return environment.from_string(text_of(name)).render(content)


def unbroken(text: str) -> Markup:
    """Options of the command line, names with hyphens and percentages stay on one line.

    >>> unbroken("58 % now: more with --tune 20")
    Markup('<span class="whole">58 %</span> now: more with <span class="whole">--tune 20</span>')
    """
    text = html.escape(lines(text))
    return Markup(re.sub(r"--[a-z][a-z-]*(?: \d+)?|\w+-\w[\w-]*|[\d.]+ %", _whole, text))


def _whole(found: re.Match[str]) -> str:
    return f'<span class="whole">{found[0]}</span>'


def _page(value: Any) -> Any:
    """Text with nothing in it that cannot be seen; jinja escapes it."""
    return lines(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _markdown(value: Any) -> Any:
    """Text that Markdown shows as it is, in one line."""
    return in_markdown(value) if isinstance(value, str) and not isinstance(value, Markup) else value
