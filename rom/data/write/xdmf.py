"""XDMF next to a canonical file: what a viewer needs to show its fields where they lie and when.

A snapshot is an HDF5 dataset of its own for the viewer, a view of its row in ``/fields`` (HDF5's
virtual datasets, about 500 bytes each). XDMF's own way to name a row, the HyperSlab, is dropped
without a word by ParaView's Xdmf3 readers (seen in 5.11) and unknown to meshio.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import h5py
import numpy as np

from rom import __version__
from rom.data.layout import FieldLayout
from rom.data.write.geometry import Geometry
from rom.strings import all_visible, visible

GROUP = "xdmf"
WRITER = "rom-compare"
#: The first grid of the file has topology and geometry, the others point to it.
SAME = "xpointer(/Xdmf/Domain/Grid/Grid[1]/*[self::Topology or self::Geometry])"


def add_views(path: Path, layout: FieldLayout, place: Geometry, n_snapshots: int) -> None:
    """Add to a canonical file what the XDMF refers to: positions, cells, and each snapshot as a
    dataset of its own.
    """
    with h5py.File(path, "r+") as file:
        group = file.create_group(GROUP)
        for name, values in place.positions.items():
            group.create_dataset(name, data=values)
        if place.cells is not None:
            group.create_dataset("cells", data=place.cells)
        for variable, name in enumerate(layout.variables):
            dataset = file[f"fields/{name}"]
            source = h5py.VirtualSource(".", dataset.name, dataset.shape, dataset.dtype)
            views = group.create_group(f"fields/{variable}")
            for row in range(n_snapshots):
                view = h5py.VirtualLayout(place.shape, dataset.dtype)
                view[...] = source[row]
                views.create_virtual_dataset(str(row), view, fillvalue=np.nan)


def write_xdmf(
    path: Path,
    hdf5_name: str,
    layout: FieldLayout,
    place: Geometry,
    *,
    rows: np.ndarray,
    times: np.ndarray,
    time_unit: str,
    dtype: np.dtype,
) -> None:
    """Write an XDMF file: one temporal collection of the snapshots `rows` of the file `hdf5_name`
    next to it.

    Variables are scalars under their own names. Units, for which XDMF has no word, are entries
    Information.
    """
    root = ElementTree.Element(
        "Xdmf", {"Version": "3.0", "xmlns:xi": "http://www.w3.org/2001/XInclude"}
    )
    domain = ElementTree.SubElement(root, "Domain")
    facts = {"written by": f"{WRITER} {__version__}", "units of time": time_unit}
    facts |= {
        f"units of {name}": unit for name, unit in zip(layout.variables, layout.units, strict=True)
    }
    facts |= {f"units of {axis}": unit for axis, unit in layout.coordinate_units.items()}
    for name, value in all_visible(facts).items():  # XML has no control characters
        if value:
            ElementTree.SubElement(domain, "Information", Name=name, Value=value)
    series = ElementTree.SubElement(
        domain, "Grid", Name="snapshots", GridType="Collection", CollectionType="Temporal"
    )
    for number, (row, time) in enumerate(zip(rows, times, strict=True)):
        grid = ElementTree.SubElement(series, "Grid", Name=f"snapshot {row}", GridType="Uniform")
        ElementTree.SubElement(grid, "Time", Value=repr(float(time)))
        if number == 0:
            _mesh(grid, hdf5_name, place)
        else:
            ElementTree.SubElement(grid, "xi:include", xpointer=SAME)
        for variable, name in enumerate(layout.variables):
            attribute = ElementTree.SubElement(
                grid, "Attribute", Name=visible(name), AttributeType="Scalar", Center=place.center
            )
            _item(attribute, f"{hdf5_name}:/{GROUP}/fields/{variable}/{row}", place.shape, dtype)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _mesh(grid: ElementTree.Element, hdf5_name: str, place: Geometry) -> None:
    topology = ElementTree.SubElement(grid, "Topology", place.topology)
    if place.cells is not None:
        _item(topology, f"{hdf5_name}:/{GROUP}/cells", place.cells.shape, place.cells.dtype)
    geometry = ElementTree.SubElement(grid, "Geometry", GeometryType=place.kind)
    for name, values in place.positions.items():
        _item(geometry, f"{hdf5_name}:/{GROUP}/{name}", values.shape, values.dtype)


def _item(parent: ElementTree.Element, where: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
    kind = "Float" if dtype.kind == "f" else "Int"
    item = ElementTree.SubElement(parent, "DataItem", Format="HDF", NumberType=kind)
    item.set("Precision", str(dtype.itemsize))
    item.set("Dimensions", " ".join(map(str, shape)))
    item.text = where


def is_ours(path: Path) -> bool:
    """Whether an XDMF file was written here, so that it may be replaced."""
    with open(path, "rb") as stream:
        return f'"{WRITER} '.encode() in stream.read(1000)
