"""data.h5 of a store: what belongs to the snapshots of each part, and a few of the test set."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from rom.data.formats.common import hdf5
from rom.data.hdf5_open import open_hdf5
from rom.data.snapshots import Snapshots
from rom.data.write.canonical import link_name, storable
from rom.spaced import evenly_spaced
from rom.study.files import reading
from rom.study.prepare import Prepared

#: Snapshots of the test set that reports show, at least and at most, and bytes of them: the page's
#: explorer knows the error at these.
EXAMPLES, EXAMPLE_BYTES = (6, 64), 2**26


def write(path: Path, prepared: Prepared) -> None:
    """Times, trajectories, parameters and row numbers of each part, and the example fields of the
    test set.
    """
    with h5py.File(path, "w") as file:
        for part in ("train", "validation", "test"):
            rows = prepared.part(part)
            group = file.create_group(part)
            group["rows"] = getattr(prepared.split, part)
            if rows.times is not None:
                group["times"] = rows.times
                group["times"].attrs["units"] = rows.time_unit
            if rows.trajectories is not None:
                group["trajectories"] = rows.trajectories
            for name, values in rows.parameters.items():
                group[f"parameters/{link_name(name)}"] = storable(values)
        test = prepared.part("test")
        chosen = examples_of(test)
        file["examples/positions"] = chosen
        file["examples/rows"] = test[chosen]
        file["train_mean"] = prepared.train_mean


def examples_of(test: Snapshots) -> np.ndarray:
    """Which snapshots of the test set are kept: evenly spaced, as many as there is room for."""
    row_bytes = test.shape[1] * test.dtype.itemsize
    return evenly_spaced(len(test), int(np.clip(EXAMPLE_BYTES // row_bytes, *EXAMPLES)))


def read(path: Path, name: str) -> np.ndarray | None:
    """A dataset, None where the data has no such thing."""
    with reading(path), open_hdf5(path) as file:
        return hdf5.values(file[name]) if name in file else None


def parameter_names(path: Path, part: str) -> list[str]:
    """Names of the parameters of the snapshots of a part."""
    with reading(path), open_hdf5(path) as file:
        return list(file.get(f"{part}/parameters", {}))
