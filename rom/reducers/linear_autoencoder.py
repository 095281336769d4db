"""Linear autoencoder: the control that shows what comes from training and what from
nonlinearity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from rom.errors import InputError
from rom.reducers.neural import NeuralReducer
from rom.reducers.search import SearchSpace
from rom.training.objective import Objective


@final
@dataclass(eq=False, repr=False, kw_only=True)
class LinearAutoencoder(NeuralReducer):
    """Linear autoencoder: ``z = A x + a``, ``x_hat = B z + b``, trained on ``sum_features (x -
    x_hat)^2``.

    Its minimum is POD: the same plane and the same error, but with any axes in it, hence correlated
    latents. What it lacks to POD in a comparison is what training leaves undone; what
    :class:`rom.Autoencoder` gains over it comes from nonlinearity.

    Parameters
    ----------
    n_components, epochs, max_steps, max_seconds, batch_size, learning_rate, patience, precision,
    device, memory_limit, random_state
        As for :class:`rom.Autoencoder`. The other options of networks have no effect here.

    Attributes
    ----------
    network_, history_, converged_, stop_reason_, n_parameters_, n_components_, ...
        As for :class:`rom.Autoencoder`, as are the errors.

    References
    ----------
    P. Baldi, K. Hornik, "Neural networks and principal component analysis: learning from examples
    without local minima", Neural Networks 2, 1989.

    Examples
    --------
    >>> import numpy as np
    >>> plane = np.random.default_rng(0).normal(size=(50, 3)) @ np.eye(3, 8)
    >>> fitted = LinearAutoencoder(3, epochs=2, random_state=0).fit(plane)
    >>> fitted.inverse_transform(np.zeros((1, 3))).shape
    (1, 8)
    """

    registry_name = "linear-autoencoder"
    title, short_title = "linear autoencoder", "linear AE"
    has_linear_decoder = True
    search_space: ClassVar[SearchSpace] = {}  # a control: what it lacks to POD is to be seen

    architecture: str = "linear"

    def _objective(self, total_variance: float) -> Objective:
        if self.architecture_ != "linear" or self.reconstruction != "squared":
            raise InputError(
                "a linear autoencoder has architecture='linear' and reconstruction='squared'"
            )
        return Objective()
