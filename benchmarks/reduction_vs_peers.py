"""Error against CPU time beside EZyRB, pyLOM and plain PyTorch, and the cost on large meshes.

    python benchmarks/reduction_vs_peers.py [--rounds 3] [--data cylinder_wake] [--budgets 3,10]
                                            [--only rom,"ezyrb podae"] [--quick]
    python benchmarks/reduction_vs_peers.py --mesh [--memory 4GB] [--folder DIR]
                                            [--only 8k,64k,300x256x512] [--quick]

Needs the extra ``peers`` and the data set kuramoto_sivashinsky (``rom data make``); Linux for
``--mesh``. Every contender gets the rows of ``rom.study.prepare``: split, centred, scaled and
weighted. rom and pyLOM see the validation rows too. The error is that of the test rows, relative
to their fluctuations about the training mean.

rom: ``rom.Autoencoder``, ``max_steps`` as many as the budget allows: it may end earlier.
rom epochs: the same with ``epochs``: one stage that takes the whole budget.
rom conv: ``architecture="conv"``, with ``epochs``.
pytorch conv: two strided convolutions each way, Adam at 1e-3, batch 32, as anybody would write it.
ezyrb podae: the released package with the best rank, widths and learning rate of a small grid.
ezyrb ae: its dense autoencoder on the fields, 128-64.
pylom ae: two-dimensional fields only; three levels from 16 channels, 128 dense, batch 32.

A budget is CPU time of the fit on one thread. Two short trainings, after one to warm up, tell how
many epochs fit it; the table says what they really took. Each measurement is a process of its own,
contenders take turns, and the table gives medians over the rounds, each of which has its own seed.

``--mesh``: ``rom.Autoencoder(8)`` with nothing else but the memory limit beside ``rom.POD`` with 8
and with as many modes as the autoencoder takes, on travelling smooth structures in HDF5 files.
``--only 8M`` runs the largest, which is left out otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

BATCH, RATE = 32, 1e-3
#: Data set -> budgets in seconds of CPU time, latents.
CASES: dict[str, tuple[tuple[float, ...], tuple[int, ...]]] = {
    "cylinder_wake": ((3, 10), (2, 4, 16)),
    "kuramoto_sivashinsky": ((15,), (7, 8)),
}
#: Data set -> rank, hidden widths and learning rate of EZyRB's PODAE, the best of README.md; the
#: last is that of budgets from LONG seconds on.
PODAE: dict[str, tuple[int, list[int], float, float]] = {
    "cylinder_wake": (22, [64, 64], 1e-3, 3e-4),
    "kuramoto_sivashinsky": (22, [64, 64], 3e-3, 3e-3),
}
LONG = 5
PACKAGES = ("numpy", "torch", "ezyrb", "pyLowOrder")
LATENTS = 8
#: On request alone: 7 GB on disk, and modes that take 2 GB.
LARGEST = "8M"
#: Name -> snapshots, cells of the grid (two variables each), whether they are read as points.
MESHES: dict[str, tuple[int, tuple[int, int], bool]] = {
    "8k": (200, (64, 64), False),
    "64k": (200, (128, 256), False),
    "512k": (200, (512, 512), False),
    "8M": (200, (2048, 2048), False),
    "300x256x512": (300, (256, 512), False),
    "300x512x1024": (300, (512, 1024), False),
    "300x512x1024 points": (300, (512, 1024), True),
}
PARTS = ("train", "validation", "test")
Rows = dict[str, Any]
#: (contender, latents) -> its measurements.
Found = dict[tuple[str, int], list[dict[str, Any]]]
Reconstruct = Callable[[np.ndarray], np.ndarray]


def fit_pod(rows: Rows, k: int, epochs: int, seed: int) -> Reconstruct:
    import rom

    model = rom.POD(k).fit(rows["train"])
    return lambda x: model.inverse_transform(model.transform(x))


def fit_rom(
    rows: Rows, k: int, epochs: int, seed: int, *, exact: bool, architecture: str = "auto"
) -> Reconstruct:  # fmt: skip
    """`exact`: so many epochs; else at most so many, in stages."""
    import rom

    length = {"epochs": epochs} if exact else {"max_steps": epochs * rows.get("steps", 1)}
    model = rom.Autoencoder(k, random_state=seed, architecture=architecture, **length)
    model.fit(rows["train"], validation=rows["validation"])
    rows["steps"] = model.n_steps_ // model.epochs_
    rows["said"] = f"{model.n_steps_:,} steps, {model.architecture_}"
    return lambda x: model.inverse_transform(model.transform(x))


def fit_pytorch(rows: Rows, k: int, epochs: int, seed: int) -> Reconstruct:
    import torch
    from torch import nn

    torch.manual_seed(seed)
    layout, x = rows["train"].layout, rows["train"][:]
    scale = x.std()
    data = torch.from_numpy(layout.to_fields(x / scale, fill=0.0)).float()
    c, small = data.shape[1], [size // 4 for size in data.shape[2:]]
    n = 64 * int(np.prod(small))
    dimensions = f"{len(small)}d"
    Conv, Up = getattr(nn, f"Conv{dimensions}"), getattr(nn, f"ConvTranspose{dimensions}")
    encoder = nn.Sequential(
        Conv(c, 32, 3, stride=2, padding=1), nn.ReLU(),
        Conv(32, 64, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(n, k),
    )  # fmt: skip
    decoder = nn.Sequential(
        nn.Linear(k, n), nn.ReLU(), nn.Unflatten(1, (64, *small)),
        Up(64, 32, 4, stride=2, padding=1), nn.ReLU(), Up(32, c, 4, stride=2, padding=1),
    )  # fmt: skip
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=RATE)
    for _ in range(epochs):
        for chosen in torch.randperm(len(data)).split(BATCH):
            loss = nn.functional.mse_loss(decoder(encoder(data[chosen])), data[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    def reconstruct(x: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            fields = torch.from_numpy(layout.to_fields(x / scale, fill=0.0)).float()
            return layout.to_rows(decoder(encoder(fields)).numpy()) * scale

    return reconstruct


def fit_ezyrb(rows: Rows, k: int, epochs: int, seed: int, *, fields: bool) -> Reconstruct:
    """AE on the `fields`, or PODAE with a leading coefficient of variance one."""
    import ezyrb
    import torch

    torch.manual_seed(seed)
    x, silu = rows["train"][:].T, torch.nn.SiLU()
    rank, podae_widths, short, long = PODAE[rows["data"]]
    podae_rate = short if rows["budget"] < LONG else long
    widths, rate = ([128, 64], RATE) if fields else (podae_widths, podae_rate)
    model = ezyrb.AE([*widths, k], [k, *reversed(widths)], silu, silu, epochs, lr=rate)
    if fields:
        scale = x.std()
    else:
        model = ezyrb.PODAE(ezyrb.POD("svd", rank=rank), model)
        smaller = x @ x.T if len(x) < x.shape[1] else x.T @ x
        scale = np.sqrt(np.linalg.eigvalsh(smaller)[-1] / x.shape[1])
    model.fit(x / scale)
    return lambda y: model.expand(model.reduce(y.T / scale)).T * scale


def fit_pylom(rows: Rows, k: int, epochs: int, seed: int) -> Reconstruct:
    import pyLOM.NN
    import torch

    torch.manual_seed(seed)
    layout, scale = rows["train"].layout, rows["train"][:].std()

    def fields(x: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(layout.to_fields(x / scale, fill=0.0)).float()

    c, *shape = fields(rows["train"][:1]).shape[1:]
    levels, channels, nlinear = 3, 16, 128
    layers = (levels, k, *shape, c, channels, 4, 1, [pyLOM.NN.silu()] * (levels + 2), nlinear)
    coders = pyLOM.NN.Encoder2D(*layers), pyLOM.NN.Decoder2D(*layers)
    model = pyLOM.NN.Autoencoder(k, tuple(shape), c, *coders, device="cpu")
    parts = [fields(rows[part][:]) for part in ("train", "validation")]
    with tempfile.TemporaryDirectory() as folder:
        options = {"batch_size": BATCH, "lr": RATE, "pin_memory": False}
        model.fit(*parts, epochs=epochs, BASEDIR=folder, **options)

    def reconstruct(x: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return layout.to_rows(model(fields(x))[0].numpy()) * scale

    return reconstruct


PROGRAMS: dict[str, Callable[..., Reconstruct]] = {
    "pod": fit_pod,
    "rom": partial(fit_rom, exact=False),
    "rom epochs": partial(fit_rom, exact=True),
    "rom conv": partial(fit_rom, exact=True, architecture="conv"),
    "pytorch conv": fit_pytorch,
    "ezyrb podae": partial(fit_ezyrb, fields=False),
    "ezyrb ae": partial(fit_ezyrb, fields=True),
    "pylom ae": fit_pylom,
}
#: One number: no calibration, no budget.
UNTRAINED = ("pod",)


def cpu_seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def epochs_within(budget: float, train: Callable[[int], Any]) -> int:
    """How many epochs take so much CPU time: two trainings tell what one takes, and the rest."""
    train(1)  # imports, warms up
    few, much = 2, 0.03 * budget
    while True:
        first, more = (cpu_seconds(lambda n=n: train(n))[0] for n in (few, 4 * few))
        if more - first > much:
            each = (more - first) / (3 * few)
            return max(1, int((budget - first) / each + few))
        few *= 4


def measure(name: str, data: str, k: int, budget: float, seed: int) -> dict[str, Any]:
    """One fit in this process, with as many epochs as the budget allows."""
    import torch

    import rom
    from rom.study.config import Study
    from rom.study.prepare import prepare

    torch.set_num_threads(1)
    study = Study(data=data, reducers=("pod",), n_components=(k,))
    prepared = prepare(study, rom.open_snapshots(data))
    rows: Rows = {part: prepared.pipeline.transform(prepared.part(part)) for part in PARTS}
    rows |= {"data": data, "budget": budget}

    def train(epochs: int) -> Reconstruct:
        with contextlib.redirect_stdout(io.StringIO()):
            return PROGRAMS[name](rows, k, epochs, seed)

    if name in UNTRAINED:
        train(1)
        epochs = 1
    elif name == "rom":  # stages of max_steps are long: their epochs are timed by exact ones
        epochs = epochs_within(budget, partial(PROGRAMS["rom epochs"], rows, k, seed=seed))
    else:
        epochs = epochs_within(budget, train)
    seconds, reconstruct = cpu_seconds(lambda: train(epochs))
    test = rows["test"][:]
    error = np.linalg.norm(reconstruct(test) - test) / np.linalg.norm(test)
    said = rows.get("said", f"{epochs:,} epochs")
    return {"seconds": seconds, "error": float(error), "said": said}


def in_turns(given: argparse.Namespace, data: str, budget: float, sizes: list[int]) -> Found:
    """The measurements of each contender and each number of latents."""
    found: Found = {(name, k): [] for name in given.names for k in sizes}
    for seed in range(given.rounds):
        for name, k in found:
            if skipped(name, data) or (name in UNTRAINED and seed):
                continue
            found[name, k].append(run(["error", name, data, str(k), str(budget), str(seed)]))
            one = found[name, k][-1]
            print(name, data, k, budget, seed, one, file=sys.stderr, flush=True)
    return {key: measurements for key, measurements in found.items() if measurements}


def skipped(name: str, data: str) -> bool:
    """pyLOM has no one-dimensional layers, and the extra does not install it."""
    return name == "pylom ae" and (data != "cylinder_wake" or find_spec("pyLOM") is None)


def table(data: str, budget: float, sizes: list[int], found: Found) -> None:
    """Medians: error (least to most), CPU seconds, and what the contender says of itself."""
    print(f"\n{data}, {budget:g} s of CPU time: error (least to most); CPU seconds used\n")
    print("| | " + " | ".join(f"{k} latents" for k in sizes) + " |")
    print("|---|" + "---|" * len(sizes))
    medians: dict[tuple[str, int], float] = {}
    for name in dict.fromkeys(name for name, _ in found):
        cells = []
        for k in sizes:
            errors = [one["error"] for one in found[name, k]]
            medians[name, k] = statistics.median(errors)
            span = f" ({min(errors):.2g} to {max(errors):.2g})" if len(errors) > 1 else ""
            seconds = statistics.median(one["seconds"] for one in found[name, k])
            said = "" if name in UNTRAINED else f", {found[name, k][0]['said']}"
            cells.append(f"{medians[name, k]:.3g}{span}; {seconds:.1f} s{said}")
        print(f"| {name} | " + " | ".join(cells) + " |")
    for peer in ("ezyrb podae", "ezyrb ae", "pylom ae", "pytorch conv"):
        if ("rom", sizes[0]) in medians and (peer, sizes[0]) in medians:
            ratios = (f"{medians['rom', k] / medians[peer, k]:.2g}" for k in sizes)
            print(f"| error of rom / {peer} | " + " | ".join(ratios) + " |")
    sys.stdout.flush()


def write_waves(path: Path, n: int, shape: tuple[int, int], *, points: bool) -> None:
    """Two variables of two smooth structures that travel through a box, one twice as fast."""
    import h5py

    y, x = (np.arange(size, dtype=np.float32) / size for size in shape)

    def hill(axis: np.ndarray, centre: float, width: float) -> np.ndarray:
        return np.exp((np.cos(2 * np.pi * (axis - centre)) - 1) / width)

    def structure(t: float) -> np.ndarray:
        return np.outer(hill(y, 0.5 + 0.1 * np.sin(2 * np.pi * t), 0.1), hill(x, t, 0.05))

    with h5py.File(path, "w") as file:
        size = (int(np.prod(shape)),) if points else shape
        values = file.create_dataset("uv", (n, 2, *size), "f4")
        for row in range(n):
            t = row / n
            slow, fast = structure(t), structure(2 * t)
            for variable, field in enumerate((slow + fast, slow - 0.5 * fast)):
                values[row, variable] = field.reshape(-1) if points else field


def measure_mesh(kind: str, path: Path, limit: str, *, points: bool) -> dict[str, Any]:
    """One fit in this process of the autoencoder or of POD with `kind` modes; warmed up."""
    import torch

    import rom

    torch.set_num_threads(1)
    snapshots = rom.open_snapshots(path, dataset="uv", axes="t c point" if points else "t c y x")
    held_out = np.arange(len(snapshots)) % 10 == 9
    rows, validation = (snapshots.select(np.flatnonzero(part)) for part in (~held_out, held_out))
    small = np.random.default_rng(0).normal(size=(50, 40))
    looks: list[tuple[float, float]] = []

    def look(record: Any) -> None:
        looks.append((record["epoch"], time.process_time()))

    if kind != "autoencoder":
        rom.POD(LATENTS).fit(small)
        model = rom.POD(int(kind), memory_limit=limit)
        work = partial(model.fit, rows)
    else:
        rom.Autoencoder(LATENTS, epochs=2).fit(small)
        model = rom.Autoencoder(LATENTS, memory_limit=limit, random_state=0)
        work = partial(model.fit, rows, validation=validation, on_epoch=look)
    before, wall = peak(), time.perf_counter()
    seconds, _ = cpu_seconds(work)
    found = {"seconds": seconds, "wall": time.perf_counter() - wall}
    found |= {"before": before, "peak": peak()}
    x = validation[:20]
    rebuilt = model.inverse_transform(model.transform(x))
    found["error"] = float(np.linalg.norm(rebuilt - x) / np.linalg.norm(x - rows.mean()))
    if kind == "autoencoder":
        found |= {"steps": model.n_steps_, "modes": model.pod_.n_components_ if model.pod_ else 0}
        found |= {"architecture": model.architecture_, "reason": model.stop_reason_}
        if len(looks) > 1:  # the first record comes after what is trained for it
            (first, start), (last, end) = looks[0], looks[-1]
            found["training"] = (end - start) * last / (last - first)
    return found


def peak() -> float:
    """The largest resident size of this process alone, in GB; getrusage would give the parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1e6


