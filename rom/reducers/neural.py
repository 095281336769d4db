"""NeuralReducer: what all networks share: architecture, training, encoding, saving."""

from __future__ import annotations

import copy
from abc import abstractmethod
from contextlib import nullcontext
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import torch
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from rom.data.layout import FieldLayout
from rom.data.memory import memory_bytes, pass_bytes, training_shares
from rom.data.snapshots import Snapshots
from rom.errors import InputError
from rom.metrics.activity import kl_per_component
from rom.nets.coefficients import CoefficientNetwork
from rom.nets.network import LatentNetwork, Network
from rom.reducers import least_memory
from rom.reducers.architecture import choose, default_batch, default_hidden
from rom.reducers.base import Reducer
from rom.reducers.context import FitContext, StepCost
from rom.reducers.learned import MODEL, Arrays, Declared, Values, above, below
from rom.reducers.material import Material, in_coordinates
from rom.reducers.neural_inference import decode, encode, rows_at_once
from rom.reducers.neural_network import begin, build, check_weights, has_sigmoid
from rom.reducers.neural_options import SEARCHED, check_arguments, context_of, recipe_of
from rom.reducers.rows import as_rows
from rom.reducers.search import SearchSpace
from rom.training.allocator import kept_memory
from rom.training.batches import Batches
from rom.training.device import one_thread, reproducible, resolve_device
from rom.training.loop import Record, evaluate, measured, train
from rom.training.objective import Objective
from rom.training.recipe import EXACT, Course, Recipe

if TYPE_CHECKING:
    import pandas as pd


