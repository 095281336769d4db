"""Autoencoder: nonlinear reduction of least squared error, latents in no order."""

from __future__ import annotations

from typing import final

from rom.reducers.neural import NeuralReducer
from rom.training.objective import Objective


@final
class Autoencoder(NeuralReducer):
    """Autoencoder: ``z = encoder(x)``, ``x_hat = decoder(z)``, trained on ``sum_features (x - x_hat)^2``.

    Parameters
    ----------
    n_components : int, default 2
        Number of latents.
    architecture : {"auto", "conv", "mlp", "linear"}, default "auto"
        "conv": stride-2 convolutions of `channels` channels, dense layers of `hidden` widths; on a 28 x 28
        image with the default widths 69,076 encoder and 65,089 decoder parameters as a beta-VAE of two
        latents. "mlp": dense layers, `channels` from the widest on, then `hidden`. "linear": one matrix
        each way, a control that cannot beat POD. "auto": conv where the layout has a grid, else mlp.
    channels : tuple of int, default (32, 64)
    hidden : tuple of int, default (16,)
    epochs : int, optional
        Passes over the training rows. Default: enough for 1,500 steps (conv), 4,000 (mlp) or 6,000
        (linear), at least 30.
    batch_size : int, default 128
        At most; fewer on small data, so that an epoch has 64 steps (but never fewer than 8 rows a step).
    learning_rate : float, default 1e-3
        Adam's at the start; it falls to zero along a cosine.
    reconstruction : {"squared", "bernoulli"}, default "squared"
        "bernoulli": summed binary cross-entropy, for values between 0 and 1.
    memory_limit : int or str, optional
        Bytes, or a string such as "1GB", for training and validation rows: read once and kept where they fit as
        float32, else read in shuffled blocks in every epoch. The network and its gradients come on top. Default: a
        quarter of the machine's memory.
    random_state : int, RandomState or None, default None
        Seed of initialisation, batch order and sampling.

    Attributes
    ----------
    network_ : torch.nn.Module
    history_ : DataFrame, one row per epoch: losses per sample, averaged over the training and validation rows
    n_parameters_, n_components_, architecture_, batch_size_, epochs_ : what was used
    sigmoid_ : bool. The output is a sigmoid where all training values lie in [0, 1], else linear.

    Raises
    ------
    InputError (a ValueError)
        From :meth:`fit`, if an argument is out of range.

    References
    ----------
    G. Hinton, R. Salakhutdinov, "Reducing the dimensionality of data with neural networks", Science 313, 2006.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> Autoencoder(2, epochs=3, random_state=0).fit(X).transform(X).shape
    (64, 2)
    """

    registry_name = "autoencoder"
    title, short_title = "autoencoder", "AE"

    def __init__(
        self,
        n_components: int = 2,
        *,
        architecture: str = "auto",
        channels: tuple[int, ...] = (32, 64),
        hidden: tuple[int, ...] = (16,),
        epochs: int | None = None,
        batch_size: int = 128,
        learning_rate: float = 1e-3,
        reconstruction: str = "squared",
        memory_limit: int | str | None = None,
        random_state: int | None = None,
    ) -> None:
        self.n_components = n_components
        self.architecture = architecture
        self.channels = channels
        self.hidden = hidden
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.reconstruction = reconstruction
        self.memory_limit = memory_limit
        self.random_state = random_state

    @property
    def _variational(self) -> bool:
        return False

    def _objective(self) -> Objective:
        return Objective(reconstruction=self.reconstruction)
