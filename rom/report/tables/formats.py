"""A table as text for other documents: Markdown, LaTeX, and a terminal."""

from __future__ import annotations

import io
import sys
from typing import Literal

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from rom.report.tables.table import Table
from rom.strings import in_latex, in_markdown, visible

PLAIN_WIDTH = 120


def markdown(table: Table) -> str:
    """A pipe table, numbers to the right."""
    heads = [in_markdown(head) for head in table.heads]
    rule = [":---" if i == 0 or column.words else "---:" for i, column in enumerate(table.columns)]
    rows = [[in_markdown(cell) for cell in row] for row in table.rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, rule, *rows)) + "\n"


def latex(table: Table) -> str:
    """A tabular with the rules of the package booktabs."""
    columns = "".join("l" if i == 0 or c.words else "r" for i, c in enumerate(table.columns))
    lines = [" & ".join(map(in_latex, row)) + r" \\" for row in (table.heads, *table.rows)]
    begin, end = rf"\begin{{tabular}}{{{columns}}}", r"\end{tabular}"
    return "\n".join(
        [begin, r"\toprule", lines[0], r"\midrule", *lines[1:], r"\bottomrule", end, ""]
    )


def terminal(table: Table) -> str:
    """What a terminal shows; plain text where the output is a file."""
    shown = RichTable(box=None, pad_edge=False, header_style="bold")
    for i, column in enumerate(table.columns):
        justify: Literal["left", "right"] = "left" if i == 0 or column.words else "right"
        shown.add_column(Text(visible(column.head)), justify=justify, no_wrap=not column.words)
    for row in table.rows:
        shown.add_row(*(Text(visible(cell)) for cell in row))
    tty = sys.stdout.isatty()
    console = Console(
        file=io.StringIO(), highlight=False, force_terminal=tty, width=None if tty else PLAIN_WIDTH
    )
    console.print(shown)
    return console.file.getvalue().rstrip()  # type: ignore[attr-defined]
