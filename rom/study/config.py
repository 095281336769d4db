"""Study: the validated description of a comparison, from a TOML file, the command line or
Python.
"""

from __future__ import annotations

import glob
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from rom.data.catalog import Card, Strict, Suggested
from rom.data.toml_file import read_toml
from rom.errors import InputError, nearest
from rom.registry import reducer_class
from rom.study.check import AUTO, check, is_special  # noqa: F401 (AUTO for others)

#: The data set that is compared where none is named.
DEFAULT_DATA = "transient_wake"
#: Shares of the variance below which linear theory switches a latent off, by default: small enough
#: to cost little, large enough for the divergence to matter (docs/networks.md).
DEFAULT_ENERGY_SHARE = (1e-3,)
#: Where the loss has another meaning of beta.
DEFAULT_BETA = (1.0,)
DEFAULT_REDUCERS = ("pod", "autoencoder", "beta-vae")
#: Reducers that run with a POD and a network: what does training leave undone, and what does a
#: nonlinear decoder reach without any training?
CONTROLS = ("linear-autoencoder", "pod-kernel")
#: And with a divergence: what does a rotation of POD's axes alone give?
DIVERGENCE_CONTROLS = ("pod-ica",)
#: Parts of the training snapshots that a learning curve fits with, next to all of them.
LEARNING_SHARES = (0.25, 0.5)
#: Tables of a study of which options change single entries.
TABLES = ("mapping", "split")


class SplitOptions(Strict):
    """Arguments of :func:`rom.data.split.split_snapshots`."""

    kind: str = "auto"
    validation: float = 0.1
    test: float = 0.2
    gap: int | None = Field(default=None, ge=0)
    seed: int = Field(default=0, ge=0)
    stratify: str | None = None
    parameter: str | None = None
    test_range: tuple[FiniteFloat, FiniteFloat] | None = None
    number: int = Field(default=0, ge=0)
    of: int = Field(default=1, ge=1)
    train_share: float = Field(default=1.0, gt=0, le=1)


class PipelineOptions(Strict):
    """Arguments of :class:`rom.Pipeline`."""

    center: bool = True
    scale: bool = True
    weight: bool = True


