"""A copy of the snapshots in row order, as long as a comparison lasts, where it saves more than it
costs.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rom.data.memory import pass_bytes, said
from rom.data.row_copy import MOST_PASSES, copied, copy_bytes, reads_of_a_pass
from rom.data.snapshots import Snapshots
from rom.data.watch import changes
from rom.errors import RunError
from rom.execution.disk import ask_for_room
from rom.execution.progress import Progress
from rom.study.store import Store


@contextmanager
def quick_rows(
    store: Store, snapshots: Snapshots, memory_limit: int | str | None, progress: Progress
) -> Iterator[Snapshots]:
    """The snapshots, from a copy in a folder of the store where their own file is slow to read.

    A comparison passes over the rows some ten times. Of a file with compressed chunks of more rows
    than fit in the memory limit, every pass would read all chunks again and again.
    """
    size = pass_bytes(memory_limit)
    reads, is_new = reads_of_a_pass(snapshots, size), not store.path.exists()
    shutil.rmtree(store.copy_folder, ignore_errors=True)  # of a comparison that was killed
    if reads <= MOST_PASSES:
        yield snapshots
        return

    try:
        yield _copied(store.copy_folder, snapshots, size, reads, progress)
    finally:
        shutil.rmtree(store.copy_folder, ignore_errors=True)
        if is_new and store.path.is_dir() and not any(store.path.iterdir()):
            store.path.rmdir()  # the input was wrong: nothing is left


def _copied(
    folder: Path, snapshots: Snapshots, size: int, reads: float, progress: Progress
) -> Snapshots:
    """The copy in a folder; the snapshots as they are where there is no room for it."""
    needed = copy_bytes(snapshots)
    why = f"compressed chunks of {snapshots.chunk_rows} snapshots do not fit in the memory limit"
    try:
        folder.mkdir(parents=True)
        ask_for_room(folder, needed)
        progress.note(f"note: {why}; a copy of {said(needed)} in {folder} is read instead")
        with progress.stage("copying the snapshots"):
            copy = copied(snapshots, (folder / "rows.h5").absolute(), size)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        progress.note(
            f"note: {why}, and there is no room for a copy of {said(needed)} in"
            f" {folder.parent} ({error}); every pass reads each chunk {reads:.0f} times"
        )
        return snapshots
    if found := changes(snapshots.states):  # half of it may be of before
        raise RunError(f"the data changed while they were copied: {found[0].words}")
    return copy
