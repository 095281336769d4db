"""A plain array of a file (or one per variable) with a mapping that the user or a card gives."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rom.data.axes import default_variables, parse_axes
from rom.data.builder.options import NAMES, choose_variables
from rom.data.builder.proposal import Proposal
from rom.data.formats.common.workspace_axes import times_among
from rom.data.hdf5_file import HDF5File
from rom.data.layout import POINT_AXIS
from rom.data.limits import check_variables
from rom.data.parts import Part
from rom.data.stored import Container, Opener, StoredArray, described
from rom.errors import InputError

TITLE = "a mapping"
OPTIONS = {"dataset": NAMES, "axes": NAMES, "variables": NAMES}


def recognise(path: Path) -> str:
    """Never by itself: an anonymous dataset needs its axes given."""
    return ""


def propose(path: Path, options: Mapping[str, Any], opener: Opener = HDF5File) -> Proposal:
    """Arrays of a file by an explicit mapping.

    Options: ``dataset`` (a name, or a list with one dataset per variable), ``axes`` (e.g. "t y x
    c"; without t a file is one snapshot of a series), ``variables`` (names in the order of c or of
    the datasets). Units that are not given come from the attribute ``units`` of the datasets, names
    of variables from the datasets' names.
    """
    file = opener(path)
    if "dataset" not in options:
        raise InputError(
            f"{path}: which dataset? Give --dataset NAME and --axes 't y x' (in Python:"
            f" dataset='NAME', axes='t y x'); {described(file.shapes())}"
        )
    wanted = options["dataset"]
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    datasets = [file.array(name) for name in names]
    axes, assumptions = _axes(file, names, datasets, options, path)
    shapes = {d.shape for d in datasets}
    if len(shapes) > 1:
        raise InputError(
            f"{path}: the datasets {', '.join(names)} differ in shape: {sorted(shapes)}"
        )
    if len(datasets) > 1 and "c" in axes:
        raise InputError(f"{path}: give several datasets or an axis 'c', not both")
    _check_order(path, file.shapes(), dict(zip(axes, datasets[0].shape, strict=True)), options)
    n_components = dict(zip(axes, datasets[0].shape, strict=True)).get("c", 1)
    check_variables(n_components, f"{path}: the axis 'c' of {names[0]!r}")
    components: list[Mapping[str, int]] = (
        [{"c": i} for i in range(n_components)] if "c" in axes else [{}]
    )
    parts = [Part(path, name, axes, take, None, opener) for name in names for take in components]
    default = (
        default_variables(n_components) if "c" in axes else tuple(n.split("/")[-1] for n in names)
    )
    variables = choose_names(options.get("variables"), default, path)
    said = [d.unit() for d in datasets]
    grid = tuple(a for a in axes if a not in ("t", "c"))
    return Proposal(
        [dict(zip(variables, parts, strict=True))],
        grid or (POINT_AXIS,),
        units=dict(zip(variables, said * (len(parts) // len(said)), strict=True)),
        assumptions=assumptions,
    )


def _check_order(
    path: Path,
    shapes: Mapping[str, tuple[int, ...]],
    sizes: Mapping[str, int],
    options: Mapping[str, Any],
) -> None:
    """Refuse axes under which the times, or the parameters that are asked for, belong to an axis
    of the grid: they stand in another order.
    """
    if "t" not in sizes:
        return
    given = options.get("parameters", ())
    wanted = [options.get("time"), *([given] if isinstance(given, str) else given)]
    vectors = {name: shape[0] for name, shape in shapes.items() if len(shape) == 1}
    for name in [name for name in wanted if name in vectors] or times_among(vectors)[:1]:
        n = vectors[name]
        other = [axis for axis, size in sizes.items() if size == n and axis not in ("t", "c")]
        if n != sizes["t"] and len(other) == 1:
            raise InputError(
                f"{path}: {name!r} has {n} values, as many as there are along {other[0]!r}, and"
                f" the axis 't' has {sizes['t']}: these axes stand in another order"
            )


def _axes(
    file: Container,
    names: Sequence[str],
    datasets: Sequence[StoredArray],
    options: Mapping[str, Any],
    path: Path,
) -> tuple[tuple[str, ...], list[str]]:
    """Names of the axes: the user's; or of a matrix, where the times tell which of the two are
    snapshots.
    """
    if "axes" in options:
        given = options["axes"]
        called = tuple(given.split()) if isinstance(given, str) else tuple(given)
        found = [
            parse_axes(
                called,
                len(d.shape),
                f"{path}:/{name.strip('/')} of shape {d.shape}",
                snapshots=False,
            )
            for name, d in zip(names, datasets, strict=True)
        ]
        return found[0], []
    shape = datasets[0].shape
    if len(shape) == 2 and "time" in options:
        n = math.prod(file.array(options["time"]).shape)
        if n in shape and shape[0] != shape[1]:
            axes = ("t", POINT_AXIS) if shape[0] == n else (POINT_AXIS, "t")
            return axes, [f"axes {' '.join(axes)!r}: there are {n} times"]
    raise InputError(
        f"{path}: name the axes of the dataset, e.g. --axes 't y x c' (in Python: axes='t y x c');"
        f" {described(file.shapes())}"
    )


def choose_names(
    given: Sequence[str] | str | None, default: Sequence[str], path: Path
) -> list[str]:
    """Names the user gives to the variables, or the default ones."""
    names = [given] if isinstance(given, str) else list(given or default)
    if len(names) != len(default):
        raise InputError(
            f"{path}: {len(names)} names for {len(default)} variables: {', '.join(names)}"
        )
    return choose_variables(names, names, path)
