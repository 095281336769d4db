"""Metrics: pure functions of arrays.

They know nothing of files, reducers or plots, and never change their input.

Rows are snapshots, information is in nats, arithmetic is in float64. A number that does not exist
is NaN, and the docstring says when; input that cannot be meant raises `rom.errors.InputError`.
"""

from rom.metrics.activity import active_components, kl_per_component
from rom.metrics.beta import convert_beta
from rom.metrics.correlation import (
    correlation_matrix,
    det_correlation,
    max_abs_correlation,
    mean_abs_correlation,
)
from rom.metrics.dimension import intrinsic_dimension
from rom.metrics.distance import distance_correlation, hsic
from rom.metrics.factors import factor_scores
from rom.metrics.information import informational_correlation, mutual_information
from rom.metrics.intervals import energy_captured_interval, relative_error_interval
from rom.metrics.linear_vae import linear_beta_vae
from rom.metrics.number_of_latents import elbow, hard_threshold
from rom.metrics.paired import paired_error_difference
from rom.metrics.ranking import greedy_ranking
from rom.metrics.reconstruction import energy_captured, relative_error
from rom.metrics.resampled import resampled_difference
from rom.metrics.significance import effective_sample_size
from rom.metrics.spatial import nrmse, vrmse
from rom.metrics.spectral import spectral_error
from rom.metrics.structural_similarity import ssim
from rom.metrics.total_correlation import total_correlation

__all__ = [
    "active_components",
    "convert_beta",
    "correlation_matrix",
    "det_correlation",
    "distance_correlation",
    "effective_sample_size",
    "elbow",
    "energy_captured",
    "energy_captured_interval",
    "factor_scores",
    "greedy_ranking",
    "hard_threshold",
    "hsic",
    "informational_correlation",
    "intrinsic_dimension",
    "kl_per_component",
    "linear_beta_vae",
    "max_abs_correlation",
    "mean_abs_correlation",
    "mutual_information",
    "nrmse",
    "paired_error_difference",
    "relative_error",
    "relative_error_interval",
    "resampled_difference",
    "spectral_error",
    "ssim",
    "total_correlation",
    "vrmse",
]
