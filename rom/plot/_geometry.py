"""Where the values of a field are seen: along a curve, or as an image of a grid, of a slice, of a
mesh or of points.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rom.data.layout import POINT_AXIS, FieldLayout
from rom.plot import _sampling, _triangles
from rom.plot._grid import Geometry, Grid, alike, coordinate, image, middle, unit_of
from rom.results.words import with_unit

CURVE_POINTS = 4000  # more would not be seen and make large files


def geometry(layout: FieldLayout) -> Geometry:
    """How fields of a layout are drawn."""
    if layout.axes != (POINT_AXIS,):
        grid, axes, note = middle(layout)
        if len(axes) == 2:
            found = (
                image(layout, grid, axes)
                if layout.mesh is None
                else _curvilinear(layout, grid, axes)
            )
        else:
            found = _line(layout, grid, axes[0])
        return replace(found, note=" ".join(words for words in (note, found.note) if words))
    if layout.mesh is None:
        words = "The data has no grid: values are drawn over the number of the feature."
        return curve(np.arange(float(layout.n_cells)), "number of the feature", words)
    return _on_mesh(layout)


def curve(
    x: np.ndarray, label: str, note: str = "", *, order: np.ndarray | None = None
) -> Geometry:
    """Values over x; `order` says which values of the flat field they are."""
    step = -(-len(x) // CURVE_POINTS)
    few = f"Every {step}th value is drawn." if step > 1 else ""
    order = (np.arange(len(x)) if order is None else order)[::step]
    words = " ".join(part for part in (note, few) if part)
    return Geometry(
        lambda field: field.reshape(-1)[order], x[::step], labels=(label, ""), note=words
    )


def _line(layout: FieldLayout, grid: Grid, axis: str) -> Geometry:
    numbers = np.arange(layout.n_cells).reshape(layout.grid_shape)[grid].reshape(-1)
    if layout.mesh is not None:
        steps = np.linalg.norm(np.diff(layout.mesh.points[numbers], axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        return curve(
            along, with_unit(f"distance along {axis}", unit_of(layout, axis)), order=numbers
        )
    x, _ = coordinate(layout, axis)
    return curve(x, with_unit(axis, layout.coordinate_units.get(axis, "")), order=numbers)


def _curvilinear(layout: FieldLayout, grid: Grid, axes: list[str]) -> Geometry:
    assert layout.mesh is not None
    numbers = np.arange(layout.n_cells).reshape(layout.grid_shape)[grid]
    triangles = _triangles.grid_triangles(numbers, tuple(axis in layout.periodic for axis in axes))
    return _sampled(layout, *_sampling.surface(layout.mesh.points, triangles, triangles))


def _on_mesh(layout: FieldLayout) -> Geometry:
    mesh = layout.mesh
    assert mesh is not None
    places = _triangles.places(mesh)
    varying = _triangles.varying(places)
    if len(varying) <= 1:
        axis = varying[0] if varying else 0
        order = np.argsort(places[:, axis], kind="stable")
        return curve(
            places[order, axis], with_unit("xyz"[axis], unit_of(layout, "xyz"[axis])), order=order
        )
    triangles, cells = _triangles.mesh_triangles(mesh)
    if len(triangles):
        values = cells[:, None] if mesh.values_at == "cells" else triangles
        return _sampled(layout, *_sampling.surface(mesh.points, triangles, values))
    return _sampled(layout, *_sampling.nearest(places))


def _sampled(
    layout: FieldLayout, sample: _sampling.Sample, directions: tuple[int, int], note: str
) -> Geometry:
    names = ["xyz"[i] for i in directions]
    units = [unit_of(layout, name) for name in names]
    if any("degree" in unit for unit in layout.coordinate_units.values()) or {"lat", "lon"} <= set(
        layout.axes
    ):
        names = [{"x": "longitude", "y": "latitude"}.get(name, name) for name in names]
    return Geometry(
        sample, sample.x, sample.y, (with_unit(names[0], units[0]), with_unit(names[1], units[1])),
        note=note, with_ticks=True, alike=alike(*units),
    )  # fmt: skip
