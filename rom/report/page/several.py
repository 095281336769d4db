"""Several comparisons of the same data on one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from rom.errors import InputError
from rom.files import write_text
from rom.report.assets import text_of
from rom.report.page.content import Figures, recommended
from rom.report.page.pictures import Picture, pictures_of
from rom.report.page.write import SCRIPTS, Script, render
from rom.report.tables.overview import overview
from rom.report.tables.table import Column, Table
from rom.report.verdict import Verdict, verdict
from rom.results import Results
from rom.results.boundary import showing
from rom.study.store import Store

#: What has to be the same, by its place in study.json, and what it is called.
SAME = {
    ("data", "fingerprint"): "data",
    ("split", "description"): "split",
    ("split", "train"): "training set",
    ("split", "test"): "test set",
    ("pipeline", "description"): "preprocessing",
}


def write_several(
    stores: Sequence[Store],
    folder: Path,
    *,
    goal: str | None = None,
    tolerance: float | None = None,
) -> Path:
    """Write ``report.html``: verdicts, a figure of each, one table, and what differs.

    Parameters
    ----------
    stores : of comparisons of the same data with the same split and preprocessing
    folder : made if missing
    goal, tolerance : what counts, see :func:`rom.report.verdict.verdict`

    Returns
    -------
    Path of the page

    Raises
    ------
    InputError
        If the comparisons cannot be compared with each other; the message says what differs.
    """
    results = []
    for store in stores:
        with showing(store):
            results.append(Results(store))
    check_comparable(results)
    answers = [verdict(one, goal=goal, tolerance=tolerance) for one in results]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pictures = _pictures(results, answers, folder / "figures")
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from error
    content: dict[str, Any] = {
        "title": results[0].title,
        "verdicts": [
            (str(one.store.path), answer, picture)
            for one, answer, picture in zip(results, answers, pictures, strict=True)
        ],
        "differ": _differences(results),
        "names": [str(one.store.path) for one in results],
        "table": _together(results),
        "style": Markup(text_of("page/style.css")),
        "scripts": [Script.of(SCRIPTS[0])],
    }
    page = folder / "report.html"
    write_text(page, render("page/several.html", content, autoescape=True))
    return page


def _pictures(
    results: Sequence[Results], answers: Sequence[Verdict], folder: Path
) -> list[list[Picture]]:
    """The first figure of each comparison, in a folder of its own."""
    found: list[list[Picture]] = []
    for i, (one, answer) in enumerate(zip(results, answers, strict=True), start=1):
        place = folder / str(i)
        place.mkdir(parents=True, exist_ok=True)
        drawn: Figures = (partial(recommended, verdict=answer),) if one.methods else ()
        (pictures,) = pictures_of(one, [drawn], place)
        found.append([replace(picture, number=i) for picture in pictures])
    return found


def check_comparable(results: Sequence[Results]) -> None:
    """Raise an InputError unless data, split and preprocessing are the same."""
    first = results[0]
    for other in results[1:]:
        for (part, key), name in SAME.items():
            one, two = first.study[part][key], other.study[part][key]
            if one != two:
                raise InputError(
                    f"{other.store.path}: cannot be compared with {first.store.path}: the {name}"
                    f" differs ({one}; {two})"
                )


def _differences(results: Sequence[Results]) -> list[tuple[str, list[str]]]:
    """Entries of the studies and versions that are not the same."""
    rows = []
    for part in ("study", "environment"):
        names = dict.fromkeys(name for one in results for name in one.study[part])
        for name in names:
            values = [_said(one.study[part].get(name)) for one in results]
            if len(set(values)) > 1:
                rows.append((name.replace("_", " "), values))
    return rows


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _together(results: Sequence[Results]) -> Table:
    """The rows of all comparisons, each with the name of its folder."""
    tables = [overview(one) for one in results]
    folders = [
        str(one.store.path.name)
        for one, table in zip(results, tables, strict=True)
        for _ in table.rows
    ]
    columns = []
    for same in zip(*(table.columns for table in tables), strict=True):
        cells = [cell for column in same for cell in column.cells]
        values = [value for column in same for value in column.values]
        columns.append(Column(same[0].head, cells, same[0].definition, values))
    columns.insert(1, Column("comparison", folders))
    return Table("Every comparison, method and number of latents", columns, tables[0].note)
