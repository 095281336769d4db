"""Arrays in a page: base64 text with as many digits as are needed, the same array only once."""

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
        ``type`` ("f2", "f4", "f8", "u1" or "u2", little endian, or "b8" to "b16"), ``data``
        (base64), and ``scale``, by which "f2" and whole numbers "b8" to "b16" are multiplied: one
        number, or one for each of as many equal parts.

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
        kind : "f2" for weights, "b8" to "b16" for whole numbers of 8 to 16 bits, of which the
            largest value is the largest, "f4" and "f8" for what cancels, "u1" and "u2" as they are
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
        in_bits = digits.startswith("b")
        if in_bits and values.ndim == 1:
            return self.add(values)
        return self.add(values, digits, by_row=in_bits)


def _entry(values: np.ndarray, kind: str, by_row: bool) -> dict[str, Any]:
    if kind in ("f4", "f8", "u1", "u2"):
        return {"type": kind, "data": _text(values.astype(f"<{kind}"))}
    rows = values.reshape(len(values) if by_row else 1, -1).astype(np.float64)
    largest = np.abs(rows).max(axis=1, initial=0.0)
    bits = int(kind[1:]) if kind.startswith("b") else 0
    scale = np.where(largest > 0, largest, 1.0) / (2 ** (bits - 1) - 1 if bits else 1)
    scale = scale.astype(np.float32).astype(np.float64)
    scaled = rows / scale[:, None]
    stored = _in_bits(np.rint(scaled), bits) if bits else scaled.astype(f"<{kind}")
    return {
        "type": kind,
        "scale": [float(f"{value:.8g}") for value in scale],
        "data": _text(stored),
    }


def _in_bits(values: np.ndarray, bits: int) -> np.ndarray:
    """Whole numbers of 8 to 16 bits, one after the other; zero is in the middle of their range."""
    words = (values + 2 ** (bits - 1)).astype(">u2").reshape(-1, 1)
    return np.packbits(np.unpackbits(words.view(np.uint8), axis=1)[:, 16 - bits :])


def _text(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")
