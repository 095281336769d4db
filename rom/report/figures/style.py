"""How figures look: sizes, fonts, one colour per method; and how they are written."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from rom.report.results import Results

WIDTH = 7.5  # inches: text width of a page
DPI = 160
RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.labelsize": 9,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "axes.unicode_minus": True,
    "axes.grid": False,
    "lines.linewidth": 1.4,
    "image.interpolation": "nearest",
    "pdf.fonttype": 42,
}
GREY = "#8c8c8c"
MASK = "#b8b8b8"
#: Okabe and Ito's colours, told apart with every kind of colour vision.
COLOURS = {"pod": "#222222", "autoencoder": "#0072B2", "beta-vae": "#D55E00"}
MORE_COLOURS = (
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#7A5195",
    "#A6761D",
    "#999933",
    "#882255",
    "#44AA99",
    "#661100",
)
MARKERS = {"pod": "s", "autoencoder": "o", "beta-vae": "^"}


@dataclass(frozen=True)
class Plot:
    """A figure of the report: file name (without ending), what is seen in it, and a caption in full
    sentences.
    """

    name: str
    title: str
    caption: str
    figure: Figure
    alt: str = ""


@dataclass(frozen=True)
class Written:
    """A figure that has been written: its number, words, PNG bytes and width in CSS pixels."""

    number: int
    name: str
    title: str
    caption: str
    png: bytes
    width: int


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """An empty figure (inches) with a layout that keeps labels apart. To be called within
    :func:`looks`.
    """
    return Figure(figsize=(width, height), dpi=DPI, layout="constrained")


def looks() -> Any:
    """A context in which matplotlib's defaults are the report's, whatever the user's are."""
    settings: dict[Any, Any] = {**mpl.rcParamsDefault, "backend": "agg", **RC}
    return mpl.rc_context(settings)


def write(plot: Plot, number: int, folder: Path) -> Written:
    """Write a figure as PNG and PDF; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    FigureCanvasAgg(plot.figure).print_png(
        buffer, metadata={"Software": None}
    )  # savefig would draw everything twice
    plot.figure.set_layout_engine("none")  # as it was laid out for the PNG
    FigureCanvasPdf(plot.figure).print_pdf(
        folder / f"{plot.name}.pdf", metadata={"CreationDate": None}
    )
    png = buffer.getvalue()
    (folder / f"{plot.name}.png").write_bytes(png)
    width = round(plot.figure.get_size_inches()[0] * 132)
    return Written(number, plot.name, plot.title, plot.caption, png, width)


def fitted(text: str, inches: float, *, lines: int = 3, size: float = RC["axes.labelsize"]) -> str:
    """A label broken into lines of at most this length, cut short where more lines than so many
    would be needed.

    A dollar sign is a dollar sign: no formula, which a stray one would make unreadable.

    >>> print(fitted("eastward_sea_water_velocity (m s-1)", 1.5))
    eastward_sea_water_
    velocity (m s-1)
    """
    n = max(10, int(inches * 72 / (0.58 * size)))
    broken: list[str] = []
    for line in text.split("\n"):
        filled = ""
        for word in re.split(r"(?<=[\s_/-])", line):
            if filled and len(filled) + len(word.rstrip()) > n:
                broken.append(filled.rstrip())
                filled = ""
            while len(word.rstrip()) > n:
                broken.append(word[:n])
                word = word[n:]
            filled += word
        broken.append(filled.rstrip())
    if len(broken) > lines:
        broken = [*broken[: lines - 1], broken[lines - 1][: n - 1] + "…"]
    return "\n".join(broken).replace("$", r"\$")


def shortened(text: str, inches: float, *, size: float = 8) -> str:
    """A label in one line, its middle left out where it is longer than this.

    >>> shortened("sea_surface_height_above_geoid", 1)
    'sea_sur…_geoid'
    """
    n = max(6, int(inches * 72 / (0.62 * size)))
    short = text if len(text) <= n else f"{text[: n // 2]}…{text[len(text) - (n - 1 - n // 2) :]}"
    return short.replace("$", r"\$")


def plain_log_ticks(axes: Axes) -> None:
    """Plain numbers on a logarithmic y axis which spans so little that powers of ten would leave it
    bare.
    """
    low, high = axes.get_ylim()
    if axes.get_yscale() != "log" or high / low > 50:
        return
    if high / low < 4:
        ticks = [float(tick) for tick in MaxNLocator(5).tick_values(low, high)]
    else:
        ticks = [m * 10.0**e for e in range(-12, 13) for m in (1, 2, 3, 5)]
    axes.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if low <= tick <= high]))
    axes.yaxis.set_major_formatter(
        lambda value, _: f"{value:.3g}" if value < 1e4 else f"{value:,.0f}"
    )
    axes.yaxis.set_minor_locator(NullLocator())


def captured_axis(axes: Axes) -> None:
    """An axis of the energy that is missing, logarithmic and upside down, whose ticks say what is
    captured (%).
    """
    axes.set_yscale("log")
    axes.invert_yaxis()
    high, low = axes.get_ylim()
    steps = (1,) if high / low > 300 else (1, 2, 5)
    ticks = [m * 10.0**e for e in range(-15, 4) for m in steps]
    axes.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if low <= tick <= high]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(
        lambda missing, _: f"{100 * (1 - missing):.10g}".replace("-", "−")
    )


def colour(results: Results, key: tuple[str, float | None]) -> str:
    """The colour of a reducer; where COLOURS has none, and for further betas, the next free one of
    MORE_COLOURS.

    What is not compared is grey.
    """
    if key not in results.keys:
        return GREY
    used = iter(MORE_COLOURS * 9)
    firsts = {other[0]: other for other in reversed(results.keys)}
    # every reducer before any second beta, so that no two reducers share a colour as long as there
    # are enough
    ordered = [key for key in results.keys if firsts[key[0]] == key] + list(results.keys)
    colours: dict[tuple[str, float | None], str] = {}
    for other in ordered:
        if other not in colours:
            first = firsts[other[0]] == other and other[0] in COLOURS
            colours[other] = COLOURS[other[0]] if first else next(used)
    return colours[key]


def marker(key: tuple[str, float | None]) -> str:
    """The marker of a reducer."""
    return MARKERS.get(key[0], "D")
