"""Measures of latents: their dependence, and their posterior.

The better direction of a measure of dependence is that of independence.
"""

import math

from rom.measures.row import Metric

PAIRS = (("mean", "mean"), ("max", "largest"))

#: Metric name in the table of results -> what it is.
LATENTS: dict[str, Metric] = {
    # ---- dependence of latents: the direction is that of independence --------------------
    "det_correlation": Metric(
        "det R",
        "Determinant of the matrix of Pearson correlations of the latents: 1 if uncorrelated, 0 if"
        " one is a linear function of others. It can be obtained for any latents by whitening.",
        better="higher",
        table="correlation",
        function="rom.metrics.correlation:det_correlation",
        gathers=("latents",),
        says="1 if uncorrelated; whitening makes it 1",
        null="rom.metrics.nulls:det_correlation",
        bounds=(0, 1),
    ),
    "mean_abs_correlation": Metric(
        "mean |r|",
        "Mean magnitude of the Pearson correlations of all pairs of latents.",
        better="lower",
        table="correlation",
        function="rom.metrics.correlation:mean_abs_correlation",
        gathers=("latents",),
        says="linear dependence of pairs",
        null="rom.metrics.nulls:mean_abs_correlation",
        bounds=(0, 1),
    ),
    "max_abs_correlation": Metric(
        "largest |r|",
        "Largest magnitude of the Pearson correlations of all pairs of latents.",
        better="lower",
        table="correlation",
        function="rom.metrics.correlation:max_abs_correlation",
        gathers=("latents",),
        says="of the most correlated pair",
        null="rom.metrics.nulls:max_abs_correlation",
        bounds=(0, 1),
    ),
    "total_correlation": Metric(
        "total correlation, Gaussian",
        "−½ ln det R: exact for Gaussian latents.",
        unit="nat",
        better="lower",
        function="rom.metrics.total_correlation:total_correlation",
        gathers=("latents",),
        says="-1/2 ln det R",
        null="rom.metrics.nulls:total_correlation",
        bounds=(0, math.inf),
    ),
    "copula_total_correlation": Metric(
        "total correlation, ranks",
        "−½ ln det of the correlations of the normal scores of the ranks: what the latents tell"
        " about each other, whatever the distribution of each; corrected for its bias.",
        unit="nat",
        better="lower",
        table="dependence",
        function="rom.metrics.total_correlation:copula_total_correlation",
        gathers=("latents",),
        says="for any distributions of the latents",
        null="rom.metrics.nulls:copula_total_correlation",
    ),
    "distance_correlation": Metric(
        "distance correlation",
        "Signed root of the bias-corrected squared distance correlation (Székely, Rizzo 2014) of"
        " each pair: any dependence; 0 on average for independent latents, |r| or a little less for"
        " Gaussian ones, small on a noiseless curve.",
        better="lower",
        table="dependence",
        keys=PAIRS,
        function="rom.metrics.distance:distance_correlations",
        gathers=("latents",),
        says="any dependence; small on a curve",
        null="rom.metrics.nulls:distance_correlations",
        bounds=(-1, 1),
        most_rows=2000,
    ),
    "informational_correlation": Metric(
        "informational correlation",
        "√(1 − exp(−2 I)) of each pair, I the mutual information from nearest neighbours (Linfoot"
        " 1957; Kraskov et al. 2004): any dependence; |r| for Gaussian latents, 1 if each is a"
        " function of the other, as on a limit cycle.",
        better="lower",
        table="dependence",
        keys=PAIRS,
        function="rom.metrics.information:informational_correlations",
        gathers=("latents",),
        says="any; |r| if Gaussian, 1 on a curve",
        bounds=(0, 1),
        most_rows=2000,
    ),
    "neighbour_total_correlation": Metric(
        "total correlation, neighbours",
        "Total correlation from nearest neighbours (Kraskov et al. 2004): any dependence of all"
        " latents together.",
        unit="nat",
        better="lower",
        function="rom.metrics.information:neighbour_total_correlation",
        gathers=("latents",),
        says="any dependence of all together",
        most_rows=2000,
        most_latents=8,
    ),
    "mean_hsic": Metric(
        "mean HSIC",
        "Normalised Hilbert-Schmidt independence criterion, mean over the pairs (Gretton et al."
        " 2005): any dependence, on short scales too.",
        better="lower",
        function="rom.metrics.distance:mean_hsic",
        gathers=("latents",),
        says="any dependence, on short scales too",
        null="rom.metrics.nulls:mean_hsic",
        most_rows=500,
    ),
    # ---- posterior --------------------
    "kl": Metric(
        "KL",
        "Divergence of the posterior from the standard normal prior, summed over the latents, mean"
        " over the snapshots.",
        unit="nat",
        table="correlation",
        function="rom.metrics.activity:kl_total",
        gathers=("latents", "log_variance"),
    ),
    "kl_component": Metric(
        "KL of a latent",
        "Divergence of the posterior of one latent from the prior.",
        unit="nat",
        function="rom.metrics.activity:kl_per_component",
        gathers=("latents", "log_variance"),
    ),
    "active_components": Metric(
        "latents with a KL",
        "Latents whose posterior means vary by more than 0.01 (Burda et al. 2016).",
        form="integer",
        function="rom.metrics.activity:n_active",
        gathers=("latents", "log_variance"),
    ),
}
