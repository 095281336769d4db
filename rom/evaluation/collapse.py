"""Why latents of a VAE are switched off: because beta says so, or because the training went wrong;
and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rom.metrics import convert_beta, linear_beta_vae
from rom.study.matrix import Run, short
from rom.study.store import Store

ADVICE = (
    'try a slower rise of beta (annealing = "linear", annealing_share = 0.5), a lower beta, more'
    " epochs or another seed"
)
NEGLIGIBLE = 1e-12  # of the largest eigenvalue: less is rounding
CLOSE = (
    0.005  # of the energy: a network this close to linear theory has lost nothing with its latents
)


@dataclass(frozen=True)
class Collapse:
    """A reducer with a latent size and a beta, some latents of which are switched off; `text` says
    why.
    """

    reducer: str
    n_components: int
    beta: float
    text: str

    @property
    def label(self) -> str:
        """Short words, as in progress lines."""
        return f"{self.reducer} k={self.n_components} beta={short(self.beta)}"


def collapses(store: Store) -> list[Collapse]:
    """The methods that have fewer active latents than latents in some run: one entry each, a pure
    function of a store.

    "Active" is the metric of the test set, as in the tables of the report.
    """
    methods = {
        (reducer, d, beta): runs
        for (reducer, d, beta), runs in store.methods().items()
        if beta is not None
    }
    numbers = _numbers(store, [run for runs in methods.values() for run in runs])
    off = {
        key: runs
        for key, runs in methods.items()
        if any(numbers[run.id].get("active_components", key[1]) < key[1] for run in runs)
    }
    if not off:
        return []
    eigenvalues, variance = (
        training_eigenvalues(store),
        float(store.study()["pipeline"]["total_variance"]),
    )
    found = []
    for (reducer, d, beta), runs in off.items():
        counts = [int(numbers[run.id]["active_components"]) for run in runs]
        # seeds may differ: what is explained are the runs with the fewest active latents
        worst = [numbers[run.id] for run, n in zip(runs, counts, strict=True) if n == min(counts)]
        energy, tau = (
            float(np.mean([one[name] for one in worst])) for name in ("energy_captured", "tau")
        )
        said = (
            f"{min(counts)}{f' to {max(counts)}' if max(counts) > min(counts) else ''} of {d}"
            " latents are active. "
        )
        doubt = _doubt(runs[0].parameters, eigenvalues, d)
        if doubt or eigenvalues is None:
            said += (
                f"Whether beta or the training has switched off the others cannot be told: {doubt}."
            )
        else:
            said += explain(min(counts), d, energy, eigenvalues, 2 * tau, variance)
        found.append(Collapse(reducer, d, beta, said))
    return found


def training_eigenvalues(store: Store) -> np.ndarray | None:
    """``sigma_i^2 / n`` of the preprocessed training rows from the POD with the most modes; None
    without a POD.
    """
    found = [run for run in store.finished() if run.reducer == "pod"]
    if not found:
        return None
    pod = store.model(max(found, key=lambda run: run.n_components)).reducer
    return np.asarray(pod.spectrum_, dtype=float) ** 2 / pod.n_samples_seen_


def explain(
    n_active: int,
    n_components: int,
    energy: float,
    eigenvalues: np.ndarray,
    beta: float,
    total_variance: float,
) -> str:
    """What linear theory (:func:`rom.metrics.linear_beta_vae`) says of latents that are switched
    off.

    `energy` is what the network captures of the training data with its active latents. A nonlinear
    network may need fewer latents than linear maps: then it captures as much as they do, and
    nothing has gone wrong.
    """
    theory = linear_beta_vae(eigenvalues, beta, n_components, total_variance=total_variance)
    reached = 1 - theory.distortion_mean / total_variance
    share = convert_beta(beta, "sum/sum", "energy_share", total_variance=total_variance)
    at_beta = f"beta {short(beta)} (energy share {short(share)})"
    needed = (
        float(np.sort(eigenvalues)[::-1][n_components - 1])
        if len(eigenvalues) >= n_components
        else 0.0
    )
    if needed > NEGLIGIBLE * eigenvalues.max():
        limit = convert_beta(needed, "tau", "sum/sum")
        remedy = (
            f"for {n_components} active latents choose beta below {short(limit)} "
            f"(energy share {short(needed / total_variance)})"
        )
    else:
        remedy = "the training snapshots vary in fewer directions than that"
    # as many latents as theory keeps: beta explains it; fewer, but as much energy: no loss either
    if n_active >= theory.n_active:
        return (
            f"As expected: {at_beta} switches off latents below that share of the variance, which"
            f" in linear theory leaves {theory.n_active}; {remedy}."
        )
    compared = (
        f"in linear theory {theory.n_active} stay on at {at_beta} and capture {_percent(reached)}"
        f" of the training energy, the network captures {_percent(energy)}"
    )
    if energy >= reached - CLOSE:
        return f"No collapse: {compared} with {n_active}; it needs no more."
    also = "" if theory.n_active == n_components else f"; {remedy}"
    return f"A collapse of the training: {compared}; {ADVICE}{also}."


def _percent(share: float) -> str:
    return f"{round(100 * share, 1) + 0.0:.1f} %"  # no -0.0


def _doubt(parameters: Mapping[str, Any], eigenvalues: np.ndarray | None, n_components: int) -> str:
    """Why the closed form does not apply to a run, or nothing."""
    if parameters.get("reconstruction", "squared") != "squared":
        return "linear theory is about squared errors, this is another loss"
    if parameters.get("capacity") is not None:
        return "with a capacity the KL divergence does not follow beta"
    if parameters.get("decoder_variance", "fixed") == "learned":
        return (
            "with a learned variance of the decoder the weight of the KL divergence follows the"
            " error"
        )
    if eigenvalues is None or len(eigenvalues) < n_components:
        return (
            f"that takes a POD with at least {n_components} modes in the same comparison; add pod"
            " to the reducers"
        )
    return ""


def _numbers(store: Store, runs: list[Run]) -> dict[str, dict[str, float]]:
    """Of each run: the active latents on the test set, the energy captured of the training set,
    and tau.
    """
    wanted = {("test", "active_components"), ("train", "energy_captured")}
    numbers: dict[str, dict[str, float]] = {}
    for run in runs:
        rows = store.metrics(run)
        columns = (rows["split"], rows["metric"], rows["value"])
        found = {
            metric: value
            for split, metric, value in zip(*columns, strict=True)
            if (split, metric) in wanted
        }
        numbers[run.id] = found | {"tau": float(rows["tau"].iloc[0])}
    return numbers
