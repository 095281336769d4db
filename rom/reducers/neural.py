"""NeuralReducer: what the autoencoder and the beta-VAE share: network, training, encoding, saving."""

from __future__ import annotations

import copy
import hashlib
import math
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import torch
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from rom.data.memory import memory_bytes, pass_bytes, training_shares
from rom.data.moments import PANEL_BYTES, Moments
from rom.data.snapshots import Snapshots
from rom.errors import InputError, nearest
from rom.metrics.activity import kl_per_component
from rom.nets.layers import ACTIVATIONS
from rom.nets.network import LatentNetwork, build_network, initialise, resolve_architecture
from rom.reducers.base import Reducer
from rom.reducers.context import FitContext
from rom.reducers.learned import Arrays, Declared, Values, above, below
from rom.training.allocator import kept_memory
from rom.training.batches import Batches
from rom.training.device import PRECISIONS, reproducible, resolve_device
from rom.training.loop import Recipe, train
from rom.training.objective import RECONSTRUCTIONS, Objective

if TYPE_CHECKING:
    import pandas as pd

STEPS_PER_EPOCH, MIN_BATCH = 64, 8
MIN_EPOCHS = 10
#: Steps a default training takes at least: the cheaper a step, the more of them.
MIN_STEPS = {"conv": 2000, "mlp": 4000, "linear": 6000}
INFERENCE_ROWS, INFERENCE_BYTES = 1024, 2**26


