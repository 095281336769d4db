"""The latent explorer of the page: models of a store as one dict that ``explorer.js`` decodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from rom.report.assets import data_block
from rom.report.explorer.draft import draft_of
from rom.report.explorer.models import Key, explored_models
from rom.report.explorer.pack import pack
from rom.report.explorer.pictures import MOST_VALUES, Picture
from rom.results import Results
from rom.results.words import listing

#: The error that the basis may leave of a field, in standard deviations: a tenth of the smallest
#: error of a method, within these.
SHARE, FINEST, COARSEST = 0.1, 5e-4, 2e-3
#: What is tried in turn until a page is small enough: so many times this error, held-out snapshots
#: at most, and how weights are kept ("b8" to "b16": those of large layers only).
TRIALS = (
    *((1.0, 64, "f4"), (1.0, 64, "f2"), (1.0, 24, "f2"), (2.0, 24, "f2")),
    *((2.0, 12, "b14"), (2.0, 6, "b13"), (2.0, 6, "b12"), (2.0, 6, "b10"), (2.0, 6, "b8")),
)
#: Values of all variables in a picture: fewer where not even one size fits.
RESOLUTIONS = (MOST_VALUES, MOST_VALUES // 3, MOST_VALUES // 8)
#: Bytes of a weight as text.
BYTES = 8 / 3
TOO_LARGE = "its decoder is too large for a page"
#: Without a recommendation, the largest size up to so many latents.
FEW = 4


def export(
    results: Results,
    *,
    size: int | None = None,
    keys: Sequence[Key] | None = None,
    held_out: tuple[np.ndarray, np.ndarray] | None = None,
    most_bytes: int = 600_000,
) -> dict[str, Any] | None:
    """The models of a store, for a reader to decode in a page.

    Parameters
    ----------
    results : Results
    size : int, optional
        The number of latents that is shown first, and kept whatever else is left out. Default: the
        largest up to 4, else the smallest.
    keys : list of (reducer, beta), optional
        The methods. Default: every reducer, with the beta of least test error at `size`.
    held_out : (positions, fields), optional
        Where test snapshots stand in the test set, and their fields (n, n_variables, *grid).
        Default: the examples of the store. More make the explorer better: the error is shown at
        these alone.
    most_bytes : int
        Of the JSON text. Sizes, held-out snapshots and then methods are left out where all do not
        fit; ``notes`` and the ``reason`` of a model say so.

    Returns
    -------
    A dict for JSON, see ``explorer.js``; None where no model can be explored.
    """
    if not results.methods:
        return None
    few = [n for n in results.sizes if n <= FEW]
    size = size if size is not None else max(few, default=results.sizes[0])
    chosen = list(keys) if keys is not None else _one_beta_each(results, size)
    gone: list[str] = []
    while True:
        data = _fitting(results, chosen, size, held_out, most_bytes, gone)
        if data is not None:
            return _said(data, results, chosen) if data["sizes"] else None


def _fitting(
    results: Results,
    keys: Sequence[Key],
    size: int,
    held_out: tuple[np.ndarray, np.ndarray] | None,
    most_bytes: int,
    gone: list[str],
) -> dict[str, Any] | None:
    """The best that fits without some runs; None where nothing does, and more runs are gone."""
    tolerance = _tolerance(results, keys)
    # once a model had to go, only the smallest of everything is worth another look
    resolutions, trials = (RESOLUTIONS[-1:], TRIALS[-1:]) if gone else (RESOLUTIONS, TRIALS)
    for most_values in resolutions:
        picture = Picture.of(results.layout, most_values)
        found = [
            replace(model, decoder=None, reason=TOO_LARGE) if model.run.id in gone else model
            for model in explored_models(results, keys, results.sizes, picture)
        ]
        draft = draft_of(results, found, picture, size, held_out)
        for sizes in _fewer(results.sizes, size):
            # the least second: where it does not fit, nothing with these sizes does
            for trial in dict.fromkeys((trials[0], trials[-1], *trials)):
                times, n_held_out, kind = trial
                data = pack(draft, sizes, times * tolerance, n_held_out, kind)
                fits = not data["sizes"] or _length(data) <= most_bytes
                if trial == trials[-1]:
                    least = data
                    if not fits:
                        break
                elif fits:
                    return data
            else:
                return least
    gone += draft.largest(size, (_length(data) - most_bytes) / BYTES)
    return None


def _length(data: dict[str, Any]) -> int:
    return len(data_block(data).encode())


def _one_beta_each(results: Results, size: int) -> list[Key]:
    """Every reducer that was compared once, with the beta of least test error."""
    found: dict[str, list[Key]] = {}
    for key in results.keys:
        found.setdefault(key[0], []).append(key)

    def error(key: Key) -> float:
        errors = [
            results.mean(m, "relative_error") for m in results.of(key) if m.n_components == size
        ]
        return errors[0] if errors and errors[0] == errors[0] else float("inf")

    return [min(several, key=error) for several in found.values()]


def _tolerance(results: Results, keys: Sequence[Key]) -> float:
    errors = [results.mean(method, "relative_error") for key in keys for method in results.of(key)]
    least = min((error for error in errors if error == error), default=COARSEST)
    return float(np.clip(SHARE * least, FINEST, COARSEST))


def _fewer(sizes: Sequence[int], size: int) -> list[list[int]]:
    """All sizes, then without the largest ones, until the one that is kept is alone."""
    kept, found = list(sizes), []
    while True:
        found.append(list(kept))
        others = [n for n in kept if n != size]
        if not others:
            return found
        kept.remove(max(others))


def _said(data: dict[str, Any], results: Results, chosen: Sequence[Key]) -> dict[str, Any]:
    """The export, with what was left out in words."""
    notes = []
    if gone := [str(n) for n in results.sizes if n not in data["sizes"]]:
        notes.append(f"Models with {listing(gone)} latents are left out to keep the page small.")
    if gone := [results.name(key) for key in results.keys if key not in chosen]:
        notes.append(f"Not shown: {listing(gone)}.")
    return data | {"notes": notes}
