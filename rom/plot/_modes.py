"""POD modes, or what each latent of another model adds."""

from __future__ import annotations

from typing import Any

import numpy as np

from rom.errors import InputError
from rom.plot._canvas import canvas, hide
from rom.plot._inputs import decoded, model_of, reducer_of
from rom.plot._scale import scale_of
from rom.plot._style import INK, Width, inches, paper
from rom.plot._text import fitted, shortened
from rom.plot._view import MAX_VARIABLES, View
from rom.reducers.pod import POD
from rom.results.words import percent


@paper
def modes(model: Any, n: int = 6, *, ax: Any = None, width: Width = "double") -> np.ndarray:
    """The first modes, each variable divided by its largest magnitude.

    A mode is what a latent adds to the field decoded at zero: ``decode(a e_i) - decode(0)`` with
    the amplitude a of :meth:`rom.POD.amplitudes`, for POD the mode itself. Its sign is arbitrary.
    With one variable its share of the energy is in the title.

    Parameters
    ----------
    model : fitted reducer, the model of a run, or a comparison with POD
    n : int, default 6
        Modes at most.
    ax : array of Axes, optional
        One for each mode and variable, the variables of one mode next to each other.
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_panels,) array of Axes

    Raises
    ------
    InputError
        If the model is not fitted, or n is not positive.

    Examples
    --------
    >>> import numpy as np, rom
    >>> t, x = np.arange(60.0)[:, None], np.linspace(0, 6, 20)
    >>> pod = rom.POD(2).fit(rom.Snapshots.from_array(np.sin(x - 0.3 * t), axes="t x"))
    >>> [ax.get_title() for ax in rom.plot.modes(pod)]
    ['mode 1, 52.4 %', 'mode 2, 47.6 %']
    """
    if n < 1:
        raise InputError(f"n={n}: at least one mode")
    model = model_of(model)
    reducer, layout = reducer_of(model), model.layout_
    n, view = min(n, reducer.n_components_), View(layout)
    variables = layout.variables[:MAX_VARIABLES]
    unit = np.diag(model.amplitudes())[:n]
    fields = decoded(model, np.vstack([0 * unit[:1], unit]))
    fields = fields[1:] - fields[0]
    shown = [(i, j) for i in range(n) for j in range(len(variables))]
    columns = _columns(view, len(shown), len(variables), inches(width))
    rows = -(-len(shown) // columns)
    panel = (inches(width) - (1.45 if view.is_image else 0.6)) / columns
    height = rows * (view.height(panel) + 0.28) + 0.4
    if ax is not None:
        rows, columns = 1, len(shown)
    place = canvas(ax, rows, columns, width=width, height=height)
    scale = scale_of(np.array([-1.0, 1.0]), signed=True)
    ratios = reducer.explained_variance_ratio_ if isinstance(reducer, POD) else None
    for p, (axes, (i, j)) in enumerate(zip(place.panels, shown, strict=False)):
        drawn = fields[i, j] / (np.nanmax(np.abs(fields[i, j])) or 1.0)
        left, bottom = p % columns == 0, p + columns >= len(shown)
        if view.is_image:
            image = view.draw(axes, drawn, scale)
            view.label(axes, panel, left=left, bottom=bottom)
        else:
            view.curve(axes, drawn, color=INK, zero=True)
            axes.set_ylim(-1.1, 1.1)
            axes.set_xlabel(fitted(view.curve_label, panel) if bottom else "")
        of = shortened(variables[j], panel - 0.5) if len(variables) > 1 else ""
        if len(variables) == 1 and ratios is not None:
            of = percent([ratios[i]])
        axes.set_title(f"mode {i + 1}{', ' if of else ''}{of}", pad=3)
    hide(place.panels[len(shown) :])
    if view.is_image:
        shrink = min(1.0, 2.2 / place.height)
        place.bar(image, place.panels, "mode / its largest magnitude", shrink=shrink)
    return np.array(place.panels[: len(shown)])


def _columns(view: View, n_panels: int, n_variables: int, width: float) -> int:
    """Panels in a row: the variables of one mode are not torn apart where they fit."""
    most = view.columns(n_panels) if width > 5 else min(n_panels, 2 if view.is_image else 1)
    return max(1, most // n_variables) * n_variables if n_variables <= most else most
