"""What a comparison will store, and whether there is room for it, and for files it works with."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from rom.data.memory import said
from rom.errors import InputError
from rom.execution.estimate import Estimate
from rom.registry import reducer_class
from rom.study.data_file import examples_of
from rom.study.matrix import Run
from rom.study.prepare import Prepared
from rom.study.store import ENCODED, Store

#: Page, figures and tables.
REPORT_BYTES = 10**7
#: A checkpoint holds weights, the best weights so far, and two averages of each gradient.
PER_WEIGHT = 4
DOUBLE = 8
#: Files that a comparison works with, and could do without, leave this much to others.
SPARE_BYTES = 2**28


def stored_bytes(
    prepared: Prepared, runs: Sequence[Run], estimates: Sequence[Estimate], jobs: int
) -> int:
    """Bytes that the runs will take in a store, and their checkpoints meanwhile.

    From below: of each reducer the model of its trial fit, which may be smaller than that of a
    whole fit.
    """
    if not runs:
        return 0
    test = prepared.part("test")
    n_rows = sum(len(getattr(prepared.split, part)) for part in ENCODED)
    pipeline = sum(values.nbytes for values in prepared.pipeline.state()[1].values())
    error_map = DOUBLE * test.pack().shape[1]
    models = {one.run.reducer: one.stored_bytes / one.run.n_components for one in estimates}
    total, checkpoints = 0.0, [0.0]
    for run in runs:
        model = models.get(run.reducer, 0.0) * run.n_components
        total += pipeline + model + error_map + DOUBLE * n_rows * run.n_components
        if reducer_class(run.reducer).has_epochs:
            checkpoints.append(PER_WEIGHT * model)
    variants = 1 + len(prepared.study.variants())
    examples = test.shape[1] * test.dtype.itemsize * len(examples_of(test))
    once = examples + sum(sorted(checkpoints)[-jobs:]) + REPORT_BYTES
    return int(variants * (total + examples)) + int(once)


def check_disk(store: Store, needed: int, n_runs: int) -> None:
    """Raise InputError where less is free in the folder of a store, or where it will be made."""
    place = store.path.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if needed > free:
        raise InputError(
            f"{store.path}: {n_runs} runs store {said(needed)} there, and {said(free)} are free;"
            " make room, choose a folder on another disk, or compare less"
        )


def ask_for_room(folder: Path, size: int) -> None:
    """Raise OSError where files that save time would leave less than SPARE_BYTES on the disk."""
    free = shutil.disk_usage(folder).free
    if free < size + SPARE_BYTES:
        raise OSError(f"{said(free)} are free")
