"""Which latent is which parameter? Data sets whose parameters are known, over beta."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import linear_sum_assignment

import rom
from rom.evaluation.factors import usable_parameters
from rom.metrics import factor_scores
from rom.metrics.factors import factor_correlation
from rom.results import Method, Results
from rom.study.matrix import Run
from scripts.reports.claims import Claim, Source
from scripts.reports.work import Work, measured

TITLE = "Does a beta exist for which each latent is one parameter?"
ABOUT = (
    "Two data sets with two known parameters each, four latents, and a range of beta. The beta-VAE"
    " is judged where it leaves as many active latents as there are parameters: is each of them one"
    " parameter, and is it better than POD and the autoencoder?"
)
MINUTES = 4

NUMBER = Source(
    "Kang, Yang, Yee, Phys. Fluids 34, 2022, abstract: transonic flow over Mach number and angle of"
    " attack; with a suitable beta the latents that carry information are these two",
    "active latents of four, for every seed, at the energy share with the closest number of them to"
    " the number of parameters; of several the most accurate",
)
MEANING = Source(
    "Kang, Yang, Yee, Phys. Fluids 34, 2022, abstract: with a suitable beta the latents correspond"
    " to Mach number and angle of attack",
    "Spearman's |ρ| of latents and parameters on the test set, worst of all seeds, after the best"
    " one-to-one matching. The bound of the other parameter, 2/√n, is two standard errors of"
    " independent numbers; ours are other flows",
)
SCORES = Source(
    "Higgins et al., ICLR 2017, as a pattern: a beta-VAE is more disentangled than PCA and than an"
    " autoencoder with as many latents",
    "MIG (Chen et al. 2018), SAP (Kumar et al. 2018) and disentanglement (DCI, Eastwood and"
    " Williams 2018) of the active latents on the test set, means over the seeds; no published"
    " values",
)
CONTROL = Source(
    "control: fewer latents alone change these scores",
    "MIG, SAP and disentanglement of the beta-VAE with two active latents, and of the first two POD"
    " coefficients",
)
COST = Source(
    "Wang et al., Int. J. Heat Fluid Flow 109, 2024, tables of the authors: E_k falls with beta",
    "relative error of the test set over energy shares, means over the seeds; theirs is the energy"
    " captured of the training set",
)
#: Study -> what it is called here, in the order of the page.
FLOWS = {"sod": "shock tubes", "lid_driven_cavity": "cavity"}
LATENTS = 4
OWN = 0.9
MEASURES = {
    "mutual_information_gap": "MIG", "separation": "SAP", "disentanglement": "disentanglement",
}  # fmt: skip
#: Degrees by which two latents are turned; after 90 they have only changed places.
TURNS = np.arange(-45, 45, 5)


def report(work: Work) -> Iterator[Claim]:
    """The claims of this report."""
    turned = {}
    # the flows in the cavity have to be computed first, for more than a minute
    for study in list(FLOWS)[:1] if work.quick else FLOWS:
        short = {"energy_share": [1e-3, 1e-2], "epochs": 1}
        found = work.compare(study, short)
        turned[study] = _turned(Results(found.store), TURNS[::9] if work.quick else TURNS)
        yield from _claims(found, FLOWS[study], turned[study], judged=not work.quick)
        work.figure(
            f"parameters-{study.replace('_', '-')}",
            rom.plot.parameters(found, "beta-vae"),
            f"{FLOWS[study].capitalize()}: active latents against the parameters",
            "Test set, the seed with the median error. A latent that is one parameter is a curve in"
            " one column and a cloud in the other.",
        )
        if study == "sod":
            _sweep(work, found)
    _draw_turns(work, turned)


def _claims(
    found: rom.Comparison, flow: str, turned: dict[str, np.ndarray], *, judged: bool
) -> Iterator[Claim]:
    """The claims of one data set."""
    results = Results(found.store)
    known, method = usable_parameters(results.parameters()), _chosen(results)
    counts = results.values(method, "active_latents").astype(int)
    yield NUMBER.pattern(
        f"{flow}: active latents", f"{', '.join(map(str, counts))} ({method.name})",
        f"{len(known)}, the parameters", bool((counts == len(known)).all()), judged=judged,
    )  # fmt: skip
    yield _meaning(results, method, flow, turned, judged=judged)
    yield from _scores(found, method, flow, judged=judged)
    shares = [one.beta for one in results.at(LATENTS) if one.beta is not None]
    errors = [measured(found, "beta-vae", LATENTS, beta=beta) for beta in sorted(shares)]
    yield COST.pattern(
        f"{flow}: error over beta", ", ".join(f"{error:.3f}" for error in errors),
        "rises", errors == sorted(errors), judged=judged,
    )  # fmt: skip


def _chosen(results: Results) -> Method:
    """The beta with as many active latents as parameters, or nearly so; chosen without these."""
    wanted = len(usable_parameters(results.parameters()))
    swept = [method for method in results.at(LATENTS) if method.reducer == "beta-vae"]
    return min(
        swept,
        key=lambda one: (
            np.abs(results.values(one, "active_latents") - wanted).mean(),
            results.mean(one, "relative_error"),
        ),
    )


def _meaning(
    results: Results, method: Method, flow: str, turned: dict[str, np.ndarray], *, judged: bool
) -> Claim:
    """Is each latent one parameter?"""
    pairs = [_own_and_other(*_codes(results, run)) for run in method.runs]
    own, other = min(pair[0] for pair in pairs), max(pair[1] for pair in pairs)
    most = 2 / np.sqrt(results.size("test"))
    return MEANING.pattern(
        f"{flow}: |ρ| with its own parameter, with the other", f"{own:.2f}, {other:.2f}",
        f"at least {OWN:g}, at most {most:.2f}", own >= OWN and other <= most, judged=judged,
        reason=_turning_helps(turned),
    )  # fmt: skip


def _codes(results: Results, run: Run) -> tuple[np.ndarray, np.ndarray]:
    """As many latents of most energy as there are parameters, and these; of the test set."""
    values = np.column_stack(list(usable_parameters(results.parameters()).values()))
    Z = results.latents(run)[:, results.order(run)[: values.shape[1]]].astype(float)
    return (Z - Z.mean(axis=0)) / Z.std(axis=0), values


def _own_and_other(Z: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """Smallest |rho| of a latent with its own parameter, largest with another."""
    table = np.abs(factor_correlation(Z, values))
    matched = np.zeros(table.shape, dtype=bool)
    matched[linear_sum_assignment(table, maximize=True)] = True
    return float(table[matched].min()), float(table[~matched].max())


def _scores(found: rom.Comparison, method: Method, flow: str, *, judged: bool) -> Iterator[Claim]:
    """Scores of all methods with equal latents, and of POD with as many as are active."""
    results = Results(found.store)
    assert results.pod is not None
    codes = _codes(results, results.pod.runs[0])
    control, values = factor_scores(*codes), {}
    reason = _pod_does_it(*_own_and_other(*codes), n=results.size("test"))
    for key, name in MEASURES.items():
        values[name] = [results.mean(method, "factor_score", key=key), getattr(control, key)]
        ours, ae, pod = (
            values[name][0],
            *(
                measured(found, one, LATENTS, "factor_score", key=key)
                for one in ("autoencoder", "pod")
            ),
        )
        yield SCORES.pattern(
            f"{flow}: {name}", f"β-VAE {ours:.2f}, AE {ae:.2f}, POD {pod:.2f}",
            "β-VAE above AE and POD", ours > max(pod, ae), judged=judged, reason=reason,
        )  # fmt: skip
    yield CONTROL.pattern(
        f"{flow}: {', '.join(values)} of two latents, β-VAE / POD",
        ", ".join(f"{ours:.2f} / {pod:.2f}" for ours, pod in values.values()),
        "β-VAE above POD", all(ours > pod for ours, pod in values.values()), judged=judged,
        reason=reason,
    )  # fmt: skip


def _pod_does_it(own: float, other: float, n: int) -> str:
    """POD as an explanation of scores that beta does not raise."""
    return (
        f"Little is left to gain: the first two POD coefficients have |ρ| of at least {own:.2f}"
        f" with their own parameter and at most {other:.2f} with the other, on {n} test snapshots."
    )


def _turned(results: Results, degrees: np.ndarray) -> dict[str, np.ndarray]:
    """Scores and correlations of the two latents of the median seed, turned in their plane."""
    Z, values = _codes(results, results.median_run(_chosen(results)))
    rows: dict[str, list[float]] = {name: [] for name in (*MEASURES, "own", "other")}
    for angle in np.deg2rad(degrees):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        scores = factor_scores(Z @ turn, values)
        for name in MEASURES:
            rows[name].append(getattr(scores, name))
        own, other = _own_and_other(Z @ turn, values)
        rows["own"].append(own)
        rows["other"].append(other)
    return {"degrees": degrees} | {name: np.array(found) for name, found in rows.items()}


def _turning_helps(turned: dict[str, np.ndarray]) -> str:
    """What turning two latents in their plane would gain."""
    best, none = int(np.argmin(turned["other"] - turned["own"])), list(turned["degrees"]).index(0)
    return (
        f"The axes differ, not the plane. Of the median seed, the best turn of the two latents in"
        f" their plane, by {turned['degrees'][best]} degrees, has {turned['own'][best]:.2f} and"
        f" {turned['other'][best]:.2f}, and a disentanglement of"
        f" {turned['disentanglement'][best]:.2f} instead of {turned['disentanglement'][none]:.2f}."
    )


def _sweep(work: Work, found: rom.Comparison) -> None:
    work.figure(
        "sweep", rom.plot.beta_sweep(found, n_components=LATENTS),
        "Shock tubes: what beta changes",
        "Test set, four latents. A larger beta switches latents off and costs accuracy.",
    )  # fmt: skip


def _draw_turns(work: Work, turned: dict[str, dict[str, np.ndarray]]) -> None:
    figure, axes = plt.subplots(1, len(turned), figsize=(7, 2.6), squeeze=False, sharey=True)
    for ax, (study, scores) in zip(axes[0], turned.items(), strict=True):
        for key, name in MEASURES.items():
            ax.plot(scores["degrees"], scores[key], marker=".", label=name)
        ax.set(xlabel="turn of the two latents (degrees)", title=FLOWS[study], ylim=(0, 1))
    axes[0, 0].set_ylabel("score")
    axes[0, 0].legend()
    figure.tight_layout()
    work.figure(
        "turns", axes[0], "Scores of the two latents, turned in their plane",
        "The latents of the beta-VAE are at zero degrees. Where a score is higher elsewhere, beta"
        " has found the plane of the parameters and not their axes. The median seed, test set.",
    )  # fmt: skip
