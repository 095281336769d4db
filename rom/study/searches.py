"""What was searched for a study: paths over beta before its runs, trials of options after them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rom.study.files import reading
from rom.study.matrix import Run
from rom.study.store import Store
from rom.study.sums import seal

if TYPE_CHECKING:
    import pandas as pd


def write_path(store: Store, walk: Run, table: pd.DataFrame) -> None:
    """Keep what a walk over beta found."""
    (store.path / "beta").mkdir(exist_ok=True)
    store.write_table(f"beta/{walk.id}.csv", table)
    seal(store.path / "beta" / f"{walk.id}.json", walk.to_dict(), [f"{walk.id}.csv"])


def path_of(store: Store, walk: Run) -> pd.DataFrame | None:
    """What a walk found; None before it was done."""
    import pandas as pd

    path = store.path / "beta" / f"{walk.id}.csv"
    if not path.with_suffix(".json").is_file():  # it is written last
        return None
    with reading(path):
        return pd.read_csv(path)


def beta_paths(store: Store) -> list[pd.DataFrame]:
    """The walks of a study with beta = "auto", one for each reducer and number of latents."""
    with reading(store.study_file):
        walks = [Run(**entry) for entry in store.study().get("walks", [])]
    found = [path_of(store, walk) for walk in walks]
    return [path for path in found if path is not None]


@dataclass(frozen=True)
class Trial:
    """A fit with some options: its loss on the validation rows, infinite with an error."""

    run: Run
    loss: float
    seconds: float
    error: str = ""


@dataclass(frozen=True)
class Tuned:
    """What the trials of one method and size found.

    `options` are those of the least loss, none where the defaults had it; `runs` are all seeds with
    them. `seconds` is the time of all fits.
    """

    default: Run
    options: dict[str, Any]
    trials: int
    seconds: float
    default_loss: float
    loss: float
    runs: tuple[Run, ...]


def write_trial(store: Store, trial: Trial) -> None:
    """Keep a trial; what is there is whole."""
    (store.path / "tuning").mkdir(exist_ok=True)
    loss = trial.loss if math.isfinite(trial.loss) else None
    content = {
        "run": trial.run.to_dict(),
        "loss": loss,
        "seconds": trial.seconds,
        "error": trial.error,
    }
    seal(store.path / "tuning" / f"{trial.run.id}.json", content)


def trial_of(store: Store, run: Run) -> Trial | None:
    """The trial of a run; None before it was done."""
    path = store.path / "tuning" / f"{run.id}.json"
    if not path.is_file():
        return None
    with reading(path):
        found = json.loads(path.read_text(encoding="utf-8"))
        loss = math.inf if found["loss"] is None else float(found["loss"])
        return Trial(run, loss, float(found["seconds"]), str(found["error"]))


def trials(store: Store) -> list[Trial]:
    """All trials that are there, in the order of their names."""
    found = []
    for path in sorted((store.path / "tuning").glob("*.json")):
        with reading(path):
            run = Run(**json.loads(path.read_text(encoding="utf-8"))["run"])
        trial = trial_of(store, run)
        found += [] if trial is None else [trial]
    return found


def write_tuned(store: Store, found: list[Tuned]) -> None:
    """Say in study.json what was found; the runs may not be done yet."""
    entries = [
        {
            "default": one.default.id,
            "options": one.options,
            "trials": one.trials,
            "seconds": one.seconds,
            "default_loss": one.default_loss,
            "loss": one.loss,
            "runs": [run.to_dict() for run in one.runs],
        }
        for one in found
    ]
    store.write_study(store.study() | {"tuned": entries})


def tuned(store: Store) -> list[Tuned]:
    """What the trials of each method and size found; empty without tuning."""
    by_id = {run.id: run for run in store.runs()}
    with reading(store.study_file):
        return [
            Tuned(
                **{name: value for name, value in entry.items() if name not in ("default", "runs")},
                default=by_id[entry["default"]],
                runs=tuple(Run(**run) for run in entry["runs"]),
            )
            for entry in store.study().get("tuned", [])
        ]
