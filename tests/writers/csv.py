"""A table: a line for each snapshot, its time and the values of one variable."""

from pathlib import Path

import pandas as pd

from tests.writers.field import NT, Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.csv"
    values = field.u.reshape(NT, -1)
    columns = {f"u_{i}": values[:, i] for i in range(values.shape[1])}
    pd.DataFrame({"time": field.times, **columns}).to_csv(path, index=False)
    return Written(path, ("u",), ("u",), coordinates=False)
