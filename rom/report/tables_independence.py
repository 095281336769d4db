"""The tables about the latents: correlation, dependence of any form, and the controls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rom.metrics import det_correlation_null
from rom.report.results import Method, Results
from rom.report.table import START, Table, by_size, start
from rom.report.words import MISSING, count, count_range, integer, mean_sd, number

DISTANCE, INFORMATION = "distance_correlation{}[mean]", "informational_correlation{}[mean]"


def correlation(results: Results) -> Table:
    """Linear dependence of the latents of the test part."""
    heads = [
        *START,
        "active",
        "det R",
        "if independent",
        "if unrelated",
        "p",
        "mean |r|",
        "largest |r|",
        "snapshots worth",
        "det R, all latents",
    ]
    variational = any(results.values(method, "kl").size for method in results.methods)
    heads += ["KL (nat)"] if variational else []
    n = results.size("test")
    rows = []
    for method in by_size(results):
        active = results.values(method, "active_latents")
        row = [count_range(active), mean_sd(results.values(method, "det_correlation_active"))]
        row.append(_mean_null(det_correlation_null, n, active))
        row.append(_mean(results, method, "det_correlation_active", "null"))
        row.append(_largest_p(results.values(method, "det_correlation_active", column="p_value")))
        row += [mean_sd(results.values(method, f"{name}_correlation_active")) for name in ("mean_abs", "max_abs")]
        row.append(_whole(results.values(method, "det_correlation_active", column="n_eff")))
        row.append(mean_sd(results.values(method, "det_correlation")))
        row += [mean_sd(results.values(method, "kl"))] if variational else []
        rows.append(start(results, method) + row)
    note = (
        f"{integer(n)} test snapshots; active latents only, but for “det R, all latents”, which latents that do "
        "nothing can push either way. “If independent”: what as many independent Gaussian latents give on average for "
        "as many independent snapshots. “If unrelated”, p: as in the next table. “Snapshots worth”: as many "
        "independent snapshots would scatter as much; a "
        f"handful in a periodic flow, where no correlation proves anything. "
        + _undefined(results, "mean_abs_correlation_active")
    )
    return Table("Correlation and activity of the latents", heads, rows, note)


def dependence(results: Results) -> Table:
    """Dependence of any form, beside what latents give that keep their course in time and are otherwise unrelated."""
    heads = [*START, "distance correlation", "if unrelated", "p", "informational correlation", "if unrelated", "p"]
    heads += ["total correlation (nat)", "if unrelated", "cosine of the decoder"]
    rows = []
    for method in (method for method in by_size(results) if method.n_components > 1):
        row: list[str] = []
        for name in (DISTANCE.format("_active"), INFORMATION.format("_active")):
            row += [mean_sd(results.values(method, name)), _mean(results, method, name, "null")]
            row.append(_largest_p(results.values(method, name, column="p_value")))
        name = "copula_total_correlation_active"
        row += [mean_sd(results.values(method, name)), _mean(results, method, name, "null")]
        row.append(mean_sd(results.values(method, "decoder_cosine")))
        rows.append(start(results, method) + row)
    note = (
        "Active latents on the test snapshots, means over the pairs. Distance correlation (bias-corrected, signed "
        "root): any dependence, though little on a noiseless curve. Informational correlation √(1 − exp(−2 I)): |r| "
        "for Gaussian latents, 1 if each is a function of the other. Total correlation: of the ranks. “If unrelated”: "
        "the same latents, each shifted in time by another amount; p: how often these give as much (largest over the "
        "seeds). Cosine: mean |cosine| between what the latents change in the field, 0 if orthogonal. "
        + _undefined(results, INFORMATION.format("_active"))
    )
    return Table("Dependence of the latents, in any form", heads, rows, note)


def controls(results: Results) -> Table:
    """What whitening and a random rotation make of the same latents, and what a linear network makes of the data."""
    heads = [*START, "relative error", "det R", "whitened", "distance correlation", "whitened"]
    heads += ["informational correlation", "whitened"]
    rows = []
    methods = [method for method in by_size(results) if method.n_components > 1]
    methods += [method for method in results.controls if method.n_components > 1]
    for method in sorted(methods, key=lambda method: method.n_components):
        row = [mean_sd(results.values(method, "relative_error"))]
        for name in ("det_correlation{}", DISTANCE, INFORMATION):
            row += [mean_sd(results.values(method, name.format(kind))) for kind in ("_active", "_whitened")]
        rows.append(start(results, method) + row)
    return Table("Controls: the same latents whitened and rotated at random", heads, rows, _controls_note(results))


def _controls_note(results: Results) -> str:
    note = (
        "Whitening on the training snapshots and a random rotation after it are a linear map that can be undone: the "
        "same is decoded, the error stays. So a det R near 1 can be had from any latents for nothing, and says "
        "nothing of their axes; a dependence that stays is not linear."
    )
    linear = {method.n_components: method for method in results.controls if method.reducer == "linear-autoencoder"}
    said = []
    for k in results.shown_sizes:
        pod = next((method for method in results.at(k) if method.reducer == "pod"), None)
        if pod is not None and k in linear:
            ours, best = (results.mean(method, "relative_error", "train") for method in (linear[k], pod))
            said.append(f"{count(k, 'latent')}: {number(ours)} beside {number(best)}")
    if said:
        note += (
            " The linear autoencoder is the control of the training: it can at best reach POD's error on the training "
            f"snapshots ({'; '.join(said)}). What a network gains beyond that comes from nonlinearity."
        )
    if any(method.reducer == "pod-kernel" for method in results.controls):
        note += " Kernel POD has POD's latents and a nonlinear decoder without training: a network has to do better."
    if any(method.reducer == "pod-ica" for method in results.controls):
        note += (
            " POD-ICA is POD's subspace with axes turned for independence: what it has, no divergence was needed for."
        )
    return note


def _undefined(results: Results, metric: str) -> str:
    """What a dash means, and for some latents why."""
    reason = results.reason(metric)
    return f"{MISSING}: not defined{f' ({reason})' if reason else ''}."


def _mean_null(null: Callable[[int, int], float], n: int, active: np.ndarray) -> str:
    """The mean over the seeds of a null value that depends on the number of active latents."""
    if n < 2 or not active.size or active.min() < 1:
        return MISSING
    return number(float(np.mean([null(n, int(d)) for d in active])))


def _mean(results: Results, method: Method, metric: str, column: str) -> str:
    values = results.values(method, metric, column=column)
    return number(float(values.mean())) if values.size else MISSING


def _largest_p(values: np.ndarray) -> str:
    return f"{values.max():.3f}" if values.size and np.isfinite(values).all() else MISSING


def _whole(values: np.ndarray) -> str:
    return integer(values.mean()) if values.size and np.isfinite(values).all() else MISSING
