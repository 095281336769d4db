"""``rom compare``: its options, and what it says at the end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rom.cli_options import (
    DATA,
    METHODS,
    OUTPUT,
    RUNNING,
    TRAINING,
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
    listed,
    mapping_of,
    numbers,
)
from rom.data.hdf5_signature import expect
from rom.registry import REDUCERS
from rom.terminal import note, say, show

if TYPE_CHECKING:
    from rom.study.store import Store

DEFAULT_DATA = "transient_wake"


def compare(
    data: Annotated[
        list[str] | None,
        typer.Argument(
            help=f"Data set name, file(s), card.toml or study.toml. Default: {DEFAULT_DATA}."
        ),
    ] = None,
    reducers: Annotated[
        str | None,
        typer.Option(
            help=f"With commas, of {', '.join(REDUCERS)}. Default: pod,autoencoder,beta-vae.",
            rich_help_panel=METHODS,
        ),
    ] = None,
    components: Annotated[
        str | None,
        typer.Option(help="Numbers of latents. Default: 2,4.", rich_help_panel=METHODS),
    ] = None,
    beta: Annotated[
        str | None,
        typer.Option(
            help="Weights of the KL divergence, e.g. 0.5,1,4, or auto.", rich_help_panel=METHODS
        ),
    ] = None,
    beta_tolerance: Annotated[
        float | None,
        typer.Option(
            help="With beta auto: share of the energy that may be lost. Default: 0.01.",
            rich_help_panel=METHODS,
        ),
    ] = None,
    energy_share: Annotated[
        str | None,
        typer.Option(
            help="Instead of beta: shares of the variance below which latents are switched off."
            " Default: 1e-3.",
            rich_help_panel=METHODS,
        ),
    ] = None,
    controls: Annotated[
        bool | None,
        typer.Option(
            "--controls/--no-controls",
            help="Also a linear autoencoder, kernel POD and POD-ICA. Default: controls.",
            rich_help_panel=METHODS,
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            help="Fits of each network, seeds 0, 1, ... Default: 3.", rich_help_panel=TRAINING
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            help="Passes over the training set. Default: until nothing is gained.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    tune: Annotated[
        int | None,
        typer.Option(
            help=(
                "Trials of options for every method and number of latents, e.g. 20. Default: none."
            ),
            rich_help_panel=TRAINING,
        ),
    ] = None,
    tune_seconds: Annotated[
        float | None,
        typer.Option(help="Or seconds of fits for each of these.", rich_help_panel=TRAINING),
    ] = None,
    audit: Annotated[
        bool | None,
        typer.Option(
            "--audit",
            help="Fit one seed of every network for twice as many steps.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    splits: Annotated[
        int | None,
        typer.Option(
            help="Compare on several splits: is a difference significant? Default: 1.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    learning_curve: Annotated[
        bool | None,
        typer.Option(
            "--learning-curve",
            help="Also with a quarter and a half of the training set.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(help="Runs at the same time. Default: one per core.", rich_help_panel=RUNNING),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            help="Threads of each run. Default: cores divided by jobs.", rich_help_panel=RUNNING
        ),
    ] = None,
    checkpoint_seconds: Annotated[
        float, typer.Option(help="Seconds between checkpoints.", rich_help_panel=RUNNING)
    ] = 30.0,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Dask scheduler to run on, e.g. tcp://head:8786.", rich_help_panel=RUNNING
        ),
    ] = None,
    memory_limit: Annotated[
        str | None,
        typer.Option(
            help="Memory for the data in each run, e.g. 1GB. Default: a quarter of the machine's.",
            rich_help_panel=RUNNING,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for results and report. Default: rom-DATA.", rich_help_panel=OUTPUT
        ),
    ] = None,
    goal: Goal = None,
    tolerance: Tolerance = None,
    missing: Annotated[
        str | None,
        typer.Option(
            help="Snapshots that lack values: error or drop-snapshots. Default: error.",
            rich_help_panel=DATA,
        ),
    ] = None,
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
    split: Annotated[
        str | None,
        typer.Option(
            help="auto, own, trajectories, blocks, random, interpolation, extrapolation."
            " Default: auto.",
            rich_help_panel=DATA,
        ),
    ] = None,
    parameter: Annotated[
        str | None,
        typer.Option(
            help="Parameter of an interpolation or extrapolation split.", rich_help_panel=DATA
        ),
    ] = None,
) -> int:
    """Compare reducers on the same snapshots: what to use, with how many latents, and why.

    Example: rom compare flow.h5 --components 2,4,8 --tolerance 0.02
    """
    expect(data or ())
    from rom.comparison import run_study
    from rom.data.open import data_name
    from rom.execution.progress import Progress
    from rom.study.config import Study, read_study
    from rom.study.lock import locked
    from rom.study.store import Store

    mapping = mapping_of(
        variables, dataset, parameters, points, axes=axes, time=time, weights=weights, mask=mask,
        select=select, coarsen=coarsen, every=every,
    )  # fmt: skip
    # None: not given, so the study file decides, or else the card and the defaults
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
        "goal": goal,
        "tolerance": tolerance,
        "memory_limit": memory_limit,
        "missing": missing,
    }
    given |= {"mapping": mapping, "split": {"kind": split, "parameter": parameter}}

    files = data or [DEFAULT_DATA]
    is_study = len(files) == 1 and _is_study(files[0])
    # a single name stays a string: only that may be the name of a data set
    source: str | tuple[str, ...] = files[0] if len(files) == 1 else tuple(files)
    base = read_study(files[0]) if is_study else Study(data=source)
    study = base.with_options(given, files[0] if is_study else "command line")

    out = out or Path(f"rom-{data_name(study.data)}")
    Store.check_free(out)
    with locked(out):  # until the report is written, too
        comparison = run_study(
            study,
            out=out,
            jobs=jobs,
            threads=threads,
            show_progress=True,
            cluster=cluster,
            checkpoint_seconds=checkpoint_seconds,
            alone=True,
        )
        import joblib

        with Progress().stage("writing the report"):
            page = comparison.report(jobs=jobs or joblib.cpu_count())

    answer(comparison.store)
    say(f"report: {page}", f"table:  {comparison.path / 'results.csv'}")
    for warning in comparison.warnings:
        note(f"note: {warning}")
    for run_id, reason in comparison.failures.items():
        note(f"rom: run {run_id} failed: {reason}")
    # the report of the other runs is there all the same; scripts see the failure by the status
    return 1 if comparison.failures else 0


def answer(store: Store, **how: Any) -> None:
    """The verdict and the one table of a comparison."""
    from rom.report.tables.formats import terminal
    from rom.report.tables.overview import overview
    from rom.report.verdict import verdict
    from rom.results import Results

    results = Results(store)
    say("", *str(verdict(results, **how)).split("\n"))
    if results.methods:
        show(f"\n{terminal(overview(results))}\n")


def _is_study(data: str) -> bool:
    return data.endswith(".toml") and Path(data).name != "card.toml"
