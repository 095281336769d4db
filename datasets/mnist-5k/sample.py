"""Write the two files beside this script: the first 500 images of each digit in MNIST's training
set.
"""

import gzip
import struct
from pathlib import Path

import numpy as np

import rom

PER_DIGIT = 500


def sample(digits: np.ndarray) -> np.ndarray:
    """Row numbers of the first images of each digit: the zeros first, each digit in the order of
    the database.
    """
    return np.concatenate([np.flatnonzero(digits == digit)[:PER_DIGIT] for digit in range(10)])


def write_idx(path: Path, values: np.ndarray) -> None:
    """Write bytes as IDX, compressed; the same array gives the same file."""
    header = struct.pack(f">{values.ndim + 1}I", 0x800 + values.ndim, *values.shape)
    path.write_bytes(gzip.compress(header + values.astype(np.uint8).tobytes(), 9, mtime=0))


def main(folder: Path) -> None:
    """Take the sample out of the full database, which is downloaded if it is not at hand."""
    mnist = rom.open_snapshots("mnist")
    assert mnist.own_split is not None
    train = mnist.select(mnist.own_split["train"])
    labels = train.parameters["label"]

    rows = sample(labels)
    pixels = np.rint(255 * train[rows]).reshape(-1, *train.layout.grid_shape)

    write_idx(folder / "images-idx3-ubyte.gz", pixels)
    write_idx(folder / "labels-idx1-ubyte.gz", labels[rows])


if __name__ == "__main__":
    main(Path(__file__).parent)
