"""Reducer: three verbs to implement (`_fit`, `_encode`, `_decode`); all else is derived here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from rom.data.layout import FieldLayout
from rom.data.memory import pass_bytes
from rom.data.snapshots import Snapshots
from rom.errors import InputError
from rom.reducers import least_memory, persistence
from rom.reducers.context import FitContext, OnEpoch, StepCost
from rom.reducers.learned import Arrays, Declared, Values, collect, give
from rom.reducers.rows import as_latents, as_rows
from rom.reducers.scoring import energy_of
from rom.reducers.search import SearchSpace
from rom.reducers.state import reducer_of, state_of
from rom.training.shown import following

if TYPE_CHECKING:
    from rom.training.checkpoint import Checkpoint


class Reducer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator, ABC):
    """Base of every reducer: rows (n, n_features) <-> latents (n, n_components).

    A subclass says what it is (`registry_name` to `search_space`) and what it learns (`learned`),
    stores its arguments in ``__init__``, among them `n_components`, `memory_limit` and
    `random_state`, and implements three verbs. Where the rows come from, in which blocks they are
    read, what is checked and how a model is saved is the same for all.

    Where :class:`rom.Snapshots` have a mask, a reducer works on the cells with data.

    Examples
    --------
    A whole reducer: kernel PCA by scikit-learn. One file with this class and one row in
    :data:`rom.registry.REDUCERS` are all that a comparison, its report and the contract tests need.

    >>> from sklearn.decomposition import KernelPCA
    >>> class RadialPCA(Reducer):
    ...     registry_name = "radial-pca"
    ...     title, short_title = "kernel PCA with a Gaussian kernel", "radial PCA"
    ...     learned = {"rows_": "n p"}  # all else follows from the training rows
    ...
    ...     def __init__(self, n_components=2, *, memory_limit=None, random_state=None):
    ...         self.n_components = n_components
    ...         self.memory_limit = memory_limit
    ...         self.random_state = random_state
    ...
    ...     def _fit(self, rows, context):
    ...         self.n_components_, self.rows_ = self.n_components, rows[:]
    ...         self._restored()
    ...
    ...     def _restored(self):
    ...         kernel = KernelPCA(self.n_components_, kernel="rbf", fit_inverse_transform=True)
    ...         self._kernel = kernel.fit(self.rows_)
    ...
    ...     def _encode(self, rows):
    ...         return self._kernel.transform(rows)
    ...
    ...     def _decode(self, latents):
    ...         return self._kernel.inverse_transform(latents)
    >>> X = np.random.default_rng(0).normal(size=(30, 8))
    >>> reducer = RadialPCA(3).fit(X)
    >>> reducer.transform(X).shape, reducer.inverse_transform(reducer.transform(X)).shape
    ((30, 3), (30, 8))
    """

    #: Name in the registry, written into saved files.
    registry_name: ClassVar[str]
    #: What a report calls the method, in full and in tables and legends.
    title: ClassVar[str]
    short_title: ClassVar[str]
    #: Whether another `random_state` gives another result: a comparison then fits with several
    #: seeds.
    has_seeds: ClassVar[bool] = False
    #: Whether it is trained in epochs: it has `history_` and `validation_loss_`, takes
    #: `epochs`, and resumes from a checkpoint.
    has_epochs: ClassVar[bool] = False
    #: Whether its latents are weighed against a prior: it takes `beta`, and `beta_` is what was in
    #: force.
    has_beta: ClassVar[bool] = False
    #: Whether z is drawn from a distribution around a mean: :meth:`posterior` then gives both.
    has_posterior: ClassVar[bool] = False
    #: Whether ``x_hat`` is an affine function of z.
    has_linear_decoder: ClassVar[bool] = False
    #: The least `memory_limit` that a fit to rows of a shape and an item size can keep, in bytes.
    least_bytes = least_memory.of_passes
    #: Options that are worth tuning on validation rows, none where the fit chooses them itself.
    search_space: ClassVar[SearchSpace] = {}
    #: What is learned and saved, see :mod:`rom.reducers.learned`; `n_components_` always is.
    learned: ClassVar[Declared]

    #: The kind of a saved model, see :data:`rom.registry.MODELS`.
    kind: ClassVar[str] = "reducer"

    n_components_: int
    memory_limit: int | str | None = None

    @abstractmethod
    def _fit(self, rows: Snapshots, context: FitContext) -> None:
        """Set `n_components_` and what `learned` names."""

    @abstractmethod
    def _encode(self, rows: np.ndarray) -> np.ndarray: ...

    @abstractmethod
    def _decode(self, latents: np.ndarray) -> np.ndarray: ...

    @property
    def reads_rows_in_epochs(self) -> bool:
        """Whether the rows themselves are read in every epoch."""
        return False

    def _restored(self) -> None:
        """Set what follows from what was learned, after it was read from a file."""

    @property
    def n_parameters_(self) -> int:
        """Numbers that were fitted, for the cost table."""
        return sum(values.size for values in self._learned_arrays().values())

    @property
    def stored_bytes_(self) -> int:
        """Bytes of what decoder and encoder need."""
        return sum(values.nbytes for values in self._learned_arrays().values())

    def _learned_arrays(self) -> Arrays:
        """The arrays of the state without the record of the fit, whose names begin with "_"."""
        return {name: found for name, found in self._state()[1].items() if not name.startswith("_")}

    def fit(
        self,
        X: np.ndarray | Snapshots,
        y: Any = None,
        *,
        validation: np.ndarray | Snapshots | None = None,
        on_epoch: OnEpoch | None = None,
        checkpoint: Checkpoint | None = None,
        show_progress: bool = False,
    ) -> Self:
        """Fit to snapshots.

        Parameters
        ----------
        X : (n_snapshots, n_features) array or Snapshots
        y : ignored
        validation : array or Snapshots, optional
            Rows on which a network's losses are recorded after every epoch, or a regularisation is
            chosen. No coefficient is fitted to them.
        on_epoch : callable, optional
            Called with the row of `history_` after every epoch.
        checkpoint : rom.training.checkpoint.Checkpoint, optional
            Where training writes its state, and resumes from if it was interrupted. Reducers
            without epochs ignore it.
        show_progress : bool, default False
            A bar of the epochs.

        Returns
        -------
        self

        Raises
        ------
        InputError (a ValueError)
            If values are not finite, rows too few or an argument out of range.
        """
        rows = as_rows(self, X, reset=True)
        self.layout_ = rows.layout
        held_out = None if validation is None else as_rows(self, validation, reset=False)
        with following(on_epoch, show_progress) as follow:
            self._fit(rows, FitContext(held_out, follow, checkpoint))
        return self

    def score(self, X: np.ndarray | Snapshots, y: Any = None) -> float:
        """Energy captured of rows, 1 at best: what scikit-learn's GridSearchCV maximises."""
        check_is_fitted(self)
        return energy_of(self, X)

    def transform(self, X: np.ndarray | Snapshots) -> np.ndarray:
        """Latents (n, n_components) of rows; Snapshots are read block by block."""
        check_is_fitted(self)
        rows = as_rows(self, X, reset=False)
        blocks = rows.blocks(pass_bytes(self.memory_limit))
        return np.concatenate([self._encode(block) for block in blocks])

    def step_costs(self, layout: FieldLayout, n_rows: int) -> list[StepCost]:
        """What training on `n_rows` rows costs, for each architecture that may be chosen."""
        return []

    def posterior(self, X: np.ndarray | Snapshots) -> tuple[np.ndarray, np.ndarray] | None:
        """Mean and log-variance of q(z|x), (n, n_components); None where z is a function of x."""
        return None

    def inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        """Rows (n, n_features) decoded from latents (n, n_components)."""
        return self._decode(self._checked(Z, [np.float64, np.float32]))

    def _checked(self, Z: np.ndarray, types: list[type]) -> np.ndarray:
        """Latents, if that is what these are."""
        check_is_fitted(self)
        Z = as_latents(Z, types)
        if Z.shape[1] != self._n_features_out:
            raise InputError(
                f"latents of {self._n_features_out} components expected, got {Z.shape[1]}"
            )
        return np.asarray(Z)

    def jacobian(self, Z: np.ndarray) -> np.ndarray:
        """Derivatives of the decoder at latents: ``J_tpi = d x_hat_p(z_t) / d z_i``.

        Central differences in double precision with a step of 1e-4 standard deviations of the
        latent, which is exact for linear and quadratic decoders.

        Parameters
        ----------
        Z : (n, n_components) array. At each row there are n_features x n_components numbers: give
            few.

        Returns
        -------
        (n, n_features, n_components) float64 array

        Examples
        --------
        >>> import numpy as np, rom
        >>> X = np.random.default_rng(0).normal(size=(20, 5))
        >>> pod = rom.POD(2).fit(X)
        >>> bool(np.allclose(pod.jacobian(pod.transform(X))[7], pod.components_.T))
        True
        """
        return self._jacobian(self._checked(Z, [np.float64]))

    def _jacobian(self, Z: np.ndarray) -> np.ndarray:
        """:meth:`jacobian` of checked latents; reducers that know it override this."""
        sizes = np.where(Z.std(axis=0) > 0, Z.std(axis=0), np.abs(Z).max(axis=0))
        steps = np.diag(1e-4 * np.where(sizes > 0, sizes, 1.0))
        decode = self._in_double()._decode
        J = np.empty((len(Z), self.n_features_in_, len(steps)))
        for i, step in enumerate(steps):
            np.subtract(decode(Z + step), decode(Z - step), out=J[:, :, i])
            J[:, :, i] /= 2 * step.sum()
        return J

    def _in_double(self) -> Self:
        """The same reducer with a decoder in double precision."""
        return self

    def amplitudes(self) -> np.ndarray:
        """By how much to move each latent to show what it does: (n_components,), by default 1."""
        return np.ones(self.n_components_)

    def record(self) -> dict[str, Any]:
        """What is worth keeping of a fit, as plain values: resolved options and what was found."""
        check_is_fitted(self)
        return {
            name.strip("_"): getattr(self, name)
            for name, kind in self.learned.items()
            if kind in (int, float, str, bool)
        }

    def state(self) -> tuple[Values, Arrays]:
        """The fitted reducer as plain values and arrays; :meth:`from_state` makes it again."""
        return state_of(self)

    @staticmethod
    def from_state(values: Values, arrays: Arrays) -> Reducer:
        """The reducer that :meth:`state` described.

        Raises
        ------
        InputError
            If something is missing, unknown, or does not fit the rest.
        """
        return reducer_of(values, arrays)

    def _state(self) -> tuple[Values, Arrays]:
        values, arrays = collect(self, self.learned)
        return {"n_components_": int(self.n_components_)} | values, arrays

    def _restore(self, values: Values, arrays: Arrays) -> None:
        give(self, {"n_components_": int}, values, arrays, {}, self.from_state)
        sizes = {"k": self.n_components_, "p": self.n_features_in_}
        give(self, self.learned, values, arrays, sizes, self.from_state)

    def save(self, path: str | Path) -> None:
        """Write the fitted reducer to one safetensors file; :func:`rom.load` reads it."""
        persistence.save(self, path)

    @property
    def _n_features_out(self) -> int:
        """Number of latents: scikit-learn's name for it."""
        return int(self.n_components_)