def mesh_row(given: argparse.Namespace, name: str) -> tuple[object, ...]:
    """A mesh, and the medians over the rounds."""
    n, shape, points = MESHES[name]
    found: dict[str, list[dict[str, Any]]] = {"pod": [], "network": [], "modes": []}
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        path = Path(folder) / "waves.h5"
        write_waves(path, n, shape, points=points)
        options = [str(path), given.memory, "points" if points else "grid"]
        for _ in range(given.rounds):
            found["pod"].append(run(["mesh", str(LATENTS), *options]))
            found["network"].append(run(["mesh", "autoencoder", *options]))
            modes = found["network"][-1]["modes"] or LATENTS
            found["modes"].append(run(["mesh", str(modes), *options]))
    print(name, found, file=sys.stderr, flush=True)

    def of(kind: str, key: str) -> float:
        return float(statistics.median(one.get(key, 0) for one in found[kind]))

    def cost(kind: str) -> str:
        return f"{of(kind, 'seconds'):.2f} ({of(kind, 'wall'):.2f})"

    row = (name, f"{2 * int(np.prod(shape)):,}", n, f"{8e-9 * n * np.prod(shape):.2f}")
    row += (found["network"][0]["architecture"], f"{of('network', 'modes'):.0f}")
    row += (cost("pod"), cost("modes"), cost("network"))
    row += tuple(f"{of('network', 'seconds') - of(k, 'seconds'):.2f}" for k in ("pod", "modes"))
    row += (f"{of('network', 'training'):.2f}", f"{of('network', 'steps'):,.0f}")
    row += tuple(f"{of(kind, 'peak'):.2f}" for kind in ("pod", "modes", "network"))
    return *row, *(f"{of(kind, 'error'):.2g}" for kind in ("pod", "network"))


