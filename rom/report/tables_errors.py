"""Reconstruction more closely: single snapshots, certainty over time, and the measures of other studies."""

from __future__ import annotations

import numpy as np

from rom.evaluation.accumulate import why_no_bands
from rom.metrics.spectral import BANDS
from rom.report.results import Method, Results
from rom.report.table import START, Table, by_size, start
from rom.report.words import MISSING, integer, mean_sd, number, percent


def single_snapshots(results: Results) -> Table:
    """The interval of the relative error over time, and the errors of the middle and the worst snapshots."""
    heads = [*START, "relative error", "95 % interval", "snapshots worth", "median", "95th percentile", "worst"]
    rows = []
    for method in by_size(results):
        row = [mean_sd(results.values(method, "relative_error")), *_interval(results, method)]
        row += [
            mean_sd(results.values(method, f"relative_error_snapshot[{name}]")) for name in ("median", "p95", "worst")
        ]
        rows.append(start(results, method) + row)
    several = " (means over the seeds)" if any(len(m.runs) > 1 for m in results.methods) else ""
    note = (
        f"Interval{several}: how far the pooled error depends on which snapshots the test part has, by a bootstrap of "
        f"blocks in time; “snapshots worth”: as many independent ones would be as certain ({results.n('test')} there "
        "are). Not the scatter over seeds. The last three: errors of single snapshots, each over its own distance "
        "from the training mean."
    )
    reason = results.reason("relative_error", "low")
    note += f" {MISSING}: {reason}." if reason else ""
    return Table("Errors of single snapshots, and how certain the pooled error is", heads, rows, note)


def other_measures(results: Results) -> Table:
    """NRMSE and VRMSE; SSIM, errors by wavenumber and the energy of sampled latents where there are any."""
    with_ssim = _any(results, "ssim")
    with_bands = _any(results, "spectral_error[long]")
    with_samples = _any(results, "energy_captured_sampled")
    heads = [*START, "NRMSE", "VRMSE"]
    heads += ["SSIM"] if with_ssim else []
    heads += [f"error, {band} waves" for band in BANDS] if with_bands else []
    heads += ["energy captured (%)", "of sampled latents (%)"] if with_samples else []
    rows = []
    for method in by_size(results):
        names = ["nrmse", "vrmse"] + ["ssim"] * with_ssim
        names += [f"spectral_error[{band}]" for band in BANDS] if with_bands else []
        row = [mean_sd(results.values(method, name)) for name in names]
        energies = ("energy_captured", "energy_captured_sampled") if with_samples else ()
        row += [percent(results.values(method, name), unit=False) for name in energies]
        rows.append(start(results, method) + row)
    note = (
        "NRMSE, VRMSE: root mean square error over the root mean square, and over the standard deviation in space, of "
        "each snapshot and variable, then averaged; for comparison with other studies. Where a steady mean carries the "
        "variance in space, VRMSE is small for the mean alone: it does not rank methods."
    )
    if with_bands:
        note += " Long, middle, short waves: relative error in three bands of wavenumbers at equal ratios."
    else:
        note += f" There are no errors by wavenumber: {why_no_bands(results.layout)}."
    if with_ssim:
        info = results.store.run_info(results.methods[0].runs[0])
        note += f" SSIM: Gaussian window, σ = 1.5, 11 × 11 pixels, data range {number(info['data_range'])}."
    if with_samples:
        note += " Of sampled latents: decoded from one sample of each posterior instead of its mean."
    return Table("Reconstruction in other measures", heads, rows, note)


def _interval(results: Results, method: Method) -> list[str]:
    """The cells of interval and effective snapshots, means over the seeds."""
    columns = [results.values(method, "relative_error", column=column) for column in ("low", "high", "n_eff")]
    low, high, n_eff = (float(values.mean()) if values.size else float("nan") for values in columns)
    interval = f"{number(low)} to {number(high)}" if np.isfinite([low, high]).all() else MISSING
    return [interval, integer(n_eff)]


def _any(results: Results, metric: str) -> bool:
    return any(results.values(method, metric).size for method in results.methods)
