"""Checkpoint: the whole state of training in one file, from which it resumes bit for bit."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from rom.errors import RunError
from rom.files import write_bytes

FORMAT = "rom-checkpoint"
State = tuple[dict[str, Any], dict[str, np.ndarray]]


class Checkpoint:
    """Where and how often :meth:`rom.Autoencoder.fit` keeps its state after an epoch, and where it
    resumes from.

    A file of another training (other data, options, versions, threads or device: what `context` and
    the loop say) is not continued but replaced: the result must not depend on where an earlier one
    ended.

    Parameters
    ----------
    path : file, safetensors; replaced in one step, so that it is whole whenever the process dies
    seconds : float, default 30. Between checkpoints; each is written at the end of an epoch.
    epochs : int, optional. Also after this number of epochs.
    context : mapping of plain values, optional. What has to be the same for training to be
        continued.

    Attributes
    ----------
    resumed_epoch : int, the epoch after which an earlier training was continued, 0 for none
    """

    def __init__(
        self, path: str | Path, *, seconds: float = 30.0, epochs: int | None = None,
        context: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self.path, self.seconds, self.epochs = Path(path), seconds, epochs
        self.context = dict(context or {})
        self.resumed_epoch = 0
        self._saved = time.monotonic(), 0

    def load(self, context: Mapping[str, Any]) -> State | None:
        """Header and arrays of the training that was interrupted, None where there is none to
        continue.

        Raises
        ------
        RunError
            If the file cannot be read.
        """
        if not self.holds(context):
            return None
        with self._opened() as file:
            header = _header(file)
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
        self.resumed_epoch = int(header["epoch"])
        self._saved = time.monotonic(), self.resumed_epoch
        return header, arrays

    def holds(self, context: Mapping[str, Any]) -> bool:
        """Whether the file is of a training run of this context, which can be continued.

        Raises
        ------
        RunError
            If the file cannot be read.
        """
        if not self.path.is_file():
            return False
        with self._opened() as file:
            return bool(_header(file).get("context") == self._plain(context))

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.path, framework="numpy") as file:
                yield file
        except (SafetensorError, OSError, ValueError, TypeError) as error:
            raise RunError(
                f"{self.path}: not a checkpoint that can be read ({error}); delete it"
            ) from error

    def restart(self) -> None:
        """Training starts again from its first epoch; the file stays until it is replaced."""
        self._saved = time.monotonic(), 0

    def is_due(self, epoch: int) -> bool:
        """Whether the state after this epoch is to be kept."""
        then, last = self._saved
        return time.monotonic() - then >= self.seconds or (
            self.epochs is not None and epoch - last >= self.epochs
        )

    def save(
        self,
        epoch: int,
        context: Mapping[str, Any],
        arrays: Mapping[str, np.ndarray],
        **header: Any,
    ) -> None:
        """Replace the file, in one step and down to the disk."""
        from safetensors.numpy import save

        text = json.dumps({"epoch": epoch, "context": self._plain(context), **header})
        contiguous = {name: np.asarray(values, order="C") for name, values in arrays.items()}
        write_bytes(self.path, save(contiguous, metadata={FORMAT: text}))
        self._saved = time.monotonic(), epoch

    def _plain(self, context: Mapping[str, Any]) -> Any:
        return json.loads(json.dumps(self.context | dict(context), sort_keys=True))


def _header(file: Any) -> dict[str, Any]:
    return dict(json.loads((file.metadata() or {}).get(FORMAT, "{}")))
