"""The card of independence as text: what a terminal shows."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from rom.errors import InputError, nearest
from rom.files import write_text
from rom.measures import METRICS
from rom.results.words import MISSING, count, integer, number
from rom.terminal import say, show

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("table", "csv", "json")


def write_card(card: pd.DataFrame, form: str | None, out: Path | None = None) -> None:
    """Print a card, or write it to a file; as csv and json with all its columns.

    Without `form` a file that ends with .csv or .json is of that form, everything else a table.

    Raises
    ------
    InputError
        If there is no such form, or the file cannot be written.
    """
    form = form or (
        out.suffix.lower().lstrip(".")
        if out and out.suffix.lower() in (".csv", ".json")
        else "table"
    )
    if form not in FORMATS:
        raise InputError(f"--format {form}: {nearest(form, FORMATS)}")
    if form == "csv":
        text = card.to_csv(index=False)
    elif form == "json":
        text = (
            card.to_json(orient="records", indent=1, force_ascii=False, double_precision=15) + "\n"
        )
    else:
        console = Console(
            width=None if out is None and sys.stdout.isatty() else 150,
            file=io.StringIO(),
            highlight=False,
        )
        console.print(*card_tables(card), sep="\n\n")
        text = console.file.getvalue()  # type: ignore[attr-defined]
    if out is None:
        show(text, end="")
        return
    write_text(out, text)
    say(f"card: {out}")


def card_tables(card: pd.DataFrame) -> list[Table | Text]:
    """One table for each set of latents that differs from the others, or why there is none."""
    tables: list[Table | Text] = []
    for name, rows in card.groupby("latents", sort=False):
        same = name == "active" and rows.n_components.iloc[0] == card.n_components.iloc[0]
        if not same:
            tables.append(_table(str(name), rows))
    return tables


def _table(name: str, rows: pd.DataFrame) -> Table | Text:
    title = (
        f"{count(int(rows.n_components.iloc[0]), 'latent')} ({name}),"
        f" {count(int(rows.n.max()), 'snapshot')}"
    )
    if rows.value.isna().all():
        return Text(f"{title}: not defined, {rows.reason.iloc[0]}")
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    table.add_column("measure", no_wrap=True)
    for head in ("value", "95 % interval", "null", "p", "n", "n_eff"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("what it says", overflow="fold")
    for row in rows.to_dict("records"):
        label, meaning = _label(row["measure"], row["key"])
        unit = f" ({row['unit']})" if row["unit"] != "1" else ""
        interval = (
            f"{_text(row['low'])} to {_text(row['high'])}" if np.isfinite(row["low"]) else MISSING
        )
        cells = [_text(row["value"]), interval, _text(row["null"]), _p(row["p_value"])]
        cells += [integer(row["n"]), _size(row["n_eff"])]
        table.add_row(f"{label}{unit}", *cells, Text(row["reason"] or meaning))
    return table


def _label(measure: str, key: str) -> tuple[str, str]:
    """What a row is called, and what it says."""
    metric = METRICS[measure]
    return f"{dict(metric.keys).get(key, key)} {metric.label}".strip(), metric.says


def _text(value: float) -> str:
    if not np.isfinite(value):
        return MISSING if np.isnan(value) else "inf"
    return number(value, digits=3) if abs(value) >= 5e-4 else "0.000"


def _p(value: float) -> str:
    return MISSING if np.isnan(value) else f"{value:.3f}"


def _size(value: float) -> str:
    return MISSING if np.isnan(value) else integer(value)
