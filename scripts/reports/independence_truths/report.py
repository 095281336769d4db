"""Do measures, tests, intervals and methods find what is known of artificial latents?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from joblib import Memory, Parallel, delayed
from scipy.signal import lfilter
from scipy.stats import norm

import rom
import rom.metrics as m
from rom.metrics.measurement import measure_independence
from rom.metrics.seeds import matched_correlation
from rom.metrics.verdict import CANNOT, DEPENDENT
from rom.plot._canvas import grid_lines
from rom.plot._style import CLASS_COLOURS, GREY, INK, inches, new_figure
from rom.results import Results
from scripts.reports.claims import Claim, Source
from scripts.reports.work import Work

TITLE = "Independence: measures, tests and methods against known truths"
ABOUT = (
    "Latents whose dependence is known in closed form, by simulation; and two known sources, mixed"
    " into 20 features, which methods should or should not find."
)
MINUTES = 7

DET = Source(
    "closed form, Anderson, An Introduction to Multivariate Statistical Analysis, 2003",
    "mean det R of n snapshots of d independent Gaussian latents, ∏ (1 − i/(n − 1)), i = 1 … d − 1;"
    " ours is a mean over simulations, counted as reproduced within three standard errors",
)
TOTAL = Source(
    "closed form: −½ ln det R",
    "total correlation (nat) of d Gaussian latents, all correlated by 0.5, n = 200, corrected for"
    " its bias; within three standard errors of the mean over simulations",
)
PAIR = Source(
    "closed forms of a Gaussian pair: I = −½ ln(1 − r²), informational correlation |r|, distance"
    " correlation by Székely, Rizzo, Bakirov, Ann. Statist. 35, 2007",
    "means over simulations of 2,000 snapshots; mutual information I in nats",
)
CIRCLE = Source(
    "recomputed for an evenly spaced circle of 1,500 snapshots",
    "distance correlation of cosine and sine, with double-centred distances (0.1965); ours corrects"
    " the bias, by which the square is 0.0374 instead of 0.0386",
)
TEST = Source(
    "nominal level 0.05 of the tests",
    "share of independent latents that are called dependent among those that can be tested; the"
    " measure with the largest share. Three standard errors of the simulation are allowed",
)
POWER = Source(
    "closed form: power of the test of r by Fisher's transformation",
    "share of pairs with r = 0.5 that det R calls dependent, 40 independent snapshots; within three"
    " standard errors",
)
COVER = Source(
    "nominal coverage 0.95 of the intervals",
    "share of the intervals that hold the closed form; the measure with the lowest share. Three"
    " standard errors of the simulation are allowed",
)
SOURCES = Source(
    "closed form: axes of two equal sources whose mixing vectors have a cosine of 0.5",
    "mean |r| of latents and sources on the test set after the best matching; POD's axes are the"
    " sum and the difference of the sources, |r| = 1/√2",
)
ROTATED = Source(
    "independent component analysis: Hyvärinen, Oja, Neural Networks 13, 2000",
    "the same matched correlation; 0.99 counts as found. Independent sources that are not Gaussian"
    " can be found from linear mixtures alone, not from nonlinear ones",
)
PRINCIPAL = Source(
    "closed form of the linear beta-VAE: its axes are those of POD (Lucas et al. 2019,"
    " arXiv:1911.02469)",
    "matched correlation with the sources, linear mixture; the network is nonlinear. ± 0.05",
)
SIZES = ((10, 3), (40, 2), (40, 8), (200, 8), (200, 16))
RHO, LEVEL, COVERAGE = 0.5, 0.05, 0.95
#: Autocorrelation, snapshots and latents of the simulated tests.
CASES = [(phi, n, d) for d in (2, 4) for phi, n in ((0.0, 40), (0.0, 200), (0.9, 40), (0.9, 200))]
QUICK_CASES = [(0.0, 40, 2), (0.9, 40, 2)]
#: Measures whose true value is known in closed form.
KNOWN = (
    "det_correlation",
    "mean_abs_correlation",
    "max_abs_correlation",
    "total_correlation",
    "copula_total_correlation",
    "distance_correlation[mean]",
    "distance_correlation[max]",
)


class Simulated(NamedTuple):
    """What 95 % intervals and tests say of simulated latents, measure by measure."""

    name: str
    dependent: float
    testable: float
    covers: float
    given: float


def report(work: Work) -> Iterator[Claim]:
    """The claims of this report."""
    yield from _closed_forms(work)
    yield from _circle()
    yield from _sources(work)
    yield from _simulations(work)


# ---- measures --------------------------------------------------------------------------------


def _closed_forms(work: Work) -> Iterator[Claim]:
    draws = 300 if work.quick else 2000
    for n, d in SIZES:
        closed = float(np.prod(1 - np.arange(1, d) / (n - 1)))
        values = [m.det_correlation(series(0.0, n, d, i, n, 11)) for i in range(draws)]
        yield _mean(DET, f"det R, n = {n}, {d} latents", values, closed)
    for d in (2, 4, 8):
        values = [
            m.total_correlation(correlated(0.0, 200, d, RHO, i), bias_correct=True)
            for i in range(draws // 4)
        ]
        closed = -0.5 * np.log(determinant(d, RHO))
        yield _mean(TOTAL, f"total correlation, {d} latents", values, closed)
    yield from _pairs(work)


def _mean(source: Source, name: str, values: list[float], closed: float) -> Claim:
    error = float(np.std(values, ddof=1) / np.sqrt(len(values)))
    return source.near(name, float(np.mean(values)), closed, within=float(f"{3 * error:.2g}"),
        digits=4)  # fmt: skip


def determinant(d: int, rho: float) -> float:
    """det R of d latents, all correlated by rho."""
    return float((1 - rho) ** (d - 1) * (1 + (d - 1) * rho))


def series(phi: float, n: int, d: int, *seed: int) -> np.ndarray:
    """d independent autoregressive series of variance one in their stationary state: (n, d)."""
    noise = np.random.default_rng(seed).normal(size=(n, d)) * np.sqrt(1 - phi**2)
    noise[0] /= np.sqrt(1 - phi**2)
    return np.asarray(lfilter([1], [1, -phi], noise, axis=0))


def correlated(phi: float, n: int, d: int, rho: float, seed: int) -> np.ndarray:
    """Autoregressive Gaussian latents, all correlated by rho."""
    R = np.full((d, d), rho) + (1 - rho) * np.eye(d)
    return np.asarray(series(phi, n, d, seed, n, 13) @ np.linalg.cholesky(R).T)


def distance_of(r: float) -> float:
    """Distance correlation of a Gaussian pair."""
    f = r * np.arcsin(r) + np.sqrt(1 - r**2) - r * np.arcsin(r / 2) - np.sqrt(4 - r**2) + 1
    return float(np.sqrt(f / (1 + np.pi / 3 - np.sqrt(3))))


def _pairs(work: Work) -> Iterator[Claim]:
    measures = {
        "distance correlation": (m.distance_correlation, distance_of),
        "mutual information": (m.mutual_information, lambda r: float(-0.5 * np.log(1 - r**2))),
        "informational correlation": (m.informational_correlation, lambda r: r),
    }
    figure = new_figure(inches("double"), 2.3)
    panels = figure.subplots(1, 3)
    fine, strengths = np.linspace(0, 0.95, 96), (0.3, 0.6, 0.9)
    draws = {
        r: [correlated(0.0, 2000, 2, r, i) for i in range(2 if work.quick else 20)]
        for r in strengths
    }
    for axes, (name, (function, closed)) in zip(panels, measures.items(), strict=True):
        axes.plot(fine, [closed(r) for r in fine], color=GREY, label="closed form")
        for r in strengths:
            values = [float(function(Z)[0, 1]) for Z in draws[r]]
            axes.plot([r] * len(values), values, ".", color=INK, ms=4)
            yield PAIR.near(f"{name}, r = {r}", float(np.mean(values)), closed(r), within=0.02,
                digits=3, judged=not work.quick)  # fmt: skip
        axes.set(xlabel="correlation r", ylabel=name)
        grid_lines(axes)
    work.figure(
        "pairs", panels, "Measures of a Gaussian pair and their closed forms",
        "Lines are closed forms, points single simulations of 2,000 snapshots.",
    )  # fmt: skip


def _circle() -> Iterator[Claim]:
    phase = np.linspace(0, 2 * np.pi, 1500, endpoint=False)
    circle = np.column_stack([np.cos(phase), np.sin(phase)])
    yield CIRCLE.near("circle, det R", m.det_correlation(circle), 1.0, within=1e-10)
    yield CIRCLE.near("circle, distance correlation, biased", biased_distance(circle), 0.1965,
        within=5e-5, digits=4)  # fmt: skip
    square = float(m.distance_correlation(circle)[0, 1] ** 2)
    yield CIRCLE.near("circle, square of rom's", square, 0.0374, within=5e-5, digits=4)
    found = float(m.informational_correlation(circle)[0, 1])
    yield CIRCLE.pattern("circle, informational correlation", f"{found:.4f}", "above 0.99",
        found > 0.99)  # fmt: skip


def biased_distance(pair: np.ndarray) -> float:
    """Distance correlation with double-centred distances, without correction of the bias."""
    A, B = (_centred(np.abs(column[:, None] - column)) for column in pair.T)
    return float(np.sqrt(np.sum(A * B) / np.sqrt(np.sum(A * A) * np.sum(B * B))))


def _centred(D: np.ndarray) -> np.ndarray:
    return np.asarray(D - D.mean(axis=0) - D.mean(axis=1)[:, None] + D.mean())


# ---- tests and intervals ---------------------------------------------------------------------


def _simulations(work: Work) -> Iterator[Claim]:
    repetitions = 4 if work.quick else 200
    judged = not work.quick
    # a report that was stopped does not simulate again
    known = Memory(work.out / "simulated", verbose=0).cache(simulate)
    cases = QUICK_CASES if work.quick else CASES
    rows: list[tuple[str, list[Simulated], list[Simulated]]] = []
    for phi, n, d in cases:
        name = f"{'AR(1), φ = 0.9' if phi else 'independent rows'}, n = {n}, {d} latents"
        work.say(name)
        free, bound = (known(phi, n, d, rho, repetitions) for rho in (0.0, RHO))
        rows.append((name, free, bound))
        yield _size(name, free, repetitions, judged)
        yield _coverage(name, bound, repetitions, judged)
        if (phi, n, d) == (0.0, 40, 2):
            yield _power(bound, repetitions, judged)
    _draw_simulations(work, rows)


def simulate(phi: float, n: int, d: int, rho: float, repetitions: int) -> list[Simulated]:
    """Verdicts and intervals of every measure, over simulations."""
    # to start another process takes longer than a few simulations
    jobs = 2 if repetitions > 10 else 1
    cards = Parallel(n_jobs=jobs)(delayed(_card)(phi, n, d, rho, i) for i in range(repetitions))
    truth = true_values(d, rho)
    found = []
    for name in cards[0]:
        rows = [card[name] for card in cards]
        testable = [row[0] != CANNOT for row in rows]
        dependent = [row[0] == DEPENDENT for row in rows]
        given = [row for row in rows if np.isfinite(row[1])]
        covers = [low <= truth[name] <= high for _, low, high in given if name in truth]
        size = sum(dependent) / max(1, sum(testable))
        held = float(np.mean(covers)) if covers else float("nan")
        found.append(Simulated(name, size, float(np.mean(testable)), held, len(given) / len(rows)))
    return found


def _card(phi: float, n: int, d: int, rho: float, i: int) -> dict[str, tuple[str, float, float]]:
    rows = measure_independence(correlated(phi, n, d, rho, i), np.ones(d, dtype=bool))
    return {row.metric: (row.verdict, row.low, row.high) for row in rows if row.latents == "all"}


def true_values(d: int, rho: float) -> dict[str, float]:
    """Closed forms of the measures of d latents, all correlated by rho."""
    det = determinant(d, rho)
    total, distance = -0.5 * float(np.log(det)), distance_of(rho)
    return dict(zip(KNOWN, (det, rho, rho, total, total, distance, distance), strict=True))


def allowed(share: float, n: float) -> float:
    """Three standard errors of a share of n simulations."""
    return float(3 * np.sqrt(share * (1 - share) / max(1.0, n)))


def _size(name: str, found: list[Simulated], repetitions: int, judged: bool) -> Claim:
    worst = max(found, key=lambda one: one.dependent)
    most = LEVEL + allowed(LEVEL, worst.testable * repetitions)
    return TEST.pattern(
        f"called dependent, {name}", f"{worst.dependent:.3f} ({worst.name})",
        f"{LEVEL}, at most {most:.3f}", worst.dependent <= most, judged=judged,
        reason=f"it is the largest of {len(found)} measures, each with the level 0.05;"
        f" {100 * worst.testable:.0f} % of the series can be tested",
    )  # fmt: skip


def _coverage(name: str, found: list[Simulated], repetitions: int, judged: bool) -> Claim:
    known = [one for one in found if np.isfinite(one.covers)]
    worst = min(known, key=lambda one: one.covers)
    least = COVERAGE - allowed(COVERAGE, worst.given * repetitions)
    return COVER.pattern(
        f"coverage, {name}, r = {RHO}", f"{worst.covers:.3f} ({worst.name})",
        f"{COVERAGE}, at least {least:.3f}", worst.covers >= least, judged=judged,
        reason=f"it is the lowest of {len(known)} measures; {100 * worst.given:.0f} % of the series"
        " have an interval",
    )  # fmt: skip


def _power(found: list[Simulated], repetitions: int, judged: bool) -> Claim:
    ours = next(one.dependent for one in found if one.name == "det_correlation")
    closed = float(norm.cdf(np.sqrt(40 - 3) * np.arctanh(RHO) - norm.ppf(1 - LEVEL / 2)))
    return POWER.near("power, n = 40, r = 0.5", ours, closed, digits=3, judged=judged,
        within=float(f"{allowed(closed, repetitions):.2g}"))  # fmt: skip


def _draw_simulations(work: Work, rows: list[tuple[str, list[Simulated], list[Simulated]]]) -> None:
    figure = new_figure(inches("double"), 0.9 + 0.3 * len(rows))
    left, right = figure.subplots(1, 2, sharey=True)
    for place, (_, free, bound) in enumerate(rows):
        left.plot([one.dependent for one in free], [place] * len(free), ".", color=INK)
        right.plot([one.covers for one in bound], [place] * len(bound), ".", color=INK)
    for axes, nominal in ((left, LEVEL), (right, COVERAGE)):
        axes.axvline(nominal, color=GREY, ls="--", lw=0.8)
        grid_lines(axes, "x")
    left.set_yticks(range(len(rows)), [name for name, *_ in rows])
    left.invert_yaxis()
    left.set(xlabel="independent latents called dependent", xlim=(-0.01, None))
    right.set(xlabel="coverage of 95 % intervals, r = 0.5", xlim=(None, 1.01))
    work.figure(
        "tests", [left, right], "Size of the tests and coverage of the intervals",
        "Each point is a measure, over the simulations that can be tested or have an interval. The"
        " dashed lines are the nominal values.",
    )  # fmt: skip


# ---- sources ---------------------------------------------------------------------------------


def mixtures(n: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Two independent uniform sources (n, 2), and their mixtures in 20 features."""
    rng = np.random.default_rng(0)
    sources = rng.uniform(-1, 1, (n, 2))
    # mixing vectors of length one with a cosine of 0.5: POD sees their sum and difference
    skewed = sources @ np.array([[1, 0.5], [0, np.sqrt(0.75)]]).T
    first, second = skewed.T
    bent = np.column_stack([first + 0.4 * second**2, second - 0.4 * first**2])
    plane = np.linalg.qr(rng.normal(size=(20, 2)))[0].T
    found = {"linear": skewed @ plane, "nonlinear": np.tanh(bent @ rng.normal(size=(2, 20)))}
    noise = rng.normal(size=(n, 20))
    return sources, {name: X + 0.01 * X.std() * noise for name, X in found.items()}


