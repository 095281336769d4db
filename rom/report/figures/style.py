"""Plot: a figure of the report with its words; and how it is written."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure

from rom.files import writing_together
from rom.plot._style import RC, colour, unseen

__all__ = ["DPI", "RC", "Plot", "Written", "colour", "figure_of", "looks", "write"]

DPI = 160  # of the PNG
CSS_PIXELS = 132  # per inch, in the page


@dataclass(frozen=True)
class Plot:
    """A figure of the report.

    Attributes
    ----------
    name : file name without ending
    title : what is drawn
    caption : how to read it, in full sentences
    figure : Figure
    alt : what is seen, in numbers, in one sentence: the alternative text of the page
    """

    name: str
    title: str
    caption: str
    figure: Figure
    alt: str = ""


@dataclass(frozen=True)
class Written:
    """A figure that has been written: PNG bytes and width in CSS pixels."""

    png: bytes
    width: int


def looks() -> AbstractContextManager[None]:
    """A context in which matplotlib's defaults are the report's, whatever the user's are."""
    return unseen()


def figure_of(axes: Any) -> Figure:
    """The figure of the Axes that a function of rom.plot returned."""
    first: Any = np.asarray(axes, dtype=object).reshape(-1)[0]
    figure: Figure = first.figure
    return figure


def write(plot: Plot, folder: Path) -> Written:
    """Write a figure as PNG and PDF; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    plot.figure.set_dpi(DPI)
    canvas = FigureCanvasAgg(plot.figure)  # savefig would draw everything twice
    canvas.print_png(buffer, metadata={"Software": None})
    plot.figure.set_layout_engine("none")  # as it was laid out for the PNG
    png, pdf = buffer.getvalue(), io.BytesIO()
    FigureCanvasPdf(plot.figure).print_pdf(pdf, metadata={"CreationDate": None})
    with writing_together([folder / f"{plot.name}.png", folder / f"{plot.name}.pdf"]) as parts:
        for part, content in zip(parts, (png, pdf.getvalue()), strict=True):
            part.write_bytes(content)
    width = round(plot.figure.get_size_inches()[0] * CSS_PIXELS)
    return Written(png, width)
