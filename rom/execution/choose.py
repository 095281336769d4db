"""Beta = "auto": a walk over energy shares for each reducer and number of latents, before the
runs.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from rom.execution.fit import Task, rows_of
from rom.execution.shared import memory_limit
from rom.execution.threads import limited_threads
from rom.registry import reducer_class
from rom.study.matrix import Run
from rom.study.searches import path_of, write_path
from rom.study.source import check_source
from rom.study.store import Store


def choose_run(task: Task, run: Run) -> dict[str, Any]:
    """Walk, and keep the path. Returns {"run": id, "seconds", "error" (a failure) or "said"}."""
    from rom.reducers.beta_path import (
        walk,
    )  # here: it brings PyTorch, which a comparison of PODs does not need

    start = time.perf_counter()
    try:
        reducer = reducer_class(run.reducer)(
            **run.parameters | {"memory_limit": memory_limit(run, task.threads)}
        )
        with limited_threads(task.threads):
            rows, held_out = (rows_of(task, run, part) for part in ("train", "validation"))
            path = walk(reducer, rows, held_out, task.prepared.study.beta_tolerance)
        table = path.table().assign(reducer=run.reducer, n_components=run.n_components)
        check_source(task.prepared)
        write_path(task.store, run, table)
    except Exception as error:  # whatever it is: the caller says which walk it was
        reason = f"{type(error).__name__}: {error}"
        return {"run": run.id, "seconds": time.perf_counter() - start, "error": reason}
    point = path.chosen
    lost = 100 * (max(one.energy for one in path.points) - point.energy)
    said = (
        f"energy share {point.energy_share:.2g} gives up {lost:.2g} % of the energy, with"
        f" {point.active} latents active on the way there"
    )
    return {"run": run.id, "seconds": time.perf_counter() - start, "said": said}


def chosen_betas(store: Store, walks: Sequence[Run]) -> dict[str, float]:
    """Of each reducer whose walks are all there the beta for its runs: the smallest of those for
    its latent sizes.

    One for all sizes: they are compared, and each keeps its energy.
    """
    found: dict[str, list[float]] = {}
    for run in walks:
        path = path_of(store, run)
        betas = found.setdefault(run.reducer, [])
        betas.append(float("nan") if path is None else float(path[path.chosen].beta.iloc[0]))
    return {
        name: min(betas) for name, betas in found.items() if all(beta == beta for beta in betas)
    }
