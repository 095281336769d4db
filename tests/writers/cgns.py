"""CGNS in HDF5 by the mapping of the standard: one structured zone, a solution for each step and
pointers to them.
"""

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.writers.field import Field, Written

TYPES = {"float32": "R4", "float64": "R8", "int32": "I4", "int64": "I8", "int8": "C1"}


def characters(text: str, length: int | None = None) -> np.ndarray:
    """Text as small integers, filled with blanks."""
    return np.frombuffer(text.ljust(length or len(text)).encode("ascii"), np.int8)


def node(parent: h5py.Group, name: str, label: str, values: Any = None) -> h5py.Group:
    """A node; text is stored as C1, arrays in the order in which h5py sees them (the standard's
    order reversed).
    """
    group = parent.create_group(name, track_order=True)
    values = characters(values) if isinstance(values, str) else values
    kind = "MT" if values is None else TYPES[np.asarray(values).dtype.name]
    _describe(group, name, label, kind)
    group.attrs.create("flags", np.array([1], np.int32))
    if values is not None:
        group[" data"] = values
    return group


def _describe(group: h5py.Group, name: str, label: str, kind: str) -> None:
    for attribute, text, length in (("name", name, 33), ("label", label, 33), ("type", kind, 3)):
        group.attrs.create(
            attribute, text.encode("ascii"), dtype=h5py.string_dtype("ascii", length)
        )


def start(file: h5py.File, dimension: int = 3) -> h5py.Group:
    """Root and base of a file."""
    _describe(file, "HDF5 MotherNode", "Root Node of HDF5 File", "MT")
    file[" format"] = characters("IEEE_LITTLE_32\0")
    file[" hdf5version"] = characters("HDF5 Version 1.8.17".ljust(33, "\0"))
    node(file, "CGNSLibraryVersion", "CGNSLibraryVersion_t", np.array([3.4], np.float32))
    return node(file, "Base", "CGNSBase_t", np.array([dimension, 3], np.int32))


def structured(base: h5py.Group, name: str, points: np.ndarray) -> h5py.Group:
    """A structured zone of points (k, j, i, 3) or (j, i, 3)."""
    sizes = np.array(points.shape[-2::-1], np.int32)
    zone = node(base, name, "Zone_t", np.stack([sizes, sizes - 1, 0 * sizes]))
    node(zone, "ZoneType", "ZoneType_t", "Structured")
    grid = node(zone, "GridCoordinates", "GridCoordinates_t")
    for direction, letter in enumerate("XYZ"):
        node(grid, f"Coordinate{letter}", "DataArray_t", points[..., direction])
    return zone


def add_steps(base: h5py.Group, times: np.ndarray, names: list[str]) -> None:
    """Times, and for each zone the names of its solutions in their order."""
    iterative = node(
        base, "BaseIterativeData", "BaseIterativeData_t", np.array([len(times)], np.int32)
    )
    node(iterative, "TimeValues", "DataArray_t", times)
    for zone in base.values():
        if isinstance(zone, h5py.Group) and zone.attrs["label"].rstrip(b"\0") == b"Zone_t":
            iterative = node(zone, "ZoneIterativeData", "ZoneIterativeData_t")
            pointers = np.stack([characters(name, 32) for name in names])
            node(iterative, "FlowSolutionPointers", "DataArray_t", pointers)


def add_solution(
    zone: h5py.Group, name: str, fields: dict[str, np.ndarray], location: str = "Vertex"
) -> h5py.Group:
    solution = node(zone, name, "FlowSolution_t")
    node(solution, "GridLocation", "GridLocation_t", location)
    for variable, values in fields.items():
        node(solution, variable, "DataArray_t", values)
    return solution


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.cgns"
    y, x = np.meshgrid(field.y, field.x, indexing="ij")
    names = [
        f"Step{number}" for number in range(len(field.times))
    ]  # whose order as text is not that of time
    with h5py.File(path, "w", track_order=True) as file:
        base = start(file, 2)
        zone = structured(base, "Zone 1", np.stack([x, y, 0 * x], axis=-1))
        for name, u, v in zip(names, field.u, field.v, strict=True):
            add_solution(zone, name, {"VelocityX": u, "VelocityY": v})
        add_steps(base, field.times, names)
    return Written(path, ("u", "v"), ("VelocityX", "VelocityY"))