def mesh(given: argparse.Namespace) -> None:
    """Prints the table of costs against the size of the mesh."""
    print(f"CPU seconds (wall) with memory_limit={given.memory!r}; {given.rounds} round(s)\n")
    few, all_modes = f"POD, {LATENTS}", "POD, all modes"
    columns = ("", "values", "snapshots", "GB", "architecture", "modes", few, all_modes)
    columns += ("autoencoder", f"- {few}", f"- {all_modes}", "training", "steps")
    columns += (f"peak GB: {few}", all_modes, "autoencoder", f"error: {few}", "autoencoder")
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
    for name in given.names:
        print("| " + " | ".join(map(str, mesh_row(given, name))) + " |", flush=True)


def run(arguments: list[str]) -> dict[str, Any]:
    """A measurement in a process of its own, on one thread."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    command = [sys.executable, __file__, "--measure", *arguments]
    output = subprocess.run(command, capture_output=True, text=True, env=os.environ | threads)
    if output.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{output.stderr}")
    found: dict[str, Any] = json.loads(output.stdout.splitlines()[-1])
    return found


def machine() -> str:
    """CPU, cores and versions."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.processor()
    found = []
    for package in PACKAGES:
        with contextlib.suppress(ImportError):
            found.append(f"{package} {version(package)}")
    return f"{model}, one thread; Python {platform.python_version()}, {', '.join(found)}"


