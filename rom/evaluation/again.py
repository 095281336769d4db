"""Measuring a store again: after an update of the package, or where a comparison was
interrupted.
"""

from __future__ import annotations

from rom.data.open import open_mapped
from rom.errors import InputError
from rom.evaluation.measure import measure_run, measures
from rom.study.config import make_study
from rom.study.prepare import Prepared, prepare
from rom.study.searches import tuned
from rom.study.store import Store


def measure_again(store: Store) -> list[str]:
    """Measure the fitted runs that were not measured, or by other measures than those of today.

    Those on other splits as well. Nothing is trained. Returns notes: what was measured, and why not
    where the data are not there any more.
    """
    stores = [store, *store.variants("splits"), *store.variants("learning")]
    return [note for one in stores for note in _measure_again(one)]


def _measure_again(store: Store) -> list[str]:
    now = measures()
    refits = [run for found in tuned(store) for run in found.runs]
    runs = {run.id: run for run in [*store.runs(), *refits]}
    old = [run for run in runs.values() if store.is_fitted(run) and store.measured_by(run) != now]
    if not old:
        return []
    try:
        prepared = _prepare(store)
    except InputError as error:
        said = f"{store.path}: {len(old)} run(s) are shown as they were measured before"
        return [f"{said} ({error}); compare again to measure them"]
    for run in old:
        measure_run(store, prepared, run)
    return [f"{store.path}: {len(old)} run(s) measured again, none trained"]


def _prepare(store: Store) -> Prepared:
    """The data of a store, opened again and split as they were."""
    content = store.study()
    study = make_study(content["study"], str(store.study_file))
    prepared = prepare(study, open_mapped(study.data, study.mapping))
    found = {prepared.identity} | {
        store.run_info(run)["identity"] for run in store.runs() if store.is_fitted(run)
    }
    if len(found) > 1:
        raise InputError(
            f"{prepared.snapshots.name}: not the data, or not the version, that the runs were"
            " fitted with"
        )
    return prepared
