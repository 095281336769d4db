"""The tables about the latents: correlation, dependence of any form, and the controls."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rom.measures import METRICS
from rom.metrics.correlation import det_correlation_null
from rom.report.tables.table import Column, Table, by_size, cells, measured, names
from rom.results import Method, Results
from rom.results.words import MISSING, count, count_range, integer, number

#: What the tables show: the active latents, of which pairs the mean.
ACTIVE = {"latents": "active"}


def correlation(results: Results) -> Table:
    """Linear dependence of the latents of the test set."""
    methods, n = by_size(results), results.size("test")
    det = {"measure": "det_correlation", **ACTIVE}
    columns = [
        *names(results, methods),
        cells("active", methods, lambda m: count_range(results.values(m, "active_latents"))),
        measured(results, methods, **det),
        cells("Gaussian null", methods, lambda m: _gaussian(results, m, n)),
        *_null(results, methods, **det),
        cells("n_eff", methods, lambda m: _whole(results.values(m, **det, column="n_eff"))),
        measured(results, methods, "mean_abs_correlation", **ACTIVE),
        measured(results, methods, "max_abs_correlation", **ACTIVE),
        measured(results, methods, "det_correlation", head="det R, all latents"),
    ]
    if any(results.values(method, "kl").size for method in methods):
        columns.append(measured(results, methods, "kl"))
    note = (
        f"{integer(n)} test snapshots; active latents only, except for “det R, all latents”, which"
        " inactive latents can push either way. Gaussian null: the mean for as many independent"
        " Gaussian latents and independent snapshots, ∏ (1 − i/(n − 1)), i = 1 … k − 1. Null, p: as"
        " in the next table. n_eff: effective sample size, a handful in a periodic flow, where no"
        " correlation proves anything. " + _undefined(results, "mean_abs_correlation")
    )
    return Table("Correlation and activity of the latents", columns, note)


def dependence(results: Results) -> Table:
    """Dependence of any form, each measure with its null."""
    methods = [method for method in by_size(results) if method.n_components > 1]
    columns = names(results, methods)
    for name, key in _shown():
        columns.append(
            measured(results, methods, name, key=key, head=METRICS[name].label, **ACTIVE)
        )
        columns += _null(results, methods, name, key=key, **ACTIVE)
    columns.append(measured(results, methods, "decoder_cosine"))
    how = (
        "of latents of different trajectories"
        if results.several_trajectories
        else (
            "of the latents in random order"
            if results.unordered
            else (
                "of time-shifted latents: the autocorrelation of each is kept, their dependence"
                " destroyed"
            )
        )
    )
    note = (
        "Active latents on the test snapshots, means over the pairs. Null: mean of the null"
        f" distribution, {how}. p: how often the null gives as much (largest over the seeds). "
        + _undefined(results, "informational_correlation", key="mean")
    )
    return Table("Dependence of the latents, in any form", columns, note)


def _shown() -> Iterator[tuple[str, str]]:
    """Measures of dependence in the table, with the key of their mean over the pairs."""
    for name, metric in METRICS.items():
        if metric.of_latents and metric.table == "dependence":
            yield name, metric.keys[0][0] if metric.keys else ""


def controls(results: Results) -> Table:
    """The latents after whitening and a random rotation, and the controls of the comparison."""
    methods = [m for m in (*by_size(results), *results.controls) if m.n_components > 1]
    methods.sort(key=lambda method: method.n_components)
    columns = [*names(results, methods), measured(results, methods, "relative_error")]
    shown = [("det_correlation", ""), ("distance_correlation", "mean")]
    for name, key in [*shown, ("informational_correlation", "mean")]:
        head = METRICS[name].label
        columns.append(measured(results, methods, name, key=key, head=head, **ACTIVE))
        white = measured(results, methods, name, key=key, head="whitened", latents="whitened")
        columns.append(white)
    title = "Controls: the same latents whitened and rotated at random"
    return Table(title, columns, _controls_note(results))


def _controls_note(results: Results) -> str:
    note = (
        "Whitening on the training set and a random rotation after it are an invertible linear map:"
        " the same is decoded, the error stays. So a det R near 1 can be obtained for any latents"
        " by whitening and says nothing of their axes. A dependence that stays is not linear."
    )
    linear = {m.n_components: m for m in results.controls if m.reducer == "linear-autoencoder"}
    said = []
    for k in results.shown_sizes:
        pod = next((method for method in results.at(k) if method.reducer == "pod"), None)
        if pod is not None and k in linear:
            # on the training set, where theory says that POD is the best linear map
            ours, best = (results.mean(m, "relative_error", "train") for m in (linear[k], pod))
            said.append(f"{count(k, 'latent')}: {number(ours)}, POD {number(best)}")
    if said:
        note += (
            " The linear autoencoder is the control of the training: it can at best reach POD's"
            f" error on the training set ({'; '.join(said)}). What a network gains beyond that"
            " comes from nonlinearity."
        )
    if any(method.reducer == "pod-kernel" for method in results.controls):
        note += (
            " Kernel POD has POD's latents and a nonlinear decoder without training: a network has"
            " to do better."
        )
    if any(method.reducer == "pod-ica" for method in results.controls):
        note += (
            " POD-ICA is POD's subspace with axes rotated for independence: what it has needs no KL"
            " divergence."
        )
    return note


# ---- cells --------------------


def _null(
    results: Results, methods: list[Method], measure: str, *, key: str = "", latents: str = ""
) -> list[Column]:
    """The mean of the null distribution, and the largest p value over the seeds."""

    def null(method: Method) -> str:
        values = results.values(method, measure, key=key, latents=latents, column="null")
        return number(float(values.mean())) if values.size else MISSING

    def largest_p(method: Method) -> str:
        values = results.values(method, measure, key=key, latents=latents, column="p_value")
        # the largest: a dependence counts where every seed shows it
        known = values.size and np.isfinite(values).all()
        return f"{values.max():.3f}" if known else MISSING

    return [cells("null", methods, null), cells("p", methods, largest_p)]


def _gaussian(results: Results, method: Method, n: int) -> str:
    """The mean over the seeds of a null that depends on the number of active latents."""
    active = results.values(method, "active_latents")
    if n < 2 or not active.size or active.min() < 1:
        return MISSING
    return number(float(np.mean([det_correlation_null(n, int(d)) for d in active])))


def _undefined(results: Results, measure: str, key: str = "") -> str:
    """What a dash means, and for some latents why."""
    reason = results.reason(measure, key=key, latents="active")
    return f"{MISSING}: not defined{f' ({reason})' if reason else ''}."


def _whole(values: np.ndarray) -> str:
    return integer(values.mean()) if values.size and np.isfinite(values).all() else MISSING
