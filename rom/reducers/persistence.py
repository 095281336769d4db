"""Saving and loading: one safetensors file whose JSON header says what the arrays are. Loading never runs code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.data.layout import FieldLayout
from rom.errors import InputError
from rom.registry import reducer_class

if TYPE_CHECKING:
    from rom.reducers.base import Reducer

FORMAT, VERSION = "rom-model", 1
FILE_NAME = "model.safetensors"


def save_reducer(reducer: Reducer, path: str | Path) -> None:
    """Write a fitted reducer."""
    header, arrays = reducer_state(reducer)
    write(path, {"kind": "reducer", "reducer": header}, arrays)


def reducer_state(reducer: Reducer) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """JSON header and arrays of a fitted reducer."""
    parameters = reducer.get_params(deep=False)
    seed = parameters.get("random_state")
    if seed is not None and not isinstance(seed, int | np.integer):
        parameters["random_state"] = None  # a generator object is not data
    layout, layout_arrays = reducer.layout_.state()
    header = {"name": reducer.registry_name, "parameters": parameters, "layout": layout}
    header["n_features_in"] = reducer.n_features_in_
    arrays = {f"layout/{k}": v for k, v in layout_arrays.items()}
    return header, arrays | {f"learned/{k}": v for k, v in reducer._arrays().items()}


def reducer_from_state(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Reducer:
    """The reducer that :func:`reducer_state` described."""
    parameters = {k: tuple(v) if isinstance(v, list) else v for k, v in header["parameters"].items()}
    reducer = reducer_class(header["name"])(**parameters)
    reducer.layout_ = FieldLayout.from_state(header["layout"], below(arrays, "layout/"))
    reducer.n_features_in_ = int(header["n_features_in"])
    reducer._restore(below(arrays, "learned/"))
    return reducer


def below(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    """The arrays whose names start with the prefix, without it."""
    return {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}


def write(path: str | Path, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write header and arrays to one file."""
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    contiguous = {name: np.asarray(values, order="C") for name, values in arrays.items()}
    text = json.dumps({"format": FORMAT, "version": VERSION, **header}, default=_plain)
    try:
        save_file(contiguous, path, metadata={"rom": text})
    except (OSError, SafetensorError) as error:
        raise InputError(f"{path}: cannot be written: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise InputError(f"a parameter of type {type(value).__name__} cannot be saved")


def model_file(path: str | Path) -> Path:
    """The file of a saved model; a folder stands for the model in it."""
    path = Path(path)
    if path.is_dir():
        if not (path / FILE_NAME).is_file():
            raise InputError(f"{path}: a folder without {FILE_NAME}; give the folder of a run (OUT/runs/ID) or a file")
        return path / FILE_NAME
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    return path


def read(path: str | Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and arrays of a file that :func:`write` wrote; a folder stands for the model in it."""
    from safetensors import SafetensorError, safe_open

    path = model_file(path)
    try:
        with safe_open(path, framework="numpy") as file:
            text = (file.metadata() or {}).get("rom")
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (not a dict)
    except (SafetensorError, OSError) as error:
        raise InputError(f"{path}: not a saved model: {error}") from error
    header = json.loads(text) if text else {}
    if header.get("format") != FORMAT:
        raise InputError(f"{path}: a safetensors file, but not written by this package")
    if header["version"] > VERSION:
        raise InputError(f"{path}: written by a newer version of this package, update it to read the file")
    return header, arrays


def load(path: str | Path) -> Any:
    """Load what ``save`` wrote: a reducer, or the model of a run (pipeline and reducer).

    Parameters
    ----------
    path : a saved file, or the folder of a run (``OUT/runs/<id>``).

    Returns
    -------
    POD, QuadraticPOD, Autoencoder, BetaVAE, or FieldModel for a run: the same verbs on fields in physical units.

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
    if header["kind"] == "field-model":
        from rom.reducers.field_model import FieldModel

        return FieldModel.from_state(header, arrays)
    return reducer_from_state(header["reducer"], arrays)
