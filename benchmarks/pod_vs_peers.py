"""POD beside other packages: time, memory beyond the data, orthonormality and error against the
optimum.

    python benchmarks/pod_vs_peers.py [--rows 500] [--features 400000] [--modes 32] [--rounds 3]
    [--dtype float32]
                                      [--file] [--only rom,pymor]
    python benchmarks/pod_vs_peers.py --mnist [--modes 64] [--rounds 9]      (needs the data set
    mnist)

Needs the extra ``peers``. Every measurement is a process of its own (on Linux, which counts its
memory), the packages take turns, and the table gives medians. ``--file`` lets each begin with an
HDF5 file instead of an array. All compute on centred data: the time of centring counts for those
that do not do it themselves, but not for "pymor centred", which is given centred data. ``--mnist``
lets rom and scikit-learn take turns in one process on the same array.
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


def rom_pod(X, k):
    import rom

    return rom.POD(n_components=k).fit(X).components_


def rom_randomized(X, k):
    import rom

    return rom.POD(n_components=k, solver="randomized").fit(X).components_


def pymor_snapshots(X, k):
    return pymor_of_centred(X[:] - X[:].mean(axis=0), k)


def pymor_of_centred(X, k):
    from pymor.algorithms.pod import pod
    from pymor.core.logger import set_log_levels
    from pymor.vectorarrays.numpy import NumpyVectorSpace

    set_log_levels({"pymor": "ERROR"})
    return (
        pod(NumpyVectorSpace.from_numpy(X.T), modes=k, method="method_of_snapshots")[0].to_numpy().T
    )


def sklearn_full(X, k):
    from sklearn.decomposition import PCA

    return PCA(k, svd_solver="full" if min(X.shape) < 1000 else "auto").fit(X[:]).components_


def sklearn_randomized(X, k):
    from sklearn.decomposition import PCA

    return PCA(k, svd_solver="randomized", random_state=0).fit(X[:]).components_


def dask_compressed(X, k):
    import dask.array as da

    X = da.from_array(X, chunks=(X.shape[0], max(1, X.shape[1] // 16)))
    return da.linalg.svd_compressed(X - X.mean(axis=0), k, n_power_iter=2, seed=0)[2].compute()


def opinf_basis(X, k):
    import opinf

    return opinf.basis.PODBasis(num_vectors=k).fit((X[:] - X[:].mean(axis=0)).T).entries.T


def numpy_svd(X, k):
    return np.linalg.svd(X[:] - X[:].mean(axis=0), full_matrices=False)[2][:k]


PEERS = {
    "rom": rom_pod,
    "rom randomized": rom_randomized,
    "pymor": pymor_snapshots,
    "pymor centred": pymor_of_centred,
    "sklearn full": sklearn_full,
    "sklearn randomized": sklearn_randomized,
    "dask": dask_compressed,
    "opinf": opinf_basis,
    "numpy": numpy_svd,
}


def make(path: Path, rows: int, features: int, dtype: str) -> None:
    """Decaying modes, noise and a mean, as a simulation has them."""
    rng = np.random.default_rng(0)
    left = np.linalg.qr(rng.normal(size=(rows, 60)))[0] * (100 * 0.93 ** np.arange(60))
    X = (left @ rng.normal(size=(60, features))).astype(dtype) + 2
    X += 0.3 * rng.standard_normal(X.shape, dtype=dtype)
    np.save(path.with_suffix(".npy"), X)
    with h5py.File(path, "w") as file:
        file["u"] = X


def measure(name: str, path: Path, k: int, from_file: bool) -> dict:
    """One fit in this process."""

    def peak() -> float:
        # the largest resident size of this process alone; getrusage would give the parent's
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 1e6

    PEERS[name](
        np.random.default_rng(0).normal(size=(50, 200)).astype("f4"), 5
    )  # imports and warms up
    if from_file and name.startswith("rom"):
        import rom

        X = rom.open_snapshots(path, dataset="u", axes="t x")
    else:
        X = h5py.File(path, "r")["u"] if from_file else np.load(path.with_suffix(".npy"))
    if name == "pymor centred":
        X = X[:]
        X -= X.mean(axis=0)
    before = peak()
    start = time.perf_counter()
    modes = PEERS[name](X, k)
    return {
        "seconds": time.perf_counter() - start,
        "extra": peak() - before,
        **quality(modes, path),
    }


def quality(modes: np.ndarray, path: Path) -> dict:
    """Orthonormality, and energy left by the modes over the energy the best modes leave (in double
    precision).
    """
    X = np.load(path.with_suffix(".npy"), mmap_mode="r")
    V = np.asarray(modes, dtype=np.float64)
    gram, latents, total = np.zeros((len(X), len(X))), np.zeros((len(X), len(V))), 0.0
    for start in range(0, X.shape[1], 8192):
        block = np.asarray(X[:, start : start + 8192], dtype=np.float64)
        block -= block.mean(axis=0)
        gram += block @ block.T
        latents += block @ V[:, start : start + 8192].T
        total += float(np.sum(block**2))
    values = np.linalg.eigvalsh(gram)[::-1]
    # ||Y - Y V^T V||^2 for modes that are orthonormal only nearly
    left = total - 2 * np.sum(latents**2) + np.sum((latents @ (V @ V.T)) * latents)
    best = total - values[: len(V)].sum()
    return {
        "orthonormality": float(np.abs(V @ V.T - np.eye(len(V))).max()),
        "excess": (left / best) ** 0.5 - 1,
    }


#: Seconds between fits: the threads of a BLAS spin for some 20 ms after a product, at the cost of
#: whoever comes next.
PAUSE = 0.1


def mnist(k: int, rounds: int) -> None:
    """The 60,000 training images as float32, by rom and by scikit-learn's PCA, which chooses its
    solver itself.
    """
    from sklearn.decomposition import PCA

    import rom

    images = rom.open_snapshots("mnist")
    X = images.select(images.own_split["train"])[:].astype(np.float32)
    fits = {"rom": rom.POD(n_components=k).fit, "sklearn": PCA(k).fit}
    seconds: dict[str, list[float]] = {name: [] for name in fits}
    for fit in fits.values():
        fit(X)
    for _ in range(rounds):
        for name, fit in fits.items():
            time.sleep(PAUSE)
            start = time.perf_counter()
            fit(X)
            seconds[name].append(time.perf_counter() - start)
    print(f"MNIST, {len(X)} x {X.shape[1]} float32, {k} modes, in memory")
    print(f"{'':12}{'median s':>10}{'least s':>10}{'ratio':>8}")
    for name, times in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(times, seconds["sklearn"], strict=True))
        print(f"{name:12}{statistics.median(times):10.3f}{min(times):10.3f}{ratio:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for option, value in {"rows": 500, "features": 400_000, "modes": None, "rounds": None}.items():
        parser.add_argument(f"--{option}", type=int, default=value)
    parser.add_argument("--mnist", action="store_true")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--only", default=",".join(PEERS))
    parser.add_argument("--file", action="store_true")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.modes = given.modes or (64 if given.mnist else 32)
    given.rounds = given.rounds or (9 if given.mnist else 3)
    if given.mnist:
        mnist(given.modes, given.rounds)
        return
    if given.measure:
        print(
            json.dumps(measure(given.measure[0], Path(given.measure[1]), given.modes, given.file))
        )
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.h5"
        make(path, given.rows, given.features, given.dtype)
        found: dict[str, list[dict]] = {name: [] for name in given.only.split(",")}
        for _ in range(given.rounds):
            for name in found:
                command = [
                    sys.executable,
                    __file__,
                    "--modes",
                    str(given.modes),
                    "--measure",
                    name,
                    str(path),
                ]
                output = subprocess.run(
                    command + ["--file"] * given.file, check=True, stdout=subprocess.PIPE, text=True
                )
                found[name].append(json.loads(output.stdout.splitlines()[-1]))
    print(
        f"{given.rows} x {given.features} {given.dtype}, {given.modes} modes,"
        f" {'file' if given.file else 'memory'}"
    )
    print(
        f"{'':20}{'seconds':>9}{'of first':>9}{'extra GB':>10}"
        f"{'orthonormality':>16}{'error - optimum':>17}"
    )
    first = None
    for name, rows in found.items():
        seconds, extra, orthonormality, excess = (
            statistics.median(row[key] for row in rows)
            for key in ("seconds", "extra", "orthonormality", "excess")
        )
        first = first or seconds
        print(
            f"{name:20}{seconds:9.2f}{seconds / first:9.2f}{extra:10.2f}"
            f"{orthonormality:16.1e}{excess:17.1e}"
        )


if __name__ == "__main__":
    main()