def main() -> None:
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=formatter)
    parser.add_argument("--rounds", type=int, help="default: 3, with --mesh 1")
    parser.add_argument("--data", help=f"one of {', '.join(CASES)}; default: all")
    parser.add_argument("--budgets", help="seconds of CPU time instead of those of the data set")
    parser.add_argument("--only", help="some contenders or, with --mesh, some meshes")
    parser.add_argument("--quick", action="store_true", help="one round of 1 s; the smallest mesh")
    parser.add_argument("--mesh", action="store_true")
    parser.add_argument("--memory", default="4GB", help="memory_limit, with --mesh")
    parser.add_argument("--folder", help="for the files of --mesh; default: the temporary folder")
    parser.add_argument("--measure", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        kind, name, *rest = given.measure
        if kind == "mesh":
            found = measure_mesh(name, Path(rest[0]), rest[1], points=rest[2] == "points")
        else:
            found = measure(name, rest[0], int(rest[1]), float(rest[2]), int(rest[3]))
        print(json.dumps(found))
        return
    known = MESHES if given.mesh else PROGRAMS
    usual = [name for name in known if name != LARGEST]
    given.names = given.only.split(",") if given.only else usual
    if given.mesh and given.quick:
        given.names = given.names[:1]
    if unknown := set(given.names) - set(known):
        parser.error(f"--only: no {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    given.rounds = given.rounds or (1 if given.mesh or given.quick else 3)
    print(machine())
    if given.mesh:
        mesh(given)
        return
    for data in [given.data] if given.data else CASES:
        budgets, sizes = CASES[data]
        if given.quick:
            budgets = (1.0,)
        if given.budgets:
            budgets = tuple(map(float, given.budgets.split(",")))
        for budget in budgets:
            table(data, budget, list(sizes), in_turns(given, data, budget, list(sizes)))


if __name__ == "__main__":
    main()
