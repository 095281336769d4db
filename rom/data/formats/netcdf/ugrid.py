"""Meshes by the UGRID conventions 1.0: nodes, faces between them, and how large they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rom.data.formats.common.hdf5 import text
from rom.data.formats.netcdf.variables import Variable, base
from rom.data.mesh import Mesh
from rom.data.weights import LATITUDE_UNITS
from rom.errors import InputError

#: VTK's types of cells by their number of corners; any other is a polygon.
TYPES = {3: 5, 4: 9}
POLYGON = 7


@dataclass(frozen=True)
class Unstructured:
    """Where the values of a variable lie.

    Attributes
    ----------
    name, dimension : of the mesh in the file, and of its values
    mesh : faces, with the values in them or at their corners
    weights : (n_values,) areas of the faces, on the sphere where nodes have a longitude and a
        latitude; of a node its share of the faces around it
    """

    name: str
    dimension: str
    mesh: Mesh
    weights: np.ndarray


def unstructured(
    path: Path, variables: Mapping[str, Variable], lead: Variable
) -> Unstructured | None:
    """The mesh that a variable names, None where it names none or lies on its edges."""
    name, location = text(lead.dataset, "mesh"), text(lead.dataset, "location")
    topology = variables.get(name)
    if topology is None or location not in ("face", "node"):
        return None

    def named(attribute: str) -> list[Variable]:
        """The variables that an attribute of the mesh names; one that is not there is an error."""
        words = text(topology.dataset, attribute).split()
        missing = [word for word in words if word not in variables]
        if missing:
            raise InputError(f"{path}: mesh {name!r} names {missing[0]!r}, which is not there")
        return [variables[word] for word in words]

    nodes, faces = named("node_coordinates"), named("face_node_connectivity")
    if len(nodes) != 2 or len(faces) != 1:
        return None
    if is_latitude(nodes[0]):  # the order is usual, not promised
        nodes.reverse()
    corners, dimension = _corners(path, faces[0], text(topology.dataset, "face_dimension"), lead)
    there = ~np.isnan(corners)
    counts = there.sum(axis=1)
    start = int(np.ravel(faces[0].dataset.attrs.get("start_index", 0))[0])
    points = np.column_stack([node.values(path) for node in nodes])
    mesh = Mesh(
        np.column_stack([points, np.zeros(len(points))]),
        corners[there].astype(np.int64) - start,
        np.concatenate([[0], np.cumsum(counts)]),
        np.array([TYPES.get(int(n), POLYGON) for n in counts]),
        "cells" if location == "face" else "points",
    )
    sizes = areas(mesh, on_sphere=is_latitude(nodes[1]))
    if location == "node":
        shares = np.zeros(len(points))
        np.add.at(shares, mesh.connectivity, np.repeat(sizes / counts, counts))
        sizes, dimension = shares, nodes[0].dims[0]
    if dimension not in lead.dims:
        raise InputError(f"{path}: {lead.name!r} has no value for each {location} of mesh {name!r}")
    return Unstructured(name, dimension, mesh, sizes)


def is_latitude(variable: Variable) -> bool:
    """Whether its values are degrees north."""
    unit = text(variable.dataset, "units").lower()
    return unit in LATITUDE_UNITS or text(variable.dataset, "standard_name") == "latitude"


def _corners(path: Path, faces: Variable, dimension: str, lead: Variable) -> tuple[np.ndarray, str]:
    """Numbers of the nodes of each face, (n_faces, most), NaN where a face has fewer; and the
    dimension of the faces.
    """
    corners = faces.values(path)
    if corners.ndim != 2:
        raise InputError(f"{path}: {faces.name!r} of shape {corners.shape} is no list of faces")
    # the faces are the first dimension unless the file says otherwise
    first, second = faces.dims
    turned = base(second) == dimension or (second in lead.dims and first not in lead.dims)
    corners = corners.T if turned else corners
    corners = np.where(corners < 0, np.nan, corners)
    if (np.isfinite(corners).sum(axis=1) < 3).any():
        raise InputError(f"{path}: a face of {faces.name!r} has fewer than three nodes")
    return corners, second if turned else first


def areas(mesh: Mesh, *, on_sphere: bool) -> np.ndarray:
    """Areas of polygons in the plane, or on the unit sphere of longitudes and latitudes (degrees).

    Each is cut into triangles from its first corner; on the sphere the excess E of one is
    ``tan(E / 2) = a . (b x c) / (1 + a . b + b . c + c . a)`` (van Oosterom and Strackee 1983).

    >>> square = np.array([[0.0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]])
    >>> corners, offsets = np.arange(4), np.array([0, 4])
    >>> areas(Mesh(square, corners, offsets, np.array([9]), "cells"), on_sphere=False)
    array([2.])
    >>> octant = np.array([[0.0, 0, 0], [90, 0, 0], [0, 90, 0]])
    >>> part = Mesh(octant, np.arange(3), np.array([0, 3]), np.array([5]), "cells")
    >>> (areas(part, on_sphere=True) / (np.pi / 2)).round(12)
    array([1.])
    """
    counts = np.diff(mesh.offsets)
    most = int(counts.max())
    # the last corner again in the place of those that are not there: triangles without an area
    numbers = mesh.offsets[:-1, None] + np.minimum(np.arange(most), counts[:, None] - 1)
    points = mesh.points
    if on_sphere:
        longitude, latitude = np.radians(points[:, :2].T)
        points = np.column_stack(
            [
                np.cos(latitude) * np.cos(longitude),
                np.cos(latitude) * np.sin(longitude),
                np.sin(latitude),
            ]
        )
    corners = points[mesh.connectivity[numbers]]
    a, b, c = corners[:, :1], corners[:, 1:-1], corners[:, 2:]
    if on_sphere:
        volume = (a * np.cross(b, c)).sum(axis=-1)
        cosines = (a * b).sum(axis=-1) + (b * c).sum(axis=-1) + (c * a).sum(axis=-1)
        return np.abs(2 * np.arctan2(volume, 1 + cosines).sum(axis=1))
    first, second = b - a, c - a
    twice = first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0]
    return np.abs(twice.sum(axis=1)) / 2
