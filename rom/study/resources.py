"""Memory limits that cannot be kept, said before any data is read."""

from __future__ import annotations

from rom.data.memory import machine_bytes, memory_bytes, said
from rom.data.snapshots import Snapshots
from rom.errors import InputError
from rom.registry import reducer_class
from rom.study.config import Study


def check_memory(study: Study, snapshots: Snapshots) -> None:
    """Compare what the fits of a resolved study hold, however little they are given, with their
    memory limits, without a limit with the memory of the machine.

    Of all snapshots: how many of them are trained on is not known before they are split.

    Raises
    ------
    InputError
        If it is more. The message says the least that works for all fits.
    """
    rows = snapshots.pack()
    needed: dict[tuple[str, int], int] = {}
    largest = 0
    for name in (*(study.reducers or ()), *study.control_reducers):
        options = study.options.get(name, {})
        limit = options.get("memory_limit", study.memory_limit)
        room = machine_bytes() if limit is None else memory_bytes(limit)
        for k in study.n_components or ():
            reducer = reducer_class(name)(**options | {"n_components": k})
            least = reducer.least_bytes(rows.shape, rows.dtype.itemsize)
            largest = max(largest, least)
            if least > room:
                needed[name, k] = least
    if not needed:
        return
    (name, k), least = max(needed.items(), key=lambda item: item[1])
    what = f"{name} with {k} latents holds {said(least)} at a time, however little it is given"
    limit = study.options.get(name, {}).get("memory_limit", study.memory_limit)
    if limit is None:
        raise InputError(
            f"{snapshots.name}: {what}, and this machine has {said(machine_bytes())}; take fewer"
            " components, or part of the data with select or coarsen"
        )
    raise InputError(
        f"memory_limit={limit!r} is too small for {snapshots.name}: {what}; give"
        f" memory_limit={said(largest)!r} or more"
    )
