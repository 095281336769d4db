"""The table that says how many latents the data asks for, by every usual rule."""

from __future__ import annotations

import numpy as np

from rom.linalg.rank import choose_rank
from rom.metrics import elbow, hard_threshold
from rom.report.tables.table import Table, table_of
from rom.results import Results
from rom.results.words import MISSING, count_range, integer, number, percent

SHARES = (0.9, 0.99, 0.999)


def number_of_latents(results: Results) -> Table:
    """Energy, noise and bend of POD's spectrum, intrinsic dimension, active latents of the
    networks.
    """
    rows = [*_linear(results), *_nonlinear(results), *_active(results)]
    note = (
        "From the training snapshots. POD needs the modes; a nonlinear method needs at least as"
        " many latents as the intrinsic dimension, and one or a few more where the data closes on"
        " itself, as a cycle does in two latents."
    )
    return table_of(
        "How many latents?", ["rule", "number", "what it assumes"], rows, note, words=True
    )


def _linear(results: Results) -> list[list[str]]:
    pod = results.pod
    if pod is None:
        return [["POD modes", MISSING, "needs pod among the reducers"]]
    reducer = results.model(pod.runs[0]).reducer
    values = np.asarray(reducer.spectrum_, dtype=float)
    n, d = int(reducer.n_samples_seen_), int(reducer.n_features_in_)
    total = results.total_variance * n
    rows = []
    for share in SHARES:
        reached = np.square(values).sum() >= share * total * (1 - 1e-9)
        modes = (
            integer(choose_rank(values, total, share)) if reached else f"more than {len(values)}"
        )
        rows.append([f"POD modes for {100 * share:g} % of the energy", modes, "linear modes"])
    rank = min(n - 1, d)
    if len(values) >= rank:
        above, _ = hard_threshold(values[:rank], (n - 1, d))
        rows.append(
            [
                "POD modes above the noise",
                integer(above),
                "white noise (Gavish, Donoho); simulations have none",
            ]
        )
        rows.append(
            ["elbow of the spectrum", integer(elbow(values[:rank])), "the spectrum has one; a hint"]
        )
    return rows


def _nonlinear(results: Results) -> list[list[str]]:
    found = results.study.get("dimension")
    if not found:
        return []
    window = f", more than {found['window']} apart in time" if found["window"] else ""
    rows = []
    for key, words in (
        ("many_neighbours", "up to 20 neighbours"),
        ("two_neighbours", "two neighbours (TwoNN)"),
    ):
        value = found[key]
        said = (
            f"{words} of {integer(found['n'])} snapshots{window}"
            if value is not None
            else found["reason"]
        )
        rows.append(
            ["intrinsic dimension", number(value, digits=2) if value is not None else MISSING, said]
        )
    return rows


def _active(results: Results) -> list[list[str]]:
    """What each nonlinear method with the most latents uses of them."""
    rows = []
    for method in results.at(results.sizes[-1]):
        if not results.is_nonlinear(method):
            continue
        said = count_range(results.values(method, "active_latents"))
        energy = percent(results.values(method, "energy_captured", "train"))
        rows.append(
            [
                f"active latents of {method.name}",
                f"{said} of {method.n_components}",
                f"captures {energy}",
            ]
        )
    return rows
