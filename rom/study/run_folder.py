"""The folder of a fitted run: what is said of it, what was measured of it, and its arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from rom.data.hdf5_open import open_hdf5
from rom.study.files import reading, replace, to_disk

if TYPE_CHECKING:
    import pandas as pd

LATENTS = "latents.h5"
#: Of a run: the error of each test snapshot, and the root mean square error of each packed feature.
RECONSTRUCTION = "reconstruction.h5"
#: What was measured by, and which latents matter; written last.
MEASURES = "measures.json"


def is_measured(folder: Path) -> bool:
    """Whether there are measures, by these or by others."""
    return any((folder / name).is_file() for name in ("metrics.csv", MEASURES))


def measured_by(folder: Path) -> str:
    """What the results were measured by; nothing where that is not known, or they are gone."""
    path = folder / MEASURES
    if not path.is_file() or not path.with_name("metrics.csv").is_file():
        return ""
    with reading(path):
        return str(json.loads(path.read_text(encoding="utf-8"))["measured_by"])


def info(folder: Path) -> dict[str, Any]:
    """What is said of the fit, and where it is measured of the latents."""
    found: dict[str, Any] = {}
    for path in (folder / "run.json", folder / MEASURES):
        if path.name == MEASURES and not path.is_file():
            continue
        with reading(path):
            found |= json.loads(path.read_text(encoding="utf-8"))
    return found


def write_measures(
    folder: Path,
    by: str,
    said: Mapping[str, Any],
    table: pd.DataFrame,
    fields: Mapping[str, np.ndarray],
) -> None:
    """Keep what was measured, by what, and what is to be said of the latents.

    The file that says so is the last: killed on the way, the run is measured again.
    """
    part = folder / f"{RECONSTRUCTION}.part"
    with h5py.File(part, "w") as file:
        for name, values in fields.items():
            file[f"test/{name}"] = values
    to_disk(part)
    part.replace(folder / RECONSTRUCTION)
    replace(folder / "metrics.csv", table.to_csv(index=False))
    replace(folder / MEASURES, json.dumps({"measured_by": by, **said}, indent=1))
    (folder / "error.txt").unlink(missing_ok=True)


def latents(folder: Path, part: str) -> np.ndarray:
    """Posterior means (n, k) of a part."""
    path = folder / LATENTS
    with reading(path), open_hdf5(path) as file:
        return np.asarray(file[f"{part}/latents"][()])


def log_variance(folder: Path, part: str) -> np.ndarray | None:
    """Log-variances (n, k) of the posteriors of a part; None without a posterior."""
    path, name = folder / LATENTS, f"{part}/log_variance"
    with reading(path), open_hdf5(path) as file:
        return np.asarray(file[name][()]) if name in file else None


def of_test(folder: Path, name: str) -> np.ndarray | None:
    """What was measured of the test snapshots or of their features; None in an older store."""
    path, name = folder / RECONSTRUCTION, f"test/{name}"
    if not path.is_file():
        return None
    with reading(path), open_hdf5(path) as file:
        return np.asarray(file[name][()]) if name in file else None
