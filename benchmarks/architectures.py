"""Error, time and size of every architecture on every data set, and what energy shares cost.

    python benchmarks/architectures.py [--data cylinder_wake,sod] [--seeds 3] [--energy-shares]

The tables of docs/networks.md. Data sets are those of ``rom data list`` that are there; each is
split and scaled as in a comparison, and rows of the training set are fitted on one thread. Default
options but for ``max_steps`` of the networks on the fields (2,000 with convolutions, 4,000
without). Those have one seed, networks in POD coordinates `--seeds`: medians.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import numpy as np

import rom
from rom.registry import reducer_class
from rom.study.config import Study
from rom.study.prepare import prepare

CASES = {
    "cylinder_wake": (2, 4, 8, 16),
    "transient_wake": (2, 3, 5),
    "sod": (2, 4),
    "lid_driven_cavity": (2, 4),
    "vibrating_plate": (8, 10),
    "kuramoto_sivashinsky": (7, 8),
    "kolmogorov_flow": (8, 32),
    "burgers": (2, 4),
    "square_wave": (2, 4),
    "mnist-5k": (2, 8),
    "mnist": (2, 8),
}
COLUMNS: dict[str, tuple[str, dict[str, Any]]] = {
    "POD": ("pod", {}),
    "pod-kernel": ("pod-kernel", {}),
    "POD coordinates": ("autoencoder", {"architecture": "pod"}),
    "conv": ("autoencoder", {"architecture": "conv", "max_steps": 2000}),
    "mlp": ("autoencoder", {"architecture": "mlp", "max_steps": 4000}),
}
SHARES, SHARE_LATENTS = (1e-4, 1e-3, 1e-2), 4
PARTS = ("train", "validation", "test")
Rows = dict[str, Any]


def rows_of(data: str) -> Rows:
    study = Study(data=data, reducers=("pod",), n_components=(1,))
    prepared = prepare(study, rom.open_snapshots(data))
    return {part: prepared.pipeline.transform(prepared.part(part)) for part in PARTS}


def fit(reducer: Any, rows: Rows) -> tuple[float, float]:
    """Test error about the training mean, and CPU seconds of the fit."""
    start = time.process_time()
    reducer.fit(rows["train"], validation=rows["validation"])
    seconds = time.process_time() - start
    test = rows["test"][:]
    rebuilt = reducer.inverse_transform(reducer.transform(test))
    about = test - rows["train"].mean()  # images are not centred by the pipeline
    return float(np.linalg.norm(rebuilt - test) / np.linalg.norm(about)), seconds


def cell(rows: Rows, name: str, k: int, seeds: int) -> str:
    kind, options = COLUMNS[name]
    errors, seconds = [], []
    for seed in range(seeds if name == "POD coordinates" else 1):
        given = {"random_state": seed} if reducer_class(kind).has_seeds else {}
        reducer = reducer_class(kind)(k, **options, **given)
        error, took = fit(reducer, rows)
        errors.append(error)
        seconds.append(took)
    size = reducer.n_parameters_
    count = f"{size / 1000:,.0f}k" if size >= 1000 else f"{size}"
    return f"{statistics.median(errors):.3g}, {statistics.median(seconds):.1f} s, {count}"


def architectures(names: list[str], seeds: int) -> None:
    print("| data | k | " + " | ".join(COLUMNS) + " |")
    print("|---|---|" + "---|" * len(COLUMNS))
    for data in names:
        rows = rows_of(data)
        for k in CASES[data]:
            found = []
            for name in COLUMNS:
                try:
                    found.append(cell(rows, name, k, seeds))
                except rom.InputError as error:
                    found.append(f"no: {error}")
            print(f"| {data} | {k} | " + " | ".join(found) + " |", flush=True)


def energy_shares(names: list[str]) -> None:
    """Error, active latents and |r| of a beta-VAE with four latents, beside its autoencoder."""
    heads = ("autoencoder", *(f"{share:g}" for share in SHARES))
    print("| data | " + " | ".join(heads) + " |\n|---|" + "---|" * len(heads))
    for data in names:
        rows = rows_of(data)
        plain, _ = fit(rom.Autoencoder(SHARE_LATENTS, random_state=0), rows)
        found = [f"{plain:.3g}"]
        for share in SHARES:
            model = rom.BetaVAE(SHARE_LATENTS, energy_share=share, random_state=0)
            error, seconds = fit(model, rows)
            active = int((model.kl_per_component(rows["train"]) > 0.1).sum())
            found.append(f"{error:.3g}, {active} active, {seconds:.0f} s")
        print(f"| {data} | " + " | ".join(found) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=",".join(CASES))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--energy-shares", action="store_true")
    given = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    names = given.data.split(",")
    if given.energy_shares:
        energy_shares(names)
    else:
        architectures(names, given.seeds)


if __name__ == "__main__":
    main()
