"""Distance correlation of all pairs of latents beside a loop over the package dcor.

    python benchmarks/independence_vs_dcor.py [--rows 2000] [--latents 32] [--rounds 5]

Needs the extra ``oracle``. The two take turns in one process, each after a first call that does not
count (dcor compiles itself); the table gives medians, and the largest difference between the two.
``fast`` is dcor's way of sorting (AVL), ``naive`` its matrices.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from itertools import combinations

import dcor
import numpy as np
from numpy.typing import NDArray

from rom.metrics import distance_correlation


def by_dcor(
    method: dcor.DistanceCovarianceMethod,
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """A loop over the pairs, as a user writes it."""

    def loop(Z: NDArray[np.float64]) -> NDArray[np.float64]:
        squares = np.eye(Z.shape[1])
        for i, j in combinations(range(Z.shape[1]), 2):
            squares[i, j] = squares[j, i] = dcor.u_distance_correlation_sqr(
                Z[:, i], Z[:, j], method=method
            )
        return np.asarray(np.sign(squares) * np.sqrt(np.abs(squares)))

    return loop


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--latents", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(options.rows, options.latents)) @ rng.normal(
        size=(options.latents, options.latents)
    )
    methods = dcor.DistanceCovarianceMethod
    ways = {
        "rom": distance_correlation,
        "dcor, fast (AVL)": by_dcor(methods.AVL),
        "dcor, naive": by_dcor(methods.NAIVE),
    }
    found = {name: way(Z) for name, way in ways.items()}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(options.rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way(Z)
            seconds[name].append(time.perf_counter() - start)
    print(f"{options.rows} snapshots, {options.latents} latents, {options.rounds} rounds")
    print(f"{'':20}{'s':>10}{'this / rom':>12}{'(least, most)':>16}{'difference':>12}")
    for name, times in seconds.items():
        ratios = [a / b for a, b in zip(times, seconds["rom"], strict=True)]
        difference = np.abs(found[name] - found["rom"]).max()
        spread = f"({min(ratios):.1f}, {max(ratios):.1f})"
        print(
            f"{name:20}{statistics.median(times):>10.3f}{statistics.median(ratios):>12.1f}{spread:>16}{difference:>12.1e}"
        )


if __name__ == "__main__":
    main()