@dataclass(eq=False, repr=False)
class NeuralReducer(Reducer):
    """A network that is trained by :func:`rom.training.loop.train`; a subclass says with which objective.

    The fields are the options, and the constructor has all of them by name, which is scikit-learn's rule
    (docs/adr/0010). A subclass is a dataclass too: it adds its own options and implements `_objective`.
    """

    #: Whether the network gives a log-variance beside the mean.
    _variational: ClassVar[bool] = False
    #: Rows of a batch at least, as far as `batch_size` and the data allow.
    _min_batch: ClassVar[int] = MIN_BATCH
    has_seeds = has_epochs = True
    learned: ClassVar[Declared] = {
        "architecture_": str,
        "batch_size_": int,
        "epochs_": int,
        "device_": str,
        "sigmoid_": bool,
        "_columns": list,
        "_records": "e c",
    }

    n_components: int = 2
    _: KW_ONLY
    architecture: str = "auto"
    channels: tuple[int, ...] = (32, 64)
    hidden: tuple[int, ...] = (16,)
    depth: int | None = None
    activation: str = "relu"
    batch_norm: bool = False
    epochs: int | None = None
    batch_size: int = 128
    learning_rate: float = 3e-3
    patience: int | None = None
    reconstruction: str = "squared"
    precision: str = "float32"
    device: str = "auto"
    memory_limit: int | str | None = None
    random_state: int | None = None

    @abstractmethod
    def _objective(self, total_variance: float) -> Objective:
        """What is minimised, from the sum of the features' variances over the training rows."""

    def _fit(self, rows: Snapshots, context: FitContext) -> None:
        self._check_arguments()
        validation = context.validation
        if self.patience is not None and validation is None:
            raise InputError(f"patience={self.patience} needs validation rows: fit(rows, validation=...)")
        self.device_ = resolve_device(self.device, self.precision)
        n = len(rows)
        self.n_components_ = int(self.n_components)
        self.architecture_ = resolve_architecture(self.architecture, rows.layout)
        self.batch_size_ = min(self.batch_size, max(self._min_batch, n // STEPS_PER_EPOCH))
        enough = max(MIN_EPOCHS, math.ceil(MIN_STEPS[self.architecture_] / math.ceil(n / self.batch_size_)))
        self.epochs_ = enough if self.epochs is None else int(self.epochs)
        limit, rest = training_shares(memory_bytes(self.memory_limit))
        mean, spread, unit_interval = _statistics(rows, pass_bytes(self.memory_limit))
        if self.reconstruction == "bernoulli" and not unit_interval:
            raise InputError("reconstruction='bernoulli' needs values between 0 and 1; use 'squared'")
        # a sigmoid would make the linear control nonlinear, and let it beat POD
        self.sigmoid_ = unit_interval and (self.architecture_ != "linear" or self.reconstruction == "bernoulli")
        objective = self._objective(spread**2 * rows.shape[1])
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        generator = torch.Generator().manual_seed(seed)
        network = self._build()
        initialise(network, generator, torch.from_numpy(mean), spread)
        self.network_ = network.to(self.device_)
        with kept_memory(), reproducible():
            records = train(
                self.network_,
                objective,
                Batches(rows, self.batch_size_, generator, limit),
                Recipe(self.epochs_, float(self.learning_rate), self.patience, self.precision),
                generator=generator,
                validation=None if validation is None else Batches(validation, self._inference_rows, None, rest),
                on_epoch=context.on_epoch,
                checkpoint=context.checkpoint,
                context=self._context(rows, mean, spread),
            )
        self._columns = list(records[0])
        self._records = np.array([list(record.values()) for record in records])
        self._conclude()

    def _conclude(self) -> None:
        """Set what the history says of the trained network."""

    def _context(self, rows: Snapshots, mean: np.ndarray, spread: float) -> dict[str, Any]:
        """What has to be the same for an interrupted training to be continued; the data, by their statistics."""
        options = self.get_params(deep=False) | {"random_state": repr(self.random_state)}
        digest = hashlib.sha256(mean.tobytes()).hexdigest()
        return {"reducer": self.registry_name, **options, "rows": rows.shape, "mean": digest, "spread": spread}

    def _check_arguments(self) -> None:
        optional = [name for name in ("epochs", "depth", "patience") if getattr(self, name) is not None]
        for name in ("n_components", "batch_size", *optional):
            value = getattr(self, name)
            if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
                raise InputError(f"{name}={value!r} must be an int of at least 1")
        for name in ("channels", "hidden"):
            values = getattr(self, name)
            widths = values if isinstance(values, list | tuple) else [None]
            if any(not isinstance(width, int | np.integer) or width < 1 for width in widths):
                raise InputError(f"{name}={values!r} must be a tuple of ints of at least 1")
        if self.architecture != "linear" and not self.channels:
            raise InputError("channels must name at least one width")
        if str(self.activation) not in ACTIVATIONS:
            raise InputError(f"no activation {self.activation!r}; {nearest(str(self.activation), ACTIVATIONS)}")
        if not isinstance(self.batch_norm, bool | np.bool_):
            raise InputError(f"batch_norm={self.batch_norm!r} must be True or False")
        rate = self.learning_rate
        if not isinstance(rate, int | float | np.number) or not 0 < rate < np.inf:
            raise InputError(f"learning_rate={rate!r} must be a positive number")
        for name, known in (("reconstruction", RECONSTRUCTIONS), ("precision", PRECISIONS)):
            if (value := getattr(self, name)) not in known:
                raise InputError(f"no {name} {value!r}; {nearest(str(value), known)}")

    def _build(self) -> LatentNetwork:
        network = build_network(
            self.layout_, self.n_components_, architecture=self.architecture_, channels=self.channels,
            hidden=self.hidden, variational=self._variational, sigmoid=self.sigmoid_, depth=self.depth,
            activation=self.activation, batch_norm=bool(self.batch_norm),
        )  # fmt: skip
        self.depth_ = network.depth
        return network

    @property
    def history_(self) -> pd.DataFrame:
        """Losses per epoch: epoch, learning_rate, train_total, train_reconstruction, train_kl, validation_*."""
        import pandas as pd

        table = pd.DataFrame(self._records, columns=self._columns)
        return table.astype({"epoch": int})

    @property
    def n_parameters_(self) -> int:
        """Number of trained parameters of encoder and decoder."""
        return sum(p.numel() for p in self.network_.parameters())

    @property
    def _inference_rows(self) -> int:
        """Rows encoded or decoded at a time: the widest layer of them stays within INFERENCE_BYTES."""
        row_bytes = 4 * max(self.channels, default=1) * self.n_features_in_
        return max(1, min(INFERENCE_ROWS, INFERENCE_BYTES // row_bytes))

    @torch.no_grad()
    def _posterior(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Mean and log-variance (None for an autoencoder) of q(z|x), in the rows' own type."""
        parts = [self.network_.encode(part) for part in self._tensors(rows)]
        means = torch.cat([mean for mean, _ in parts]).cpu().numpy().astype(rows.dtype)
        log_variances = [v for _, v in parts if v is not None]
        return means, torch.cat(log_variances).cpu().numpy().astype(rows.dtype) if log_variances else None

    def posterior(self, X: np.ndarray | Snapshots) -> tuple[np.ndarray, np.ndarray] | None:
        """Mean and log-variance of q(z|x): two arrays (n, n_components); None of a network without a variance."""
        check_is_fitted(self)
        if not self._variational:
            return None
        rows = self._as_rows(X, reset=False)
        parts = [self._posterior(block) for block in rows.blocks(pass_bytes(self.memory_limit))]
        means, log_variances = zip(*parts, strict=True)
        return np.concatenate(means), np.concatenate(log_variances)

    def kl_per_component(self, X: np.ndarray | Snapshots) -> np.ndarray:
        """``1/2 mean_x (mu^2 + sigma^2 - 1 - ln sigma^2)`` per latent: (n_components,), nats."""
        posterior = self.posterior(X)
        if posterior is None:
            raise InputError(f"{type(self).__name__} has no posterior, so no divergence from a prior")
        return kl_per_component(*posterior)

    def _encode(self, rows: np.ndarray) -> np.ndarray:
        return self._posterior(rows)[0]

    @torch.no_grad()
    def _decode(self, latents: np.ndarray) -> np.ndarray:
        parts = [self.network_.decode(part) for part in self._tensors(latents)]
        return torch.cat(parts).cpu().numpy().astype(latents.dtype)

    def _in_double(self) -> Self:
        twin = copy.copy(self)
        twin.network_ = copy.deepcopy(self.network_).cpu().double()
        return twin

    def _tensors(self, rows: np.ndarray) -> list[torch.Tensor]:
        """Rows where the network is and in its type, in parts that fit."""
        single = self.network_.shift.dtype == torch.float32
        values = torch.from_numpy(np.array(rows, dtype=np.float32 if single else np.float64))
        return [part.to(self.network_.shift.device) for part in values.split(self._inference_rows)]

    def record(self) -> dict[str, Any]:
        return super().record() | {"depth": self.depth_}

    def _state(self) -> tuple[Values, Arrays]:
        values, arrays = super()._state()
        weights = {name: value.cpu().numpy() for name, value in self.network_.state_dict().items()}
        return values, arrays | above(weights, "network/")

    def _restore(self, values: Values, arrays: Arrays) -> None:
        super()._restore(values, arrays)
        self._check_arguments()
        self.device_ = resolve_device("auto")  # the machine it was trained on may have had another
        weights = below(arrays, "network/")
        with torch.device("meta"):  # takes no memory: what the file claims is compared with what it holds
            wanted = {name: tuple(value.shape) for name, value in self._build().state_dict().items()}
        if wanted != {name: value.shape for name, value in weights.items()}:
            raise InputError("the weights do not fit the network that the options describe")
        self.network_ = self._build()
        self.network_.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
        self.network_.to(self.device_).eval()


def _statistics(rows: Snapshots, max_bytes: int) -> tuple[np.ndarray, float, bool]:
    """Mean per feature, one root mean square of the fluctuations, and whether all values lie in [0, 1]; one pass.

    Of the rows in float32, as the network sees them, added up in panels of the same size wherever they come from: it
    makes no difference to the last bit how they are stored.
    """
    moments = Moments()
    low, high = np.inf, -np.inf
    for block in _recut(rows.blocks(max_bytes), max(1, PANEL_BYTES // (8 * rows.shape[1]))):
        low, high = min(low, block.min()), max(high, block.max())
        moments.add(block)
    spread = float(np.sqrt(moments.variance.mean()))
    return moments.mean.astype(np.float32), spread or 1.0, bool(low >= 0 and high <= 1)


def _recut(blocks: Iterable[np.ndarray], n: int) -> Iterator[np.ndarray]:
    """The same rows in float32, cut at multiples of n rows only."""
    rest = None
    for block in blocks:
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and so does the loss
            block = block.astype(np.float32, copy=False)
        if rest is not None and len(rest):
            rest, block = np.concatenate([rest, block[: n - len(rest)]]), block[n - len(rest) :]
            if len(rest) < n:
                continue
            yield rest
        whole = len(block) // n * n
        if whole:
            yield block[:whole]
        rest = block[whole:]
    if rest is not None and len(rest):
        yield rest
