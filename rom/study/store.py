"""The run store: a folder with one study, its finished runs and its results table. The report reads
only this.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.errors import InputError, WriteError
from rom.files import sum_of, write_text, writing_together
from rom.reducers.persistence import FILE_NAME
from rom.study import data_file, results_table, run_folder
from rom.study.files import reading
from rom.study.matrix import Run
from rom.study.results_table import COLUMNS, IDENTITY, STATISTICS  # noqa: F401 (for others)
from rom.study.run_folder import FIT, LATENTS, MEASURES, RECONSTRUCTION  # noqa: F401
from rom.study.sums import FILES, seal, sealed

if TYPE_CHECKING:
    import pandas as pd

    from rom.study.prepare import Prepared

FORMAT, VERSION = "rom-store", 1
HEAD = {"format": FORMAT, "version": VERSION}
#: The parts whose latents are stored with a fit, and are measured.
ENCODED = ("train", "test")
CHECKPOINT = "checkpoint.safetensors"
#: Reducer, number of latents, beta (None without one).
MethodKey = tuple[str, int, float | None]
STUDY, DATA = "study.json", "data.h5"
#: Folders of the same comparison on other splits, or with less of the training set.
VARIANTS = ("splits", "learning")
#: A file by which the workers of a cluster see that the folder is theirs.
MARKER = r"\.rom-[0-9a-f]{8}"
#: What a start that was killed before it could write study.json may leave.
FIRST_FILES = re.compile(
    rf"(study\.json|data\.h5)\.[0-9a-f]{{8}}\.part|{MARKER}|\.rom-lock(\.json.*)?|copy\.part"
)


class Store:
    """A folder ``OUT``.

    ``study.json``: what was compared (study, data, split, pipeline, versions, runs).
    ``data.h5``: times, trajectories, parameters and rows of each part; example fields of the test
    set. ``runs/<id>/``: of the fit ``run.json``, ``history.csv``, ``latents.h5``,
    ``model.safetensors``; of what is measured of it ``metrics.csv``, ``reconstruction.h5``,
    ``measures.json``; ``error.txt`` where one of the two failed. ``results.csv``: the tidy table of
    all runs; ``differences.csv``: which methods differ by more than their seeds do.

    Files, and folders of runs, get their names when they are whole: whenever the process dies, what
    is there counts. ``runs/<id>.part/`` holds the attempts at an unfinished run and the checkpoint
    that the next one resumes from; ``rows.part/`` and ``copy.part/`` what the processes of a
    comparison share while it lasts.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    @classmethod
    def open(cls, path: str | Path) -> Store:
        """An existing store."""
        store = cls(path)
        if not store.study_file.is_file():
            raise InputError(f"{path}: no results of a comparison there ({STUDY} is missing)")
        content = store.study()
        if content.get("format") != FORMAT:
            raise InputError(f"{store.study_file}: not written by this package")
        if not isinstance(content.get("version"), int) or content["version"] > VERSION:
            raise InputError(
                f"{store.study_file}: written by a newer version of this package, update it to read"
                " the file"
            )
        store.runs()
        return store

    @classmethod
    def of_model(cls, path: str | Path) -> Store | None:
        """The store that the model of a run lies in, OUT of ``OUT/runs/ID``; None for others."""
        path = Path(path).resolve()
        folder = path if path.is_dir() else path.parent
        store = cls(folder.parent.parent)
        is_run = store.folder(folder.name) == folder and store.study_file.is_file()
        return cls.open(store.path) if is_run else None

    @classmethod
    def check_free(cls, path: str | Path) -> Store:
        """A store that can be written: the folder is missing, empty, or a store already. Writes
        nothing.
        """
        path = Path(path)
        try:
            if path.exists() and not path.is_dir():
                raise InputError(f"{path} is a file, not a folder; choose another --out")
            found = path.iterdir() if path.is_dir() else ()
            others = [item for item in found if not FIRST_FILES.fullmatch(item.name)]
            if others and not (path / STUDY).is_file():
                raise InputError(
                    f"{path} holds something else; choose an empty or a new folder for --out"
                )
        except OSError as error:
            raise InputError(f"{path}: cannot be a folder for --out: {error.strerror}") from error
        return cls.open(path) if (path / STUDY).is_file() else cls(path)

    @property
    def study_file(self) -> Path:
        return self.path / STUDY

    def study(self) -> dict[str, Any]:
        """The content of study.json."""
        try:
            return dict(json.loads(self.study_file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise InputError(f"{self.study_file}: cannot be read: {error}") from error

    def leakage(self) -> dict[str, Any]:
        """How near the test snapshots lie to training snapshots (rom.evaluation.leakage)."""
        return dict(self.study().get("leakage", {"leaks": False, "text": "not measured"}))

    def begin(self, content: Mapping[str, Any], prepared: Prepared) -> None:
        """Write study.json, which makes the folder a store, and data.h5: times, trajectories,
        parameters and row numbers of each part, and example fields of the test set.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WriteError(f"{self.path}: cannot be written: {error.strerror}") from error
        with writing_together([self.study_file, self.path / DATA]) as (study, data):
            data_file.write(data, prepared)
            text = sealed(HEAD | dict(content), {DATA: sum_of(data)})
            study.write_text(text, encoding="utf-8")
        (self.path / "runs").mkdir(exist_ok=True)

    def write_study(self, content: Mapping[str, Any]) -> None:
        """Write study.json again, of the same data."""
        seal(self.study_file, HEAD | dict(content), self.study()[FILES])

    # ---- runs ----------------------------------------------------------------------------------

    def folder(self, run_id: str) -> Path:
        return self.path / "runs" / run_id

    def part_folder(self, run_id: str) -> Path:
        """Where the attempts at a run write, each into a folder of its own, until one is
        complete.
        """
        return self.path / "runs" / f"{run_id}.part"

    def checkpoint_file(self, run_id: str) -> Path:
        """The state of a run's training, which the next attempt resumes from."""
        return self.part_folder(run_id) / CHECKPOINT

    @property
    def shared_folder(self) -> Path:
        """What the processes of a comparison share while it lasts."""
        return self.path / "rows.part"

    @property
    def copy_folder(self) -> Path:
        """A copy of the snapshots that is quick to read, while a comparison lasts."""
        return self.path / "copy.part"

    def runs(self) -> list[Run]:
        """All runs of the study, finished or not."""
        with reading(self.study_file):
            return [Run(**entry) for entry in self.study()["runs"]]

    def restarts(self) -> list[tuple[Run, Run]]:
        """Runs of the study, and what an audit trained again for twice as long; no part of the
        results.
        """
        by_id = {run.id: run for run in self.runs()}
        with reading(self.study_file):
            return [(by_id[of], Run(**entry)) for of, entry in self.study().get("restarts", [])]

    def is_fitted(self, run: Run) -> bool:
        return (self.folder(run.id) / FIT).is_file()

    def is_measured(self, run: Run) -> bool:
        """By these measures or by others: see :meth:`measured_by`."""
        return self.is_fitted(run) and run_folder.is_measured(self.folder(run.id))

    def measured_by(self, run: Run) -> str:
        """What the results of a run were measured by; nothing where that is not known, or they are
        gone.
        """
        return run_folder.measured_by(self.folder(run.id))

    def finished(self) -> list[Run]:
        """The runs that are fitted and measured."""
        return [run for run in self.runs() if self.is_measured(run)]

    def methods(self) -> dict[MethodKey, list[Run]]:
        """The finished runs of each reducer, number of latents and beta: its seeds."""
        found: dict[MethodKey, list[Run]] = {}
        for run in self.finished():
            found.setdefault((run.reducer, run.n_components, run.beta), []).append(run)
        return found

    def failures(self) -> dict[str, str]:
        """Run id -> reason, for the runs that failed."""
        files = {run.id: self.folder(run.id) / run_folder.ERROR for run in self.runs()}
        return {i: f.read_text(encoding="utf-8").strip() for i, f in files.items() if f.is_file()}

    def run_info(self, run: Run) -> dict[str, Any]:
        """What is said of a run: of its fit, and where it is measured of its latents."""
        return run_folder.info(self.folder(run.id))

    def write_measures(
        self,
        run: Run,
        measured_by: str,
        info: Mapping[str, Any],
        table: pd.DataFrame,
        fields: Mapping[str, np.ndarray],
    ) -> None:
        """Keep what was measured of a fitted run; killed on the way, it is measured again."""
        run_folder.write_measures(self.folder(run.id), measured_by, info, table, fields)

    def model(self, run: Run) -> Any:
        """The run's FieldModel."""
        from rom.reducers.persistence import load

        return load(self.folder(run.id) / FILE_NAME)

    def latents(self, run: Run, part: str = "test") -> np.ndarray:
        """Posterior means (n, k) of a part."""
        return run_folder.latents(self.folder(run.id), part)

    def log_variance(self, run: Run, part: str = "test") -> np.ndarray | None:
        """Log-variances (n, k) of the posteriors of a part; None without a posterior."""
        return run_folder.log_variance(self.folder(run.id), part)

    def relative_errors(self, run: Run) -> np.ndarray | None:
        """Relative error of each test snapshot (n,), None in a store of an older version."""
        return run_folder.of_test(self.folder(run.id), "relative_error")

    def snapshot_errors(self, run: Run) -> dict[str, np.ndarray]:
        """Of each test snapshot `squared_error` and `energy`, and its trajectory; nothing in an
        older store.
        """
        names = ("squared_error", "energy", "trajectories")
        found = {name: run_folder.of_test(self.folder(run.id), name) for name in names}
        return {name: values for name, values in found.items() if values is not None}

    def error_map(self, run: Run) -> np.ndarray | None:
        """Root mean square error over the test snapshots of each packed feature, None in an older
        store.
        """
        return run_folder.of_test(self.folder(run.id), "error_map")

    def history(self, run: Run) -> pd.DataFrame | None:
        """Losses per epoch, None for a reducer without training."""
        import pandas as pd

        path = self.folder(run.id) / run_folder.HISTORY
        with reading(path):
            return pd.read_csv(path) if path.is_file() else None

    # ---- variants ------------------------------------------------------------------------------

    def variants(self, kind: str) -> list[Store]:
        """The stores of the same study on other "splits", or with less of the training set
        ("learning").
        """
        folders = sorted(
            (self.path / kind).glob(f"*/{STUDY}"), key=lambda path: int(path.parent.name)
        )
        return [Store.open(path.parent) for path in folders]

    # ---- data ----------------------------------------------------------------------------------

    def data(self, name: str) -> np.ndarray | None:
        """A dataset of data.h5, None where the data has no such thing."""
        return data_file.read(self.path / DATA, name)

    def parameter_names(self, part: str = "test") -> list[str]:
        return data_file.parameter_names(self.path / DATA, part)

    # ---- results -------------------------------------------------------------------------------

    def table(self) -> pd.DataFrame:
        """The tidy table of all finished runs: one row per run, split and metric."""
        return results_table.join([self.metrics(run) for run in self.finished()])

    def metrics(self, run: Run) -> pd.DataFrame:
        """The rows of one finished run."""
        return results_table.read(self.folder(run.id) / run_folder.METRICS)

    def write_table(self, name: str, table: pd.DataFrame) -> None:
        """Write a table of all runs."""
        write_text(self.path / name, table.to_csv(index=False))
