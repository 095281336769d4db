"""The folder of a fitted run: what is said of it, what was measured of it, and its arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from rom.data.hdf5_open import open_hdf5
from rom.files import write_text, writing
from rom.reducers.persistence import FILE_NAME
from rom.study.files import reading
from rom.study.sums import damage, seal

if TYPE_CHECKING:
    import pandas as pd

#: Of a fit: what is said of it, with the sums of its files.
FIT = "run.json"
LATENTS = "latents.h5"
METRICS = "metrics.csv"
HISTORY = "history.csv"
FILES_OF_FIT = (HISTORY, LATENTS, FILE_NAME)
#: Of a run: the error of each test snapshot, and the root mean square error of each packed feature.
RECONSTRUCTION = "reconstruction.h5"
#: What was measured by, and which latents matter; written last.
MEASURES = "measures.json"
#: Why a fit or its measures failed.
ERROR = "error.txt"


def is_measured(folder: Path) -> bool:
    """Whether there are measures, by these or by others."""
    return (folder / MEASURES).is_file()


def seal_fit(folder: Path, said: Mapping[str, Any]) -> None:
    """Say what is to be said of a fit, and the sums of its files, which are in the folder."""
    seal(folder / FIT, said, [name for name in FILES_OF_FIT if (folder / name).is_file()])


def damage_of_fit(folder: Path) -> str:
    """What is wrong with the files of a fit, in words; "" where nothing is."""
    return damage(folder / FIT)


def damage_of_measures(folder: Path) -> str:
    """The same of what was measured of a fit that is whole."""
    return damage(folder / MEASURES)


def forget_measures(folder: Path) -> None:
    """From here on the run is not measured."""
    (folder / MEASURES).unlink(missing_ok=True)


def measured_by(folder: Path) -> str:
    """What the results were measured by; nothing where that is not known, or they are gone."""
    path = folder / MEASURES
    if not path.is_file() or not path.with_name(METRICS).is_file():
        return ""
    with reading(path):
        return str(json.loads(path.read_text(encoding="utf-8"))["measured_by"])


def info(folder: Path) -> dict[str, Any]:
    """What is said of the fit, and where it is measured of the latents."""
    measured = _read(folder / MEASURES) if is_measured(folder) else {}
    return fit_info(folder) | measured


def fit_info(folder: Path) -> dict[str, Any]:
    """What is said of the fit alone."""
    return _read(folder / FIT)


def _read(path: Path) -> dict[str, Any]:
    with reading(path):
        return dict(json.loads(path.read_text(encoding="utf-8")))


def write_measures(
    folder: Path,
    by: str,
    said: Mapping[str, Any],
    table: pd.DataFrame,
    fields: Mapping[str, np.ndarray],
) -> None:
    """Keep what was measured, by what, and what is to be said of the latents.

    The file that says so, with the sums of the others, goes first and comes last: killed on the
    way, the run is measured again.
    """
    forget_measures(folder)
    with writing(folder / RECONSTRUCTION) as part, h5py.File(part, "w") as file:
        for name, values in fields.items():
            file[f"test/{name}"] = values
    write_text(folder / METRICS, table.to_csv(index=False))
    # of that fit, too: what was measured of another is not of this one
    seal(folder / MEASURES, {"measured_by": by, **said}, (FIT, METRICS, RECONSTRUCTION))
    (folder / ERROR).unlink(missing_ok=True)


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
