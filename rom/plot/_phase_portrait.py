"""Two latents against each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rom.errors import InputError
from rom.plot._canvas import canvas, hide, wrap
from rom.plot._colouring import Colouring, add_key, colouring, draw_points, of_results
from rom.plot._inputs import is_comparison, latents_of, results_of, size_of
from rom.plot._style import Width, inches, paper
from rom.results import Results
from rom.results.words import latent

UNEQUAL = 8  # times that one latent may be wider than the other on equal axes


@paper
def phase_portrait(
    source: Any,
    by: Any = None,
    *,
    label: str = "",
    pair: tuple[int, int] | None = None,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """Two latents of every snapshot against each other, with equal axes: a circle is a circle.

    Axes are not equal where one latent varies more than eight times as much as the other.

    Parameters
    ----------
    source : array (n, k), dict of name to such arrays, or comparison
        Of a comparison: the test set; of several seeds the one with the median test error.
    by : array (n,), optional
        Numbers or labels to colour by; of a comparison: labels, else a parameter, else time.
    label : str, optional
        Name of `by`, with its unit.
    pair : (int, int), optional
        Which latents, from 0; default the first two, of a comparison the two that capture most
        energy.
    n_components : int, optional
        Of a comparison; default: the smallest number of latents above one.
    ax : Axes or array of them, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_methods,) array of Axes

    Raises
    ------
    InputError
        If there are fewer than two latents, or `by` has another length.

    Examples
    --------
    >>> import numpy as np, rom
    >>> t = np.linspace(0, 10, 50)
    >>> circle = np.column_stack([np.sin(t), np.cos(t)])
    >>> (ax,) = rom.plot.phase_portrait(circle, by=t, label="time (s)", width="single")
    >>> float(ax.get_aspect())
    1.0
    """
    if is_comparison(source):
        results = results_of(source)
        named, pairs = _of_comparison(results, n_components, pair)
        chosen = of_results(results) if by is None else colouring(label, np.asarray(by))
    else:
        given = source if isinstance(source, dict) else {"": source}
        named = {str(name): latents_of(Z) for name, Z in given.items()}
        pairs = [pair or (0, 1)] * len(named)
        chosen = None if by is None else colouring(label, np.asarray(by))
    _check(named, pairs, chosen)
    single = inches(width) < 5
    rows, columns = wrap(len(named), (2 if len(named) > 1 else 1) if single else 3)
    panel = (inches(width) - 0.7) / columns
    height = rows * min(3.0, panel + 0.1) + 0.35
    if ax is not None:
        rows, columns = 1, len(named)
    place = canvas(ax, rows, columns, width=width, height=height)
    n = len(named)
    for axes, (name, Z), (i, j) in zip(place.panels, named.items(), pairs, strict=False):
        image = draw_points(axes, Z[:, i], Z[:, j], chosen)
        axes.set(title=name, xlabel=latent(i), ylabel=latent(j))
        _equal(axes, np.ptp(Z[:, i]), np.ptp(Z[:, j]))
        axes.locator_params(nbins=5)
    hide(place.panels[n:])
    add_key(place, place.panels, image, chosen)
    return np.array(place.panels[:n])


def _of_comparison(
    results: Results, n_components: int | None, pair: tuple[int, int] | None
) -> tuple[dict[str, np.ndarray], list[tuple[int, int]]]:
    several = [k for k in results.sizes if k > 1]
    if not several:
        raise InputError(f"{results.store.path}: no comparison of two latents or more")
    named, pairs = {}, []
    for method in results.at(size_of(results, n_components, several[0])):
        run = results.median_run(method)
        named[method.name] = results.latents(run)
        first, second = (*results.order(run), 0, 0)[:2]
        pairs.append(pair or (first, second))
    return named, pairs


def _check(
    named: dict[str, np.ndarray], pairs: list[tuple[int, int]], by: Colouring | None
) -> None:
    for Z, pair in zip(named.values(), pairs, strict=True):
        if not all(0 <= i < Z.shape[1] for i in pair):
            raise InputError(f"latents {pair}: there are {Z.shape[1]}, from 0")
        if by is not None and by.values.shape != (len(Z),):
            raise InputError(f"by: {len(Z)} values expected, got an array of {by.values.shape}")


def _equal(axes: Axes, width: float, height: float) -> None:
    if 0 < width < UNEQUAL * height and height < UNEQUAL * width:
        axes.set_aspect("equal", adjustable="datalim")
