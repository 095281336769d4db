"""Values: what is measured of a run, row by row."""

from __future__ import annotations

from typing import Any

from rom.measures import measure_of

#: Rows of the results, see :func:`number`.
Values = list[dict[str, Any]]
#: Set of latents -> what the metric's name then ends in; "" for what is not of a set of latents.
SETS = {
    "": "",
    "all": "",
    "active": "_active",
    "sampled": "_sampled",
    "sampled active": "_sampled_active",
    "whitened": "_whitened",
}


def number(
    measure: str, value: float, *, key: str = "", latents: str = "", unit: str = "", **more: Any
) -> dict[str, Any]:
    """A row of the results.

    Parameters
    ----------
    measure : name in :mod:`rom.measures`, which has the unit unless `unit` says another
    key : which of its numbers, where it has several
    latents : which set of latents it was measured of, one of SETS
    more : any of rom.study.store.STATISTICS

    Returns
    -------
    dict
        With the column metric, one name for the three: ``measure_set[key]``.
    """
    name = f"{measure}{SETS[latents]}" + (f"[{key}]" if key else "")
    columns = {"metric": name, "measure": measure, "key": key, "latents": latents}
    unit = unit or measure_of(measure).unit
    return {**columns, "value": float(value), "unit": unit, **more}
