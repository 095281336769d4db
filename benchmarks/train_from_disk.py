"""Training a network on a file larger than its memory limit: peak memory and time, beside training
with all in memory.

    python benchmarks/train_from_disk.py [--gigabytes 1.2] [--limit 200MB] [--features 20000]
    [--epochs 1]

Every measurement is a process of its own (on Linux, which counts its memory). "beyond the imports"
is the peak of the resident memory minus what is there before the file is opened; the network, its
gradients, the optimiser's moments and a batch are in it, and named beside it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np

MEASURE = """
import resource, sys, time
import rom, rom.reducers.autoencoder, h5py
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
path, limit, epochs, kind = sys.argv[1:]
options = dict(architecture="linear", epochs=int(epochs), batch_size=64, random_state=0,
               memory_limit=limit)
before = peak()
start = time.perf_counter()
snapshots = rom.open_snapshots(path, dataset="u", axes="t x")
if kind == "compare":
    # preparation, fit, transform and evaluation
    rom.compare(snapshots, reducers=["autoencoder"], n_components=[4], seeds=1, epochs=int(epochs),
                jobs=1, memory_limit=limit, split={"kind": "blocks", "gap": 1},
                options={"autoencoder": {"architecture": "linear", "batch_size": 64}})
    size = 0
else:
    model = rom.Autoencoder(4, **options).fit(snapshots)
    size = 4 * model.n_parameters_
print(peak() - before, time.perf_counter() - start, size)
"""


def write(path, n, d):
    rng = np.random.default_rng(0)
    modes = rng.normal(size=(4, d)).astype(np.float32)
    with h5py.File(path, "w") as file:
        data = file.create_dataset("u", (n, d), dtype="f4")
        for start in range(0, n, 500):
            t = np.arange(start, min(start + 500, n)) / 50
            latents = np.stack([np.cos(t), np.sin(t), np.cos(2.1 * t), np.sin(3.3 * t)], axis=1)
            data[start : start + len(t)] = latents.astype(np.float32) @ modes


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gigabytes", type=float, default=1.2)
    parser.add_argument("--limit", default="200MB")
    parser.add_argument("--features", type=int, default=20_000)
    parser.add_argument("--epochs", default="1")
    args = parser.parse_args()
    n = int(args.gigabytes * 1e9 / 4 / args.features)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flow.h5"
        write(path, n, args.features)
        start = time.perf_counter()
        with h5py.File(path) as file:
            for row in range(0, n, 500):
                file["u"][row : row + 500]
        seconds = time.perf_counter() - start
        print(
            f"{n} x {args.features} float32, {args.gigabytes} GB; a plain read takes"
            f" {seconds:.1f} s"
        )
        for kind, limit in (("fit", args.limit), ("compare", args.limit), ("fit", "100GB")):
            command = [sys.executable, "-c", MEASURE, str(path), limit, args.epochs, kind]
            answer = subprocess.run(
                command, capture_output=True, text=True, check=True
            ).stdout.split()
            peak, seconds, size = (float(value) for value in answer)
            extra = f", of which the network {size / 1e6:.1f} MB" if size else ""
            print(
                f"{kind:>8} limit {limit:>6}: {peak / 1e6:6.0f} MB beyond the imports{extra},"
                f" {seconds:.1f} s"
            )


if __name__ == "__main__":
    main()