class Study(Strict):
    """What is compared. None means: what the data set's card suggests, else the default."""

    data: str | tuple[str, ...] = DEFAULT_DATA
    mapping: dict[str, Any] = Field(default_factory=dict)
    reducers: tuple[str, ...] | None = None
    n_components: tuple[int, ...] | None = None
    beta: tuple[FiniteFloat, ...] | Literal["auto"] | None = None
    #: Of beta = "auto": the share of the energy that may be given up for independence.
    beta_tolerance: FiniteFloat = Field(default=0.01, gt=0, lt=1)
    energy_share: tuple[FiniteFloat, ...] | None = (
        None  # tau over the total variance, instead of beta
    )
    seeds: int = Field(default=3, ge=1)
    controls: bool = True
    audit: bool = False  # restart one seed of every network with twice the steps
    splits: int = Field(default=1, ge=1)  # the whole comparison on this number of splits
    learning_curve: bool = False  # and with a quarter and a half of the training snapshots
    tune: int = Field(
        default=0, ge=0
    )  # trials of options for every method and size, its defaults among them
    tune_seconds: FiniteFloat | None = Field(
        default=None, gt=0
    )  # and no more seconds of fits for each
    audit_factor: FiniteFloat = Field(
        default=2.0, gt=1
    )  # how far behind the best of its size a method may be
    epochs: int | None = Field(default=None, ge=1)
    #: What the answer of the report counts as best, and the error that is good enough.
    goal: Literal["accuracy", "compression", "independence", "speed"] = "accuracy"
    tolerance: FiniteFloat | None = Field(default=None, gt=0, lt=1)
    memory_limit: int | str | None = None
    missing: str = "error"
    split: SplitOptions | None = None
    pipeline: PipelineOptions | None = None
    options: dict[str, dict[str, Any]] = Field(default_factory=dict)

    def with_options(self, given: Mapping[str, Any], where: str = "options") -> Study:
        """This study with other options; those that are None, or not given, stay.

        Of a table (`mapping`, `split`) single entries change, the others stay. `beta` and
        `energy_share` are two names of one thing: the one that is given takes the place of the
        other. Raises InputError as :func:`make_study`.
        """
        values = self.model_dump(exclude_unset=True)
        given = {name: value for name, value in given.items() if value is not None}
        for one, other in (("beta", "energy_share"), ("energy_share", "beta")):
            if one in given and other not in given:
                values.pop(other, None)
        for name, value in given.items():
            if name in TABLES:
                entries = {key: entry for key, entry in value.items() if entry is not None}
                value = (values.get(name) or {}) | entries
                if not value:
                    continue
            values[name] = value
        return make_study(values, where)

    def variants(self, betas: tuple[float, ...] | None = None) -> dict[str, Study]:
        """The studies that belong to this one, by the folder of their results: other splits, fewer
        snapshots to train.

        Of a resolved study, whose first split is one of them. `betas` are those of its runs: what
        is compared on other splits has the same beta, not one that is chosen again or follows the
        variance of other rows.
        """
        if self.split is None:
            return {}
        found = {}
        plain = self.model_copy(
            update={
                "splits": 1,
                "learning_curve": False,
                "audit": False,
                "tune": 0,
                "tune_seconds": None,
            }
        )
        plain = plain.model_copy(
            update={} if betas is None else {"beta": betas, "energy_share": None}
        )
        for number in range(1, self.splits):
            moved = self.split.model_copy(update={"number": number, "of": self.splits})
            found[f"splits/{number}"] = plain.model_copy(update={"split": moved})
        for share in LEARNING_SHARES if self.learning_curve else ():
            fewer = self.split.model_copy(update={"train_share": share})
            found[f"learning/{100 * share:.0f}"] = plain.model_copy(update={"split": fewer})
        return found

    @property
    def is_tuned(self) -> bool:
        """Whether options are searched for, by a number of trials or of seconds."""
        return self.tune > 0 or self.tune_seconds is not None

    @property
    def control_reducers(self) -> tuple[str, ...]:
        """The controls that run with the reducers of the study: where it compares POD with a
        network.

        Where there is a divergence POD's subspace with turned axes as well: independence that a
        rotation alone gives is not due to the divergence.
        """
        reducers = self.reducers or ()
        kinds = [reducer_class(name) for name in reducers]
        if not self.controls or "pod" not in reducers or not any(kind.has_epochs for kind in kinds):
            return ()
        wanted = CONTROLS + (DIVERGENCE_CONTROLS if any(kind.has_beta for kind in kinds) else ())
        return tuple(name for name in wanted if name not in reducers)

    def resolve(self, card: Card | None) -> Study:
        """The same study with every None filled in from the card or the defaults."""
        suggested = card.suggested if card else Suggested()
        options = {name: dict(values) for name, values in suggested.options.items()}
        for name, values in self.options.items():
            options[name] = options.get(name, {}) | values
        weights: Study | Suggested = self if self.beta or self.energy_share else suggested
        beta, share = weights.beta, weights.energy_share
        if not beta and not share:
            # with a capacity, a learned variance or another loss beta is no variance of the data
            beta, share = (
                (DEFAULT_BETA, None) if is_special(options) else (None, DEFAULT_ENERGY_SHARE)
            )
        return make_study(
            {
                **self.model_dump(),
                "reducers": self.reducers or suggested.reducers or DEFAULT_REDUCERS,
                "n_components": self.n_components or suggested.n_components,
                "beta": beta,
                "energy_share": share,
                "split": _first_of(self.split or (card.split if card else {}), self.splits),
                "pipeline": self.pipeline or (card.pipeline if card else {}),
                "options": options,
            },
            f"{card.name}: its card" if card else "study",
        )


def _first_of(split: SplitOptions | Mapping[str, Any], splits: int) -> dict[str, Any]:
    """The options of the first of several splits, as they are of one alone."""
    options = (
        split.model_dump(exclude_unset=True) if isinstance(split, SplitOptions) else dict(split)
    )
    return options if splits == 1 else options | {"of": splits}


def make_study(values: Mapping[str, Any], where: str) -> Study:
    """A study of these values.

    Raises
    ------
    InputError
        One line: the first thing that is wrong, where it stands, and the nearest known name.
    """
    try:
        study = Study(**values)
    except ValidationError as error:
        raise InputError(f"{where}: {_first_line(error)}") from error
    check(study, where)
    return study


def read_study(path: str | Path) -> Study:
    """Read a study file (TOML); a relative path of its data is relative to the file."""
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    values = read_toml(path, "a study")
    if isinstance(data := values.get("data"), str | list):
        beside = [str(path.parent / item) for item in ([data] if isinstance(data, str) else data)]
        if all(Path(item).is_file() or glob.glob(item) for item in beside):
            values["data"] = beside[0] if isinstance(data, str) else beside
    return make_study(values, str(path))


def _first_line(error: ValidationError) -> str:
    first = error.errors()[0]
    # of a union each kind that is tried has a place in the path: tuple[finite-float,...]
    path = [part for part in first["loc"] if "[" not in str(part)]
    *above, key = path or [""]
    models: dict[Any, type[BaseModel]] = {"split": SplitOptions, "pipeline": PipelineOptions}
    where = ".".join(str(part) for part in path)
    if first["type"] == "extra_forbidden":
        known = (models[above[0]] if above else Study).model_fields
        return f"unknown option {where!r}; {nearest(str(key), known)}"
    return f"{where}: {first['msg']}, got {first['input']!r}"
