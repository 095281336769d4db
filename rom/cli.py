"""The command line: parse, call, print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from rom import __version__
from rom.errors import InputError, RomError
from rom.registry import REDUCERS

app = typer.Typer(
    name="rom",
    help="How many variables describe my data, what does each cost in accuracy, and are they independent?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data_app = typer.Typer(name="data", help="Data sets: list, show, fetch, make.", no_args_is_help=True)
app.add_typer(data_app)

# the base of all parser errors; typer does not export it
UsageError: type[typer.BadParameter] = typer.BadParameter.__mro__[1]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"rom-compare {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """How many variables describe my data, what does each cost in accuracy, and are they independent?"""


DEFAULT_DATA = "cylinder_wake"
INTERRUPTED = "interrupted; what was finished is kept, the same command goes on from there"


def main() -> None:
    """Entry point. Exit status: 0 done, 1 a run failed, 2 the input was wrong (one line on stderr)."""
    try:
        status = app(standalone_mode=False)
    except UsageError as error:
        # without a command typer has printed the help and has nothing to add
        _stop(error.format_message() or "a command is missing", 2)
    except (typer.Abort, KeyboardInterrupt):
        _stop(INTERRUPTED, 130)
    except InputError as error:
        _stop(str(error), 2)
    except RomError as error:
        _stop(str(error), 1)
    except OSError as error:  # a full disk, a file that another program holds
        _stop(str(error), 2)
    else:
        if status == 130:  # what typer makes of Ctrl-C
            _stop(INTERRUPTED, 130)
        sys.exit(status or 0)


def _stop(message: str, status: int) -> None:
    print(f"rom: error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(status)


def _numbers(text: str | None, kind: type, option: str) -> list[Any] | None:
    if text is None:
        return None
    try:
        return [kind(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise InputError(f"--{option} {text}: numbers with commas between them expected, e.g. 2,4") from error


Variables = Annotated[str | None, typer.Option(help="Variables to take, with commas.")]
Dataset = Annotated[str | None, typer.Option(help="HDF5 dataset, or one per variable with commas.")]
Axes = Annotated[str | None, typer.Option(help="Its axes, e.g. 't y x c': t snapshots, c variables.")]
Time = Annotated[str | None, typer.Option(help="HDF5 dataset of the times.")]
Weights = Annotated[str | None, typer.Option(help="HDF5 dataset of the cell weights.")]
Mask = Annotated[str | None, typer.Option(help="HDF5 dataset, true in cells without data.")]


def _mapping(variables: str | None, dataset: str | None, **named: str | None) -> dict[str, Any]:
    """The options that say how to read a file, those that were given."""
    names = _list(dataset)
    mapping = {"variables": _list(variables), "dataset": names[0] if names and len(names) == 1 else names, **named}
    return {name: value for name, value in mapping.items() if value is not None}


@app.command()
def compare(
    data: Annotated[
        list[str] | None,
        typer.Argument(help=f"Data set name, file(s), card.toml or study.toml. Default: {DEFAULT_DATA}."),
    ] = None,
    reducers: Annotated[str | None, typer.Option(help=f"With commas, of {', '.join(REDUCERS)}.")] = None,
    components: Annotated[str | None, typer.Option(help="Numbers of latents, e.g. 2,4.")] = None,
    beta: Annotated[str | None, typer.Option(help="Weights of the KL divergence, e.g. 0.5,1,4, or auto.")] = None,
    beta_tolerance: Annotated[
        float | None, typer.Option(help="Of beta auto: share of the energy that may be given up, default 0.01.")
    ] = None,
    energy_share: Annotated[
        str | None, typer.Option(help="Instead of beta: shares of the variance below which latents go, e.g. 1e-4,1e-3.")
    ] = None,
    seeds: Annotated[int | None, typer.Option(help="Trainings per network, seeds 0, 1, ...")] = None,
    controls: Annotated[
        bool | None, typer.Option("--controls/--no-controls", help="A linear autoencoder beside POD and networks.")
    ] = None,
    audit: Annotated[
        bool | None, typer.Option("--audit", help="One seed of every network again, for twice as many steps.")
    ] = None,
    splits: Annotated[int | None, typer.Option(help="Compare on so many splits: is a difference significant?")] = None,
    learning_curve: Annotated[
        bool | None, typer.Option("--learning-curve", help="Also with a quarter and a half of the training snapshots.")
    ] = None,
    tune: Annotated[
        int | None, typer.Option(help="Trials of options for every method and number of latents, e.g. 20.")
    ] = None,
    tune_seconds: Annotated[float | None, typer.Option(help="Or so many seconds of fits for each.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training snapshots.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Runs at the same time. Default: one per core.")] = None,
    threads: Annotated[int | None, typer.Option(help="Threads of each run. Default: the cores over the jobs.")] = None,
    checkpoint_seconds: Annotated[float, typer.Option(help="How often a training is kept, to go on from.")] = 30.0,
    cluster: Annotated[str | None, typer.Option(help="Dask scheduler to run on, e.g. tcp://head:8786.")] = None,
    memory_limit: Annotated[str | None, typer.Option(help="Memory for the data in each run, e.g. 1GB.")] = None,
    missing: Annotated[str | None, typer.Option(help="Snapshots that lack values: error or drop-snapshots.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for results and report. Default: rom-DATA.")] = None,
    variables: Variables = None,
    dataset: Dataset = None,
    axes: Axes = None,
    time: Time = None,
    weights: Weights = None,
    mask: Mask = None,
    split: Annotated[
        str | None, typer.Option(help="auto, own, trajectories, blocks, random, interpolation, extrapolation.")
    ] = None,
    parameter: Annotated[str | None, typer.Option(help="Parameter of an inter- or extrapolation split.")] = None,
) -> int:
    """Compare reducers on the same snapshots and write a report."""
    from rom.comparison import run_study
    from rom.data.open import data_name
    from rom.study.config import Study, read_study

    mapping = _mapping(variables, dataset, axes=axes, time=time, weights=weights, mask=mask)
    given: dict[str, Any] = {
        "reducers": _list(reducers),
        "n_components": _numbers(components, int, "components"),
        "beta": beta if beta == "auto" else _numbers(beta, float, "beta"),
        "beta_tolerance": beta_tolerance,
        "energy_share": _numbers(energy_share, float, "energy-share"),
        "seeds": seeds,
        "controls": controls,
        "audit": audit,
        "splits": splits,
        "learning_curve": learning_curve,
        "tune": tune,
        "tune_seconds": tune_seconds,
        "epochs": epochs,
        "memory_limit": memory_limit,
        "missing": missing,
    }
    files = data or [DEFAULT_DATA]
    is_study = len(files) == 1 and _is_study(files[0])
    base = read_study(files[0]) if is_study else Study(data=files[0] if len(files) == 1 else tuple(files))
    given |= {"mapping": mapping, "split": {"kind": split, "parameter": parameter}}
    study = base.with_options(given, files[0] if is_study else "command line")
    out = out or Path(f"rom-{data_name(study.data)}")
    comparison = run_study(
        study, out=out, jobs=jobs, threads=threads, show_progress=True, cluster=cluster,
        checkpoint_seconds=checkpoint_seconds, alone=True,
    )  # fmt: skip
    print("writing the report", file=sys.stderr, flush=True)
    print(f"report: {comparison.report()}\ntable:  {comparison.path / 'results.csv'}")
    for warning in comparison.warnings:
        print(f"note: {warning}", file=sys.stderr)
    for run_id, reason in comparison.failures.items():
        print(f"rom: run {run_id} failed: {reason}", file=sys.stderr)
    return 1 if comparison.failures else 0


@app.command()
def inspect(
    data: Annotated[list[str], typer.Argument(metavar="FILE...", help="File(s), a pattern, or a data set name.")],
    variables: Variables = None,
    dataset: Dataset = None,
    axes: Axes = None,
    time: Time = None,
    weights: Weights = None,
    mask: Mask = None,
    full: Annotated[bool, typer.Option("--full", help="Look at all values, not at a sample.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Say what is in a file, what would be read, how large it is, and what is wrong with it."""
    import json

    from rom.data.inspection.report import inspect_data
    from rom.data.inspection.text import lines

    mapping = _mapping(variables, dataset, axes=axes, time=time, weights=weights, mask=mask)
    found = inspect_data(data[0] if len(data) == 1 else data, mapping, whole=full)
    print(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) if as_json else "\n".join(lines(found)))
    if mapping and not found["readable"]:  # the options are the user's, and they do not fit
        raise InputError(found["problems"][0]["message"])
    return 0


