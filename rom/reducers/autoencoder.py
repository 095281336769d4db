"""Autoencoder: nonlinear reduction of least squared error, latents in no order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rom.reducers.neural import NeuralReducer
from rom.training.objective import Objective


@final
@dataclass(eq=False, repr=False, kw_only=True)
class Autoencoder(NeuralReducer):
    """Autoencoder: ``z = encoder(x)``, ``x_hat = decoder(z)``, trained on ``sum_features (x -
    x_hat)^2``.

    Parameters
    ----------
    n_components : int, default 2
        Number of latents.
    architecture : {"auto", "pod", "conv", "mlp", "fields", "linear"}, default "auto"
        "pod": between the coefficients of the leading POD modes of the training rows, which are the
        same on any grid, mesh or mask, and latents: a linear path that starts at POD next to dense
        layers that start at zero. Training starts at POD's error and only gains. "conv": stride-2
        convolutions of `channels` channels on the fields, then dense layers of `hidden`. "mlp":
        dense layers of `hidden` on the fields. "fields": conv where the layout has a grid, else
        mlp. "linear": one matrix each way, a control that cannot beat POD. "auto": mlp for
        small pictures with values in [0, 1]; else pod where the validation rows have at most 5 % of
        their fluctuations outside the span of the training rows' modes, else fields
        (docs/networks.md).
    channels : tuple of int, default (32, 64)
        Of the convolutions; of no effect without them.
    hidden : tuple of int, optional
        Widths of the dense layers, from the rows to the latents; the decoder has them in reverse.
        Default, with ``w = max(64, 4 n_components)``: (w, w) in POD coordinates, three of
        max(128, 4 n_components) where there are more than 512 training rows; (2 w,) after
        convolutions; (4 w, 2 w) on fields without them.
    depth : int, optional
        Convolutional levels, each halving every axis down to one cell; deeper ones than `channels`
        repeat its last width. Default: as many as `channels`, and more where the grid needs them:
        an axis is halved while it has more than 8 cells. Of no effect without convolutions.
    activation : {"silu", "relu", "elu", "gelu", "tanh"}, default "silu"
        After every layer but the last of the decoder and the one that gives the latents.
    batch_norm : bool, default False
        Batch norm before every activation.
    epochs : int, optional
        Passes over the training rows. Default: to convergence. A stage of steps is
        followed by one as long as all before it, until one lowers the error of the validation rows
        (without them, of the training rows) by less than a tenth, or by less than 3e-4 of the
        fluctuations; the weights with the lowest error are kept (docs/training.md).
    max_steps : int, optional
        The most steps of training to convergence. Default 8,000.
    max_seconds : float, optional
        Seconds after which training ends. Where it ends then depends on the machine.
    batch_size : int, optional
        At most. Default in POD coordinates: all rows up to 512, else 256; on fields 128, and fewer
        on small data, so that an epoch has 64 steps (but never fewer than 8 rows a step).
    learning_rate : float, optional
        The largest: it rises to it in 50 steps and falls to zero in the last 30 % of each stage.
        Default 1e-2 (pod; 3e-3 where latents are sampled) or 3e-3.
    patience : int, optional
        Stop after this number of epochs without a lower validation loss and keep the best weights;
        needs ``fit(..., validation=...)``. Default: no such rule.
    reconstruction : {"squared", "bernoulli"}, default "squared"
        "bernoulli": summed binary cross-entropy, for values between 0 and 1; not in POD
        coordinates.
    precision : {"float32", "bfloat16"}, default "float32"
        "bfloat16": half the digits in the layers' products, where the CPU or GPU has such
        instructions.
    device : str, default "auto"
        A CUDA device where there is one, else the CPU; or a name that PyTorch knows.
    memory_limit : int or str, optional
        Bytes, or a string such as "1GB", for training and validation rows. In POD coordinates a
        quarter of it bounds the modes, and rows are read for the POD and once more. On fields rows
        are read once and kept where they fit as float32, else read in shuffled blocks in every
        epoch. The network and its gradients come on top. Default: a quarter of the machine's
        memory.
    random_state : int, RandomState or None, default None
        Seed of initialisation, batch order and sampling.

    Attributes
    ----------
    network_ : torch.nn.Module
    history_ : DataFrame, one row per epoch (per 50 steps at least, to convergence): epoch, stage,
        learning rate, losses per sample, averaged over the training and validation rows
    converged_ : bool. Whether the last stage gained too little for another; False after `epochs`.
    stop_reason_ : str. Why the training ended, with the last gain.
    n_steps_, epochs_ : int. Steps and passes that were made.
    architecture_, architecture_reason_ : str. What was used, and why.
    projection_residual_ : float
        What validation rows have outside the span of the training rows' modes, as a relative error;
        NaN where it was not measured.
    pod_ : POD or None. The modes of the coordinates.
    n_parameters_ : int. Trained numbers and, in POD coordinates, those of the modes.
    n_components_, hidden_, batch_size_, device_ : what was used
    depth_ : int, the convolutional levels that were used, None without convolutions
    sigmoid_ : bool. On fields the output is a sigmoid where all training values lie in [0, 1].

    Raises
    ------
    InputError (a ValueError)
        From :meth:`fit`, if an argument is out of range.

    References
    ----------
    G. Hinton, R. Salakhutdinov, "Reducing the dimensionality of data with neural networks", Science
    313, 2006.

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
