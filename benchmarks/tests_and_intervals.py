"""Size of the tests and coverage of the intervals that a comparison prints, by simulation.

    python benchmarks/tests_and_intervals.py [--repetitions 500] [--only differences errors latents
    periodic]

No data is needed. Rows are independent (phi = 0) or autoregressive (phi = 0.9), n = 40 or 200.

* ``differences``: two methods that are equally good on average, whose difference on one split
  scatters as much as one seed does. How often is it called different (should be 0.05)?
* ``errors``: intervals of the relative error, the energy captured and the difference of two
  methods on the same snapshots. ``given``: share of cases with an interval; ``covers``: share of
  these that hold the truth (should be 0.95); ``misses``: share of all that have a wrong interval.
* ``latents``: the same for every measure of the independence card, of two and four latents, all
  independent or all correlated by 0.5, with the shares of the verdicts "dependent" and "cannot be
  tested". Distance correlation and HSIC have the truth of 2,000 and 1,000 rows, averaged over ten
  draws.
* ``periodic``: verdicts of an exact circle, and of a wave and its harmonic.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

import rom
import rom.metrics as m
from rom.metrics.distance import mean_hsic
from rom.metrics.measurement import measure_independence
from rom.metrics.seeds import paired_difference
from rom.metrics.sums import SquaredErrors
from rom.metrics.verdict import CANNOT, DEPENDENT
from rom.registry import METRICS, load

Array = NDArray[np.float64]
CASES = [(0.0, 40), (0.0, 200), (0.9, 40), (0.9, 200)]


def series(phi: float, n: int, d: int, *seed: int) -> Array:
    """d independent autoregressive series of variance one in their stationary state: (n, d)."""
    noise = np.random.default_rng(seed).normal(size=(n, d)) * np.sqrt(1 - phi**2)
    noise[0] /= np.sqrt(1 - phi**2)
    return np.asarray(lfilter([1], [1, -phi], noise, axis=0))


def differences(repetitions: int) -> None:
    print("\ndifferences: equal methods called different")
    print(
        f"{'splits':>6} {'seeds':>5} {'shared':>6}  corrected  plain over splits  seeds of one"
        " split"
    )
    for splits, seeds in ((3, 1), (5, 1), (5, 5), (10, 5), (10, 20)):
        for shared in (False, True):
            found = np.mean(
                [_differences(splits, seeds, shared, i) for i in range(repetitions)], axis=0
            )
            print(
                f"{splits:6d} {seeds:5d} {shared!s:>6}  {found[0]:9.3f}  {found[1]:17.3f} "
                f" {found[2]:18.3f}"
            )


def _differences(splits: int, seeds: int, shared: bool, seed: int) -> list[bool]:
    """Whether each test rejects; with `shared`, differences of splits correlate by n_test / n =
    0.2.
    """
    rng = np.random.default_rng([seed, splits, seeds])
    rho = 0.2 if shared else 0.0
    of_split = np.sqrt(rho) * rng.normal() + np.sqrt(1 - rho) * rng.normal(size=(splits, 1))
    a, b = of_split + rng.normal(size=(splits, seeds)), rng.normal(size=(splits, seeds))
    tests = [m.resampled_difference(a, b, n_train=80, n_test=rows).p_value for rows in (20, 0)]
    tests.append(paired_difference(a[0], b[0]).p_value if seeds > 1 else np.nan)
    return [p < 0.05 for p in tests]


def errors(repetitions: int) -> None:
    """Errors 0.1 z^2 (skewed) related to 1 + z^2 / 2: the truth is sqrt(0.1 / 1.5)."""
    print("\nerrors                     phi    n  given covers misses")
    truth = np.sqrt(0.1 / 1.5)
    for phi, n in (*CASES, (0.5, 40), (0.5, 200)):
        found = defaultdict(list)
        for i in range(repetitions):
            z, w, e = series(phi, n, 3, i, n, 1).T ** 2
            sums = SquaredErrors(0.1 * z[:, None], 1 + z[:, None] / 2, np.ones(1), np.ones(1))
            found["relative_error"].append((*m.relative_error_interval(sums)[:2], truth))
            found["energy_captured"].append((*m.energy_captured_interval(sums)[:2], 1 - truth**2))
            pair = m.paired_error_difference(0.1 * z, 0.1 * w, 1 + e / 2, draws=199)
            found["paired difference"].append((pair.low, pair.high, 0.0))
        for name, rows in found.items():
            print(f"{name:25} {phi:4} {n:4d}  {_shares(rows)}")


def _shares(rows: list[tuple[float, float, float]]) -> str:
    low, high, truth = np.array(rows).T
    given = np.isfinite(low)
    hit = given & (low <= truth) & (truth <= high)
    covers = f"{hit.sum() / given.sum():6.3f}" if given.any() else "     -"
    return f"{given.mean():5.2f} {covers} {(given & ~hit).mean():6.3f}"


def latents(repetitions: int, dimensions: tuple[int, ...] = (2, 4)) -> None:
    print(
        "\nlatents                          d rho  phi    n  given covers misses  dependent "
        " untestable"
    )
    for d in dimensions:
        for rho in (0.0, 0.5):
            mixing = np.linalg.cholesky(np.full((d, d), rho) + (1 - rho) * np.eye(d)).T
            truth, every = _truth(mixing, rho), np.ones(d, dtype=bool)
            for phi, n in CASES:
                found: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
                verdicts: dict[str, Counter[str]] = defaultdict(Counter)
                for i in range(repetitions):
                    for row in measure_independence(series(phi, n, d, i, n, 2) @ mixing, every):
                        if row.latents == "all":
                            found[row.metric].append((row.low, row.high, truth[row.metric]))
                            verdicts[row.metric][row.verdict] += 1
                for name, rows in found.items():
                    says = [verdicts[name][kind] / repetitions for kind in (DEPENDENT, CANNOT)]
                    print(
                        f"{name:32} {d} {rho:3} {phi:4} {n:4d}  {_shares(rows)}  {says[0]:9.3f} "
                        f" {says[1]:10.3f}",
                        flush=True,
                    )


def _truth(mixing: Array, rho: float) -> dict[str, float]:
    d = len(mixing)
    det = (1 - rho) ** (d - 1) * (1 + (d - 1) * rho)
    found: dict[str, float] = {
        "det_correlation": det,
        "mean_abs_correlation": rho,
        "max_abs_correlation": rho,
    }
    for name in ("total_correlation", "copula_total_correlation", "neighbour_total_correlation"):
        found[name] = -0.5 * np.log(det)
    for key in ("mean", "max"):
        found[f"informational_correlation[{key}]"] = rho
    draws = [
        np.random.default_rng(i).normal(size=(2000, d)) @ mixing for i in range(10 if rho else 0)
    ]
    distance = [load(METRICS["distance_correlation"].function)(Z)["mean"] for Z in draws] or [0.0]
    found["distance_correlation[mean]"] = found["distance_correlation[max]"] = float(
        np.mean(distance)
    )
    found["mean_hsic"] = float(np.mean([mean_hsic(Z[:1000]) for Z in draws] or [0.0]))
    return found


def periodic() -> None:
    print("\nperiodic latents, 38 snapshots: verdicts, n_eff")
    for periods in (2, 2.5, 3):
        phase = 2 * np.pi * periods * np.arange(38) / 38
        for name, other in (("circle", np.sin(phase)), ("harmonic", np.cos(2 * phase))):
            card = rom.independence(np.column_stack([np.cos(phase), other]))
            found = ", ".join(sorted(set(card.verdict)))
            print(f"{name}, {periods} periods: {found}, {card.n_eff.max():.1f}")


PARTS = ("differences", "errors", "latents", "periodic")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repetitions", type=int, default=500)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument(
        "--dimensions", nargs="+", type=int, default=[2, 4], help="numbers of latents"
    )
    arguments = parser.parse_args()
    n = arguments.repetitions
    parts: dict[str, Callable[[], None]] = {
        "differences": lambda: differences(n),
        "errors": lambda: errors(n),
        "latents": lambda: latents(n, tuple(arguments.dimensions)),
        "periodic": periodic,
    }
    for name in arguments.only:
        started = time.perf_counter()
        parts[name]()
        print(f"({name}: {n} repetitions, {time.perf_counter() - started:.0f} s)")


if __name__ == "__main__":
    main()
