"""rom.compare: from snapshots to a table and a report."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rom.data.extras import is_xarray
from rom.data.open import open_mapped, open_snapshots
from rom.data.snapshots import Snapshots
from rom.evaluation.results import write_variants
from rom.execution.cluster import absolute, check_workers, connect
from rom.execution.dispatch import Execution
from rom.execution.progress import Progress
from rom.execution.scratch import quick_rows
from rom.report.comparison import Comparison
from rom.runs import do_runs
from rom.study.config import DEFAULT_DATA, Study, make_study
from rom.study.describe import overview
from rom.study.lock import locked
from rom.study.prepare import Prepared, prepare
from rom.study.resources import check_memory
from rom.study.store import Store

if TYPE_CHECKING:
    from distributed import Client


def compare(
    data: str | Path | Sequence[str | Path] | Snapshots | np.ndarray = DEFAULT_DATA,
    *,
    reducers: Sequence[str] | None = None,
    n_components: Sequence[int] | None = None,
    beta: Sequence[float] | Literal["auto"] | None = None,
    beta_tolerance: float | None = None,
    energy_share: Sequence[float] | None = None,
    seeds: int = 3,
    controls: bool = True,
    audit: bool = False,
    splits: int = 1,
    learning_curve: bool = False,
    tune: int = 0,
    tune_seconds: float | None = None,
    epochs: int | None = None,
    goal: Literal["accuracy", "compression", "independence", "speed"] | None = None,
    tolerance: float | None = None,
    split: dict[str, Any] | None = None,
    pipeline: dict[str, Any] | None = None,
    options: dict[str, dict[str, Any]] | None = None,
    jobs: int | None = None,
    threads: int | None = None,
    out: str | Path | None = None,
    show_progress: bool = False,
    cluster: str | None = None,
    checkpoint_seconds: float = 30.0,
    memory_limit: int | str | None = None,
    missing: str | None = None,
) -> Comparison:
    """Compare reducers on the same snapshots, split, preprocessing and norm.

    Parameters
    ----------
    data : data set name, path of a file or card, pattern or list of files, Snapshots, a Dataset or
        DataArray of xarray, or a 2-D array (n_snapshots, n_features)
    reducers : names in :data:`rom.registry.REDUCERS`; default: what the data set's card suggests,
        else "pod",
        "autoencoder", "beta-vae"
    n_components, beta : latent sizes and betas; default: what the card suggests, else (2, 4) and an
        energy share
        "auto": the largest beta that gives up at most `beta_tolerance` (default 0.01) of the energy
        of the validation snapshots, see :func:`rom.reducers.beta_path.walk`; one for all sizes.
        `beta/` holds the whole path.
    energy_share : instead of `beta`, and independent of units and grid: the share of the total
        variance below which
        linear theory switches a latent off; ``beta = 2 share * total variance`` of the preprocessed
        training snapshots. Default, where neither the user nor a card says anything: 1e-3
    seeds : int, default 3. Networks are trained with seeds 0, 1, ...; POD in either form, which has
        none, runs once.
    controls : bool, default True. Where POD is compared with a network, others run as well, once: a
        linear autoencoder
        (what it lacks to POD is what training leaves undone), POD with a kernel decoder (nonlinear,
        without training), and with a divergence POD-ICA (independence that a rotation alone
        gives).
    audit : bool, default False. One seed of every training again, for twice as many steps:
        :attr:`Comparison.warnings`
        says where it gains more than a tenth.
    splits : int, default 1. The comparison on this number of splits; only over several a difference
        is called significant,
        see :attr:`Comparison.split_differences`.
    learning_curve : bool, default False. Also with a quarter and a half of the training snapshots:
        are there enough?
    tune : int, default 0. Trials of options for every method and number of latents, the
        defaults among them,
        judged on the validation snapshots; the best is fitted with all seeds, see
        :attr:`Comparison.tuning`. Needs the extra `tune` (Optuna).
    tune_seconds : float, optional. Instead, or as well: seconds of fits for every method and number
        of latents.
    epochs : int, optional. Passes over the training set. Default: until nothing is gained, see
        docs/training.md.
    goal : {"accuracy", "compression", "independence", "speed"}, default "accuracy". What counts
        among
        models that are good enough, see :func:`rom.report.verdict.verdict`.
    tolerance : float, optional. The relative error that is good enough. Default: 0.01 or, where no
        method is that good, 1.25 times the lowest error.
    split, pipeline : arguments of :func:`rom.data.split.split_snapshots` and :class:`rom.Pipeline`
    options : reducer name -> constructor arguments, e.g.
        ``{"autoencoder": {"channels": (16, 32)}}``
    jobs : int, optional. Runs at the same time; default one per core.
    threads : int, optional. Threads of each run; default: the cores shared out among the jobs. The
        same number gives
        the same bits, whatever `jobs`.
    out : folder of the run store, optional. Runs it already holds are not done again; interrupted
        training resumes from
        its last checkpoint. Default: a temporary folder that goes with the
        returned object.
    show_progress : bool, default False
    cluster : address of a Dask scheduler, optional, e.g. ``"tcp://head:8786"``. Runs go to its
        workers, which see the
        same files; so they do inside ``with joblib.parallel_config("dask")``.
    checkpoint_seconds : float, default 30. Seconds between checkpoints in the folder, each at the
        end of an epoch.
    memory_limit : int or str, optional, e.g. ``"1GB"``. Memory for the data in each run; default a
        quarter of the
        machine's.
    missing : {"error", "drop-snapshots"}, default "error". What to do with snapshots that lack
        values which others
        have. Values that are missing in every snapshot become the mask.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If the input is wrong; nothing has been written then.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(60, 8)) @ np.diag(np.arange(8))
    >>> comparison = rom.compare(X, reducers=["pod"], n_components=[2])
    >>> sorted(comparison.table.split.unique())
    ['test', 'train']
    """
    values: dict[str, Any] = {
        "reducers": reducers,
        "n_components": n_components,
        "beta": beta,
        "beta_tolerance": beta_tolerance,
        "energy_share": energy_share,
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
    values |= {"split": split, "pipeline": pipeline, "options": options or {}}
    if isinstance(data, str | Path):
        values["data"] = str(data)
        snapshots = None
    elif isinstance(data, Sequence) and all(isinstance(item, str | Path) for item in data):
        values["data"] = [str(item) for item in data]
        snapshots = None
    else:
        snapshots = _snapshots_of(data)
        values["data"] = snapshots.name
    given = {key: value for key, value in values.items() if value is not None}
    return run_study(
        make_study(given, "compare"),
        snapshots,
        out=out,
        jobs=jobs,
        threads=threads,
        show_progress=show_progress,
        cluster=cluster,
        checkpoint_seconds=checkpoint_seconds,
    )


def _snapshots_of(data: Any) -> Snapshots:
    """Snapshots of data that are there already."""
    if isinstance(data, Snapshots):
        return data
    return open_snapshots(data) if is_xarray(data) else Snapshots.from_array(np.asanyarray(data))


def run_study(
    study: Study,
    snapshots: Snapshots | None = None,
    *,
    out: str | Path | None = None,
    jobs: int | None = None,
    threads: int | None = None,
    show_progress: bool = False,
    cluster: str | None = None,
    checkpoint_seconds: float = 30.0,
    alone: bool = False,
) -> Comparison:
    """Do the runs of a study; arguments as for :func:`compare`.

    `alone` says that this process does nothing else, as that of the command line: those of the runs
    then share its memory.
    """
    how = Execution(jobs, threads, checkpoint_seconds, alone)
    store = Store.check_free(tempfile.mkdtemp(prefix="rom-") if out is None else out)
    comparison = Comparison(
        store, temporary=out is None
    )  # now, so that a temporary folder goes if something is wrong
    with locked(store.path), connect(cluster) as client:
        if snapshots is None:
            snapshots = open_mapped(
                study.data if client is None else absolute(study.data), study.mapping
            )
        if client is not None:
            how.check_cluster()
            check_workers(client, snapshots, comparison.path)
        progress = Progress(show=show_progress)
        check_memory(study.resolve(snapshots.card), snapshots)
        with quick_rows(comparison.store, snapshots, study.memory_limit, progress) as snapshots:
            _do_all(study, snapshots, comparison.store, how, progress, client)
        write_variants(comparison.store)
    return comparison


def _do_all(
    study: Study,
    snapshots: Snapshots,
    store: Store,
    how: Execution,
    progress: Progress,
    client: Client | None,
) -> None:
    """The runs of a study, then those of its variants: other splits, fewer training snapshots."""
    prepared = _prepare(study, snapshots, progress)
    do_runs(prepared, store, how, progress, client)
    betas = tuple(dict.fromkeys(run.beta for run in store.runs() if run.beta is not None))
    for name, variant in prepared.study.variants(betas or None).items():
        progress.note(f"the same comparison, {name}")
        do_runs(prepare(variant, snapshots), Store(store.path / name), how, progress, client)


def _prepare(study: Study, snapshots: Snapshots, progress: Progress) -> Prepared:
    with progress.stage(f"reading {snapshots.name}"):
        prepared = prepare(study, snapshots)
    for note in prepared.notes:
        progress.note(f"note: {note}")
    progress.note(overview(prepared))
    return prepared
