"""What is mutated: a small valid file or folder of every kind that the package reads, and what is
done with it.
"""

from __future__ import annotations

import gzip
import importlib
import json
import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import rom
from rom.data.inspection.report import inspect_data
from rom.data.open import open_mapped
from rom.pipeline import Pipeline
from rom.reducers.field_model import FieldModel
from rom.reducers.latents import Latents, read_latents, write_latents
from rom.registry import SOURCES
from rom.study.config import read_study
from rom.study.store import Store
from tests.writers import exodus, openfoam
from tests.writers.field import NT, NX, NY, Field

ROWS = np.random.default_rng(0).normal(size=(40, 6)) * np.arange(1, 7)
CARD = """
title = "t"
source = "s"
licence = "l"
citation = "c"
format = "csv"
[[files]]
name = "a.csv"
sha256 = ""
[mapping]
variables = ["x"]
[split]
kind = "blocks"
validation = 0.1
[suggested]
n_components = [1, 2]
[suggested.options.pod]
solver = "svd"
"""
STUDY = """
data = "a.csv"
reducers = ["pod", "beta-vae"]
n_components = [2, 4]
energy_share = [1e-3]
seeds = 2
[mapping]
variables = ["x"]
[split]
kind = "blocks"
gap = 3
[options.beta-vae]
hidden = [8]
epochs = 4
"""


@dataclass(frozen=True)
class Subject:
    """A file, or a folder of files, below its own folder; `open` is given what it is called in a
    copy. Of files that end with one of `mutated` one is changed, of none any.
    """

    name: str
    given: str
    open: Callable[[Path, dict[str, Any]], None]
    options: dict[str, Any] = field(default_factory=dict)
    mutated: tuple[str, ...] = ()


def all_subjects(folder: Path) -> list[Subject]:
    """Write everything, each into a folder of its name."""
    found = [_of_layout(folder, name) for name in [*SOURCES, "netcdf3"]]
    found += _meshes(folder) + _compressed(folder) + _models(folder) + _latents(folder)
    return [*found, _card(folder), _study(folder), _store(folder)]


def _of_layout(folder: Path, name: str) -> Subject:
    target = _new(folder, name)
    writer = importlib.import_module(f"tests.writers.{name.replace('-', '_')}")
    written = writer.write(target, Field())
    data = written.data[0] if isinstance(written.data, list) else Path(written.data)
    return Subject(name, str(data.relative_to(target)), read_snapshots, dict(written.options))


def _meshes(folder: Path) -> list[Subject]:
    import pyvista

    fields = Field()
    velocity = np.zeros((3, NX * NY, 3))
    velocity[..., 0] = fields.u[:3].reshape(3, -1)
    pressure = fields.v[:3].reshape(3, -1)
    openfoam.write(_new(folder, "openfoam") / "case", range(3), velocity, pressure, NX, NY)
    nodes = np.random.default_rng(0).normal(size=(4, 12))
    exodus.write(_new(folder, "exodus") / "flow.e", np.arange(4.0), {"u": nodes}, 3, 2)
    mesh = pyvista.ImageData(dimensions=(4, 3, 2)).cast_to_unstructured_grid()
    mesh.point_data["u"] = np.arange(mesh.n_points, dtype=float)
    mesh.save(_new(folder, "vtk") / "flow.vtk", binary=False)
    return [
        Subject("openfoam", "case", read_snapshots),
        Subject("exodus", "flow.e", read_snapshots),
        Subject("vtk", "flow.vtk", read_snapshots),
    ]


def _compressed(folder: Path) -> list[Subject]:
    for name, plain in {"idx-gz": "idx/flow-idx3-ubyte", "csv-gz": "csv/flow.csv"}.items():
        content = gzip.compress((folder / plain).read_bytes(), mtime=0)
        (_new(folder, name) / f"{Path(plain).name}.gz").write_bytes(content)
    return [
        Subject("idx-gz", "flow-idx3-ubyte.gz", read_snapshots),
        Subject("csv-gz", "flow.csv.gz", read_snapshots),
    ]


