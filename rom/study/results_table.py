"""The tidy tables of a store: a row for each run, split and metric, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rom.study.files import reading

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["dataset", "reducer", "n_components", "beta", "seed", "split", "metric", "value", "unit"]
#: Of the estimates that have them: 95 % interval, value of independent latents, snapshots, and what
#: these are worth.
STATISTICS = ["low", "high", "null", "p_value", "n", "n_eff", "reason"]
#: What the name of a metric is made of, see :func:`rom.study.values.number`.
NAME = ["measure", "key", "latents"]
IDENTITY = [*NAME, "run", "split_kind", "tau", "tau_share", "beta_mean", "beta_norm"]
#: Columns of words; all others hold numbers.
WORDS = {"dataset", "reducer", "split", "metric", "unit", "run", "split_kind", "reason", *NAME}


def read(path: Path) -> pd.DataFrame:
    """The rows of one finished run, from its file."""
    import pandas as pd

    # words stay as they are: a data set may be called 007 or NA
    columns = COLUMNS + STATISTICS + IDENTITY
    numbers = {column: [""] for column in columns if column not in WORDS}
    words = dict.fromkeys(WORDS, str)
    with reading(path):
        frame = pd.read_csv(path, dtype=words, keep_default_na=False, na_values=numbers)
        return frame.astype({"n_components": int, "seed": int, "beta": float, "value": float})


def error_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that hold the relative error of the test set."""
    return table[(table.metric == "relative_error") & (table["split"] == "test")]


def error_of_run(table: pd.DataFrame) -> float:
    """The relative error of the test set in the table of one run."""
    return float(error_rows(table)["value"].iloc[0])


def join(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """One table of those of several runs."""
    import pandas as pd

    frames = [frame.dropna(axis=1, how="all") for frame in frames]
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    return table.reindex(columns=COLUMNS + STATISTICS + IDENTITY)
