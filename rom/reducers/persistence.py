"""Saving and loading: one safetensors file whose JSON header says what the arrays are. Loading
never runs code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from rom.errors import MISTAKES, InputError, WriteError
from rom.files import writing
from rom.registry import MODELS
from rom.registry import load as load_entry

FORMAT, VERSION = "rom-model", 2
FILE_NAME = "model.safetensors"


class Header(BaseModel):
    """What the file says of itself: which kind of model, and its plain values."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: Literal["rom-model"]
    version: Literal[2]
    kind: str
    model: dict[str, Any]


class Storable(Protocol):
    """What can be saved: it has a kind, a row in :data:`rom.registry.MODELS`, and a state."""

    @property
    def kind(self) -> str: ...

    def state(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]: ...


def save(model: Storable, path: str | Path) -> None:
    """Write a fitted reducer or the model of a run."""
    values, arrays = model.state()
    write(path, {"kind": model.kind, "model": values}, arrays)


def write(path: str | Path, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write header and arrays to one file."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    contiguous = {name: np.asarray(values, order="C") for name, values in arrays.items()}
    text = json.dumps({"format": FORMAT, "version": VERSION, **header}, default=_plain)
    try:
        with writing(path) as part:
            save_file(contiguous, part, metadata={"rom": text})
    except (OSError, SafetensorError) as error:
        raise WriteError(f"{path}: cannot be written: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise InputError(f"a parameter of type {type(value).__name__} cannot be saved")


def model_file(path: str | Path) -> Path:
    """The file of a saved model; a folder stands for the model in it."""
    path = Path(path)
    if path.is_dir():
        if not (path / FILE_NAME).is_file():
            raise InputError(
                f"{path}: a folder without {FILE_NAME}; give the folder of a run (OUT/runs/ID) or a"
                " file"
            )
        return path / FILE_NAME
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    return path


def read(path: str | Path) -> tuple[Header, dict[str, np.ndarray]]:
    """Header and arrays of a file that :func:`write` wrote; a folder stands for the model in it."""
    from safetensors import safe_open

    path = model_file(path)
    try:
        with safe_open(path, framework="numpy") as file:
            text = (file.metadata() or {}).get("rom")
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except MISTAKES:
        raise
    except Exception as error:  # a wrong file leads to any kind: rom.errors.reading
        raise InputError(f"{path}: not a saved model: {error}") from error
    return _header(path, text), arrays


def _header(path: Path, text: str | None) -> Header:
    try:
        content = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: a damaged model: its header cannot be read ({error})") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"{path}: a safetensors file, but not written by this package")
    version = content.get("version")
    if isinstance(version, int) and version > VERSION:
        raise InputError(
            f"{path}: written by a newer version of this package, update it to read the file"
        )
    if isinstance(version, int) and version < VERSION:
        raise InputError(
            f"{path}: written by an older version of this package (format {version}); fit it again"
        )
    try:
        return Header(**content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{path}: a damaged model: {where}: {first['msg']}") from error


def load(path: str | Path) -> Any:
    """Load what ``save`` wrote: a reducer, or the model of a run (pipeline and reducer).

    Parameters
    ----------
    path : a saved file, or the folder of a run (``OUT/runs/<id>``).

    Returns
    -------
    A reducer, or FieldModel for a run: the same verbs on fields in physical units.

    Raises
    ------
    InputError
        If the file is missing, damaged, or not one of ours.

    Examples
    --------
    >>> import numpy as np, tempfile, rom
    >>> X = np.random.default_rng(0).normal(size=(20, 5))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     rom.POD(2).fit(X).save(f"{folder}/pod.safetensors")
    ...     rom.load(f"{folder}/pod.safetensors").transform(X).shape
    (20, 2)
    """
    header, arrays = read(path)
    if header.kind not in MODELS:
        raise InputError(f"{path}: a damaged model: no model of kind {header.kind!r}")
    try:
        return load_entry(MODELS[header.kind]).from_state(header.model, arrays)
    except MISTAKES:
        raise
    except Exception as error:
        raise InputError(f"{path}: a damaged model: {error}") from error
