"""Measuring a store again: after an update of the package, or where a comparison was
interrupted.
"""

from __future__ import annotations

from rom.data.open import open_mapped
from rom.errors import InputError
from rom.evaluation.measure import measure_run, measures
from rom.study import run_folder
from rom.study.config import make_study
from rom.study.damage import Damage, check_fits, mend
from rom.study.prepare import Prepared, prepare
from rom.study.searches import tuned
from rom.study.store import VARIANTS, Store


def measure_again(store: Store) -> list[str]:
    """Measure the fitted runs that were not measured, or by other measures than those of today.

    Those on other splits as well, and those whose measures are damaged. Nothing is trained.
    Returns notes: what was measured, and why not where the data are not there any more.

    Raises
    ------
    InputError
        If a fit is damaged, or measures are whose data are not there any more.
    """
    stores = [store, *(one for kind in VARIANTS for one in store.variants(kind))]
    damaged = [check_fits(one) for one in stores]  # all of them, before anything is written
    return [
        note
        for one, found in zip(stores, damaged, strict=True)
        for note in _measure_again(one, found)
    ]


def _measure_again(store: Store, damaged: list[Damage]) -> list[str]:
    now, again = measures(), {one.seal.parent.name for one in damaged}
    others = [run for found in tuned(store) for run in found.runs]
    others += [longer for _, longer in store.restarts()]
    runs = {run.id: run for run in [*store.runs(), *others]}
    old = [
        run
        for run in runs.values()
        if store.is_fitted(run) and (run.id in again or store.measured_by(run) != now)
    ]
    if not old:
        return []
    try:
        prepared = _prepare(store)
    except InputError as error:
        if damaged:  # it must not be shown, and nothing can take its place
            raise InputError(f"{damaged[0].words}; to measure it again: {error}") from error
        said = f"{store.path}: {len(old)} run(s) are shown as they were measured before"
        return [f"{said} ({error}); compare again to measure them"]
    for one in damaged:
        mend(one)
    for run in old:
        measure_run(store, prepared, run)
    notes = [str(one) for one in damaged]
    return [*notes, f"{store.path}: {len(old)} run(s) measured again, none trained"]


def _prepare(store: Store) -> Prepared:
    """The data of a store, opened again and split as they were."""
    content = store.study()
    study = make_study(content["study"], str(store.study_file))
    prepared = prepare(study, open_mapped(study.data, study.mapping))
    found = {prepared.identity} | {
        run_folder.fit_info(store.folder(run.id))["identity"]
        for run in store.runs()
        if store.is_fitted(run)
    }
    if len(found) > 1:
        raise InputError(
            f"{prepared.snapshots.name}: not the data, or not the version, that the runs were"
            " fitted with"
        )
    return prepared
