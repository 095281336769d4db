"""Rows that the training runs of a comparison share: preprocessed and written once, mapped by every
process.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rom.data.memory import memory_bytes, pass_bytes, said, training_shares
from rom.data.snapshots import Snapshots
from rom.execution.disk import ask_for_room
from rom.execution.progress import Progress
from rom.registry import reducer_class
from rom.study.matrix import Run
from rom.study.prepare import Prepared
from rom.study.store import Store

PARTS = ("train", "validation")
#: Rows smaller than this are read again by every run before anybody notices.
WORTH_BYTES = 2**24


@dataclass(frozen=True)
class SharedRows:
    """Preprocessed rows in float32, which is what networks train on: a .npy file for each part in a
    folder.

    They are the numbers that every run would compute from the source, to the bit, so a run that
    finds the folder gone (its comparison is over, or was taken over by another) reads the source
    and ends the same.
    """

    folder: Path

    def part(self, prepared: Prepared, name: str) -> Snapshots | None:
        """The rows of a part as an array whose memory is that of the file; None where it is
        gone.
        """
        try:
            # a private view: whoever wrote into it would not change the file
            rows = np.load(self.folder / f"{name}.npy", mmap_mode="c")
        except FileNotFoundError:
            return None
        view = prepared.pipeline.transform(prepared.part(name))
        return Snapshots.from_array(rows, layout=view.layout, name=view.name)


def memory_limit(run: Run, threads: int) -> int | str:
    """Memory for the data in a run; by default the share of its cores in what one process would
    take.
    """
    given: int | str | None = run.parameters.get("memory_limit")
    # as many runs as have cores to themselves are under way
    return memory_bytes(None) * threads // (os.cpu_count() or threads) if given is None else given


def reads_often(run: Run) -> bool:
    """Whether a run reads its rows in every epoch: then it takes those that are shared.

    Others, as POD and networks in POD coordinates, read the source once or twice in its own
    precision.
    """
    reducer = reducer_class(run.reducer)
    return bool(reducer.has_epochs and reducer(**run.parameters).reads_rows_in_epochs)


@contextmanager
def shared_rows(
    store: Store,
    prepared: Prepared,
    waiting: Sequence[Run],
    threads: int,
    progress: Progress,
    reserved: int = 0,
) -> Iterator[SharedRows | None]:
    """The rows in a folder of the store, as long as the block lasts; None where sharing is not
    worth it.

    That is for a single training, for small data, and where the rows do not fit in the memory limit
    of a run: then they are read from the source in the order of its blocks
    (:class:`rom.training.batches.Batches`). `reserved` bytes of the disk are for what the runs
    store.
    """
    networks = [run for run in waiting if reads_often(run)]
    # in float32, whatever the source holds
    row_bytes = 4 * prepared.snapshots.pack().shape[1]
    sizes = [row_bytes * len(getattr(prepared.split, name)) for name in PARTS]
    # asked of every run: options may give one of them a limit of its own
    room = [training_shares(memory_bytes(memory_limit(run, threads))) for run in networks]
    fits = all(size <= share for shares in room for size, share in zip(sizes, shares, strict=True))
    is_small = sum(sizes) < WORTH_BYTES
    if len(networks) < 2 or is_small or not fits:
        yield None
        return

    # a new name: runs of an earlier start may still have files of theirs mapped
    folder = store.shared_folder / uuid.uuid4().hex[:8]
    try:
        written = _write(folder, prepared, sum(sizes), reserved, progress)
        yield SharedRows(folder) if written else None
    finally:
        shutil.rmtree(store.shared_folder, ignore_errors=True)


def _write(folder: Path, prepared: Prepared, size: int, reserved: int, progress: Progress) -> bool:
    """Whether there was room for the rows, and some to spare."""
    try:
        folder.mkdir(parents=True)
        ask_for_room(folder, size + reserved)
        for name in PARTS:
            _write_part(folder / f"{name}.npy", prepared, name)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        progress.note(
            f"note: no room in {folder.parents[1]} for {said(size)} of rows that the"
            f" training runs would share ({error}); every one reads and keeps its own"
        )
        return False
    return True


def _write_part(path: Path, prepared: Prepared, name: str) -> None:
    view = prepared.pipeline.transform(prepared.part(name))
    header = {"descr": "<f4", "fortran_order": False, "shape": (len(view), view.shape[1])}
    with open(path, "wb") as stream:
        np.lib.format.write_array_header_1_0(stream, header)
        for block in view.blocks(pass_bytes(prepared.study.memory_limit)):
            np.ascontiguousarray(block, dtype="<f4").tofile(stream)