def _models(folder: Path) -> list[Subject]:
    target = _new(folder, "models")
    network: dict[str, Any] = {"epochs": 1, "random_state": 0}
    rows = rom.Snapshots.from_array(ROWS)
    pipeline = Pipeline().fit(rows)
    prepared = pipeline.transform(rows)
    models: dict[str, Any] = {
        "pod": rom.POD(2).fit(ROWS),
        "quadratic": rom.QuadraticPOD(2).fit(ROWS),
        "vae": rom.BetaVAE(2, **network).fit(ROWS),
        "mlp": rom.Autoencoder(2, architecture="mlp", **network).fit(ROWS),
        "kernel": rom.PODKernel(2).fit(ROWS),
        "kernel-pca": rom.KernelPCA(2).fit(ROWS),
        "ica": rom.PODICA(2, random_state=0).fit(ROWS),
        "run": FieldModel(pipeline, rom.POD(2).fit(prepared)),
    }
    for name, model in models.items():
        model.save(_new(target, name) / "model.safetensors")
    return [Subject(f"models/{name}", "model.safetensors", read_model) for name in models]


def _latents(folder: Path) -> list[Subject]:
    latents, times = ROWS[:, :2], np.arange(40.0)
    known: dict[str, Any] = {
        "parameters": {"Re": times, "kind": np.array(["a", "b"] * 20)},
        "time_unit": "s",
    }
    target = _new(folder, "latents-h5")
    write_latents(target / "z.h5", Latents(latents, latents, times, **known))
    np.save(_new(folder, "latents-npy") / "z.npy", latents)
    text = "t,a,b\n" + "".join(f"{i},{a},{b}\n" for i, (a, b) in enumerate(latents))
    (_new(folder, "latents-csv") / "z.csv").write_text(text)
    kinds = {"latents-h5": "z.h5", "latents-npy": "z.npy", "latents-csv": "z.csv"}
    return [Subject(name, file, read_latents_of) for name, file in kinds.items()]


def _card(folder: Path) -> Subject:
    target = _new(folder, "card")
    np.savetxt(target / "a.csv", ROWS, delimiter=",")
    (target / "card.toml").write_text(CARD)
    return Subject("card", "card.toml", read_snapshots, mutated=(".toml",))


def _study(folder: Path) -> Subject:
    target = _new(folder, "study")
    np.savetxt(target / "a.csv", ROWS, delimiter=",")
    (target / "study.toml").write_text(STUDY)
    return Subject("study", "study.toml", read_study_of, mutated=(".toml",))


def _store(folder: Path) -> Subject:
    target = _new(folder, "store") / "out"
    rom.compare(ROWS, reducers=["pod"], n_components=[1, 2], jobs=1, out=target)
    for name in ("figures", "report.html"):
        path = target / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return Subject("store", "out", read_store)


def _new(folder: Path, name: str) -> Path:
    (folder / name).mkdir(parents=True)
    return folder / name


def read_snapshots(path: Path, options: dict[str, Any]) -> None:
    """Open, read all rows where they are as few as they were, and inspect."""
    snapshots = open_mapped(path, options)
    _ = snapshots.ordered
    is_small = math.prod(snapshots.shape) < 10 * 2 * NT * NY * NX
    snapshots[:] if is_small else snapshots[[0, len(snapshots) - 1]]
    snapshots.layout.feature_weights.sum()
    json.dumps(inspect_data(path, options), allow_nan=False)


def read_model(path: Path, options: dict[str, Any]) -> None:
    """Load, encode and decode."""
    model = rom.load(path)
    latents = model.transform(ROWS)
    model.inverse_transform(latents)
    model.record()


def read_latents_of(path: Path, options: dict[str, Any]) -> None:
    read_latents(path)


def read_study_of(path: Path, options: dict[str, Any]) -> None:
    read_study(path).resolve(None)


def read_store(path: Path, options: dict[str, Any]) -> None:
    """All that a report reads, and the answer that it gives."""
    store = Store.open(path)
    store.failures(), store.restarts(), store.leakage()
    for run in store.finished():
        store.run_info(run), store.model(run), store.history(run)
        store.latents(run), store.log_variance(run)
        store.relative_errors(run), store.snapshot_errors(run), store.error_map(run)
    rom.Comparison(store).summary()