def _sources(work: Work) -> Iterator[Claim]:
    sources, mixed = mixtures(400 if work.quick else 3000)
    short: dict[str, Any] = {"split": {"test": 0.1}}
    quick: dict[str, dict[str, Any]] = {
        "linear": short | {"epochs": 3, "energy_share": [1e-3]},
        "nonlinear": short | {"reducers": ["pod", "pod-ica"], "energy_share": None},
    }
    scores: dict[str, dict[str, list[float]]] = {}
    for name, X in mixed.items():
        path = work.out / f"{name}.h5"
        if not path.exists():
            work.out.mkdir(parents=True, exist_ok=True)
            parameters = {f"source_{i}": sources[:, i] for i in range(2)}
            rom.Snapshots.from_array(X, parameters=parameters).write(path)
        scores[name] = matched(work.compare(name, quick[name], data=str(path)))
    yield from _linear_claims(scores["linear"], work.quick)
    yield from _nonlinear_claims(scores["nonlinear"], work.quick)
    _draw_sources(work, scores)


def matched(found: rom.Comparison) -> dict[str, list[float]]:
    """Matched correlation of latents and sources on the test set, by method, one per seed."""
    results = Results(found.store)
    given = results.parameters("test")
    sources = np.column_stack([given[name] for name in sorted(given)])
    return {
        method.name: [matched_correlation(results.latents(run), sources) for run in method.runs]
        for method in results.methods
    }


