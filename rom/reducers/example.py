"""The example networks of the MNIST literature, as they stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from rom.reducers.beta_options import BetaOptions
from rom.reducers.neural import NeuralReducer
from rom.reducers.search import SearchSpace
from rom.training.objective import Objective
from rom.training.variational import VariationalObjective


@dataclass(eq=False, repr=False, kw_only=True)
class ExampleOptions:
    """The preset: convolutions of 32 and 64 channels, one dense layer of 16, ReLU; a base of
    both.
    """

    architecture: str = "fields"
    channels: tuple[int, ...] = (32, 64)
    hidden: tuple[int, ...] | None = (16,)
    activation: str = "relu"

    search_space: ClassVar[SearchSpace] = {}  # it stays what it is


@final
@dataclass(eq=False, repr=False, kw_only=True)
class ExampleAutoencoder(ExampleOptions, NeuralReducer):
    """:class:`rom.Autoencoder` with the network of the MNIST literature; on other images as it
    comes.

    Stride-2 convolutions of 32 and 64 channels, a dense layer of 16, ReLU, and a sigmoid where the
    data lie in [0, 1]. With more than 16 latents they are linearly dependent: the dense layer is
    narrower. Data without a grid take dense layers.

    Parameters
    ----------
    n_components and all options
        As for :class:`rom.Autoencoder`, with other defaults.

    Attributes
    ----------
    network_, history_, n_parameters_, n_components_, ...
        As for :class:`rom.Autoencoder`.

    References
    ----------
    F. Chollet, "Variational autoencoder", keras.io/examples/generative/vae, 2020.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(64, 8, 8))
    >>> images = rom.Snapshots.from_array(X, axes="t y x")
    >>> ExampleAutoencoder(2, epochs=1, random_state=0).fit(images).transform(images).shape
    (64, 2)
    """

    registry_name = "example-autoencoder"
    title, short_title = "autoencoder of the MNIST example", "example AE"

    def _objective(self, total_variance: float) -> Objective:
        return Objective(self.reconstruction)


@final
@dataclass(eq=False, repr=False, kw_only=True)
class ExampleBetaVAE(BetaOptions, ExampleOptions, NeuralReducer):
    """:class:`rom.BetaVAE` with the network of the MNIST literature, see
    :class:`ExampleAutoencoder`.

    On 28 x 28 images and with two latents 69,076 parameters of the encoder and 65,089 of the
    decoder. Options are those of :class:`rom.BetaVAE` without capacity and learned variance;
    `beta_` is the beta in force at the end.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).random(size=(64, 28, 28))
    >>> images = rom.Snapshots.from_array(X, axes="t y x")
    >>> ExampleBetaVAE(2, epochs=1, random_state=0).fit(images).network_.part_sizes()
    (69076, 65089)
    """

    registry_name = "example-beta-vae"
    title, short_title = "β-VAE of the MNIST example", "example β-VAE"
    has_posterior: ClassVar[bool] = True
    has_beta = True
    learned = NeuralReducer.learned | {"beta_": float}

    def _objective(self, total_variance: float) -> Objective:
        self.beta_ = self._weight(total_variance)
        return VariationalObjective(self.reconstruction, self.beta_, self._annealing())
