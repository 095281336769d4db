"""Data sets by name: cards, where their files are, how they are fetched or made."""

from __future__ import annotations

import importlib.resources
import os
import re
import runpy
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rom.data.toml_file import read_toml
from rom.data.unpack import sums
from rom.errors import InputError, RomError, RunError, nearest
from rom.files import writing


class Strict(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CardFile(Strict):
    """One file of a data set, pinned by one or two sums of its uncompressed content.

    `git_blob` is the id that git gives a file, the SHA-1 of ``blob <bytes>\\0`` and the content:
    what is known of a file in someone's repository before anybody has it. `sha256` is the stronger.
    """

    name: str
    sha256: str = ""
    git_blob: str = ""
    urls: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        parts = Path(self.name).parts
        if not parts or ".." in parts or Path(self.name).is_absolute() or "\0" in self.name:
            raise ValueError(f"{self.name!r} must lie inside the data set's folder")
        if self.urls and not (self.sha256 or self.git_blob):
            raise ValueError(f"{self.name} has an address, so it needs its sha256 or git_blob")
        return self

    def wrong_sum(self, path: Path) -> str:
        """The name of the sum that a file does not have; "" where it has all that are known."""
        pinned = {"sha256": self.sha256, "git_blob": self.git_blob}
        known = {name: value for name, value in pinned.items() if value}
        if not known:
            return ""
        found = sums(path, known)
        return next((name for name, value in known.items() if found[name] != value), "")


class Make(Strict):
    """How the generate.py next to the card makes the file."""

    seed: int = 0
    size: str = "full"


class Suggested(Strict):
    """What a comparison takes where the user says nothing: of beta and energy_share one, or
    neither.
    """

    reducers: tuple[str, ...] | None = None
    n_components: tuple[int, ...] = (2, 4)
    beta: tuple[float, ...] | None = None
    energy_share: tuple[float, ...] | None = None
    options: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.beta and self.energy_share:
            raise ValueError("beta and energy_share say the same thing; suggest one of the two")
        return self


class Card(Strict):
    """A data set's card (datasets/<name>/card.toml)."""

    name: str
    title: str
    description: str = ""
    source: str
    licence: str
    citation: str
    format: str
    files: tuple[CardFile, ...] = Field(min_length=1)
    folder: Path
    mapping: dict[str, Any] = Field(default_factory=dict)
    make: Make | None = None
    split: dict[str, Any] = Field(default_factory=dict)
    pipeline: dict[str, Any] = Field(default_factory=dict)
    suggested: Suggested = Suggested()

    @model_validator(mode="after")
    def _check(self) -> Self:
        # files that are fetched or made go to a folder of this name
        is_plain = self.name.isprintable() and not re.search(r"^$|^[.~]|[/\\]", self.name)
        if not is_plain:
            raise ValueError(f"{self.name!r} is no plain name of a folder")
        return self

    @property
    def is_shipped(self) -> bool:
        """Whether it came with the package, whose programs may run."""
        return self.folder.parent == shipped_folder().resolve()

    @property
    def kind(self) -> Literal["embedded", "made", "download"]:
        """Where the files come from."""
        if all((self.folder / file.name).is_file() for file in self.files):
            return "embedded"
        return "made" if self.make else "download"


def datasets_folder() -> Path:
    """The folder of the cards: ``ROM_DATASETS``, else the checkout's, else the installed ones."""
    if "ROM_DATASETS" in os.environ:
        return Path(os.environ["ROM_DATASETS"])
    return shipped_folder()


def shipped_folder() -> Path:
    """The folder of the cards that came with the package."""
    package = Path(str(importlib.resources.files("rom")))
    checkout = package.parent / "datasets"
    if (package.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    return package / "_datasets"


def data_home() -> Path:
    """The folder of fetched and made files: ``ROM_DATA``, else the user's cache folder."""
    if "ROM_DATA" in os.environ:
        return Path(os.environ["ROM_DATA"])
    import pooch

    return Path(pooch.os_cache("rom"))


def dataset_names() -> list[str]:
    """Names of all data sets that have a card."""
    return sorted(path.parent.name for path in datasets_folder().glob("*/card.toml"))


def read_card(path: str | Path) -> Card:
    """Read and check a card file."""
    path = Path(path)
    content = read_toml(path, "a card")
    if "folder" in content:  # where the card lies, and nothing that it says
        raise InputError(f"{path}: unknown key 'folder'; {nearest('folder', Card.model_fields)}")
    folder = path.resolve().parent
    try:
        return Card(**{"name": folder.name} | content | {"folder": folder})
    except ValidationError as error:
        first = error.errors()[0]
        *above, key = first["loc"] or ("",)
        where = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            models: dict[Any, type[BaseModel]] = {
                "files": CardFile,
                "make": Make,
                "suggested": Suggested,
            }
            known = (models[above[0]] if above else Card).model_fields
            raise InputError(
                f"{path}: unknown key {where!r}; {nearest(str(key), known)}"
            ) from error
        raise InputError(
            f"{path}: {where}: {first['msg'].removeprefix('Value error, ')}; see docs/data-cards.md"
        ) from error


def find_card(name: str) -> Card:
    """The card of a data set by its name, or by its path; InputError names the nearest."""
    if name.endswith(".toml"):
        return read_card(name)
    path = datasets_folder() / name / "card.toml"
    if not path.is_file():
        raise InputError(f"no data set {name!r}; {nearest(name, dataset_names())}")
    return read_card(path)


def locate(card: Card) -> list[Path | None]:
    """Where each file of a data set is now, None where it is not there yet."""
    return [_locate(card, file) for file in card.files]


def _locate(card: Card, file: CardFile) -> Path | None:
    home = data_home() / card.name
    candidates = [card.folder / file.name, home / file.name, home / f"{file.name}.gz"]
    return next((path for path in candidates if path.is_file()), None)


def fetch(card: Card) -> list[Path]:
    """The files of a data set, downloaded or made where they are missing, checked where they are
    not.

    Raises
    ------
    InputError
        If a file that is there has the wrong content, or would be made by a program that did not
        come with the package.
    RunError
        If it can neither be found nor downloaded.
    """
    found = locate(card)
    if card.make and None in found:
        if not card.is_shipped:
            path = card.folder / "card.toml"
            raise InputError(
                f"{card.name}: its file is made by {card.folder / 'generate.py'}, a program that"
                f" did not come with this package; read it, and run it with: rom data make {path}"
            )
        return make(card)
    paths = [path or _download(card, file) for path, file in zip(found, card.files, strict=True)]
    for path, file in zip(paths, card.files, strict=True):
        if wrong := file.wrong_sum(path):
            raise InputError(
                f"{path}: the content is not that of the {card.name} data set ({wrong} differs);"
                " delete it"
            )
    return paths


def _download(card: Card, file: CardFile) -> Path:
    import pooch
    import requests

    folder = data_home() / card.name
    reasons = []
    for url in file.urls:
        suffix = ".gz" if url.endswith(".gz") else ""
        target = folder / f"{file.name}{suffix}"
        try:
            with _arriving(target) as part:
                pooch.HTTPDownloader(progressbar=False)(url, str(part), None)
                if file.wrong_sum(part):
                    raise InputError("wrong content")
            return target
        except InputError:
            reasons.append(f"{url}: wrong content")
        except (OSError, requests.RequestException) as error:
            reasons.append(f"{url}: {type(error).__name__}")
    tried = "; ".join(reasons) or "no address is known"
    raise RunError(
        f"{card.name}: {file.name} is not in {folder} and cannot be downloaded ({tried}). "
        "Copy the file there or set ROM_DATA to a folder that has it"
    )


def make(card: Card) -> list[Path]:
    """Run the generate.py next to a data set's card again and write its file."""
    script = card.folder / "generate.py"
    if card.make is None or not script.is_file():
        raise InputError(f"{card.name} is not made but fetched: rom data fetch {card.name}")
    folder = data_home() / card.name
    target = folder / card.files[0].name
    try:
        with _arriving(target) as part:
            runpy.run_path(str(script))["main"](part, seed=card.make.seed, size=card.make.size)
    except OSError as error:
        raise RunError(
            f"{card.name}: cannot be made in {folder} ({error}); set ROM_DATA to a writable folder"
        ) from error
    except RomError:
        raise
    except Exception as error:  # the script of a card may be anybody's
        raise RunError(f"{card.name}: {script} failed: {type(error).__name__}: {error}") from error
    return [target]


@contextmanager
def _arriving(target: Path) -> Iterator[Path]:
    """A path to write to, which becomes `target` in one step; after a failure nothing is left, no
    new folder either.
    """
    new = [folder for folder in target.parents if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with writing(target) as part:
            yield part
    except BaseException:
        with suppress(OSError):
            for folder in new:
                folder.rmdir()
        raise