def _linear_claims(scores: dict[str, list[float]], quick: bool) -> Iterator[Claim]:
    means = {name: float(np.mean(values)) for name, values in scores.items()}
    yield SOURCES.near("linear mixture, POD", means["POD"], np.sqrt(0.5), within=0.02,
        digits=3)  # fmt: skip
    yield _found("linear mixture, POD-ICA", means["POD-ICA"], True, judged=True)
    for name, mean in means.items():
        if not name.startswith("POD"):
            yield PRINCIPAL.near(f"linear mixture, {name}", mean, np.sqrt(0.5), within=0.05,
                digits=3, judged=not quick)  # fmt: skip


def _nonlinear_claims(scores: dict[str, list[float]], quick: bool) -> Iterator[Claim]:
    for name, values in scores.items():
        yield _found(f"nonlinear mixture, {name}", float(np.mean(values)), False, judged=not quick)


def _found(name: str, mean: float, expected: bool, *, judged: bool) -> Claim:
    published = "found: at least 0.99" if expected else "not found: below 0.99"
    return ROTATED.pattern(name, f"{mean:.3f}", published, (mean >= 0.99) is expected,
        judged=judged)  # fmt: skip


def _draw_sources(work: Work, scores: dict[str, dict[str, list[float]]]) -> None:
    names = list(scores["linear"])
    figure = new_figure(inches("double"), 0.9 + 0.3 * len(names))
    axes = figure.subplots()
    for i, (mixture, found) in enumerate(scores.items()):
        for place, values in enumerate(found.values()):
            axes.plot(
                values, [place + 0.2 * i - 0.1] * len(values), "os"[i], ms=5, alpha=0.7,
                color=CLASS_COLOURS[3 * i], label=f"{mixture} mixture" if place == 0 else "",
            )  # fmt: skip
    axes.axvline(np.sqrt(0.5), color=GREY, ls="--", lw=0.8)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set(xlabel="matched correlation of latents and sources", xlim=(0.4, 1.02))
    grid_lines(axes, "x")
    figure.legend(loc="outside upper center", ncols=2)
    work.figure(
        "sources", axes, "Who finds two independent sources",
        "One mark for each seed; 1 means found. The dashed line is POD's closed form for the linear"
        " mixture, 1/√2.",
    )  # fmt: skip
