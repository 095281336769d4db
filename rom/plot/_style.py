"""How figures look: sizes, fonts, one colour and one marker for each method."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Literal, ParamSpec, TypeVar

import matplotlib as mpl
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure

from rom.errors import InputError, nearest
from rom.results import Results

P = ParamSpec("P")
T = TypeVar("T")
Width = Literal["single", "double"]
#: Inches of a column and of a page of a journal.
WIDTHS = {"single": 3.5, "double": 7.0}
SIZE, SMALL = 8, 7  # points, at these widths
#: Settings of all figures; the font itself is the user's.
RC: dict[Any, Any] = {
    "font.size": SIZE,
    "axes.titlesize": SIZE,
    "axes.labelsize": SIZE,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL,
    "legend.title_fontsize": SMALL,
    "figure.titlesize": SIZE,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "axes.grid": False,
    "lines.linewidth": 1.2,
    "image.interpolation": "nearest",
    "figure.dpi": 150,
    "savefig.dpi": 300,
    "pdf.fonttype": 42,  # text stays text
    "svg.fonttype": "none",
}
GREY, PALE, INK, MASK = "#8c8c8c", "#e3e3e3", "#222222", "#b8b8b8"
#: Okabe and Ito's colours, told apart with every kind of colour vision.
COLOURS = {"pod": INK, "autoencoder": "#0072B2", "beta-vae": "#D55E00"}
MORE_COLOURS = (
    "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5195",
    "#A6761D", "#999933", "#882255", "#44AA99", "#661100",
)  # fmt: skip
MARKERS = {"pod": "s", "autoencoder": "o", "beta-vae": "^"}
#: Tol's muted colours and black, for up to ten classes; with CLASS_MARKERS for more.
CLASS_COLOURS = (
    "#332288", "#88CCEE", "#117733", "#DDCC77", "#CC6677",
    "#AA4499", "#44AA99", "#999933", "#882255", "#111111",
)  # fmt: skip
CLASS_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")

#: Whether pyplot keeps new figures, to show them. The report writes many that nobody shows.
_KEPT: ContextVar[bool] = ContextVar("kept", default=True)


class PaperFigure(Figure):
    """A figure that is drawn and saved with these settings, whatever the user's are by then."""

    def draw(self, renderer: RendererBase) -> None:
        with mpl.rc_context(RC):
            super().draw(renderer)

    def savefig(self, *args: Any, **kwargs: Any) -> None:
        with mpl.rc_context(RC):
            super().savefig(*args, **kwargs)


def paper(function: Callable[P, T]) -> Callable[P, T]:
    """Let a function draw with these settings."""

    @wraps(function)
    def within(*args: P.args, **kwargs: P.kwargs) -> T:
        with mpl.rc_context(RC):
            return function(*args, **kwargs)

    return within


@contextmanager
def unseen() -> Iterator[None]:
    """A context whose figures are not kept by pyplot, with matplotlib's settings and not the
    user's.
    """
    # what is no matter of looks stays as it is: a context does not give the backend back
    other = ("backend", "interactive", "toolbar", "webagg", "savefig.directory", "date.epoch")
    default = {k: v for k, v in mpl.rcParamsDefault.items() if not k.startswith(other)}
    token = _KEPT.set(False)
    try:
        settings: dict[Any, Any] = {**default, "font.family": "DejaVu Sans", **RC}
        with mpl.rc_context(settings):
            yield
    finally:
        _KEPT.reset(token)


def new_figure(width: float, height: float) -> PaperFigure:
    """An empty figure (inches) with a layout that keeps labels apart."""
    options: dict[str, Any] = {"figsize": (width, height), "layout": "constrained"}
    if not _KEPT.get():
        return PaperFigure(**options)
    from matplotlib import pyplot  # now: it chooses a backend

    return pyplot.figure(FigureClass=PaperFigure, **options)  # type: ignore[return-value]


def inches(width: str) -> float:
    """The width of a figure."""
    if width not in WIDTHS:
        raise InputError(f"width={width!r}: {nearest(str(width), WIDTHS)}")
    return WIDTHS[width]


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
