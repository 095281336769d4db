"""The command line: parse, call, print."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from rom import __version__, cli_compare, cli_data, cli_latents
from rom.cli_options import (
    Axes,
    Coarsen,
    Dataset,
    Every,
    Goal,
    Mask,
    Parameters,
    Points,
    Select,
    Time,
    Tolerance,
    Variables,
    Weights,
    in_shell,
    mapping_of,
)
from rom.data.hdf5_signature import expect
from rom.errors import InputError, RomError
from rom.strings import in_json, one_line
from rom.terminal import note, say, show

app = typer.Typer(
    name="rom",
    help=(
        "How many variables describe my data, what does each cost in accuracy, and are they"
        " independent?"
    ),
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_data.app)

# the base of all parser errors; typer does not export it
UsageError: type[typer.BadParameter] = typer.BadParameter.__mro__[1]


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"rom-compare {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    """How many variables describe my data, what does each cost in accuracy, and are they
    independent?
    """


INTERRUPTED = "interrupted; what was finished is kept; the same command resumes from it"


def main() -> None:
    """Entry point. Exit status: 0 done, 1 a run failed or an error of this package, 2 the input was
    wrong; each one line on stderr, and with ``--debug``, anywhere in the command, the traceback.
    """
    debug = "--debug" in sys.argv[1:]
    sys.argv[1:] = [argument for argument in sys.argv[1:] if argument != "--debug"]
    try:
        _run()
    except Exception as error:
        if debug:
            for line in "".join(traceback.format_exception(error)).splitlines():
                note(line)
        _stop(*_said(error))


def _said(error: Exception) -> tuple[str, int]:
    """What is printed of an error, and the exit status."""
    if isinstance(error, UsageError):
        # without a command typer has printed the help and has nothing to add
        return f"error: {error.format_message() or 'a command is missing'}", 2
    if isinstance(error, typer.Abort):
        return f"error: {INTERRUPTED}", 130
    if isinstance(error, InputError):
        return f"error: {in_shell(str(error))}", 2
    if isinstance(error, RomError):
        return f"error: {error}", 1
    if isinstance(error, OSError):  # a full disk, a file that another program holds
        return f"error: {error}", 2
    said = f"internal error: {type(error).__name__}: {error}"
    return f"{said[:500]}; run again with --debug, and report what it shows", 1


def _run() -> None:
    try:
        status = app(standalone_mode=False)
    except KeyboardInterrupt:
        _stop(f"error: {INTERRUPTED}", 130)
    if status == 130:  # what typer makes of Ctrl-C
        _stop(f"error: {INTERRUPTED}", 130)
    sys.exit(status or 0)


def _stop(message: str, status: int) -> None:
    note(f"rom: {one_line(message)}")
    sys.exit(status)


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
    parameters: Parameters = None,
    points: Points = None,
    select: Select = None,
    coarsen: Coarsen = None,
    every: Every = None,
    full: Annotated[
        bool, typer.Option("--full", help="Look at all values, not at a sample.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Say what is in a file, what would be read, how large it is, and what is wrong with it."""
    import json

    expect(data)
    from rom.data.inspection.report import inspect_data
    from rom.data.inspection.text import lines

    mapping = mapping_of(
        variables, dataset, parameters, points, axes=axes, time=time, weights=weights, mask=mask,
        select=select, coarsen=coarsen, every=every,
    )  # fmt: skip
    found = inspect_data(data[0] if len(data) == 1 else data, mapping, whole=full)
    if as_json:
        show(in_json(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False)))
    else:
        say(*lines(found))
    if mapping and not found["readable"]:  # the options are the user's, and they do not fit
        raise InputError(found["problems"][0]["message"])
    return 0


for command in (
    cli_compare.compare,
    cli_latents.encode,
    cli_latents.decode,
    cli_latents.independence,
):
    app.command()(command)


@app.command()
def report(
    folders: Annotated[
        list[Path],
        typer.Argument(
            metavar="DIR...", help="Folder of a comparison, or several of the same data."
        ),
    ],
    goal: Goal = None,
    tolerance: Tolerance = None,
    out: Annotated[
        Path | None,
        typer.Option(help="With several folders, where the page goes. Default: rom-several."),
    ] = None,
) -> None:
    """Rebuild the report of a comparison, or put several of the same data on one page.

    What this version measures and the folder lacks is measured; nothing is trained.
    """
    import joblib

    from rom.evaluation.again import measure_again
    from rom.evaluation.results import write_results, write_variants
    from rom.report.page.several import write_several
    from rom.report.page.write import write_report
    from rom.study.lock import locked
    from rom.study.store import Store

    stores = [Store.open(folder) for folder in folders]
    with ExitStack() as locks:
        for store in stores:
            if os.access(store.path, os.W_OK):  # an archive is only read
                locks.enter_context(locked(store.path))
        for store in stores:
            for done in measure_again(store):
                note(f"note: {done}")
            if not store.finished():  # results.csv may be all that is left of them
                raise InputError(f"{store.path}: no finished run there; run the comparison again")
        if len(stores) > 1:
            target = out or Path("rom-several")
            say(f"report: {write_several(stores, target, goal=goal, tolerance=tolerance)}")
            return
        write_results(stores[0])
        write_variants(stores[0])
        jobs = joblib.cpu_count()
        page = write_report(stores[0], folders[0], goal=goal, tolerance=tolerance, jobs=jobs)
    cli_compare.answer(stores[0], goal=goal, tolerance=tolerance)
    say(f"report: {page}")
