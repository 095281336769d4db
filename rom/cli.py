"""The command line: parse, call, print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from rom import __version__, cli_data, cli_latents
from rom.cli_options import (
    Axes,
    Dataset,
    Mask,
    Time,
    Variables,
    Weights,
    listed,
    mapping_of,
    numbers,
)
from rom.errors import InputError, RomError
from rom.registry import REDUCERS

app = typer.Typer(
    name="rom",
    help=(
        "How many variables describe my data, what does each cost in accuracy, and are they"
        " independent?"
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_data.app)

# the base of all parser errors; typer does not export it
UsageError: type[typer.BadParameter] = typer.BadParameter.__mro__[1]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"rom-compare {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """How many variables describe my data, what does each cost in accuracy, and are they
    independent?
    """


DEFAULT_DATA = "transient_wake"
INTERRUPTED = "interrupted; what was finished is kept, the same command goes on from there"


def main() -> None:
    """Entry point. Exit status: 0 done, 1 a run failed, 2 the input was wrong (one line on
    stderr).
    """
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


@app.command()
def compare(
    data: Annotated[
        list[str] | None,
        typer.Argument(
            help=f"Data set name, file(s), card.toml or study.toml. Default: {DEFAULT_DATA}."
        ),
    ] = None,
    reducers: Annotated[
        str | None, typer.Option(help=f"With commas, of {', '.join(REDUCERS)}.")
    ] = None,
    components: Annotated[str | None, typer.Option(help="Numbers of latents, e.g. 2,4.")] = None,
    beta: Annotated[
        str | None, typer.Option(help="Weights of the KL divergence, e.g. 0.5,1,4, or auto.")
    ] = None,
    beta_tolerance: Annotated[
        float | None,
        typer.Option(help="Of beta auto: share of the energy that may be given up, default 0.01."),
    ] = None,
    energy_share: Annotated[
        str | None,
        typer.Option(
            help="Instead of beta: shares of the variance below which latents go, e.g. 1e-4,1e-3."
        ),
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Trainings per network, seeds 0, 1, ...")
    ] = None,
    controls: Annotated[
        bool | None,
        typer.Option(
            "--controls/--no-controls",
            help="Linear autoencoder, kernel POD and POD-ICA beside networks.",
        ),
    ] = None,
    audit: Annotated[
        bool | None,
        typer.Option("--audit", help="One seed of every network again, for twice as many steps."),
    ] = None,
    splits: Annotated[
        int | None, typer.Option(help="Compare on so many splits: is a difference significant?")
    ] = None,
    learning_curve: Annotated[
        bool | None,
        typer.Option(
            "--learning-curve", help="Also with a quarter and a half of the training snapshots."
        ),
    ] = None,
    tune: Annotated[
        int | None,
        typer.Option(help="Trials of options for every method and number of latents, e.g. 20."),
    ] = None,
    tune_seconds: Annotated[
        float | None, typer.Option(help="Or so many seconds of fits for each.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training snapshots.")] = None,
    jobs: Annotated[
        int | None, typer.Option(help="Runs at the same time. Default: one per core.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads of each run. Default: the cores over the jobs.")
    ] = None,
    checkpoint_seconds: Annotated[
        float, typer.Option(help="How often a training is kept, to go on from.")
    ] = 30.0,
    cluster: Annotated[
        str | None, typer.Option(help="Dask scheduler to run on, e.g. tcp://head:8786.")
    ] = None,
    memory_limit: Annotated[
        str | None, typer.Option(help="Memory for the data in each run, e.g. 1GB.")
    ] = None,
    missing: Annotated[
        str | None, typer.Option(help="Snapshots that lack values: error or drop-snapshots.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for results and report. Default: rom-DATA.")
    ] = None,
    variables: Variables = None,
    dataset: Dataset = None,
    axes: Axes = None,
    time: Time = None,
    weights: Weights = None,
    mask: Mask = None,
    split: Annotated[
        str | None,
        typer.Option(help="auto, own, trajectories, blocks, random, interpolation, extrapolation."),
    ] = None,
    parameter: Annotated[
        str | None, typer.Option(help="Parameter of an inter- or extrapolation split.")
    ] = None,
) -> int:
    """Compare reducers on the same snapshots and write a report."""
    from rom.comparison import run_study
    from rom.data.open import data_name
    from rom.execution.progress import Progress
    from rom.study.config import Study, read_study

    mapping = mapping_of(variables, dataset, axes=axes, time=time, weights=weights, mask=mask)
    given: dict[str, Any] = {
        "reducers": listed(reducers),
        "n_components": numbers(components, int, "components"),
        "beta": beta if beta == "auto" else numbers(beta, float, "beta"),
        "beta_tolerance": beta_tolerance,
        "energy_share": numbers(energy_share, float, "energy-share"),
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
    base = (
        read_study(files[0])
        if is_study
        else Study(data=files[0] if len(files) == 1 else tuple(files))
    )
    given |= {"mapping": mapping, "split": {"kind": split, "parameter": parameter}}
    study = base.with_options(given, files[0] if is_study else "command line")
    out = out or Path(f"rom-{data_name(study.data)}")
    comparison = run_study(
        study, out=out, jobs=jobs, threads=threads, show_progress=True, cluster=cluster,
        checkpoint_seconds=checkpoint_seconds, alone=True,
    )  # fmt: skip
    with Progress().stage("writing the report"):
        page = comparison.report()
    print(f"report: {page}\ntable:  {comparison.path / 'results.csv'}")
    for warning in comparison.warnings:
        print(f"note: {warning}", file=sys.stderr)
    for run_id, reason in comparison.failures.items():
        print(f"rom: run {run_id} failed: {reason}", file=sys.stderr)
    return 1 if comparison.failures else 0


@app.command()
def inspect(
    data: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="File(s), a pattern, or a data set name.")
    ],
    variables: Variables = None,
    dataset: Dataset = None,
    axes: Axes = None,
    time: Time = None,
    weights: Weights = None,
    mask: Mask = None,
    full: Annotated[
        bool, typer.Option("--full", help="Look at all values, not at a sample.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Say what is in a file, what would be read, how large it is, and what is wrong with it."""
    import json

    from rom.data.inspection.report import inspect_data
    from rom.data.inspection.text import lines

    mapping = mapping_of(variables, dataset, axes=axes, time=time, weights=weights, mask=mask)
    found = inspect_data(data[0] if len(data) == 1 else data, mapping, whole=full)
    print(
        json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)
        if as_json
        else "\n".join(lines(found))
    )
    if mapping and not found["readable"]:  # the options are the user's, and they do not fit
        raise InputError(found["problems"][0]["message"])
    return 0


def _is_study(data: str) -> bool:
    return data.endswith(".toml") and Path(data).name != "card.toml"


for command in (cli_latents.encode, cli_latents.decode, cli_latents.independence):
    app.command()(command)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a comparison.")],
) -> None:
    """Build the report of a comparison anew; what this version measures and the store lacks is
    measured.
    """
    from rom.evaluation.again import measure_again
    from rom.evaluation.results import write_results, write_variants
    from rom.report.page.write import write_report
    from rom.study.store import Store

    store = Store.open(folder)
    for note in measure_again(store):
        print(f"note: {note}", file=sys.stderr)
    if not store.finished():  # results.csv may be all that is left of them
        raise InputError(f"{folder}: no finished run there; run the comparison again")
    write_results(store)
    write_variants(store)
    print(f"report: {write_report(store, folder)}")
