"""Autoencoder: nonlinear reduction of least squared error, latents in no order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rom.reducers.neural import NeuralReducer
from rom.training.objective import Objective


@final
@dataclass(eq=False, repr=False, kw_only=True)
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
    depth : int, optional
        Convolutional levels, each halving every axis down to one cell; deeper ones than `channels` repeat its last
        width. Default: as many as `channels`, and more where the grid needs them: an axis is halved while it has
        more than 8 cells. Of no effect without convolutions. See docs/networks.md.
    activation : {"relu", "elu", "gelu", "tanh", "silu"}, default "relu"
        After every layer but the last of the decoder and the one that gives the latents.
    batch_norm : bool, default False
        Batch norm before every activation.
    epochs : int, optional
        Passes over the training rows. Default: enough for 2,000 steps (conv), 4,000 (mlp) or 6,000
        (linear), at least 10.
    batch_size : int, default 128
        At most; fewer on small data, so that an epoch has 64 steps (but never fewer than 8 rows a step).
    learning_rate : float, default 3e-3
        Adam's largest: it rises to it during the first tenth of all steps and falls to zero along a cosine.
    patience : int, optional
        Stop after so many epochs without a lower validation loss and keep the best weights; needs
        ``fit(..., validation=...)``. Default: train to the end.
    reconstruction : {"squared", "bernoulli"}, default "squared"
        "bernoulli": summed binary cross-entropy, for values between 0 and 1.
    precision : {"float32", "bfloat16"}, default "float32"
        "bfloat16": half the digits in the layers' products, where the CPU or GPU has such instructions.
    device : str, default "auto"
        A CUDA device where there is one, else the CPU; or a name that PyTorch knows.
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
    n_parameters_, n_components_, architecture_, batch_size_, epochs_, device_ : what was used
    depth_ : int, the convolutional levels that were used, None without convolutions
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

    def _objective(self, total_variance: float) -> Objective:
        return Objective(self.reconstruction)
