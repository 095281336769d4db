"""POD of a file larger than its memory limit: time beside reading and arithmetic alone, and
resident memory.

    python benchmarks/pod_from_disk.py [--gigabytes 8] [--rows 2000] [--modes 32] [--limit 1GB]
    [--rounds 3]
                                       [--gzip] [--chunks 250,4000] [--folder DIR]

The file (float32, contiguous, or in gzip chunks) is made in a temporary folder and removed. In
every round, each in a process of its own: a plain h5py read; the measured rate of the product of
two matrices (GEMM) and of one with itself (SYRK, half the operations); rom's reading alone, and
rom's POD. The bounds are *two reads + the Gram matrix at that rate*. The file is in the page cache
where there is room: then reading costs what it can cost least. Linux only.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np


def make(path: Path, rows: int, features: int, chunks: tuple[int, int] | None) -> None:
    """Decaying modes, noise and a mean, rounded as an instrument does, so that gzip has something
    to do.
    """
    rng = np.random.default_rng(0)
    left = np.linalg.qr(rng.normal(size=(rows, 60)))[0] * (100 * 0.93 ** np.arange(60))
    right = rng.standard_normal((60, features), dtype=np.float32)
    storage = {} if chunks is None else {"chunks": chunks, "compression": "gzip"}
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset("u", (rows, features), "f4", **storage)
        step = 50 if chunks is None else chunks[0]
        for start in range(0, rows, step):
            block = left[start : start + step].astype("f4") @ right + 2
            block += 0.3 * rng.standard_normal(block.shape, dtype=np.float32)
            dataset[start : start + step] = block if chunks is None else np.round(block * 64) / 64


def h5py_read(path: Path, given: argparse.Namespace) -> float:
    """One pass of plain h5py over blocks of rows of about 64 MB."""
    start = time.perf_counter()
    with h5py.File(path, "r") as file:
        dataset = file["u"]
        step = max(1, 64_000_000 // (4 * dataset.shape[1]))
        if dataset.chunks:
            step = max(dataset.chunks[0], step - step % dataset.chunks[0])
        for row in range(0, dataset.shape[0], step):
            dataset[row : row + step]
    return time.perf_counter() - start


def products(path: Path, given: argparse.Namespace) -> tuple[float, float]:
    """Seconds of the Gram matrix at the rate of GEMM, and at that of SYRK, with all threads."""
    rng = np.random.default_rng(0)
    A, B = (rng.standard_normal((given.rows, 8192), dtype=np.float32) for _ in range(2))
    seconds = []
    for other in (B, A):
        times = []
        for _ in range(9):
            start = time.perf_counter()
            A @ other.T
            times.append(time.perf_counter() - start)
        seconds.append(statistics.median(times) * given.features / A.shape[1])
    return seconds[0], seconds[1]


def rom_read(path: Path, given: argparse.Namespace) -> float:
    """One pass of rom over the tiles its POD reads, without arithmetic."""
    import rom
    from rom.linalg.spread import divide_features, spread
    from rom.reducers.pod_solver import block_bytes

    snapshots = rom.open_snapshots(path, dataset="u", axes="t x")
    start = time.perf_counter()
    tiles = divide_features(snapshots, block_bytes(given.limit), 0)
    list(spread(_touch, snapshots, tiles))
    return time.perf_counter() - start


def _touch(snapshots, tiles) -> None:
    from rom.linalg.spread import read

    for _ in read(snapshots, tiles, snapshots.read_tile):
        pass


def rom_pod(path: Path, given: argparse.Namespace) -> tuple[float, float]:
    """Seconds of the fit, and the largest resident size of the process in GB, interpreter and
    libraries included.
    """
    import rom

    rom.POD(5).fit(np.random.default_rng(0).normal(size=(50, 200)))  # imports and warms up
    snapshots = rom.open_snapshots(path, dataset="u", axes="t x")
    start = time.perf_counter()
    rom.POD(given.modes, memory_limit=given.limit).fit(snapshots)
    seconds = time.perf_counter() - start
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return seconds, int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e9


MEASURES = {"h5py_read": h5py_read, "products": products, "rom_read": rom_read, "rom_pod": rom_pod}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--gigabytes", type=float, default=8.0)
    for option, value in {"rows": 2000, "modes": 32, "rounds": 3}.items():
        parser.add_argument(f"--{option}", type=int, default=value)
    parser.add_argument("--limit", default="1GB")
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--chunks", default="250,4000", help="of the gzip file: rows,features")
    parser.add_argument("--folder", help="where the temporary folder is made")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.features = int(given.gigabytes * 1e9 / 4 / given.rows)
    if given.measure:
        print(json.dumps(MEASURES[given.measure[0]](Path(given.measure[1]), given)))
        return
    found: dict[str, list] = {name: [] for name in MEASURES}
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        path = Path(folder) / "data.h5"
        chunks = tuple(int(n) for n in given.chunks.split(",")) if given.gzip else None
        make(path, given.rows, given.features, chunks)
        size = path.stat().st_size / 1e9
        for _ in range(given.rounds):
            for name in MEASURES:
                command = [sys.executable, __file__, *sys.argv[1:], "--measure", name, str(path)]
                output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                found[name].append(json.loads(output.splitlines()[-1]))
    storage = f"gzip chunks {given.chunks}, {size:.2f} GB on disk" if given.gzip else "contiguous"
    print(
        f"{given.rows} x {given.features} float32 ({given.gigabytes:g} GB, {storage}), limit"
        f" {given.limit}"
    )
    rounds = list(zip(*found.values(), strict=True))
    rows = {
        "plain h5py, one read (s)": [h5py for h5py, *_ in rounds],
        "rom, one read (s)": [mine for _, _, mine, _ in rounds],
        "Gram at the rate of GEMM (s)": [gemm for _, (gemm, _), _, _ in rounds],
        "Gram at the rate of SYRK (s)": [syrk for _, (_, syrk), _, _ in rounds],
        "rom, POD (s)": [pod for *_, (pod, _) in rounds],
        "rom, largest resident size (GB)": [memory for *_, (_, memory) in rounds],
        "reading: h5py / rom": [h5py / mine for h5py, _, mine, _ in rounds],
        "POD / (2 reads + GEMM)": [
            pod / (2 * h5py + gemm) for h5py, (gemm, _), _, (pod, _) in rounds
        ],
        "POD / (2 reads + SYRK)": [
            pod / (2 * h5py + syrk) for h5py, (_, syrk), _, (pod, _) in rounds
        ],
    }
    for name, values in rows.items():
        print(
            f"{name:34}{statistics.median(values):9.2f}   [{min(values):.2f} to {max(values):.2f}]"
        )


if __name__ == "__main__":
    main()
