"""The commands on latents: encode, decode, independence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rom.cli_options import (
    Axes,
    Coarsen,
    Dataset,
    Every,
    Mask,
    Parameters,
    Points,
    Select,
    Time,
    Variables,
    Weights,
    in_shell,
    mapping_of,
    numbers,
)
from rom.data.hdf5_signature import expect
from rom.errors import InputError
from rom.terminal import note, say

Model = Annotated[Path, typer.Argument(help="Folder of a run (OUT/runs/ID) or a saved model.")]


def encode(
    model: Model,
    data: Annotated[
        list[str], typer.Argument(help="Data set name, file(s) or card.toml: the snapshots.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="HDF5 file for the latents.")],
    variables: Variables = None,
    dataset: Dataset = None,
    axes: Axes = None,
    time: Time = None,
    weights: Weights = None,
    mask: Mask = None,
    parameters: Parameters = None,
    points: Points = None,
    select: Select = None,
    coarsen: Coarsen = None,
    every: Every = None,
) -> None:
    """Write the latents of snapshots. A file is read as that of the comparison was."""
    expect(data)
    from rom.data.open import open_mapped
    from rom.reducers.coding import encode_file
    from rom.study.damage import check_model

    mapping = mapping_of(
        variables, dataset, parameters, points, axes=axes, time=time, weights=weights, mask=mask,
        select=select, coarsen=coarsen, every=every,
    )  # fmt: skip
    store = check_model(model)
    known = {} if store is None else store.study()["study"]["mapping"]
    if known := {name: value for name, value in known.items() if name not in mapping}:
        said = ", ".join(f"{name}={value!r}" for name, value in known.items())
        note(f"note: read as in the comparison: {in_shell(said)}")
    mapping = known | mapping
    snapshots = open_mapped(data[0] if len(data) == 1 else data, mapping)
    n, k = encode_file(model, snapshots, out).values.shape
    for assumption in snapshots.assumptions:
        note(f"note: {assumption}")
    say(f"latents: {out} ({n} snapshots, {k} latents)")


def decode(
    model: Model,
    out: Annotated[Path, typer.Option("--out", "-o", help="HDF5 file for the fields, or .pvd.")],
    latents: Annotated[
        Path | None, typer.Argument(help="HDF5 file of 'rom encode', or .npy.")
    ] = None,
    modes: Annotated[bool, typer.Option("--modes", help="The modes of the model instead.")] = False,
) -> None:
    """Write the fields of latents, or the modes of a model, as HDF5 and XDMF for ParaView."""
    expect([latents] if latents else ())
    from rom.reducers.coding import decode_file
    from rom.study.damage import check_model

    if modes == (latents is not None):
        raise InputError("give a file of latents or --modes, one of the two")
    check_model(model)
    files, assumptions = decode_file(model, latents, out)
    for assumption in assumptions:
        note(f"note: {assumption}")
    if files[0].suffix == ".pvd":
        say(f"fields: {files[0]} and {len(files) - 1} files in {files[1].parent}")
        return
    say(f"fields: {files[0]}", f"XDMF:   {', '.join(map(str, files[1:]))}")


def independence(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Latents: .npy, .csv or HDF5 (e.g. of 'rom encode')."),
    ],
    dataset: Annotated[
        str | None, typer.Option(help="HDF5 dataset of the latents; by default 'latents'.")
    ] = None,
    active: Annotated[
        str | None, typer.Option(help="Numbers of the active latents from 0, e.g. 0,2.")
    ] = None,
    unordered: Annotated[
        bool, typer.Option("--unordered", help="The order of the rows means nothing.")
    ] = False,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", help="table, csv or json; by default what --out ends with, else a table."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File for the card, instead of the terminal.")
    ] = None,
) -> None:
    """How independent latents from anywhere are: every measure with its null value, interval and p
    value.
    """
    expect([file])
    from rom.data.write.files import check_free
    from rom.metrics.card import independence as measured
    from rom.reducers.latents import read_latents
    from rom.report.independence import write_card

    if out is not None:
        check_free([out], [file])
    found = read_latents(file, dataset=dataset, finite=False)
    if unordered and found.times is not None:
        raise InputError(
            f"{file}: its times give the rows an order; leave out --unordered, or the times"
        )
    if found.times is not None:
        note(f"note: rows are in the order of the times in {file}")
    if found.trajectories is not None and not unordered:
        count = len(set(found.trajectories.tolist()))
        note(f"note: rows of {count} trajectories, kept apart")
    card = measured(
        found.values,
        active=numbers(active, int, "active"),
        times=found.times,
        log_variance=found.log_variance,
        ordered=not unordered,
        trajectories=found.trajectories,
    )
    write_card(card, form, out)
