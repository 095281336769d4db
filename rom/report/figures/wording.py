"""Sentences that several captions and alternative texts share."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rom.results import Method, Results
from rom.results.words import count, listing, number, percent

MOST_NAMED = 6  # methods in an alternative text


def sentences(*sentences: str) -> str:
    """Those that have something to say, as one text."""
    return " ".join(sentence for sentence in sentences if sentence)


def seeds_marked(results: Results, mean: str = "lines") -> str:
    """What small marks and the mean are, where there are several seeds."""
    n = max(len(method.runs) for method in results.methods)
    if n < 2:
        return ""
    return f"Small marks are seeds (at most {n}). Their mean is drawn as {mean}."


def median_seed(methods: Iterable[Method]) -> str:
    """Which seed is shown, where there are several."""
    several = any(len(method.runs) > 1 for method in methods)
    return "Of several seeds, the one with the median test error is shown." if several else ""


def curves_said(results: Results) -> str:
    """How the relative error of the test set goes with the number of latents, method by method.

    The first and the last size of each, for example ``POD from 0.24 (2 latents) to 0.015 (8)``.
    """
    parts = []
    for key in results.keys[:MOST_NAMED]:
        known = [
            (method.n_components, results.mean(method, "relative_error"))
            for method in results.of(key)
            if np.isfinite(results.mean(method, "relative_error"))
        ]
        if not known:
            continue
        (first, start), (last, end) = known[0], known[-1]
        text = f"{results.name(key)} {'from ' if len(known) > 1 else ''}{number(start, digits=2)}"
        text += f" ({count(first, 'latent')})"
        parts.append(text + (f" to {number(end, digits=2)} ({last})" if len(known) > 1 else ""))
    return listing(parts)


def values_said(
    results: Results, methods: list[Method], measure: str, *, share: bool = False, **options: str
) -> str:
    """A number of each method, for example ``POD 0.24, AE 0.012``; a share in percent."""
    found = [(m.name, results.mean(m, measure, **options)) for m in methods[:MOST_NAMED]]
    said = [
        f"{name} {percent([value]) if share else number(value, digits=2)}" for name, value in found
    ]
    return listing(said)
