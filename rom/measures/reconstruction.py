"""Measures of how well snapshots are reconstructed."""

from rom.measures.row import Metric

#: Metric name in the table of results -> what it is.
RECONSTRUCTION: dict[str, Metric] = {
    # ---- reconstruction --------------------
    "relative_error": Metric(
        "relative error",
        "√(Σ‖x − x̂‖² / Σ‖x − mean of the training set‖²), the sums taken over the snapshots of a"
        " set, in the weighted norm with each variable divided by its scale. 0 is perfect, 1 is as"
        " good as the mean. x̂ is decoded from the latents (of a VAE: from the posterior means)."
        " Its 95 % interval: moving-block bootstrap over the snapshots (Künsch 1989) or from the"
        " effective sample size, whichever is wider; trajectories are kept apart; none below n_eff"
        " = 2.",
        better="lower",
        table="accuracy",
        function="rom.metrics.reconstruction:pooled_relative_error",
        gathers=("errors",),
        interval="rom.metrics.intervals:relative_error_interval",
    ),
    "energy_captured": Metric(
        "energy captured",
        "1 − Σ‖x − x̂‖² / Σ‖x − mean of the training set‖² = 1 − relative error². It may be"
        " negative.",
        form="percent",
        better="higher",
        table="accuracy",
        function="rom.metrics.reconstruction:pooled_energy_captured",
        gathers=("errors",),
        interval="rom.metrics.intervals:energy_captured_interval",
    ),
    "energy_captured_sampled": Metric(
        "energy captured, sampled latents",
        "Energy captured where one sample of each posterior is decoded instead of its mean.",
        form="percent",
        better="higher",
        table="other measures",
        function="rom.metrics.reconstruction:pooled_energy_captured",
        gathers=("sampled",),
    ),
    "mean_squared_error": Metric(
        "mean squared error",
        "Mean of ‖x − x̂‖² over the snapshots, in the weighted and scaled norm.",
        better="lower",
        function="rom.metrics.reconstruction:mean_squared_error",
        gathers=("errors",),
    ),
    "relative_error_variable": Metric(
        "relative error of a variable",
        "The relative error of one variable alone.",
        better="lower",
        function="rom.metrics.reconstruction:relative_error_per_variable",
        gathers=("errors",),
    ),
    "energy_captured_variable": Metric(
        "energy captured of a variable",
        "The energy captured of one variable alone.",
        form="percent",
        better="higher",
        function="rom.metrics.reconstruction:energy_captured_per_variable",
        gathers=("errors",),
    ),
    "rmse_variable": Metric(
        "RMSE",
        "Root mean square error of one variable in its unit, with the cell weights.",
        unit="variable",
        better="lower",
        table="accuracy",
        function="rom.metrics.reconstruction:rmse_per_variable",
        gathers=("errors",),
    ),
    "energy_captured_snapshot_mean": Metric(
        "energy captured, mean over snapshots",
        "Mean over the snapshots of the energy captured of each.",
        form="percent",
        better="higher",
        function="rom.metrics.reconstruction:energy_captured_snapshot_mean",
        gathers=("errors",),
    ),
    "energy_captured_snapshot": Metric(
        "energy captured of single snapshots",
        "Quantiles over the snapshots of the energy captured of each.",
        form="percent",
        better="higher",
        function="rom.metrics.reconstruction:energy_captured_snapshot_quantiles",
        gathers=("errors",),
    ),
    "relative_error_snapshot": Metric(
        "relative error of single snapshots",
        "‖x − x̂‖ / ‖x − mean of the training set‖ of each snapshot; quantiles over the snapshots.",
        better="lower",
        table="snapshots",
        keys=(("median", "median"), ("p95", "95th percentile"), ("worst", "worst")),
        function="rom.metrics.reconstruction:relative_error_snapshot_quantiles",
        gathers=("errors",),
    ),
    "nrmse": Metric(
        "NRMSE",
        "As in The Well (Ohana et al. 2024): √(mean (x − x̂)² / (m + 10⁻⁷)) of each snapshot and"
        " variable, means over space with the cell weights, m the mean square of x in space; then"
        " the mean over snapshots and variables, in physical units.",
        better="lower",
        table="other measures",
        function="rom.metrics.spatial:nrmse",
        gathers=("errors", "moments"),
    ),
    "nrmse_variable": Metric(
        "NRMSE of a variable",
        "NRMSE of one variable alone.",
        better="lower",
        function="rom.metrics.spatial:nrmse_per_variable",
        gathers=("errors", "moments"),
    ),
    "vrmse": Metric(
        "VRMSE",
        "As NRMSE, with m the variance of x in space (n − 1). Where a steady mean carries the"
        " variance in space, VRMSE is small for the mean alone: it does not rank methods.",
        better="lower",
        table="other measures",
        function="rom.metrics.spatial:vrmse",
        gathers=("errors", "moments"),
    ),
    "vrmse_variable": Metric(
        "VRMSE of a variable",
        "VRMSE of one variable alone.",
        better="lower",
        function="rom.metrics.spatial:vrmse_per_variable",
        gathers=("errors", "moments"),
    ),
    "spectral_error": Metric(
        "error by wavenumber",
        "Relative error in three bands of wavenumbers at equal ratios, on periodic uniform grids.",
        better="lower",
        table="other measures",
        keys=(("long", "long waves"), ("middle", "middle waves"), ("short", "short waves")),
        function="rom.metrics.spectral:spectral_error",
        gathers=("bands",),
    ),
    "spectral_mse": Metric(
        "squared error by wavenumber",
        "Mean squared error in the same bands of wavenumbers.",
        better="lower",
        function="rom.metrics.spectral:spectral_mse",
        gathers=("bands",),
    ),
    "ssim": Metric(
        "SSIM",
        "Structural similarity of images (Wang et al. 2004): Gaussian window, σ = 1.5, 11 × 11"
        " pixels, the range of the training images.",
        better="higher",
        table="other measures",
        function="rom.metrics.structural_similarity:mean_ssim",
        gathers=("images",),
    ),
}
