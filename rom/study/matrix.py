"""The runs of a study: reducers x latent sizes x betas x seeds."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from rom.registry import reducer_class
from rom.study.config import Study, parameters_of


@dataclass(frozen=True)
class Run:
    """One fit: what is fitted and the identity of everything that can change its result."""

    id: str
    reducer: str
    n_components: int
    beta: float | None
    seed: int
    parameters: dict[str, Any]

    @property
    def label(self) -> str:
        """Short words for progress lines."""
        beta = "" if self.beta is None else f" beta={self.beta:g}"
        return f"{self.reducer} k={self.n_components}{beta} seed={self.seed}"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def expand(study: Study, identity: str) -> list[Run]:
    """All runs of a resolved study. `identity` stands for data, split and pipeline in the runs' ids.

    A deterministic reducer runs once, one without `beta` once for all betas; `epochs` and `memory_limit` reach
    those that have them.
    """
    runs = []
    for name in study.reducers:
        known = parameters_of(name)
        betas: tuple[float | None, ...] = (study.beta or ()) if "beta" in known else (None,)
        seeds = 1 if reducer_class(name).deterministic else study.seeds
        common = dict(study.options.get(name, {}))
        if study.epochs is not None and "epochs" in known:
            common["epochs"] = study.epochs
        if study.memory_limit is not None and "memory_limit" in known:
            common.setdefault("memory_limit", study.memory_limit)
        for k in study.n_components or ():
            for beta in betas:
                for seed in range(seeds):
                    parameters = common | {"n_components": k, "random_state": seed}
                    if beta is not None:
                        parameters["beta"] = beta
                    runs.append(Run(_run_id(name, parameters, identity), name, k, beta, seed, parameters))
    return runs


def _run_id(reducer: str, parameters: dict[str, Any], identity: str) -> str:
    text = json.dumps([reducer, parameters, identity], sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    beta = f"-beta{parameters['beta']:g}" if "beta" in parameters else ""
    return f"{reducer}-k{parameters['n_components']}{beta}-seed{parameters['random_state']}-{digest}"


def expected_work(run: Run) -> tuple[float, float, int]:
    """A key by which runs that are expected to take longer come later: trainings after fits without epochs.

    Among trainings ``epochs x channels``, the sum over the layers (defaults where nothing is given; a default number of
    epochs counts as 30, the least it is); where that is the same, the number of latents.
    """
    options = dict(reducer_class(run.reducer)().get_params()) | run.parameters
    if "epochs" not in options:
        return 0.0, 0.0, run.n_components
    width = 1 if options.get("architecture") == "linear" else sum(options.get("channels") or (1,))
    return 1.0, float((options["epochs"] or 30) * width), run.n_components
