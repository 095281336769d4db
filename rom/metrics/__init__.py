"""Metrics: pure functions of arrays.

They know nothing of files, reducers or plots, and never change their input.

Rows are snapshots, information is in nats, arithmetic is in float64. A number that does not exist
is NaN, and the docstring says when; input that cannot be meant raises `rom.errors.InputError`.
"""

from rom.metrics.activity import active_components, kl_per_component, kl_total, n_active
from rom.metrics.beta import BETA_CONVENTIONS, convert_beta
from rom.metrics.correlation import (
    correlation_matrix,
    det_correlation,
    det_correlation_null,
    max_abs_correlation,
    mean_abs_correlation,
)
from rom.metrics.dimension import IntrinsicDimension, intrinsic_dimension
from rom.metrics.distance import (
    distance_correlation,
    distance_correlation_shifts,
    distance_correlations,
    hsic,
    hsic_shifts,
    mean_hsic,
)
from rom.metrics.factors import FactorScores, factor_correlation, factor_information, factor_scores
from rom.metrics.information import (
    informational_correlation,
    informational_correlations,
    mutual_information,
    neighbour_total_correlation,
)
from rom.metrics.intervals import Uncertainty, energy_captured_interval, relative_error_interval
from rom.metrics.jackknife import Interval, deleted_blocks_interval
from rom.metrics.linear_vae import LinearBetaVAE, linear_beta_vae
from rom.metrics.memory import cautious_sample_size, memory
from rom.metrics.number_of_latents import elbow, hard_threshold
from rom.metrics.orthogonality import decoder_orthogonality, jacobian_cosines
from rom.metrics.paired import paired_error_difference
from rom.metrics.ranking import (
    Ranking,
    ablation_energy,
    active_latents,
    canonical_signs,
    cumulative_energy,
    decoded_energy,
    greedy_ranking,
    rank_agreement,
)
from rom.metrics.ranks import rank_correlation_matrix, rank_gaussianise
from rom.metrics.reconstruction import (
    energy_captured,
    energy_captured_per_snapshot,
    energy_captured_per_variable,
    energy_captured_snapshot_mean,
    energy_captured_snapshot_quantiles,
    mean_squared_error,
    pooled_energy_captured,
    pooled_relative_error,
    relative_error,
    relative_error_per_snapshot,
    relative_error_per_variable,
    relative_error_snapshot_quantiles,
    rmse_per_variable,
)
from rom.metrics.resampled import resampled_difference
from rom.metrics.seeds import (
    ENOUGH_SEEDS,
    Difference,
    consistency,
    holm,
    matched_correlation,
    mean_interval,
    paired_difference,
    subspace_angles,
)
from rom.metrics.significance import (
    correlation_shifts,
    decorrelation_length,
    effective_sample_size,
    moving_block_bootstrap,
    p_value,
    permutation_null,
    shift_null,
)
from rom.metrics.spatial import (
    SpatialMoments,
    nrmse,
    nrmse_per_variable,
    spatial_moments,
    vrmse,
    vrmse_per_variable,
)
from rom.metrics.spectral import (
    BandErrors,
    band_errors,
    spectral_error,
    spectral_mse,
    wavenumber_bands,
)
from rom.metrics.structural_similarity import mean_ssim, ssim
from rom.metrics.sums import SquaredErrors, squared_errors
from rom.metrics.total_correlation import (
    copula_total_correlation,
    total_correlation,
    total_correlation_null,
    total_correlation_per_extra_latent,
)
from rom.metrics.verdict import Verdict, dependence_verdict

__all__ = [
    "BETA_CONVENTIONS",
    "ENOUGH_SEEDS",
    "BandErrors",
    "Difference",
    "FactorScores",
    "Interval",
    "IntrinsicDimension",
    "LinearBetaVAE",
    "Ranking",
    "SpatialMoments",
    "SquaredErrors",
    "Uncertainty",
    "Verdict",
    "ablation_energy",
    "active_components",
    "active_latents",
    "band_errors",
    "canonical_signs",
    "cautious_sample_size",
    "consistency",
    "convert_beta",
    "copula_total_correlation",
    "correlation_matrix",
    "correlation_shifts",
    "cumulative_energy",
    "decoded_energy",
    "decoder_orthogonality",
    "decorrelation_length",
    "deleted_blocks_interval",
    "dependence_verdict",
    "det_correlation",
    "det_correlation_null",
    "distance_correlation",
    "distance_correlation_shifts",
    "distance_correlations",
    "effective_sample_size",
    "elbow",
    "energy_captured",
    "energy_captured_interval",
    "energy_captured_per_snapshot",
    "energy_captured_per_variable",
    "energy_captured_snapshot_mean",
    "energy_captured_snapshot_quantiles",
    "factor_correlation",
    "factor_information",
    "factor_scores",
    "greedy_ranking",
    "hard_threshold",
    "holm",
    "hsic",
    "hsic_shifts",
    "informational_correlation",
    "informational_correlations",
    "intrinsic_dimension",
    "jacobian_cosines",
    "kl_per_component",
    "kl_total",
    "linear_beta_vae",
    "matched_correlation",
    "max_abs_correlation",
    "mean_abs_correlation",
    "mean_hsic",
    "mean_interval",
    "mean_squared_error",
    "mean_ssim",
    "memory",
    "moving_block_bootstrap",
    "mutual_information",
    "n_active",
    "neighbour_total_correlation",
    "nrmse",
    "nrmse_per_variable",
    "p_value",
    "paired_difference",
    "paired_error_difference",
    "permutation_null",
    "pooled_energy_captured",
    "pooled_relative_error",
    "rank_agreement",
    "rank_correlation_matrix",
    "rank_gaussianise",
    "relative_error",
    "relative_error_interval",
    "relative_error_per_snapshot",
    "relative_error_per_variable",
    "relative_error_snapshot_quantiles",
    "resampled_difference",
    "rmse_per_variable",
    "shift_null",
    "spatial_moments",
    "spectral_error",
    "spectral_mse",
    "squared_errors",
    "ssim",
    "subspace_angles",
    "total_correlation",
    "total_correlation_null",
    "total_correlation_per_extra_latent",
    "vrmse",
    "vrmse_per_variable",
    "wavenumber_bands",
]
