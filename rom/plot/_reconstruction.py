"""Snapshots, what each method makes of them, and where that is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rom.plot._examples import of_comparison, of_models
from rom.plot._inputs import is_comparison, results_of
from rom.plot._reconstruction_panels import curves, images
from rom.plot._style import Width, paper
from rom.plot._view import View


@paper
def reconstruction(
    model: Any,
    snapshots: Any = None,
    *,
    snapshot: int | Sequence[int] = 0,
    variable: int | str = 0,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """The original, what each method decodes, and below it the error ``|x - x_hat|``.

    The number in a title is the relative error of this variable of this snapshot: the norm of the
    error over the distance of the snapshot from the training mean (of models: from the mean of
    the snapshots given, or from zero where that is one). All errors have one scale of colours.
    Fields along a line are curves.

    Parameters
    ----------
    model : comparison, fitted reducer, model of a run, or dict of name to model
        Of several seeds of a comparison, the one with the median test error; of more than five
        methods, one for each reducer.
    snapshots : Snapshots or array (n, n_features) or (n, n_variables, ...), for models
        Best held-out ones. A comparison has its own: a few snapshots of its test set.
    snapshot : int or sequence of int, default 0
        Which of them: two rows of panels for each.
    variable : int or str, default 0
        Number or name.
    n_components : int, optional
        Of a comparison; default: the smallest number of latents.
    ax : array of Axes, optional
        Two rows for each snapshot; columns: original (not for curves), then the methods.
        A new figure of single width has these as columns and rows.
    width : {"single", "double"}, default "double"

    Returns
    -------
    (2 n_snapshots, n_columns) array of Axes

    Raises
    ------
    InputError
        If models come without snapshots, or there is no such snapshot or variable.

    Examples
    --------
    >>> import numpy as np, rom
    >>> t, x = np.arange(60.0)[:, None], np.linspace(0, 6, 20)
    >>> waves = np.sin(x - 0.3 * t) + 0.2 * np.sin(2 * x)
    >>> models = {f"{k} modes": rom.POD(k).fit(waves[:40]) for k in (1, 2)}
    >>> rom.plot.reconstruction(models, waves[40:], snapshot=3).shape
    (2, 2)
    """
    at = [snapshot] if isinstance(snapshot, int | np.integer) else list(snapshot)
    if is_comparison(model):
        example = of_comparison(results_of(model), at, variable, n_components)
    else:
        example = of_models(model, snapshots, at, variable)
    view = View(example.layout)
    draw = images if view.is_image else curves
    return draw(example, view, ax, width)
