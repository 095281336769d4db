"""How much latents depend on each other, pair by pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from rom.errors import InputError, nearest
from rom.metrics import correlation_matrix, distance_correlation, informational_correlation
from rom.plot._canvas import canvas, hide, wrap
from rom.plot._inputs import is_comparison, latents_of, results_of, size_of
from rom.plot._style import MASK, Width, inches, paper
from rom.results.words import latent

MAX_NUMBERS = 8  # a matrix with more latents than this is drawn without numbers
#: Name -> label of the colour bar, function of latents.
MEASURES: dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]] = {
    "correlation": ("correlation |r|", lambda Z: np.abs(correlation_matrix(Z))),
    "informational": ("informational correlation", informational_correlation),
    "distance": ("|distance correlation|", lambda Z: np.abs(distance_correlation(Z))),
}


@paper
def independence(
    source: Any,
    measure: str = "correlation",
    *,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """A heat map of the dependence of every pair of latents: 0 for none, 1 for a function.

    Grey is a latent that is constant. A correlation of zero does not mean independent; the other
    two measures see any dependence, given enough snapshots. Signs are left out: those of a
    network's latents mean nothing.

    Parameters
    ----------
    source : array (n, k), dict of name to such arrays, or comparison
        Of a comparison: the test set; of several seeds the one with the median test error.
    measure : {"correlation", "informational", "distance"}, default "correlation"
        Absolute value of Pearson's r; of the informational correlation ``sqrt(1 - exp(-2 I))`` with
        the mutual information I (nats); of the distance correlation.
    n_components : int, optional
        Of a comparison; default: the largest number of latents.
    ax : Axes or array of them, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_methods,) array of Axes

    Raises
    ------
    InputError
        If there is no such measure.

    Examples
    --------
    >>> import numpy as np, rom
    >>> Z = np.random.default_rng(0).normal(size=(100, 3))
    >>> (ax,) = rom.plot.independence(Z, width="single")
    >>> ax.images[0].get_array().shape
    (3, 3)
    """
    if measure not in MEASURES:
        raise InputError(f"measure={measure!r}: {nearest(measure, MEASURES)}")
    if is_comparison(source):
        results = results_of(source)
        methods = results.at(size_of(results, n_components, results.sizes[-1]))
        named = {m.name: results.latents(results.median_run(m)) for m in methods}
    else:
        given = source if isinstance(source, dict) else {"": source}
        named = {str(name): latents_of(Z) for name, Z in given.items()}
    label, function = MEASURES[measure]
    matrices = {name: _matrix(function, Z) for name, Z in named.items()}
    n, k = len(named), max(len(R) for R in matrices.values())
    most = 1 if n == 1 else 2 if inches(width) < 5 else 4 if k <= 4 else 3
    rows, columns = wrap(n, most)
    panel = min((inches(width) - 0.8) / columns, 2.8)
    height = rows * (panel + 0.2)
    if ax is not None:
        rows, columns = 1, n
    place = canvas(ax, rows, columns, width=width, height=height)
    for axes, (name, R) in zip(place.panels, matrices.items(), strict=False):
        image = _draw(axes, R, cell=panel / len(R))
        axes.set_title(name, pad=4)
    hide(place.panels[n:])
    place.bar(image, place.panels, label, shrink=0.8, ticks=[0, 0.25, 0.5, 0.75, 1])
    return np.array(place.panels[:n])


def _matrix(function: Callable[[np.ndarray], np.ndarray], Z: np.ndarray) -> np.ndarray:
    """NaN for latents that are constant or not finite, which leave the others as they are."""
    R = np.full((Z.shape[1],) * 2, np.nan)
    vary = np.isfinite(Z).all(axis=0) & (np.ptp(Z, axis=0) > 0)
    if len(Z) > 2 and vary.any():
        R[np.ix_(vary, vary)] = function(Z[:, vary])
        R[vary, vary] = 1.0
    return R


def _draw(axes: Axes, R: np.ndarray, *, cell: float) -> Any:
    k = len(R)
    colours = mpl.colormaps["Blues"].with_extremes(bad=MASK)
    image = axes.imshow(R, vmin=0, vmax=1, cmap=colours)
    names = [latent(i) for i in range(k)]
    step = 1 if k <= 12 else -(-k // 8)
    axes.set_xticks(range(0, k, step), names[::step])
    axes.set_yticks(range(0, k, step), names[::step])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    small = cell < 0.3
    for i, j in np.argwhere(np.isfinite(R)) if k <= MAX_NUMBERS else ():
        text = "1" if R[i, j] > 0.995 else f"{R[i, j]:.2f}"
        text = text.replace("0.", ".") if small else text
        ink = "white" if R[i, j] > 0.6 else "#222222"
        size = 5.5 if small else 7
        axes.text(j, i, text, ha="center", va="center", fontsize=size, color=ink)
    return image
