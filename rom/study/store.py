"""The run store: a folder with one study, its finished runs and its results table. The report reads only this."""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from rom.data.formats import hdf5
from rom.data.write.canonical import storable
from rom.errors import InputError
from rom.reducers.persistence import FILE_NAME
from rom.study.differences import differences
from rom.study.matrix import Run

if TYPE_CHECKING:
    import pandas as pd

FORMAT, VERSION = "rom-store", 1
N_EXAMPLES = 6
COLUMNS = ["dataset", "reducer", "n_components", "beta", "seed", "split", "metric", "value", "unit"]
#: Of a run: the error of each test snapshot, and the root mean square error of each packed feature.
RECONSTRUCTION = "reconstruction.h5"
CHECKPOINT = "checkpoint.safetensors"
#: What a start that was killed before it could write study.json may leave.
FIRST_FILES = re.compile(r"study\.json\.part|\.rom-[0-9a-f]{8}")
#: Of the estimates that have them: 95 % interval, value of independent latents, snapshots, and what these are worth.
STATISTICS = ["low", "high", "null", "p_value", "n", "n_eff", "reason"]
IDENTITY = ["run", "split_kind", "tau", "tau_share", "beta_mean", "beta_norm"]


class Store:
    """A folder ``OUT``.

    ``study.json``: what was compared (study, data, split, pipeline, versions, runs).
    ``data.h5``: times, trajectories, parameters and rows of each part; example fields of the test part.
    ``runs/<id>/``: ``run.json``, ``metrics.csv``, ``history.csv``, ``latents.h5``, ``reconstruction.h5``,
    ``model.safetensors``;
    ``error.txt`` instead where the run failed. ``results.csv``: the tidy table of all runs;
    ``differences.csv``: which methods differ by more than their seeds do.

    Files, and folders of runs, get their names when they are whole: whenever the process dies, what is there counts.
    ``runs/<id>.part/`` holds the attempts at an unfinished run and the checkpoint that the next one goes on from;
    ``rows.part/`` what the processes of a comparison share while it lasts.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @classmethod
    def open(cls, path: str | Path) -> Store:
        """An existing store."""
        store = cls(path)
        if not store.study_file.is_file():
            raise InputError(f"{path}: no results of a comparison there (study.json is missing)")
        content = store.study()
        if content.get("format") != FORMAT:
            raise InputError(f"{store.study_file}: not written by this package")
        if not isinstance(content.get("version"), int) or content["version"] > VERSION:
            raise InputError(
                f"{store.study_file}: written by a newer version of this package, update it to read the file"
            )
        store.runs()
        return store

    @classmethod
    def check_free(cls, path: str | Path) -> Store:
        """A store that can be written: the folder is missing, empty, or a store already. Writes nothing."""
        path = Path(path)
        try:
            if path.exists() and not path.is_dir():
                raise InputError(f"{path} is a file, not a folder; choose another --out")
            others = [item for item in path.iterdir() if not FIRST_FILES.fullmatch(item.name)] if path.is_dir() else []
            if others and not (path / "study.json").is_file():
                raise InputError(f"{path} holds something else; choose an empty or a new folder for --out")
        except OSError as error:
            raise InputError(f"{path}: cannot be a folder for --out: {error.strerror}") from error
        return cls.open(path) if (path / "study.json").is_file() else cls(path)

    @property
    def study_file(self) -> Path:
        return self.path / "study.json"

    def study(self) -> dict[str, Any]:
        """The content of study.json."""
        try:
            return dict(json.loads(self.study_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise InputError(f"{self.study_file}: cannot be read: {error}") from error

    def leakage(self) -> dict[str, Any]:
        """How near the test snapshots lie to training snapshots (rom.study.leakage); of an older study, not known."""
        return dict(self.study().get("leakage", {"leaks": False, "text": "not measured"}))

    def write_study(self, content: Mapping[str, Any]) -> None:
        """Write study.json; this is what makes the folder a store, so it is the first thing there."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {error.strerror}") from error
        self._replace(self.study_file, json.dumps({"format": FORMAT, "version": VERSION, **content}, indent=1))
        (self.path / "runs").mkdir(exist_ok=True)

    def _replace(self, target: Path, text: str) -> None:
        part = target.with_name(target.name + ".part")
        part.write_text(text, encoding="utf-8")
        _to_disk(part)
        part.replace(target)

    # ---- runs ----------------------------------------------------------------------------------

    def folder(self, run_id: str) -> Path:
        return self.path / "runs" / run_id

    def part_folder(self, run_id: str) -> Path:
        """Where the attempts at a run write, each into a folder of its own, until one is complete."""
        return self.path / "runs" / f"{run_id}.part"

    def checkpoint_file(self, run_id: str) -> Path:
        """The state of a run's training, which the next attempt goes on from."""
        return self.part_folder(run_id) / CHECKPOINT

    @property
    def shared_folder(self) -> Path:
        """What the processes of a comparison share while it lasts."""
        return self.path / "rows.part"

    def runs(self) -> list[Run]:
        """All runs of the study, finished or not."""
        with self._reading(self.study_file):
            return [Run(**entry) for entry in self.study()["runs"]]

    def is_done(self, run: Run) -> bool:
        return (self.folder(run.id) / "run.json").is_file()

    def finished(self) -> list[Run]:
        return [run for run in self.runs() if self.is_done(run)]

    def failures(self) -> dict[str, str]:
        """Run id -> reason, for the runs that failed."""
        files = {run.id: self.folder(run.id) / "error.txt" for run in self.runs()}
        return {i: f.read_text(encoding="utf-8").strip() for i, f in files.items() if f.is_file()}

    def start(self, run: Run) -> Path:
        """An empty folder for one attempt at a run; what others left is removed, but not the checkpoint.

        Each attempt has a folder of its own: one that was given up for dead and goes on finds its folder gone, and
        cannot write into that of the attempt which took its place. A checkpoint it may still write is a state of the
        same training, whole like any other: it makes no difference to what the new attempt ends with.
        """
        part = self.part_folder(run.id)
        for left in part.iterdir() if part.is_dir() else ():
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            elif left.name != CHECKPOINT:
                left.unlink(missing_ok=True)
        if not self.is_done(run):
            shutil.rmtree(self.folder(run.id), ignore_errors=True)
        folder = part / uuid.uuid4().hex[:8]
        folder.mkdir(parents=True)
        return folder

    def finish(self, run: Run, folder: Path) -> None:
        """Make an attempt count, in one step, unless another was faster; other attempts and the checkpoint go."""
        if not self.is_done(run):
            for file in folder.iterdir():
                _to_disk(file)
            try:
                folder.replace(self.folder(run.id))
            except OSError:
                if not self.is_done(run):  # another was faster by the blink of an eye
                    raise
        shutil.rmtree(self.part_folder(run.id), ignore_errors=True)

    def fail(self, run: Run, reason: str, attempt: Path | None = None) -> None:
        """Keep nothing of a run but why it failed; an attempt whose place another has taken has no say."""
        if self.is_done(run) or (attempt is not None and not attempt.is_dir()):
            return
        shutil.rmtree(self.part_folder(run.id), ignore_errors=True)
        folder = self.start(run)
        (folder / "error.txt").write_text(reason + "\n", encoding="utf-8")
        self.finish(run, folder)

    def tidy(self) -> None:
        """Remove what an earlier comparison that was killed left for nobody: shared rows, attempts at finished runs."""
        shutil.rmtree(self.shared_folder, ignore_errors=True)
        for marker in self.path.glob(".rom-*"):
            if FIRST_FILES.fullmatch(marker.name):
                marker.unlink(missing_ok=True)
        for part in (self.path / "runs").glob("*.part"):
            if (part.with_suffix("") / "run.json").is_file():
                shutil.rmtree(part, ignore_errors=True)

    def run_info(self, run: Run) -> dict[str, Any]:
        path = self.folder(run.id) / "run.json"
        with self._reading(path):
            return dict(json.loads(path.read_text(encoding="utf-8")))

    def model(self, run: Run) -> Any:
        """The run's FieldModel."""
        from rom.reducers.persistence import load

        return load(self.folder(run.id) / FILE_NAME)

    def latents(self, run: Run, part: str = "test") -> np.ndarray:
        """Posterior means (n, k) of a part."""
        path = self.folder(run.id) / "latents.h5"
        with self._reading(path), h5py.File(path, "r") as file:
            return np.asarray(file[f"{part}/latents"][()])

    def relative_errors(self, run: Run) -> np.ndarray | None:
        """Relative error of each test snapshot (n,), None in a store of an older version."""
        return self._reconstruction(run, "test/relative_error")

    def error_map(self, run: Run) -> np.ndarray | None:
        """Root mean square error over the test snapshots of each packed feature, None in an older store."""
        return self._reconstruction(run, "test/error_map")

    def _reconstruction(self, run: Run, name: str) -> np.ndarray | None:
        path = self.folder(run.id) / RECONSTRUCTION
        if not path.is_file():
            return None
        with self._reading(path), h5py.File(path, "r") as file:
            return np.asarray(file[name][()])

    def history(self, run: Run) -> pd.DataFrame | None:
        """Losses per epoch, None for a reducer without training."""
        import pandas as pd

        path = self.folder(run.id) / "history.csv"
        with self._reading(path):
            return pd.read_csv(path) if path.is_file() else None

    # ---- data ----------------------------------------------------------------------------------

    def write_data(self, prepared: Any) -> None:
        """Times, trajectories, parameters and row numbers of each part, and the example fields of the test part."""
        part_file = self.path / "data.h5.part"
        with h5py.File(part_file, "w") as file:
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
                    group[f"parameters/{name}"] = storable(values)
            test = prepared.part("test")
            chosen = np.unique(np.linspace(0, len(test) - 1, N_EXAMPLES).round().astype(int))
            file["examples/positions"] = chosen
            file["examples/rows"] = test[chosen]
            file["train_mean"] = prepared.train_mean
        _to_disk(part_file)
        part_file.replace(self.path / "data.h5")

    def data(self, name: str) -> np.ndarray | None:
        """A dataset of data.h5, None where the data has no such thing."""
        path = self.path / "data.h5"
        with self._reading(path), h5py.File(path, "r") as file:
            return hdf5.values(file[name]) if name in file else None

    def parameter_names(self, part: str = "test") -> list[str]:
        path = self.path / "data.h5"
        with self._reading(path), h5py.File(path, "r") as file:
            return list(file.get(f"{part}/parameters", {}))

    # ---- results -------------------------------------------------------------------------------

    def table(self) -> pd.DataFrame:
        """The tidy table of all finished runs: one row per run, split and metric."""
        import pandas as pd

        frames = [self.metrics(run) for run in self.finished()]
        frames = [frame.dropna(axis=1, how="all") for frame in frames]
        table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
        return table.reindex(columns=COLUMNS + STATISTICS + IDENTITY)

    def metrics(self, run: Run) -> pd.DataFrame:
        """The rows of one finished run."""
        import pandas as pd

        path = self.folder(run.id) / "metrics.csv"
        # names stay as they are: a data set may be called 007 or NA
        names = {"dataset", "reducer", "split", "metric", "unit", "run", "split_kind", "reason"}
        numbers = {column: [""] for column in COLUMNS + STATISTICS + IDENTITY if column not in names}
        with self._reading(path):
            frame = pd.read_csv(path, dtype=dict.fromkeys(names, str), keep_default_na=False, na_values=numbers)
            return frame.astype({"n_components": int, "seed": int, "beta": float, "value": float})

    @contextmanager
    def _reading(self, path: Path) -> Iterator[None]:
        """What is damaged or missing in a store is an InputError that names the file."""
        try:
            yield
        except InputError:
            raise
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise InputError(f"{path}: damaged or missing ({error}); run the comparison again") from error

    def write_table(self) -> None:
        """Write results.csv and what follows from it, differences.csv."""
        table = self.table()
        self._replace(self.path / "results.csv", table.to_csv(index=False))
        self._replace(self.path / "differences.csv", self.differences(table).to_csv(index=False))

    def differences(self, table: pd.DataFrame | None = None) -> pd.DataFrame:
        """Paired differences of the methods over the seeds; controls, which run once, are left out."""
        table = self.table() if table is None else table
        return differences(table[table.reducer.isin(self.study()["study"]["reducers"])])


def _to_disk(path: Path) -> None:
    """What a file holds is on the disk before it gets its name: after a power cut too, what has a name is whole."""
    with open(path, "rb") as stream:
        os.fsync(stream.fileno())
