"""What was compared, and what the numbers mean: the record that makes a report checkable."""

from __future__ import annotations

import math

from rom.metrics import det_correlation_null
from rom.report.results import Results, options
from rom.report.words import count, integer, listing, method_title, number, with_unit

Pairs = list[tuple[str, str]]


def data_facts(results: Results) -> Pairs:
    """The data set, its split and its preprocessing."""
    data, split = results.study["data"], results.study["split"]
    layout, card = data["layout"], data.get("card") or {}
    pairs: Pairs = [("data set", str(data["name"]))]
    pairs += [(key, str(card[key])) for key in ("description", "source", "licence", "citation") if card.get(key)]
    variables = [with_unit(v, u) for v, u in zip(layout["variables"], layout["units"], strict=True)]
    pairs.append(("snapshots", f"{integer(data['n_snapshots'])} of {integer(data['n_valid_features'])} values each"))
    pairs.append(("variables", listing(variables)))
    pairs.append(("grid", _grid(layout)))
    masked = 1 - data["n_valid_features"] / data["n_features"]
    pairs.append(
        ("mask", f"{number(100 * masked)} % of the values hold no data and are left out" if masked else "none")
    )
    pairs.append(("fingerprint", str(data["fingerprint"])))
    sizes = ", ".join(f"{name} {integer(split[name])}" for name in ("train", "validation", "test"))
    pairs.append(("split", f"{split['kind']}: {split['description']}; {sizes} snapshots, gap {split['gap']}"))
    pairs.append(("are the test snapshots new?", results.store.leakage()["text"]))
    pairs.append(("preprocessing", str(results.study["pipeline"]["description"])))
    variance = number(results.study["pipeline"]["total_variance"])
    pairs.append(("total variance", f"{variance}, of the preprocessed training snapshots"))
    return pairs


def _grid(layout: dict) -> str:
    mesh = layout.get("mesh")
    if list(layout["axes"]) == ["point"]:
        n = integer(layout["grid_shape"][0])
        return f"none ({n} points or features)" if mesh is None else f"mesh with {n} {mesh['values_at']}"
    shape = " x ".join(integer(n) for n in layout["grid_shape"])
    return f"{shape} ({', '.join(layout['axes'])}){'' if mesh is None else ', curvilinear'}"


def method_facts(results: Results) -> Pairs:
    """Each reducer with its options, given and resolved, and its seeds."""
    pairs = []
    for reducer in dict.fromkeys(method.reducer for method in results.methods):
        methods = [m for m in results.methods if m.reducer == reducer]
        said = [f"{name}: {value}" for name, value in options(results, reducer).items()]
        seeds = sorted({run.seed for m in methods for run in m.runs})
        sizes = sorted({m.n_components for m in methods})
        said.insert(0, f"{count(len(sizes), 'latent size')} ({', '.join(map(str, sizes))})")
        if results.has_seeds(methods[0]):
            said.append(f"{'seeds' if len(seeds) > 1 else 'seed'}: {', '.join(map(str, seeds))}")
        pairs.append((method_title(reducer), "; ".join(said)))
    return pairs


def environment_facts(results: Results) -> Pairs:
    """Versions and machine."""
    return [(str(name), str(value)) for name, value in results.study["environment"].items()]


def missing_runs(results: Results) -> Pairs:
    """Runs without numbers and why."""
    failures = results.store.failures()
    pairs = []
    for run in results.store.runs():
        if not results.store.is_measured(run):
            name = f"{results.name((run.reducer, run.beta))}, {count(run.n_components, 'latent')}, seed {run.seed}"
            pairs.append((name, failures.get(run.id, "not finished")))
    return pairs


def definitions(results: Results) -> Pairs:
    """One line for each number of the tables."""
    n = results.size("test")
    k = min((size for size in results.sizes if size > 1), default=2)
    null = f" Here, for {k} latents: {number(det_correlation_null(n, k))}." if n > k else ""
    pairs = [
        (
            "energy captured",
            "1 − Σ‖x − x̂‖² / Σ‖x − mean of the training snapshots‖², the sums taken over the snapshots of a part, in "
            "the weighted norm with each variable divided by its scale. 100 % is perfect, 0 % is as good as the mean; "
            "it may be negative. x̂ is decoded from the latents (for a VAE: from the posterior means).",
        ),
        ("relative error", "the root of the ratio above: √(Σ‖x − x̂‖² / Σ‖x − mean‖²) = √(1 − energy captured)."),
        (
            "interval of the error",
            "95 % interval of the relative error over the time of the test part, by the moving-block bootstrap (Künsch "
            "1989) or from the number of independent snapshots, whichever is wider; blocks as long as the snapshots' "
            "shares in the error remember each other; trajectories kept apart; none below 2 independent snapshots.",
        ),
        (
            "NRMSE, VRMSE",
            "as in The Well (Ohana et al. 2024): the root of mean (x − x̂)² / (m + 10⁻⁷) for each snapshot and "
            "variable, means over space with the cell weights, m the mean square of x in space (NRMSE) or its variance "
            "in space with n − 1 (VRMSE); then the mean over snapshots and variables, in physical units.",
        ),
        ("RMSE", "root mean square error of one variable in its unit, with the cell weights."),
        (
            "det R",
            "determinant of the matrix of signed Pearson correlations of the latents: 1 if uncorrelated, 0 if one is "
            "a linear function of others. Independent latents score below 1 with finitely many snapshots, by ∏(1 − "
            f"i/(n − 1)), i = 1 … k − 1, on average.{null} Snapshots that follow each other in time score lower by "
            "chance: the value in brackets in the answer above. Whitening makes det R = 1 for any latents without "
            "changing what can be decoded.",
        ),
        (
            "mean |r|",
            f"mean magnitude of the correlations of all pairs; about {number(math.sqrt(2 / math.pi / max(n - 1, 1)))} "
            f"for independent latents at {integer(n)} snapshots.",
        ),
        (
            "distance correlation",
            "mean over the pairs of the signed root of the bias-corrected squared distance correlation (Székely, "
            "Rizzo 2014): any dependence, 0 on average for independent latents, |r| or a little less for Gaussian "
            "ones.",
        ),
        (
            "informational correlation",
            "mean over the pairs of √(1 − exp(−2 I)) with the mutual information I from nearest neighbours (Linfoot "
            "1957; Kraskov et al. 2004): |r| for Gaussian latents, 1 if each latent is a function of the other, as on "
            "a limit cycle. Above 0 for independent latents: see the value beside it.",
        ),
        (
            "total correlation",
            "−½ ln det of the correlations of the ranks (normal scores), in nats: what the latents tell about each "
            "other, whatever the distribution of each.",
        ),
        (
            "active latents",
            "latents without which more than 0.01 % of the energy of the training snapshots is lost, filled with "
            "their mean; the same rule for every method.",
        ),
    ]
    if any(results.values(method, "kl").size for method in results.methods):
        pairs += [
            (
                "KL",
                "divergence of the posterior from the standard normal prior, summed over latents, mean over snapshots.",
            ),
            (
                "β, τ",
                "loss per snapshot = Σ over values of (x − x̂)² + β Σ over latents of KL; τ = β/2. In the linear case "
                "a latent survives if its variance exceeds τ, so the energy share, τ over the total variance, is what "
                "compares studies.",
            ),
        ]
    return pairs
