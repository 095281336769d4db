"""Arrays in a page: half or single precision as base64 text, the same array only once."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

#: Bytes of text that an entry takes beside its numbers.
ENTRY_BYTES = 40


class Pool:
    """The arrays of a page. What is packed refers to them by number.

    Attributes
    ----------
    entries : list of dict
        ``type`` ("f2", "f4", "f8", "i1", "u1" or "u2", little endian), ``data`` (base64), and
        ``scale``, by which "f2" and "i1" are multiplied: one number, or one for each of as many
        equal parts.

    Examples
    --------
    >>> pool = Pool()
    >>> pool.add(np.ones(3)), pool.add(np.zeros(2), "f4"), pool.add(np.ones(3))
    (0, 1, 0)
    >>> pool.entries[0]["type"], pool.entries[0]["scale"]
    ('f2', [1.0])
    """

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self._known: dict[tuple[str, bytes], int] = {}

    @property
    def n_bytes(self) -> int:
        """Length of all entries as text."""
        return sum(
            ENTRY_BYTES + len(entry["data"]) + 14 * len(entry.get("scale", ()))
            for entry in self.entries
        )

    def add(self, values: np.ndarray, kind: str = "f2", *, by_row: bool = False) -> int:
        """Keep an array; the number by which to refer to it.

        Parameters
        ----------
        values : array, without NaN where `kind` has a scale
        kind : "f2" for weights, "i1" for what may be off by 1/250 of its largest value, "f4" and
            "f8" for what cancels, "u1" and "u2" for whole numbers
        by_row : whether each row has a scale of its own
        """
        values = np.ascontiguousarray(values)
        identity = (f"{kind}{by_row}{values.shape}", values.tobytes())
        if identity not in self._known:
            self._known[identity] = len(self.entries)
            self.entries.append(_entry(values, kind, by_row))
        return self._known[identity]

    def packed(self, content: dict[str, Any]) -> dict[str, Any]:
        """A dict whose arrays are replaced by their numbers.

        Those in single precision keep it; others have the kind that ``content["digits"]`` asks for,
        else "f2".

        >>> Pool().packed({"kind": "dense", "weights": np.eye(2), "digits": "f4"})
        {'kind': 'dense', 'weights': 0}
        """
        digits = content.get("digits", "f2")
        return {
            name: self._number(value, digits) if isinstance(value, np.ndarray) else value
            for name, value in content.items()
            if name != "digits"
        }

    def _number(self, values: np.ndarray, digits: str) -> int:
        if values.dtype == np.float32:
            return self.add(values, "f4")
        if digits == "i1" and values.ndim == 1:
            return self.add(values)
        return self.add(values, digits, by_row=digits == "i1")


def _entry(values: np.ndarray, kind: str, by_row: bool) -> dict[str, Any]:
    if kind in ("f4", "f8", "u1", "u2"):
        return {"type": kind, "data": _text(values.astype(f"<{kind}"))}
    rows = values.reshape(len(values) if by_row else 1, -1).astype(np.float64)
    largest = np.abs(rows).max(axis=1, initial=0.0)
    scale = np.where(largest > 0, largest, 1.0) / (127 if kind == "i1" else 1)
    scale = scale.astype(np.float32).astype(np.float64)
    scaled = rows / scale[:, None]
    stored = np.rint(scaled) if kind == "i1" else scaled
    return {
        "type": kind,
        "scale": [float(f"{value:.8g}") for value in scale],
        "data": _text(stored.astype(f"<{kind}")),
    }


def _text(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")