@dataclass(eq=False, repr=False)
class NeuralReducer(Reducer):
    """A network that is trained by :func:`rom.training.loop.train`; a subclass says with which
    objective.

    The fields are the options, and the constructor has all of them by name, which is scikit-learn's
    rule (docs/adr/0010). A subclass is a dataclass too: it adds its own options and implements
    `_objective`.
    """

    #: Rows of a batch at least, as far as `batch_size` and the data allow.
    _min_batch: ClassVar[int] = 8

    has_seeds = has_epochs = True
    least_bytes = least_memory.of_networks
    search_space: ClassVar[SearchSpace] = SEARCHED
    learned: ClassVar[Declared] = {
        "architecture_": str,
        "architecture_reason_": str,
        "pod_": MODEL,
        "projection_residual_": float,
        "hidden_": list,
        "batch_size_": int,
        "epochs_": int,
        "n_steps_": int,
        "converged_": bool,
        "stop_reason_": str,
        "validation_loss_": float,
        "device_": str,
        "sigmoid_": bool,
        "_columns": list,
        "_records": "e c",
    }

    n_components: int = 2
    _: KW_ONLY
    architecture: str = "auto"
    channels: tuple[int, ...] = (32, 64)
    hidden: tuple[int, ...] | None = None
    depth: int | None = None
    activation: str = "silu"
    batch_norm: bool = False
    epochs: int | None = None
    max_steps: int | None = None
    max_seconds: float | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    patience: int | None = None
    reconstruction: str = "squared"
    precision: str = "float32"
    device: str = "auto"
    memory_limit: int | str | None = None
    random_state: int | None = None

    @property
    def reads_rows_in_epochs(self) -> bool:
        """Whether the network is one on fields; one in POD coordinates reads them once."""
        return self.architecture not in ("auto", "pod")

    def step_costs(self, layout: FieldLayout, n_rows: int) -> list[StepCost]:
        """Time and memory of training on `n_rows` rows, from one measured step of each
        architecture that is open.
        """
        from rom.reducers.step_cost import step_costs  # now: it needs this module

        return step_costs(self, layout, n_rows)

    @abstractmethod
    def _objective(self, total_variance: float) -> Objective:
        """What is minimised, from the sum of the features' variances over the training rows."""

    def _fit(self, rows: Snapshots, context: FitContext) -> None:
        if self.patience is not None and context.validation is None:
            raise InputError(
                f"patience={self.patience} needs validation rows: fit(rows, validation=...)"
            )
        material = self._material(rows, context.validation)
        objective = self._objective(material.known.variance)
        self._start(material)
        if self._is_exact and not objective.sample:
            records = [measured(self.network_, objective, material.batches)]
            held_out = material.held_out or material.batches.in_order()
            loss = evaluate(self.network_, objective, held_out)["validation_total"]
            course = replace(EXACT, loss=loss)
        else:
            records, course = self._learn(material, objective, recipe_of(self, objective), context)
        if course.kept == 0 and self.pod_ is not None:
            # nothing was gained on the start, which is POD: now to all digits, and drawn where the
            # generator is
            again = torch.Generator().manual_seed(material.seed)
            begin(self.network_.cpu(), material.known, again, torch.float64)
            self.network_.to(self.device_)
        self.converged_, self.stop_reason_ = course.converged, course.reason
        self.validation_loss_ = float(course.loss)
        self.epochs_ = int(records[-1]["epoch"])
        self.n_steps_ = self.epochs_ * len(material.batches)
        self._columns = list(records[0])
        self._records = np.array([list(record.values()) for record in records])
        self._settle()
        self._conclude()

    def _material(self, rows: Snapshots, held_out: Snapshots | None) -> Material:
        """The rows in the coordinates of the architecture: it is chosen here, and what follows."""
        check_arguments(self)
        self.device_ = resolve_device(self.device, self.precision)
        k = self.n_components_ = int(self.n_components)
        choice = choose(
            self.architecture, self.reconstruction, rows, held_out, self.memory_limit, k
        )
        self.architecture_, self.architecture_reason_ = choice.architecture, choice.reason
        self.pod_, self.projection_residual_ = choice.pod, choice.residual
        default = default_hidden(self.architecture_, k, len(rows))
        self.hidden_ = [int(width) for width in (default if self.hidden is None else self.hidden)]
        limit, rest = training_shares(memory_bytes(self.memory_limit))
        rows, held_out, known = in_coordinates(choice, rows, held_out, limit // 8)
        self.sigmoid_ = has_sigmoid(self, known)
        self.batch_size_ = default_batch(
            self.architecture_, len(rows), self.batch_size, self._min_batch
        )
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        generator = torch.Generator().manual_seed(seed)
        batches = Batches(rows, self.batch_size_, generator, limit)
        judging = None if held_out is None else Batches(held_out, self._inference_rows, None, rest)
        return Material(rows, batches, judging, known, seed, generator)

    def _build(self) -> Network:
        modes = None if self.pod_ is None else self.pod_.n_components_
        what = self.architecture_, self.hidden_, modes
        return build(self, self.layout_, *what, sigmoid=self.sigmoid_)

    def _start(self, material: Material) -> None:
        """The network before its first step."""
        self.network_: Network = self._build()
        begin(self.network_, material.known, material.generator)

    def _learn(
        self, material: Material, objective: Objective, recipe: Recipe, context: FitContext
    ) -> tuple[list[Record], Course]:
        """Train the network from where it is."""
        small = nullcontext() if self.pod_ is None else one_thread()
        with kept_memory(), reproducible(), small:
            return train(
                self.network_.to(self.device_),
                objective,
                material.batches,
                recipe,
                generator=material.generator,
                variance=material.known.variance,
                validation=material.held_out,
                on_epoch=context.on_epoch,
                checkpoint=context.checkpoint,
                context=context_of(self, material.rows, material.known),
            )

    @property
    def _is_exact(self) -> bool:
        """Whether POD with as many modes as there are latents leaves nothing to gain."""
        return self.pod_ is not None and self.pod_.n_components_ <= self.n_components_

    def _settle(self) -> None:
        """What is small is used in double precision: all digits of float64 rows go through."""
        if isinstance(self.network_, CoefficientNetwork):
            self.network_.double()
        self.network_.eval()

    def _conclude(self) -> None:
        """Set what the history says of the trained network."""

    @property
    def history_(self) -> pd.DataFrame:
        """Losses per epoch: epoch, learning_rate, train_total, train_reconstruction, train_kl,
        validation_*.
        """
        import pandas as pd

        return pd.DataFrame(self._records, columns=self._columns).astype({"epoch": int})

    @property
    def depth_(self) -> int | None:
        """The convolutional levels of the network, None without convolutions."""
        return self.network_.depth if isinstance(self.network_, LatentNetwork) else None

    @property
    def n_parameters_(self) -> int:
        """Trained parameters of encoder and decoder, and the numbers of the modes between them and
        the fields.
        """
        modes = 0 if self.pod_ is None else self.pod_.n_parameters_
        return sum(p.numel() for p in self.network_.parameters()) + modes

    @property
    def _inference_rows(self) -> int:
        """Rows encoded or decoded at a time."""
        if self.pod_ is not None:
            return rows_at_once(max(self.hidden_, default=1))
        return rows_at_once(max(self.channels) * self.n_features_in_)

    def _posterior(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Mean and log-variance (None for an autoencoder) of q(z|x), in the rows' own type."""
        inner = rows if self.pod_ is None else self.pod_._encode(rows)
        return encode(self.network_, inner, self._inference_rows)

    def posterior(self, X: np.ndarray | Snapshots) -> tuple[np.ndarray, np.ndarray] | None:
        """Mean and log-variance of q(z|x): two arrays (n, n_components); None of a network without
        a variance.
        """
        check_is_fitted(self)
        if not self.has_posterior:
            return None
        rows = as_rows(self, X, reset=False)
        parts = [self._posterior(block) for block in rows.blocks(pass_bytes(self.memory_limit))]
        means, log_variances = zip(*parts, strict=True)
        return np.concatenate(means), np.concatenate(log_variances)

    def kl_per_component(self, X: np.ndarray | Snapshots) -> np.ndarray:
        """``1/2 mean_x (mu^2 + sigma^2 - 1 - ln sigma^2)`` per latent: (n_components,), nats."""
        posterior = self.posterior(X)
        if posterior is None:
            name = type(self).__name__
            raise InputError(f"{name} has no posterior, so no divergence from a prior")
        return kl_per_component(*posterior)

    def _encode(self, rows: np.ndarray) -> np.ndarray:
        return self._posterior(rows)[0]

    def _decode(self, latents: np.ndarray) -> np.ndarray:
        decoded = decode(self.network_, latents, self._inference_rows)
        return decoded if self.pod_ is None else self.pod_._decode(decoded)

    def _in_double(self) -> Self:
        twin = copy.copy(self)
        twin.network_ = copy.deepcopy(self.network_).cpu().double()
        return twin

    def record(self) -> dict[str, Any]:
        modes = {} if self.pod_ is None else {"n_modes": self.pod_.n_components_}
        return super().record() | {"depth": self.depth_, "hidden": self.hidden_} | modes

    def _state(self) -> tuple[Values, Arrays]:
        values, arrays = super()._state()
        weights = {name: value.cpu().numpy() for name, value in self.network_.state_dict().items()}
        return values, arrays | above(weights, "network/")

    def _restore(self, values: Values, arrays: Arrays) -> None:
        super()._restore(values, arrays)
        check_arguments(self)
        self.device_ = resolve_device("auto")  # the machine it was trained on may have had another
        weights = below(arrays, "network/")
        check_weights(self._build, weights)
        self.network_ = self._build()
        self._settle()
        tensors = {name: torch.from_numpy(np.array(value)) for name, value in weights.items()}
        self.network_.load_state_dict(tensors)
        self.network_.to(self.device_)
