"""Uncorrelated autoencoder: deterministic, with a penalty on the correlation of its latents."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import ClassVar, final

import numpy as np
import torch

from rom.errors import InputError
from rom.reducers.neural import NeuralReducer
from rom.training.objective import Code, Losses, Objective


@final
@dataclass(eq=False, repr=False, kw_only=True)
class UncorrelatedAutoencoder(NeuralReducer):
    """Autoencoder with a correlation penalty: ``error + correlation_weight V mean_{i<j} r_ij^2``.

    ``r_ij`` is Pearson's correlation of latents i and j over the batch, V the sum of the features'
    variances over the training rows: a weight of 1 lets fully correlated latents cost as much as
    predicting the mean. Latents are deterministic and uncorrelated, as POD's; uncorrelated is not
    independent.

    Parameters
    ----------
    n_components : int, default 2
    correlation_weight : float, default 0.1
        Not negative; 0 is the autoencoder.
    architecture, channels, hidden, depth, activation, batch_norm, epochs, max_steps, max_seconds,
    batch_size, learning_rate, patience, reconstruction, precision, device, memory_limit,
    random_state
        As for :class:`rom.Autoencoder`; batches shrink to 64 rows only.

    Attributes
    ----------
    network_, history_, converged_, stop_reason_, architecture_, n_parameters_, n_components_, ...
        As for :class:`rom.Autoencoder`; the history has the penalty's mean squared correlation.

    References
    ----------
    H. Schwarz, P. P. Lin, J.-P. M. Zemke, T. Rung, "Disentangled latent spaces for reduced order
    models using deterministic autoencoders", arXiv:2502.14679, 2025: the idea; the form of the
    penalty is ours.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.random.default_rng(0).normal(size=(80, 6))
    >>> reducer = UncorrelatedAutoencoder(3, correlation_weight=1.0, epochs=2, random_state=0)
    >>> "train_correlation" in reducer.fit(rows).history_
    True
    """

    registry_name = "uncorrelated-autoencoder"
    title, short_title = "uncorrelated autoencoder", "UAE"

    _min_batch: ClassVar[int] = 64  # r of few rows is mostly noise

    correlation_weight: float = 0.1

    def _objective(self, total_variance: float) -> Objective:
        weight = self.correlation_weight
        if not isinstance(weight, Real) or not 0 <= weight < np.inf:
            raise InputError(f"correlation_weight={weight!r} must be a number that is not negative")
        return CorrelationObjective(self.reconstruction, float(weight) * total_variance)


@dataclass(frozen=True)
class CorrelationObjective(Objective):
    """``error + weight mean_{i<j} r_ij^2``."""

    weight: float = 0.0

    def combine(self, error: torch.Tensor, code: Code, n_features: int, progress: float) -> Losses:
        correlation = mean_squared_correlation(code.mean)
        losses = super().combine(error, code, n_features, progress)
        return losses | {"total": error + self.weight * correlation, "correlation": correlation}


def mean_squared_correlation(latents: torch.Tensor) -> torch.Tensor:
    """Mean over the pairs of Pearson's r squared; 0 where there is no pair, or one row."""
    n, k = latents.shape
    if n < 2 or k < 2:
        return latents.new_zeros(())
    centred = latents - latents.mean(dim=0)
    covariance = centred.t() @ centred / n
    variance = covariance.diagonal()
    # a latent that is constant over the batch is correlated with nothing
    limits = torch.finfo(latents.dtype)
    floor = (limits.eps * variance.detach().max()).square().clamp_min(limits.tiny)
    squared = covariance.square() / torch.maximum(variance[:, None] * variance[None, :], floor)
    return (squared.sum() - squared.diagonal().sum()) / (k * (k - 1))
