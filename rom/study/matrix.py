"""The runs of a study: reducers x latent sizes x betas x seeds."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from rom.errors import InputError
from rom.metrics import convert_beta
from rom.plugins import origin
from rom.registry import REDUCERS, reducer_class
from rom.study.config import AUTO, Study

#: What runs may be called.
NAME = re.compile(r"\w[\w.+-]*")


@dataclass(frozen=True)
class Run:
    """One fit: what is fitted and the identity of everything that can change its result."""

    id: str
    reducer: str
    n_components: int
    beta: float | None
    seed: int
    parameters: dict[str, Any]

    def __post_init__(self) -> None:
        kinds = {"reducer": str, "n_components": int, "seed": int, "parameters": dict}
        for name, kind in kinds.items():
            if not isinstance(getattr(self, name), kind):
                raise InputError(f"{name} of a run is {getattr(self, name)!r}")
        if not isinstance(self.beta, float | int | None):
            raise InputError(f"beta of a run is {self.beta!r}")
        # the name of its folder: a store may be anybody's
        if not isinstance(self.id, str) or not NAME.fullmatch(self.id):
            raise InputError(f"{self.id!r} is no name of a run")

    @property
    def label(self) -> str:
        """Short words for progress lines."""
        beta = "" if self.beta is None else f" beta={short(self.beta)}"
        return f"{self.reducer} k={self.n_components}{beta} seed={self.seed}"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def short(beta: float, digits: int = 3) -> str:
    """A beta in a label.

    >>> short(1.0), short(17.38423), short(1234.5), short(3.2e-7)
    ('1', '17.4', '1230', '3.2e-07')
    """
    rounded = float(f"{beta:.{digits}g}")
    return f"{rounded:.15g}" if 1e-4 <= rounded < 1e6 else f"{rounded:.{digits}g}"


def expand(
    study: Study,
    identity: str,
    total_variance: float = math.nan,
    chosen: Mapping[str, float] | None = None,
) -> list[Run]:
    """All runs of a resolved study. `identity` stands for data, split and pipeline in the runs'
    ids.

    The controls come last, with one seed. `total_variance` is that of the preprocessed training
    rows, by which an energy share becomes a beta; `chosen` has the beta of each reducer where the
    study says "auto". A reducer without seeds runs once, one without `beta` once for all betas;
    `epochs` reach those that have them.
    """
    runs = []
    reducers = study.reducers or ()
    for name in (*reducers, *study.control_reducers):
        reducer = reducer_class(name)
        betas = (
            _betas(study, total_variance, (chosen or {}).get(name)) if reducer.has_beta else (None,)
        )
        seeds = study.seeds if reducer.has_seeds and name in reducers else 1
        common = _common(study, name)
        for k in study.n_components or ():
            for beta in betas:
                for seed in range(seeds):
                    parameters = common | {"n_components": k, "random_state": seed}
                    if beta is not None:
                        parameters["beta"] = beta
                    runs.append(
                        Run(_run_id(name, parameters, identity), name, k, beta, seed, parameters)
                    )
    return runs


def paths(study: Study, identity: str) -> list[Run]:
    """The walks over beta that a study with beta = "auto" begins with: one for each reducer and
    number of latents.
    """
    found = []
    for name in study.reducers or ():
        for k in (
            study.n_components or () if study.beta == AUTO and reducer_class(name).has_beta else ()
        ):
            parameters = _common(study, name) | {"n_components": k, "random_state": 0}
            text = json.dumps(
                [name, parameters, identity, study.beta_tolerance, *_origin(name)],
                sort_keys=True,
                default=str,
            )
            digest = hashlib.sha256(text.encode()).hexdigest()[:8]
            found.append(Run(f"{name}-k{k}-path-{digest}", name, k, None, 0, parameters))
    return found


def _common(study: Study, name: str) -> dict[str, Any]:
    """The options that all runs of a reducer share."""
    common = dict(study.options.get(name, {}))
    if study.epochs is not None and reducer_class(name).has_epochs:
        common["epochs"] = study.epochs
    if study.memory_limit is not None:
        common.setdefault("memory_limit", study.memory_limit)
    return common


def variation(run: Run, identity: str, options: Mapping[str, Any], seed: int = 0) -> Run:
    """The same run with other options of its reducer."""
    parameters = run.parameters | {"random_state": seed} | dict(options)
    return replace(
        run, id=_run_id(run.reducer, parameters, identity), seed=seed, parameters=parameters
    )


def _betas(study: Study, total_variance: float, chosen: float | None) -> tuple[float | None, ...]:
    if study.beta == AUTO:
        return (chosen,)
    if study.energy_share is None:
        return study.beta or ()
    return tuple(
        convert_beta(share, "energy_share", "sum/sum", total_variance=total_variance)
        for share in study.energy_share
    )


def _run_id(reducer: str, parameters: dict[str, Any], identity: str) -> str:
    text = json.dumps(
        [reducer, parameters, identity, *_origin(reducer)], sort_keys=True, default=str
    )
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    beta = f"-beta{short(parameters['beta'])}" if "beta" in parameters else ""
    return (
        f"{reducer}-k{parameters['n_components']}{beta}-seed{parameters['random_state']}-{digest}"
    )


def _origin(reducer: str) -> list[str]:
    """Package and version of a method that another package adds; that of this one is in the
    identity.
    """
    entry = REDUCERS.plugin(reducer)
    return [] if entry is None else [origin(entry)]


def expected_work(run: Run) -> tuple[float, float, int]:
    """A key by which runs that are expected to take longer come later: training runs after fits
    without epochs.

    Among training runs ``epochs x channels``, the sum over the layers (defaults where nothing is
    given; a default number of epochs, which depends on the data, counts as 30); where that is the
    same, the number of latents.
    """
    reducer = reducer_class(run.reducer)
    if not reducer.has_epochs:
        return 0.0, 0.0, run.n_components
    options = dict(reducer().get_params()) | run.parameters
    width = 1 if options.get("architecture") == "linear" else sum(options.get("channels") or (1,))
    return 1.0, float((options["epochs"] or 30) * width), run.n_components
