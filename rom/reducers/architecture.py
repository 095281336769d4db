"""Which network: POD coordinates, convolutions or dense layers; by measurement, and with what
defaults.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rom.data.layout import IMAGE_AXES, FieldLayout
from rom.data.snapshots import Snapshots
from rom.errors import InputError, nearest
from rom.reducers.coordinates import LEFT_OUT, MOST_MODES, Coefficients, fit_modes, leading, project
from rom.reducers.pod import POD

ARCHITECTURES = ("auto", "pod", "fields", "conv", "mlp", "linear")
#: Validation rows with a larger part outside the span of the training rows' modes, as a relative
#: error, are out of reach of a network in POD coordinates (docs/networks.md).
LARGEST_RESIDUAL = 0.05
#: Pictures with values in [0, 1]: a sigmoid keeps a decoded one there, which POD coordinates
#: cannot. Up to this number of pixels the dense layers are small enough.
MOST_PIXELS = 4096
#: A network learns the coefficients of this number of modes; what the others hold counts as error.
NETWORK_MODES = 256
#: No hidden layer is narrower, nor than this multiple of the latents.
NARROWEST, WIDTHS_PER_LATENT = 64, 4
#: Up to FEW_ROWS training rows a network in POD coordinates is small and sees all rows in each
#: step; beyond, it is larger and sees POD_BATCH.
FEW_ROWS, POD_BATCH = 512, 256
BATCH, STEPS_PER_EPOCH = 128, 64
BLOCK_BYTES = 2**24


@dataclass(frozen=True)
class Defaults:
    """What an architecture is trained with, where nothing else is asked for."""

    optimiser: str
    learning_rate: float
    first_steps: int
    max_steps: int
    noise: float = 0.0

    def of(self, *, sampled: bool) -> Defaults:
        """Those of a network whose latents are sampled: noise asks for smaller and for more
        steps.
        """
        if self.optimiser != "soap" or not sampled:
            return self
        return replace(
            self, learning_rate=0.3 * self.learning_rate, first_steps=2 * self.first_steps
        )


DEFAULTS = {
    "pod": Defaults("soap", 1e-2, 500, 8000, noise=1.0),
    "conv": Defaults("adam", 3e-3, 1000, 8000),
    "mlp": Defaults("adam", 3e-3, 2000, 8000),
    "linear": Defaults("adam", 3e-3, 2000, 8000),
}


@dataclass(frozen=True)
class Choice:
    """An architecture, why, and the data in POD coordinates where that is it.

    `residual` is what validation rows have outside the span, NaN where it was not measured.
    """

    architecture: str
    reason: str
    residual: float = float("nan")
    pod: POD | None = None
    rows: Coefficients | None = None
    held_out: Coefficients | None = None


def choose(
    architecture: str,
    reconstruction: str,
    rows: Snapshots,
    held_out: Snapshots | None,
    memory_limit: int | str | None,
    n_components: int = 1,
) -> Choice:
    """The architecture that is asked for, or the one that a measurement speaks for.

    "auto" is dense layers on small pictures with values in [0, 1], which their sigmoid keeps
    there. Else it is POD coordinates where validation rows have at most 5 % (as a relative error)
    outside the span of the training rows' modes; beyond it convolutions where the layout has a
    grid, else dense layers: they are not bound to the span. But where POD with as many latents is
    nearer to validation rows than their nearest training rows, these are too few to learn more
    from, and a network on the fields would only learn them by heart.

    Raises
    ------
    InputError
        If there is no such architecture, or it does not fit the data or the loss.
    """
    _check(architecture, reconstruction, rows.layout)
    other = "conv" if rows.layout.has_grid else "mlp"
    if architecture not in ("auto", "pod"):
        return Choice(other if architecture == "fields" else architecture, "as asked")
    if reconstruction != "squared":
        return Choice(other, "POD coordinates have a squared error")
    if architecture == "auto" and _are_small_pictures(rows):
        return Choice("mlp", "pictures with values in [0, 1]: a sigmoid keeps decoded ones there")
    pod, coefficients = fit_modes(rows, memory_limit, n_components + 1)
    held = None if held_out is None or not len(held_out) else project(pod, held_out, memory_limit)
    residual = float("nan") if held is None else held.residual
    modes = f"the {pod.n_components_} modes of the training rows"
    if (
        pod.n_components_ < min(len(rows) - 1, rows.shape[1], MOST_MODES)
        and pod.residual_ > LEFT_OUT
    ):
        modes += f" (memory_limit allows no more; they leave {100 * pod.residual_:.2g} %)"
    if held is None:
        reason = "as asked" if architecture == "pod" else "no validation rows to measure by"
    else:
        said = f"validation rows have {100 * residual:.2g} % of their fluctuations outside {modes}"
        # where memory bounds the modes, training rows are outside them as well: that is not counted
        beyond = np.sqrt(max(0.0, residual**2 - pod.residual_**2))
        reason = f"as asked; {said}" if architecture == "pod" else said
        if architecture == "auto" and beyond > LARGEST_RESIDUAL:
            coefficients = coefficients or project(pod, rows, memory_limit)
            reason = f"{said}, more than {100 * LARGEST_RESIDUAL:g} %"
            too_few = _too_few(held, coefficients, n_components)
            if not too_few:
                return Choice(other, reason, residual)
            reason += f", but {too_few}"
    r = min(pod.n_components_, NETWORK_MODES)
    coefficients = coefficients or project(pod, rows, memory_limit)
    held = None if held is None else held.leading(r)
    return Choice("pod", reason, residual, leading(pod, r), coefficients.leading(r), held)


def _check(architecture: str, reconstruction: str, layout: FieldLayout) -> None:
    if architecture not in ARCHITECTURES:
        raise InputError(
            f"no architecture {architecture!r}; {nearest(str(architecture), ARCHITECTURES)}"
        )
    if architecture == "conv" and not layout.has_grid:
        raise InputError(
            "architecture='conv' needs a grid of 1 to 3 axes; name the axes, or use 'mlp'"
        )
    if architecture == "pod" and reconstruction != "squared":
        raise InputError(
            "architecture='pod' has a squared error; use 'conv' or 'mlp' with another loss"
        )


def _too_few(held: Coefficients, rows: Coefficients, n_components: int) -> str:
    """Why the training rows are too few for a network on the fields; "" if they are not."""
    nearest_row, by_pod = held.distance_to(rows), held.error_of(n_components)
    if nearest_row < by_pod:
        return ""
    return (
        f"the nearest training row is further away ({nearest_row:.2g}) than POD with as many"
        f" latents ({by_pod:.2g}): too few rows for a network on the fields"
    )


def _are_small_pictures(rows: Snapshots) -> bool:
    """Whether these are pictures with values in [0, 1]; fields in space are smooth, and not meant.

    The first block that has other values ends the search.
    """
    if not are_pictures(rows.layout):
        return False
    return all(
        float(block.min()) >= 0 and float(block.max()) <= 1 for block in rows.blocks(BLOCK_BYTES)
    )


def are_pictures(layout: FieldLayout) -> bool:
    """Whether a layout is that of small pictures."""
    return layout.axes == IMAGE_AXES and layout.n_features <= MOST_PIXELS


def default_hidden(architecture: str, n_components: int, n: int) -> Sequence[int]:
    """Widths of the dense layers, from n rows to the latents."""
    least = WIDTHS_PER_LATENT * n_components
    width = max(NARROWEST, least)
    if architecture == "pod" and n > FEW_ROWS:
        return (max(2 * NARROWEST, least),) * 3
    widths = {"pod": (width, width), "conv": (2 * width,), "mlp": (4 * width, 2 * width)}
    return widths.get(architecture, ())


def default_batch(architecture: str, n: int, batch_size: int | None, least: int) -> int:
    """Rows of a batch: all of few coefficients; of fields so few that an epoch has 64 steps."""
    if architecture == "pod":
        most = (n if n <= FEW_ROWS else POD_BATCH) if batch_size is None else batch_size
        return min(n, most)
    return min(BATCH if batch_size is None else batch_size, max(least, n // STEPS_PER_EPOCH))
