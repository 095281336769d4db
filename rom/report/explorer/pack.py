"""The dict of the latent explorer, for some sizes and a number of digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np

from rom.plot._style import colour
from rom.report.explorer.basis import in_basis, packed
from rom.report.explorer.decoders import Decoder
from rom.report.explorer.draft import Draft
from rom.report.explorer.latent_space import latent_space
from rom.report.explorer.layers import Layer
from rom.report.explorer.models import Explored
from rom.report.explorer.packing import Pool
from rom.report.explorer.pictures import legend, scales, table
from rom.spaced import evenly_spaced

#: Weights of a layer from which 8 to 14 bits each may have to do; others then have 32.
LARGE = 10_000
#: The colours of errors; other than those of the fields.
ERRORS = "magma"


def pack(
    draft: Draft, sizes: Sequence[int], tolerance: float, n_held_out: int, kind: str
) -> dict[str, Any]:
    """The export with these sizes; `kind` is that of the weights, bits of large layers only."""
    pool, results, picture = Pool(), draft.results, draft.picture
    linear = [model for model in draft.found if model.in_basis]
    wanted = [i for i, model in enumerate(linear) if model.method.n_components in sizes]
    kept = evenly_spaced(len(draft.positions), n_held_out)
    truth = np.flatnonzero(draft.owners < 0)[kept]
    decoded = np.flatnonzero(np.isin(draft.owners, wanted))
    samples, known = draft.directions.samples, {}
    rows = np.concatenate([decoded, truth])
    basis = draft.directions.leading(rows, tolerance)
    if len(decoded):
        smaller = draft.directions.leading(decoded, tolerance)
        if _numbers(smaller, n_own=truth.size) < _numbers(basis, n_in_basis=truth.size):
            # as of digits, which have little in common: each has its own numbers
            basis, rows = smaller, decoded
            known["values"] = pool.add(samples[truth], by_row=True)
    coefficients = samples[rows] @ basis.T
    if not known:
        held_out = coefficients[len(coefficients) - len(truth) :]
        known["coefficients"] = pool.add(held_out.astype(np.float32), "f4")
    models = [
        _model(draft, model, basis, pool, kind) for model in draft.found
        if model.method.n_components in sizes
    ]  # fmt: skip
    there = sorted({model["size"] for model in models if "layers" in model})
    return {
        "sizes": there,
        "size": min(there, key=lambda n: abs(n - draft.size), default=draft.size),
        "picture": picture.packed(pool),
        "variables": _variables(draft, sizes, pool),
        "error_colours": pool.add(table(mpl.colormaps[ERRORS]), "u1"),
        "mean": pool.add(draft.units.mean.astype(np.float32), "f4"),
        "spread": [float(f"{value:.7g}") for value in draft.units.spread[:: len(picture.cells)]],
        "basis": packed(basis, coefficients, pool),
        "models": models,
        "snapshots": {
            "names": draft.names,
            "numbers": [int(i) + 1 for i in draft.followed],
            "of": results.size("test"),
            "kept": [int(i) for i in np.searchsorted(draft.followed, draft.positions[kept])],
            **known,
        },
        "arrays": pool.entries,
    }


def _is_large(layer: Layer) -> bool:
    """Whether a layer takes most of a page: convolutions, and what gives all values of a field."""
    weights = layer.get("weights")
    is_matrix = isinstance(weights, np.ndarray) and weights.size > LARGE
    return layer["kind"] == "up" or is_matrix


def _numbers(basis: np.ndarray, *, n_own: int = 0, n_in_basis: int = 0) -> int:
    """About how much a basis takes, with snapshots of their own or in it (twice the digits)."""
    return int(basis.size + n_own * basis.shape[1] + 2 * n_in_basis * len(basis))


def _model(
    draft: Draft, model: Explored, basis: np.ndarray, pool: Pool, kind: str
) -> dict[str, Any]:
    results, method = draft.results, model.method
    said = {
        "name": method.name,
        # black is that of the text, in the light and in the dark
        "colour": "" if method.reducer == "pod" else colour(results, method.key),
        "size": method.n_components,
    }
    if model.decoder is None:
        return said | {"reason": model.reason}
    errors = results.store.relative_errors(model.run)
    known = [] if errors is None else [float(f"{e:.4g}") for e in errors[draft.followed]]
    if model.in_basis:
        content = in_basis(model.decoder, basis, draft.units)
    else:
        content = _on_cells(model.decoder, draft, pool)
    content["layers"] = [
        pool.packed({"digits": kind if _is_large(layer) or kind[0] != "b" else "f4"} | layer)
        for layer in content["layers"]
    ]
    if "linear" in content:
        content["linear"] = pool.packed(content["linear"])
    return said | content | latent_space(
        results, model.run, _reference(draft), draft.followed, pool
    ) | {"errors": known}  # fmt: skip


def _on_cells(decoder: Decoder, draft: Draft, pool: Pool) -> dict[str, Any]:
    """A decoder that gives values of cells itself: ``offset + gain output(value)``."""
    units = draft.units
    offset = units.gain * decoder.offset + units.offset
    content: dict[str, Any] = {
        "layers": decoder.layers,
        "output": decoder.output or "values",
        "gain": pool.add(units.gain * decoder.gain),
        "offset": pool.add(np.where(np.isnan(units.mean), np.nan, offset).astype(np.float32), "f4"),
    }
    if decoder.channels:
        content["channels"] = decoder.channels
        content["cells"] = pool.add(draft.picture.cells.astype(np.float32), "f4")
    return content


def _reference(draft: Draft) -> np.ndarray:
    """The training latents by which signs are chosen: those of POD, else of the first model."""
    results = draft.results
    run = results.pod.runs[0] if results.pod is not None else draft.found[0].run
    return results.latents(run, "train")[:, results.order(run)]


def _variables(draft: Draft, sizes: Sequence[int], pool: Pool) -> list[dict[str, Any]]:
    """Names and colours; of each size the largest error that pictures of errors show."""
    layout, picture = draft.results.layout, draft.picture
    found = []
    for j, scale in enumerate(scales(picture, draft.colours)):
        part = slice(j * len(picture.cells), (j + 1) * len(picture.cells))
        largest = {}
        for size in sizes:
            errors = [
                np.nanquantile(draft.errors[model.run.id][:, part], 0.995)
                for model in draft.found
                if model.method.n_components == size and model.decoder is not None
            ]
            largest[str(size)] = float(f"{max(errors, default=1.0):.3g}") or 1.0
        said = legend(layout.variables[j], layout.units[j], scale, pool)
        found.append(said | {"errors": largest})
    return found
