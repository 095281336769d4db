"""Work on parts of the data on all cores of this machine or, under joblib's Dask back end, on a
cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from typing import Any, Generic, TypeVar

import joblib
from joblib.parallel import BACKENDS, get_active_backend
from threadpoolctl import ThreadpoolController

from rom.data.ahead import read_ahead
from rom.data.snapshots import Snapshots
from rom.data.sources import Tile

Item = TypeVar("Item", Tile, slice)
#: joblib's own back ends: all but these reach other machines.
LOCAL = ("loky", "multiprocessing", "sequential", "threading")
#: Groups of items a worker gets: few, because each returns a whole matrix; more than one, so that a
#: slow one is waited for less, and a dead one loses less.
GROUPS = 4


def on_cluster(snapshots: Snapshots) -> bool:
    """Whether the work is sent away: a back end that reaches other machines is active, and they can
    read the file.

    Rows in memory stay here: sending them would take longer than multiplying them.
    """
    backend = get_active_backend()[0]
    local = tuple(BACKENDS[name] for name in LOCAL if name in BACKENDS)
    return not snapshots.in_memory and not isinstance(backend, local)


@cache
def _blas() -> ThreadpoolController:
    """The BLAS libraries that are loaded; looking for them takes milliseconds."""
    return ThreadpoolController().select(user_api="blas")


def cores() -> int:
    """Threads that linear algebra may use, e.g. by OMP_NUM_THREADS."""
    return max((pool["num_threads"] for pool in _blas().info()), default=1)


def count_groups(snapshots: Snapshots, workers: int) -> int:
    """How many groups the work is divided into, on this machine's workers or on those of the
    cluster.
    """
    return GROUPS * (joblib.effective_n_jobs(-1) if on_cluster(snapshots) else workers)


@dataclass(frozen=True)
class Parts(Generic[Item]):
    """The data in parts.

    items : none where stored chunks are too large for parts of the size that is asked for.
    workers : how many may have some of them in memory at the same time.
    is_alone : a part takes the room of two: the next is not read before it is done with.
    """

    items: Sequence[Item]
    workers: int
    is_alone: bool = False


def divide(
    snapshots: Snapshots, items: Callable[[int], list[Item]], max_bytes: int, result_bytes: int
) -> Parts[Item]:
    """Parts of the data for as many workers as there are cores and room.

    Parameters
    ----------
    items : callable(bytes of a part) -> parts; empty where stored chunks are too large for parts of
        that size.
    max_bytes : of the parts that all workers of this machine hold.
    result_bytes : of what one worker holds in addition.
    """
    total = snapshots.shape[0] * snapshots.shape[1] * snapshots.dtype.itemsize
    workers = (
        1 if on_cluster(snapshots) else max(1, min(cores(), max_bytes // max(1, result_bytes)))
    )
    while True:
        size = max_bytes // workers
        # parts of small data are smaller than they need be, so that every worker gets some, but
        # cut no chunk
        some = max(total // count_groups(snapshots, workers), snapshots.smallest_tile_bytes)
        found = items(max(1, min(size, some))) or items(max(1, size))
        if found or workers == 1:
            return Parts(found, workers)
        workers //= 2


def divide_features(snapshots: Snapshots, max_bytes: int, result_bytes: int) -> Parts[Tile]:
    """:func:`divide` into parts of the features.

    Each chunk is read once as long as one fits: with fewer workers, then without reading ahead,
    which leaves room for a part of twice the size (what is compressed is read by all cores anyway).
    Only then are chunks cut, and read again for each of their pieces.
    """
    whole = partial(_whole_tiles, snapshots)
    parts = divide(snapshots, whole, max_bytes, result_bytes)
    if parts.items:
        return parts
    return Parts(whole(2 * max_bytes) or snapshots.tiles(2 * max_bytes), 1, is_alone=True)


def _whole_tiles(snapshots: Snapshots, max_bytes: int) -> list[Tile]:
    """Parts of the features of which none cuts a stored chunk; empty where chunks are too wide."""
    return snapshots.tiles(max_bytes) if snapshots.smallest_tile_bytes <= max_bytes else []


def whole_blocks(snapshots: Snapshots, max_bytes: int) -> list[slice]:
    """Blocks of rows of which none cuts a stored chunk; empty where chunks are too large for
    that.
    """
    slices = snapshots.block_slices(max_bytes)
    return slices if slices[0].stop >= min(snapshots.chunk_rows, len(snapshots)) else []


def spread(
    work: Callable[..., Any], snapshots: Snapshots, parts: Parts[Any], *arguments: Any
) -> Iterator[Any]:
    """``work(snapshots, group, *arguments)`` for groups of neighbouring items, in their order; of
    one item each where it must be alone in memory.

    In threads with one core each, which beats linear algebra on all cores at once: reading,
    subtracting and adding up are spread as well. Under a back end of joblib that reaches other
    machines, as tasks, each of which carries all it needs, so that the back end can do it again
    elsewhere if a worker dies.
    """
    remote = on_cluster(snapshots)
    items, workers = parts.items, parts.workers
    n_groups = max(1, len(items)) if parts.is_alone else count_groups(snapshots, workers)
    edges = [len(items) * i // n_groups for i in range(n_groups + 1)]
    groups = [items[a:b] for a, b in pairwise(edges) if b > a]
    # nothing is left to be an argument: what the Dask back end takes for large ones is lost with
    # the worker it is on
    tasks = [partial(work, snapshots, group, *arguments) for group in groups]
    if remote:
        parallel = joblib.Parallel(
            n_jobs=-1, batch_size=1, pre_dispatch="all", return_as="generator"
        )
        yield from parallel(joblib.delayed(task)() for task in tasks)
    elif workers == 1:
        yield from (task() for task in tasks)
    else:
        with _blas().limit(limits=max(1, cores() // workers)), ThreadPoolExecutor(workers) as pool:
            yield from pool.map(_call, tasks)


def _call(task: Callable[[], Any]) -> Any:
    return task()


def read(snapshots: Snapshots, items: Sequence[Any], get: Callable[[Any], Any]) -> Iterable[Any]:
    """``map(get, items)``; from a file the next one is read while one is worked on."""
    return map(get, items) if snapshots.in_memory else read_ahead(get, items)
