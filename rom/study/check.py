"""What the types of a study do not say: names that exist, values in range, no two that disagree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from rom.data.memory import memory_bytes
from rom.data.scan import MISSING
from rom.errors import InputError, nearest
from rom.reducers.options import check_options
from rom.registry import REDUCERS, reducer_class

if TYPE_CHECKING:
    from rom.study.config import Study

#: A beta that is chosen by :func:`rom.reducers.beta_path.walk`.
AUTO: Literal["auto"] = "auto"
#: Options of reducers that a study sets by its own entries.
SET_BY_STUDY = frozenset({"n_components", "random_state", "beta", "energy_share"})


def check(study: Study, where: str) -> None:
    """Check a study.

    Raises
    ------
    InputError
        One line: the first thing that is wrong, where it stands, and the nearest known name.
    """
    _check_lists(study, where)
    _check_data(study, where)
    _check_weights(study, where)
    for name, options in study.options.items():
        _check_options(study, name, options, where)


def is_special(options: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the options of some reducer give the loss a weight that is no variance of the
    data.
    """
    return any(
        given.get("capacity") is not None
        or given.get("decoder_variance") == "learned"
        or given.get("reconstruction") == "bernoulli"
        for given in options.values()
    )


def _check_lists(study: Study, where: str) -> None:
    for name in study.reducers or ():
        if name not in REDUCERS:
            raise InputError(f"{where}: reducers: no reducer {name!r}; {nearest(name, REDUCERS)}")
    for key in ("reducers", "n_components", "beta", "energy_share"):
        given = getattr(study, key)
        if given is None or given == AUTO:
            continue
        if not given:
            raise InputError(f"{where}: {key}: at least one value expected")
        if len(set(given)) != len(given):
            raise InputError(
                f"{where}: {key}: a value is given twice: {', '.join(map(str, given))}"
            )
    if study.n_components is not None and min(study.n_components) < 1:
        raise InputError(
            f"{where}: n_components: must be at least 1, got {list(study.n_components)}"
        )


def _check_data(study: Study, where: str) -> None:
    try:
        memory_bytes(study.memory_limit)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    if study.missing not in MISSING:
        raise InputError(
            f"{where}: --missing {study.missing} (in Python: missing={study.missing!r}) is unknown;"
            f" {nearest(study.missing, MISSING)}"
        )


def _check_weights(study: Study, where: str) -> None:
    if isinstance(study.beta, tuple) and min(study.beta) < 0:
        raise InputError(f"{where}: beta: must not be negative, got {list(study.beta)}")
    if study.beta is not None and study.energy_share is not None:
        raise InputError(
            f"{where}: beta and energy_share are two ways to say the same thing; give one of them"
        )
    if study.energy_share is not None and not all(0 <= share < 1 for share in study.energy_share):
        raise InputError(
            f"{where}: energy_share: must be 0 or more and less than 1, got"
            f" {list(study.energy_share)}"
        )


def _check_options(study: Study, name: str, options: Mapping[str, Any], where: str) -> None:
    """Names and types of a reducer's options, from its constructor; what values are allowed it
    checks itself.
    """
    if name not in REDUCERS:
        raise InputError(f"{where}: options: no reducer {name!r}; {nearest(name, REDUCERS)}")
    try:
        check_options(reducer_class(name), options, without=SET_BY_STUDY)
    except InputError as error:
        raise InputError(f"{where}: options.{name}{error}") from error
    by_share = study.energy_share is not None or study.beta == AUTO
    if by_share and is_special({name: options}):
        raise InputError(
            f"{where}: options.{name}: with a capacity or a learned variance beta is no"
            " variance of the data, and energy_share says nothing, nor does beta = 'auto';"
            " leave one of them out"
        )
