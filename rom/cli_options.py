"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from rom.errors import InputError

Variables = Annotated[str | None, typer.Option(help="Variables to take, with commas.")]
Dataset = Annotated[str | None, typer.Option(help="HDF5 dataset, or one per variable with commas.")]
Axes = Annotated[
    str | None, typer.Option(help="Its axes, e.g. 't y x c': t snapshots, c variables.")
]
Time = Annotated[str | None, typer.Option(help="HDF5 dataset of the times.")]
Weights = Annotated[str | None, typer.Option(help="HDF5 dataset of the cell weights.")]
Mask = Annotated[str | None, typer.Option(help="HDF5 dataset, true in cells without data.")]


def mapping_of(variables: str | None, dataset: str | None, **named: str | None) -> dict[str, Any]:
    """The options that say how to read a file, those that were given."""
    names = listed(dataset)
    mapping = {
        "variables": listed(variables),
        "dataset": names[0] if names and len(names) == 1 else names,
        **named,
    }
    return {name: value for name, value in mapping.items() if value is not None}


def numbers(text: str | None, kind: type, option: str) -> list[Any] | None:
    """Numbers with commas between them."""
    if text is None:
        return None
    try:
        return [kind(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise InputError(
            f"--{option} {text}: numbers with commas between them expected, e.g. 2,4"
        ) from error


def listed(text: str | None) -> list[str] | None:
    """Words with commas between them."""
    return [part.strip() for part in text.split(",") if part.strip()] if text is not None else None
