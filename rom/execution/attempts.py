"""Attempts: how a fit becomes a run of the store in one step, whenever its process dies."""

from __future__ import annotations

import re
import shutil
import uuid
from pathlib import Path

from rom.data.hdf5_open import identity, trust
from rom.files import place_folder, remove_unfinished, write_text
from rom.study.matrix import Run
from rom.study.run_folder import ERROR
from rom.study.store import CHECKPOINT, MARKER, Store

#: What to do where there was not enough memory.
ADVICE = (
    "give fewer jobs or a smaller memory limit, and run it again: finished runs are kept, and a"
    " network continues from its last checkpoint"
)


def lacks_memory(error: Exception) -> bool:
    """Whether an error says that memory could not be had: NumPy's, or PyTorch's of either kind of
    device.
    """
    words = ("out of memory", "allocate memory")
    said = str(error).lower()
    by_torch = isinstance(error, RuntimeError) and any(one in said for one in words)
    return by_torch or isinstance(error, MemoryError)


def start(store: Store, run: Run) -> Path:
    """An empty folder for one attempt at a run; what others left is removed, but not the
    checkpoint.

    Each attempt has a folder of its own: one that was given up for dead but still runs finds its
    folder gone, and cannot write into that of the attempt which took its place. A checkpoint it may
    still write is a state of the same training, whole like any other: it makes no difference to
    what the new attempt ends with.
    """
    part = store.part_folder(run.id)
    for left in part.iterdir() if part.is_dir() else ():
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        elif left.name != CHECKPOINT:
            left.unlink(missing_ok=True)
    if not store.is_fitted(run):
        shutil.rmtree(store.folder(run.id), ignore_errors=True)
    folder = part / uuid.uuid4().hex[:8]
    folder.mkdir(parents=True)
    return folder


def finish(store: Store, run: Run, folder: Path, *, resumable: bool = False) -> None:
    """Make a fit count, in one step, unless another was faster; other attempts and the checkpoint
    go, unless what it holds may be continued (`resumable`).
    """
    if not store.is_fitted(run):
        try:
            place_folder(folder, store.folder(run.id))
            # written here: no other process has to look at them first
            trust(identity(file) for file in store.folder(run.id).glob("*.h5"))
        except OSError:
            if not store.is_fitted(run):  # another was faster by the blink of an eye
                raise
    if not (resumable and store.checkpoint_file(run.id).is_file()):
        shutil.rmtree(store.part_folder(run.id), ignore_errors=True)


def finish_measuring(store: Store, run: Run) -> None:
    """Remove what said that a run was measured."""
    shutil.rmtree(store.part_folder(run.id), ignore_errors=True)


def fail(
    store: Store, run: Run, reason: str, attempt: Path | None = None, *, resumable: bool = False
) -> None:
    """Keep of a run but why it failed, its fit where it has one, and, where it was not the run's
    fault (`resumable`), the checkpoint.

    An attempt at a fit whose place another has taken has no say.
    """
    fitted = store.is_fitted(run)
    if attempt is not None and (fitted or not attempt.is_dir()):
        return
    if fitted:  # the fit is whole, measuring it went wrong
        finish_measuring(store, run)
        write_text(store.folder(run.id) / ERROR, reason + "\n")
        return
    if not resumable:
        shutil.rmtree(store.part_folder(run.id), ignore_errors=True)
    folder = start(store, run)
    write_text(folder / ERROR, reason + "\n")
    finish(store, run, folder, resumable=resumable)


def tidy(store: Store) -> None:
    """Remove what an earlier comparison that was killed left for nobody: shared rows, attempts at
    finished runs, unfinished files. The store is locked: nobody else writes there.
    """
    shutil.rmtree(store.shared_folder, ignore_errors=True)
    places = ("beta", "tuning", "figures", "runs/*")
    for folder in [store.path, *(found for place in places for found in store.path.glob(place))]:
        if not (folder.name.endswith(".part") and folder.parent.name == "runs"):
            remove_unfinished(folder)
    for marker in store.path.glob(".rom-*"):
        if re.fullmatch(MARKER, marker.name):
            marker.unlink(missing_ok=True)
    for part in (store.path / "runs").glob("*.part"):
        if (part.with_suffix("") / "run.json").is_file():
            shutil.rmtree(part, ignore_errors=True)
