"""The identity of snapshots: a sum over everything that a result may depend on."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from rom.data.snapshots import Snapshots


def fingerprint(snapshots: Snapshots) -> str:
    """What :meth:`rom.Snapshots.fingerprint` gives."""
    digest = begin_fingerprint(snapshots)
    for block in snapshots.pack().blocks():
        digest.update(np.ascontiguousarray(block))
    return digest.hexdigest()[:16]


def begin_fingerprint(snapshots: Snapshots) -> Any:
    """The digest of all but the rows: with the packed rows it is the fingerprint."""
    meta, arrays = snapshots.pack().layout.state()
    head = [snapshots.shape, str(snapshots.dtype), meta, sorted(arrays)]
    digest = hashlib.sha256(json.dumps(head).encode())
    for name in sorted(arrays):
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    parameters = (snapshots.parameters[name] for name in sorted(snapshots.parameters))
    for values in (snapshots.times, snapshots.trajectories, *parameters):
        digest.update(b"none" if values is None else _as_bytes(np.asarray(values)))
    return digest


def _as_bytes(values: np.ndarray) -> bytes:
    text = values.dtype.kind == "U"  # "S32" takes ASCII only
    return (np.char.encode(values, "utf-8") if text else values.astype("S32")).tobytes()
