"""Everything that a comparison measures: one row each, which says all of itself.

A new metric is a function and a row here. The row says what a reader sees (label, definition, unit,
format, which way is better, the table it stands in) and how it is measured (what the function takes,
its null, its interval). Rows name functions as strings, so that a look-up imports nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Measure:
    """What a reader needs to know of a number.

    Attributes
    ----------
    label : the head of its column, in a few words
    definition : formula or rule, in full sentences, with the source
    unit : "1", "nat", "s", "B"; "variable" means the unit of each variable
    form : how it is written: "number", "percent", "integer", "size" (bytes) or "milliseconds"
    better : the better direction: "lower", "higher", or "" where there is none
    table : the table of the report that it stands in as a column; "" where it stands in none
    keys : labels of the numbers of a measure that has several; those without a label are no columns
    of : the set of snapshots that it is shown for: "test", or "train" for what a fit costs
    """

    label: str
    definition: str
    unit: str = "1"
    form: Literal["number", "percent", "integer", "size", "milliseconds"] = "number"
    better: Literal["lower", "higher", ""] = ""
    table: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    of: Literal["test", "train"] = "test"


@dataclass(frozen=True, kw_only=True)
class Metric(Measure):
    """A measure that is a pure function of the accumulated results of a stored model.

    Attributes
    ----------
    function : "module:name". It returns a number, or several: a dict by key, or an array by latent
    gathers : names of its arguments (:data:`rom.evaluation.accumulate.GATHERED`, "latents",
        "log_variance"); it is measured wherever all of them are there. What takes latents alone is
        a measure of dependence: taken of all latents and of the active ones, with null and interval
    interval : of errors, a function of the same arguments and of the snapshots' trajectories that
        returns an Uncertainty
    null : of latents, a function of (latents, draws, seed) that draws from the null distribution;
        by default the metric is called for time-shifted latents
    says : of latents, what it says in a few words, for the card of independence
    bounds : the least and the largest value there can be; they end the interval
    most_rows, most_latents : what bounds its cost: of more rows, evenly spaced ones are taken; of
        more latents it is NaN
    version : raised where the function gives other numbers than before
    """

    function: str
    gathers: tuple[str, ...]
    interval: str = ""
    null: str = ""
    says: str = ""
    bounds: tuple[float, float] = (-math.inf, math.inf)
    most_rows: int | None = None
    most_latents: int | None = None
    version: int = 1

    @property
    def of_latents(self) -> bool:
        """Whether it measures how dependent latents are."""
        return self.gathers == ("latents",)


PAIRS = (("mean", "mean"), ("max", "largest"))

#: Metric name in the table of results -> what it is.
METRICS: dict[str, Metric] = {
    # ---- reconstruction ----------------------------------------------------------------------------
    "relative_error": Metric(
        "relative error",
        "√(Σ‖x − x̂‖² / Σ‖x − mean of the training set‖²), the sums taken over the snapshots of a set,"
        " in the weighted norm with each variable divided by its scale. 0 is perfect, 1 is as good as"
        " the mean. x̂ is decoded from the latents (of a VAE: from the posterior means). Its 95 %"
        " interval: moving-block bootstrap over the snapshots (Künsch 1989) or from the effective"
        " sample size, whichever is wider; trajectories are kept apart; none below n_eff = 2.",
        better="lower", table="accuracy",
        function="rom.metrics:pooled_relative_error", gathers=("errors",),
        interval="rom.metrics:relative_error_interval",
    ),
    "energy_captured": Metric(
        "energy captured",
        "1 − Σ‖x − x̂‖² / Σ‖x − mean of the training set‖² = 1 − relative error². It may be negative.",
        form="percent", better="higher", table="accuracy",
        function="rom.metrics:pooled_energy_captured", gathers=("errors",),
        interval="rom.metrics:energy_captured_interval",
    ),
    "energy_captured_sampled": Metric(
        "energy captured, sampled latents",
        "Energy captured where one sample of each posterior is decoded instead of its mean.",
        form="percent", better="higher", table="other measures",
        function="rom.metrics:pooled_energy_captured", gathers=("sampled",),
    ),
    "mean_squared_error": Metric(
        "mean squared error",
        "Mean of ‖x − x̂‖² over the snapshots, in the weighted and scaled norm.",
        better="lower",
        function="rom.metrics:mean_squared_error", gathers=("errors",),
    ),
    "relative_error_variable": Metric(
        "relative error of a variable", "The relative error of one variable alone.", better="lower",
        function="rom.metrics:relative_error_per_variable", gathers=("errors",),
    ),
    "energy_captured_variable": Metric(
        "energy captured of a variable", "The energy captured of one variable alone.",
        form="percent", better="higher",
        function="rom.metrics:energy_captured_per_variable", gathers=("errors",),
    ),
    "rmse_variable": Metric(
        "RMSE", "Root mean square error of one variable in its unit, with the cell weights.",
        unit="variable", better="lower", table="accuracy",
        function="rom.metrics:rmse_per_variable", gathers=("errors",),
    ),
    "energy_captured_snapshot_mean": Metric(
        "energy captured, mean over snapshots",
        "Mean over the snapshots of the energy captured of each.", form="percent", better="higher",
        function="rom.metrics:energy_captured_snapshot_mean", gathers=("errors",),
    ),
    "energy_captured_snapshot": Metric(
        "energy captured of single snapshots",
        "Quantiles over the snapshots of the energy captured of each.",
        form="percent", better="higher",
        function="rom.metrics:energy_captured_snapshot_quantiles", gathers=("errors",),
    ),
    "relative_error_snapshot": Metric(
        "relative error of single snapshots",
        "‖x − x̂‖ / ‖x − mean of the training set‖ of each snapshot; quantiles over the snapshots.",
        better="lower", table="snapshots",
        keys=(("median", "median"), ("p95", "95th percentile"), ("worst", "worst")),
        function="rom.metrics:relative_error_snapshot_quantiles", gathers=("errors",),
    ),
    "nrmse": Metric(
        "NRMSE",
        "As in The Well (Ohana et al. 2024): √(mean (x − x̂)² / (m + 10⁻⁷)) of each snapshot and"
        " variable, means over space with the cell weights, m the mean square of x in space; then the"
        " mean over snapshots and variables, in physical units.",
        better="lower", table="other measures",
        function="rom.metrics:nrmse", gathers=("errors", "moments"),
    ),
    "nrmse_variable": Metric(
        "NRMSE of a variable", "NRMSE of one variable alone.", better="lower",
        function="rom.metrics:nrmse_per_variable", gathers=("errors", "moments"),
    ),
    "vrmse": Metric(
        "VRMSE",
        "As NRMSE, with m the variance of x in space (n − 1). Where a steady mean carries the variance"
        " in space, VRMSE is small for the mean alone: it does not rank methods.",
        better="lower", table="other measures",
        function="rom.metrics:vrmse", gathers=("errors", "moments"),
    ),
    "vrmse_variable": Metric(
        "VRMSE of a variable", "VRMSE of one variable alone.", better="lower",
        function="rom.metrics:vrmse_per_variable", gathers=("errors", "moments"),
    ),
    "spectral_error": Metric(
        "error by wavenumber",
        "Relative error in three bands of wavenumbers at equal ratios, on periodic uniform grids.",
        better="lower", table="other measures",
        keys=(("long", "long waves"), ("middle", "middle waves"), ("short", "short waves")),
        function="rom.metrics:spectral_error", gathers=("bands",),
    ),
    "spectral_mse": Metric(
        "squared error by wavenumber", "Mean squared error in the same bands of wavenumbers.",
        better="lower",
        function="rom.metrics:spectral_mse", gathers=("bands",),
    ),
    "ssim": Metric(
        "SSIM",
        "Structural similarity of images (Wang et al. 2004): Gaussian window, σ = 1.5, 11 × 11 pixels,"
        " the range of the training images.",
        better="higher", table="other measures",
        function="rom.metrics:mean_ssim", gathers=("images",),
    ),
    # ---- dependence of latents: the direction is that of independence --------------------------------
    "det_correlation": Metric(
        "det R",
        "Determinant of the matrix of Pearson correlations of the latents: 1 if uncorrelated, 0 if one"
        " is a linear function of others. It can be obtained for any latents by whitening.",
        better="higher", table="correlation",
        function="rom.metrics:det_correlation", gathers=("latents",),
        says="1 if uncorrelated; whitening makes it 1",
        null="rom.metrics.nulls:det_correlation", bounds=(0, 1),
    ),
    "mean_abs_correlation": Metric(
        "mean |r|", "Mean magnitude of the Pearson correlations of all pairs of latents.",
        better="lower", table="correlation",
        function="rom.metrics:mean_abs_correlation", gathers=("latents",),
        says="linear dependence of pairs",
        null="rom.metrics.nulls:mean_abs_correlation", bounds=(0, 1),
    ),
    "max_abs_correlation": Metric(
        "largest |r|", "Largest magnitude of the Pearson correlations of all pairs of latents.",
        better="lower", table="correlation",
        function="rom.metrics:max_abs_correlation", gathers=("latents",),
        says="of the most correlated pair",
        null="rom.metrics.nulls:max_abs_correlation", bounds=(0, 1),
    ),
    "total_correlation": Metric(
        "total correlation, Gaussian", "−½ ln det R: exact for Gaussian latents.", unit="nat",
        better="lower",
        function="rom.metrics:total_correlation", gathers=("latents",),
        says="-1/2 ln det R",
        null="rom.metrics.nulls:total_correlation", bounds=(0, math.inf),
    ),
    "copula_total_correlation": Metric(
        "total correlation, ranks",
        "−½ ln det of the correlations of the normal scores of the ranks: what the latents tell about"
        " each other, whatever the distribution of each; corrected for its bias.",
        unit="nat", better="lower", table="dependence",
        function="rom.metrics:copula_total_correlation", gathers=("latents",),
        says="for any distributions of the latents",
        null="rom.metrics.nulls:copula_total_correlation",
    ),
    "distance_correlation": Metric(
        "distance correlation",
        "Signed root of the bias-corrected squared distance correlation (Székely, Rizzo 2014) of each"
        " pair: any dependence; 0 on average for independent latents, |r| or a little less for"
        " Gaussian ones, small on a noiseless curve.",
        better="lower", table="dependence", keys=PAIRS,
        function="rom.metrics:distance_correlations", gathers=("latents",),
        says="any dependence; small on a curve",
        null="rom.metrics.nulls:distance_correlations", bounds=(-1, 1), most_rows=2000,
    ),
    "informational_correlation": Metric(
        "informational correlation",
        "√(1 − exp(−2 I)) of each pair, I the mutual information from nearest neighbours (Linfoot 1957;"
        " Kraskov et al. 2004): any dependence; |r| for Gaussian latents, 1 if each is a function of"
        " the other, as on a limit cycle.",
        better="lower", table="dependence", keys=PAIRS,
        function="rom.metrics:informational_correlations", gathers=("latents",),
        says="any; |r| if Gaussian, 1 on a curve",
        bounds=(0, 1), most_rows=2000,
    ),
    "neighbour_total_correlation": Metric(
        "total correlation, neighbours",
        "Total correlation from nearest neighbours (Kraskov et al. 2004): any dependence of all"
        " latents together.",
        unit="nat", better="lower",
        function="rom.metrics:neighbour_total_correlation", gathers=("latents",),
        says="any dependence of all together",
        most_rows=2000, most_latents=8,
    ),
    "mean_hsic": Metric(
        "mean HSIC",
        "Normalised Hilbert-Schmidt independence criterion, mean over the pairs (Gretton et al. 2005):"
        " any dependence, on short scales too.",
        better="lower",
        function="rom.metrics:mean_hsic", gathers=("latents",),
        says="any dependence, on short scales too",
        null="rom.metrics.nulls:mean_hsic", most_rows=500,
    ),
    # ---- posterior ---------------------------------------------------------------------------------
    "kl": Metric(
        "KL",
        "Divergence of the posterior from the standard normal prior, summed over the latents, mean"
        " over the snapshots.",
        unit="nat", table="correlation",
        function="rom.metrics:kl_total", gathers=("latents", "log_variance"),
    ),
    "kl_component": Metric(
        "KL of a latent", "Divergence of the posterior of one latent from the prior.", unit="nat",
        function="rom.metrics:kl_per_component", gathers=("latents", "log_variance"),
    ),
    "active_components": Metric(
        "latents with a KL",
        "Latents whose posterior means vary by more than 0.01 (Burda et al. 2016).", form="integer",
        function="rom.metrics:n_active", gathers=("latents", "log_variance"),
    ),
}  # fmt: skip

#: What is measured of a run besides the metrics.
QUANTITIES: dict[str, Measure] = {
    "active_latents": Measure(
        "active latents",
        "Latents without which more than 0.01 % of the energy of the training set is lost, each"
        " replaced by its mean; the same rule for every method.",
        form="integer", table="correlation",
    ),
    "ablation_energy": Measure(
        "energy lost without a latent",
        "Share of the energy that is lost where one latent is replaced by its training mean.",
        form="percent",
    ),
    "ranked_energy": Measure(
        "energy of the first latents",
        "Share of the energy captured with the first m latents in greedy order, the others replaced by"
        " their training means.",
        form="percent",
    ),
    "rank_agreement": Measure(
        "agreement of rankings",
        "Rank correlation of the greedy order with the order by loss and by sensitivity.",
    ),
    "decoder_cosine": Measure(
        "cosine of the decoder",
        "Mean |cosine| between what two latents change in the field; 0 if orthogonal.",
        better="lower", table="dependence",
    ),
    "ima_contrast": Measure(
        "IMA contrast",
        "Independent mechanism analysis (Gresele et al. 2021): 0 if the columns of the decoder's"
        " Jacobian are orthogonal.",
        better="lower",
    ),
    "factor_score": Measure(
        "factor scores",
        "Disentanglement, completeness, informativeness (Eastwood and Williams 2018), MIG (Chen et al."
        " 2018) of the latents with the known parameters.",
        better="higher",
    ),
    "factor_correlation": Measure(
        "correlation with a parameter", "Rank correlation of a latent with a known parameter.",
    ),
    "fit_seconds": Measure(
        "fit", "Wall-clock time of the fit with its preprocessing; runs at the same time share the"
        " cores.", unit="s", better="lower", table="cost", of="train",
    ),
    "encode_seconds": Measure(
        "encode", "Wall-clock time to encode a snapshot.", unit="s", form="milliseconds",
        better="lower", table="cost",
    ),
    "decode_seconds": Measure(
        "decode", "Wall-clock time to decode a snapshot.", unit="s", form="milliseconds",
        better="lower", table="cost",
    ),
    "n_parameters": Measure(
        "parameters", "Numbers that were fitted: weights of a network, values of the modes.",
        form="integer", better="lower", table="cost", of="train",
    ),
    "stored_bytes": Measure(
        "stored", "Bytes of the saved model.", unit="B", form="size", better="lower", table="cost", of="train",
    ),
    "converged": Measure(
        "converged", "1 where more training would gain nothing, 0 where it would.", of="train"
    ),
    "threads": Measure("threads", "Threads of the fit.", form="integer", of="train"),
}  # fmt: skip


def measure_of(name: str) -> Measure:
    """The row of a name in the column `measure` of the results."""
    return METRICS[name] if name in METRICS else QUANTITIES[name]
