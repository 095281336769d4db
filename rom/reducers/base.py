"""Reducer: three verbs to implement (`_fit`, `_encode`, `_decode`), everything else derived here once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from rom.data.layout import FieldLayout
from rom.data.memory import pass_bytes
from rom.data.snapshots import Snapshots
from rom.data.sources import Features
from rom.errors import InputError

if TYPE_CHECKING:
    from rom.training.checkpoint import Checkpoint

OnEpoch = Callable[[Mapping[str, float]], None]


class Reducer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator, ABC):
    """Base of every reducer: rows (n, n_features) <-> latents (n, n_components).

    A subclass stores its arguments in ``__init__`` and implements ``_fit`` (set the attributes that end
    in ``_``), ``_encode``, ``_decode``, ``_arrays`` and ``_restore``. Where the rows come from, in which
    blocks they are read, what is checked and how they are saved is the same for all.

    Where :class:`rom.Snapshots` have a mask, a reducer works on the cells with data.
    """

    #: Whether fitting twice gives the same result whatever the seed: one run is enough.
    deterministic: ClassVar[bool] = False
    #: Name in the registry, written into saved files.
    registry_name: ClassVar[str]
    #: What a report calls the method, in full and in tables and legends.
    title: ClassVar[str]
    short_title: ClassVar[str]

    @abstractmethod
    def _fit(
        self, rows: Snapshots, validation: Snapshots | None, on_epoch: OnEpoch | None, checkpoint: Checkpoint | None
    ) -> None: ...

    @abstractmethod
    def _encode(self, rows: np.ndarray) -> np.ndarray: ...

    @abstractmethod
    def _decode(self, latents: np.ndarray) -> np.ndarray: ...

    @abstractmethod
    def _arrays(self) -> dict[str, np.ndarray]:
        """Everything learned, as named arrays."""

    @abstractmethod
    def _restore(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Set everything learned from the arrays of :meth:`_arrays`; `layout_` is already there."""

    @property
    @abstractmethod
    def n_parameters_(self) -> int:
        """Numbers that were fitted, for the cost table."""

    def fit(
        self,
        X: np.ndarray | Snapshots,
        y: Any = None,
        *,
        validation: np.ndarray | Snapshots | None = None,
        on_epoch: OnEpoch | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> Self:
        """Fit to snapshots.

        Parameters
        ----------
        X : (n_snapshots, n_features) array or Snapshots
        y : ignored
        validation : array or Snapshots, optional
            Rows on which a network's losses are recorded after every epoch, or a regularisation is chosen. No
            coefficient is fitted to them.
        on_epoch : callable, optional
            Called with the row of `history_` after every epoch.
        checkpoint : rom.training.checkpoint.Checkpoint, optional
            Where a training is kept, and goes on from if it was interrupted. Reducers without epochs ignore it.

        Returns
        -------
        self

        Raises
        ------
        InputError (a ValueError)
            If values are not finite, rows too few or an argument out of range.
        """
        rows = self._as_rows(X, reset=True)
        self.layout_ = rows.layout
        held_out = None if validation is None else self._as_rows(validation, reset=False)
        self._fit(rows, held_out, on_epoch, checkpoint)
        return self

    def transform(self, X: np.ndarray | Snapshots) -> np.ndarray:
        """Latents (n, n_components) of rows; Snapshots are read block by block."""
        check_is_fitted(self)
        rows = self._as_rows(X, reset=False)
        size = pass_bytes(getattr(self, "memory_limit", None))
        return np.concatenate([self._encode(block) for block in rows.blocks(size)])

    def inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        """Rows (n, n_features) decoded from latents (n, n_components)."""
        check_is_fitted(self)
        Z = check_array(Z, dtype=[np.float64, np.float32])
        if Z.shape[1] != self._n_features_out:
            raise InputError(f"latents of {self._n_features_out} components expected, got {Z.shape[1]}")
        return self._decode(Z)

    def jacobian(self, Z: np.ndarray) -> np.ndarray:
        """Derivatives of the decoder at latents: ``J_tpi = d x_hat_p(z_t) / d z_i``.

        Central differences in double precision with a step of 1e-4 standard deviations of the latent, which is exact
        for linear and quadratic decoders.

        Parameters
        ----------
        Z : (n, n_components) array. At each row there are n_features x n_components numbers: give few.

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
        check_is_fitted(self)
        Z = check_array(Z, dtype=np.float64)
        if Z.shape[1] != self._n_features_out:
            raise InputError(f"latents of {self._n_features_out} components expected, got {Z.shape[1]}")
        sizes = np.where(Z.std(axis=0) > 0, Z.std(axis=0), np.abs(Z).max(axis=0))
        steps = np.diag(1e-4 * np.where(sizes > 0, sizes, 1.0))
        decode = self._in_double()._decode
        columns = [(decode(Z + step) - decode(Z - step)) / (2 * step.sum()) for step in steps]
        return np.stack(columns, axis=2)

    def _in_double(self) -> Self:
        """The same reducer with a decoder in double precision."""
        return self

    def save(self, path: str | Path) -> None:
        """Write the fitted reducer to one safetensors file; :func:`rom.load` reads it."""
        from rom.reducers.persistence import save_reducer

        check_is_fitted(self)
        save_reducer(self, path)

    @property
    def _n_features_out(self) -> int:
        """Number of latents: scikit-learn's name for it."""
        return int(self.n_components_)

    def _as_rows(self, X: np.ndarray | Snapshots, *, reset: bool) -> Snapshots:
        """The one place where arrays and Snapshots meet."""
        if not isinstance(X, Snapshots):
            minimum = 2 if reset else 1
            dtypes = [np.float64, np.float32]
            array = validate_data(self, X, reset=reset, dtype=dtypes, ensure_min_samples=minimum)
            layout = FieldLayout(("x",), (array.shape[1],)) if reset else self.layout_
            return Snapshots.from_array(array, layout=layout)  # validated: finite
        X = X.pack()
        if reset:
            if len(X) < 2:
                raise InputError(f"{X.name}: {len(X)} snapshots, at least 2 are needed to fit")
            self.n_features_in_ = X.shape[1]
        elif X.shape[1] != self.n_features_in_:
            raise InputError(
                f"{X.name}: snapshots have {X.shape[1]} features, {type(self).__name__} was fitted on "
                f"{self.n_features_in_}"
            )
        return X.map(_finite, X.layout)


def _finite(rows: np.ndarray, features: Features) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(rows.sum()):  # a fast answer; a sum may also overflow
            return rows
    if not np.isfinite(rows).all():
        raise InputError(
            f"{int((~np.isfinite(rows)).sum())} values are NaN or infinite outside the mask; "
            "snapshots.resolve_missing() makes cells that are always NaN the mask"
        )
    return rows