def _list(text: str | None) -> list[str] | None:
    return [part.strip() for part in text.split(",") if part.strip()] if text is not None else None


def _is_study(data: str) -> bool:
    return data.endswith(".toml") and Path(data).name != "card.toml"


Model = Annotated[Path, typer.Argument(help="Folder of a run (OUT/runs/ID) or a saved model.")]


@app.command()
def encode(
    model: Model,
    data: Annotated[list[str], typer.Argument(help="Data set name, file(s) or card.toml: the snapshots.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="HDF5 file for the latents.")],
    variables: Variables = None,
    dataset: Dataset = None,
    axes: Axes = None,
    time: Time = None,
    weights: Weights = None,
    mask: Mask = None,
) -> None:
    """Write the latents of snapshots."""
    from rom.data.open import open_mapped
    from rom.reducers.coding import encode_file

    mapping = _mapping(variables, dataset, axes=axes, time=time, weights=weights, mask=mask)
    snapshots = open_mapped(data[0] if len(data) == 1 else data, mapping)
    n, k = encode_file(model, snapshots, out).values.shape
    for note in snapshots.assumptions:
        print(f"note: {note}", file=sys.stderr)
    print(f"latents: {out} ({n} snapshots, {k} latents)")


@app.command()
def decode(
    model: Model,
    out: Annotated[Path, typer.Option("--out", "-o", help="HDF5 file for the fields.")],
    latents: Annotated[Path | None, typer.Argument(help="HDF5 file of 'rom encode', or .npy.")] = None,
    modes: Annotated[bool, typer.Option("--modes", help="The modes of the model instead.")] = False,
) -> None:
    """Write the fields of latents, or the modes of a model, as HDF5 and XDMF for ParaView."""
    from rom.reducers.coding import decode_file

    if modes == (latents is not None):
        raise InputError("give a file of latents or --modes, one of the two")
    files, notes = decode_file(model, latents, out)
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    print(f"fields: {files[0]}\nXDMF:   {', '.join(map(str, files[1:]))}")


@app.command()
def independence(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Latents: .npy, .csv or HDF5 (e.g. of 'rom encode').")],
    dataset: Annotated[str | None, typer.Option(help="HDF5 dataset of the latents; by default 'latents'.")] = None,
    active: Annotated[str | None, typer.Option(help="Numbers of the active latents from 0, e.g. 0,2.")] = None,
    unordered: Annotated[bool, typer.Option("--unordered", help="The order of the rows means nothing.")] = False,
    form: Annotated[
        str | None, typer.Option("--format", help="table, csv or json; by default what --out ends with, else a table.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File for the card, instead of the terminal.")] = None,
) -> None:
    """How independent latents from anywhere are: every measure with its null value, interval and p value."""
    from rom.data.write.files import check_free
    from rom.metrics.card import independence as measured
    from rom.reducers.latents import read_latents
    from rom.report.independence import write_card

    if out is not None:
        check_free([out], [file])
    found = read_latents(file, dataset=dataset, finite=False)
    if unordered and found.times is not None:
        raise InputError(f"{file}: its times give the rows an order; leave out --unordered, or the times")
    if found.times is not None:
        print(f"note: rows are in the order of the times in {file}", file=sys.stderr)
    numbers = _numbers(active, int, "active")
    card = measured(
        found.values, active=numbers, times=found.times, log_variance=found.log_variance, ordered=not unordered
    )
    write_card(card, form, out)


@app.command()
def report(folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a comparison.")]) -> None:
    """Build the report of a comparison anew; what this version measures and the store lacks is measured."""
    from rom.evaluation.again import measure_again
    from rom.evaluation.results import write_results, write_variants
    from rom.report.page import write_report
    from rom.study.store import Store

    store = Store.open(folder)
    for note in measure_again(store):
        print(f"note: {note}", file=sys.stderr)
    if not store.finished():  # results.csv may be all that is left of them
        raise InputError(f"{folder}: no finished run there; run the comparison again")
    write_results(store)
    write_variants(store)
    print(f"report: {write_report(store, folder)}")


@data_app.command("list")
def data_list() -> None:
    """List the data sets."""
    from rom.data import catalog

    for name in catalog.dataset_names():
        card = catalog.find_card(name)
        there = "" if None not in catalog.locate(card) else " (not there yet)"
        print(f"{name:<20} {card.title} [{card.kind}{there}]")


@data_app.command("show")
def data_show(name: str) -> None:
    """Show a data set's card and where its files are."""
    from rom.data import catalog
    from rom.study.config import DEFAULT_ENERGY_SHARE

    card = catalog.find_card(name)
    print(f"{card.name}: {card.title}\n{card.description}")
    print(f"source:   {card.source}\nlicence:  {card.licence}\ncitation: {card.citation}\nkind:     {card.kind}")
    for file, path in zip(card.files, catalog.locate(card), strict=True):
        print(f"file:     {file.name}: {path or f'not there yet, goes to {catalog.data_home() / card.name}'}")
    suggested = card.suggested
    shares = suggested.energy_share
    betas, default = suggested.beta, list(DEFAULT_ENERGY_SHARE)
    weight = f"beta {list(betas)}" if betas else f"energy_share {list(shares) if shares else default}"
    print(f"suggested: n_components {list(suggested.n_components)}, {weight} {suggested.options}")


@data_app.command("fetch")
def data_fetch(name: str) -> None:
    """Download (or make) a data set's files and check them."""
    from rom.data import catalog

    for path in catalog.fetch(catalog.find_card(name)):
        print(path)


@data_app.command("make")
def data_make(name: str) -> None:
    """Make a data set's file anew with its generate.py."""
    from rom.data import catalog

    for path in catalog.make(catalog.find_card(name)):
        print(path)
