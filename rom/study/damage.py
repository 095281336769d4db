"""What of a store is not as it was written: found by the sums of its files, once, before work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rom.errors import InputError
from rom.study import run_folder
from rom.study.run_folder import FIT, MEASURES
from rom.study.store import Store
from rom.study.sums import damage


@dataclass(frozen=True)
class Damage:
    """A sealed file that no longer counts.

    Attributes
    ----------
    seal : the file; without it, what it vouched for is not there
    words : which file is damaged, and how
    again : what has to be done again
    """

    seal: Path
    words: str
    again: str

    def __str__(self) -> str:
        return f"{self.words}: {self.again}"


def damages(store: Store) -> list[Damage]:
    """All damage to what was fitted, measured, tried and walked; every file is read once."""
    found = []
    for folder in sorted(path.parent for path in (store.path / "runs").glob(f"*/{FIT}")):
        name = folder.name
        if words := run_folder.damage_of_fit(folder):
            found.append(Damage(folder / FIT, words, f"run {name} is fitted again"))
        elif run_folder.is_measured(folder) and (words := run_folder.damage_of_measures(folder)):
            found.append(Damage(folder / MEASURES, words, f"run {name} is measured again"))
    others = {"tuning": "that trial is made again", "beta": "that walk over beta is made again"}
    for part, again in others.items():
        for path in sorted((store.path / part).glob("*.json")):
            if words := damage(path):
                found.append(Damage(path, words, again))
    return found


def mend(found: Damage) -> None:
    """Let what is damaged not count any more: it is done again like what was never done.

    The files themselves are replaced when that is done.
    """
    found.seal.unlink(missing_ok=True)


def check_fits(store: Store) -> list[Damage]:
    """Refuse a store whose study, data, fits, trials or walks are damaged.

    Returns what is damaged of its measures, which can be measured again without a fit.

    Raises
    ------
    InputError
        Which file it is, and what to do.
    """
    found = damages(store)
    fits = [one.words for one in found if one.seal.name != MEASURES]
    if words := damage(store.study_file) or next(iter(fits), ""):
        raise InputError(
            f"{words}; run the comparison again: it does again what is damaged, and nothing else"
        )
    return found


def check_model(path: Path) -> Store | None:
    """The store that the model of a run lies in; None for other models, of which there are no sums.

    Raises
    ------
    InputError
        If a file of the fit is not as it was written.
    """
    store = Store.of_model(path)
    folder = path if path.is_dir() else path.parent
    if store is not None and (words := run_folder.damage_of_fit(folder)):
        raise InputError(f"{words}; run the comparison again: it fits this run again")
    return store
