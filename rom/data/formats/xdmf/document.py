"""The XML of an XDMF file: elements, references between them, and which box of which HDF5 dataset
an item is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import h5py
import numpy as np

from rom.data.formats.common import hdf5
from rom.data.hdf5_open import open_hdf5
from rom.data.linked import check_linked
from rom.data.slab import read_slab
from rom.errors import InputError

#: The last step of the paths in xi:include: one of several elements.
SELVES = re.compile(r"/\*\[(self::\w+(?:\s+or\s+self::\w+)*)\]$")
JOIN = re.compile(r"\s*join\s*\(\s*\$\d+(\s*[,;]\s*\$\d+)*\s*\)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """A box of an HDF5 dataset: (start, count) along each of its axes; None: all of it."""

    path: Path
    dataset: str
    box: tuple[tuple[int, int], ...] | None = None


class NotReadError(InputError):
    """Data that XDMF can describe and that are not in HDF5; other data of the file may be."""


class Document:
    """An XDMF file, read whole; HDF5 files that it names are opened when values are asked for.

    Raises
    ------
    InputError
        If it is not well-formed, or declares entities (which could make it arbitrarily large).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root = _parse(path)
        self._selected: dict[str, list[Element]] = {}
        self._shapes: dict[tuple[Path, str], tuple[int, ...]] = {}

    def error(self, words: str) -> InputError:
        return InputError(f"{self.path}: {words}")

    def select(self, xpath: str) -> list[Element]:
        """Elements at an XPath of the kind that writers of XDMF use."""
        if xpath not in self._selected:
            last = SELVES.search(xpath)
            names = re.findall(r"self::(\w+)", last[1]) if last else []
            place = (xpath[: last.start()] if last else xpath).strip()
            place = re.sub(r"^/Xdmf(?=/)", ".", place, flags=re.IGNORECASE)
            try:
                found = self.root.findall(f".{place}" if place.startswith("//") else place)
            except (SyntaxError, KeyError) as error:
                raise self.error(f"the XPath {xpath!r} is not understood: {error}") from error
            if names:
                found = [child for parent in found[:1] for child in parent if child.tag in names]
            if not found:
                raise self.error(f"nothing at the XPath {xpath!r}")
            self._selected[xpath] = found
        return self._selected[xpath]

    def resolve(self, element: Element) -> Element:
        """The element that another refers to, in its text or in the attribute itself."""
        reference = element.get("Reference")
        if reference is None:
            return element
        xpath = (
            (element.text or "").strip()
            if reference.strip().upper() == "XML"
            else reference.strip()
        )
        found = self.select(xpath)[0]
        if found is element or found.get("Reference") is not None:
            raise self.error(f"the reference {xpath!r} leads to another reference")
        return found

    def children(self, grid: Element, tag: str) -> list[Element]:
        """Children of that tag; xi:include and references are followed, inside this file."""
        found = []
        for child in grid:
            if child.tag.rpartition(":")[2].lower() == "include":
                if child.get("href"):
                    raise self.error(
                        f"xi:include of another file ({child.get('href')}) is not read"
                    )
                pointer = child.get("xpointer", "").strip()
                inside = re.fullmatch(r"xpointer\((.*)\)", pointer, re.DOTALL)
                found += [e for e in self.select(inside[1] if inside else pointer) if e.tag == tag]
            elif child.tag == tag:
                found.append(child)
        return [self.resolve(element) for element in found]

    def number(self, element: Element, key: str, default: int) -> int:
        """A whole number in an attribute."""
        try:
            return int(element.get(key, default))
        except ValueError as error:
            raise self.error(f"{key}={element.get(key)!r} is no number") from error

    def items(self, element: Element) -> list[Item]:
        """The box of a dataset that a DataItem is; of JOIN($0, $1, ...) one for each component."""
        element = self.resolve(element)
        if kind_of(element, "ItemType") != "function":
            return [self._item(element)]
        formula = element.get("Function", "")
        if not JOIN.fullmatch(formula):
            raise NotReadError(
                f"the function {formula!r} is not computed, only JOIN($0, $1, ...) is read"
            )
        parts = [self.resolve(child) for child in element.findall("DataItem")]
        chosen = [int(number) for number in re.findall(r"\$(\d+)", formula)]
        if max(chosen) >= len(parts):
            raise self.error(f"the function {formula!r} of {len(parts)} items")
        return [self._item(parts[number]) for number in chosen]

    def _item(self, element: Element) -> Item:
        kind = kind_of(element, "ItemType") or "uniform"
        if kind == "hyperslab":
            children = [self.resolve(child) for child in element.findall("DataItem")]
            whole = self._item(children[1]) if len(children) == 2 else None
            if whole is None or whole.box is not None:
                raise self.error(
                    "a HyperSlab is read of two items, the second of which is a dataset"
                )
            return self._boxed(whole, self.values(children[0]).astype(int).ravel())
        form = element.get("Format", "XML").upper()
        if kind != "uniform" or form != "HDF":
            raise NotReadError(
                f"an item of kind {kind!r} and format {form!r}, only data in HDF5 are read"
            )
        text = " ".join((element.text or "").split())
        where, _, box = text.partition("|")
        name, separator, dataset = where.strip().rpartition(":/")
        if not separator:
            name, separator, dataset = where.strip().rpartition(":")
        if not name or not dataset:
            raise self.error(f"{text!r} is not FILE:/DATASET")
        check_linked(self.path, name, f"the file {name!r} that it names")
        item = Item(self.path.parent / name, dataset)
        if box:
            item = self._boxed(
                item, np.array([n for group in box.split(":")[:3] for n in numbers(group)], int)
            )
        return item

    def _boxed(self, item: Item, selection: np.ndarray) -> Item:
        shape = self.shape(item)
        if len(selection) != 3 * len(shape):
            raise self.error(
                f"a HyperSlab of {len(selection)} numbers on {item.dataset!r} of shape {shape}"
            )
        start, stride, count = selection.reshape(3, -1)
        if np.any((stride != 1) & (count > 1)):
            raise self.error(
                f"a HyperSlab of {item.dataset!r} with stride {stride.tolist()}: only stride 1 is"
                " read"
            )
        if np.any(start < 0) or np.any(count < 1) or np.any(start + count > shape):
            raise self.error(f"a HyperSlab reaches out of {item.dataset!r} of shape {shape}")
        return Item(
            item.path, item.dataset, tuple(zip(start.tolist(), count.tolist(), strict=True))
        )

    def shape(self, item: Item) -> tuple[int, ...]:
        """Shape of the whole dataset."""
        key = item.path, item.dataset
        if key not in self._shapes:
            with self._open(item) as file:
                self._shapes[key] = hdf5.dataset(file, item.dataset, item.path).shape
        return self._shapes[key]

    def _open(self, item: Item) -> h5py.File:
        try:
            return open_hdf5(item.path)
        except FileNotFoundError as error:
            raise self.error(
                f"the file {item.path.name} that it names is not there ({item.path})"
            ) from error
        except OSError as error:
            raise self.error(f"{item.path} cannot be read: {error}") from error

    def values(self, element: Element) -> np.ndarray:
        """Values of a DataItem of a mesh or of times, from the XML or from HDF5."""
        element = self.resolve(element)
        form = element.get("Format", "XML").upper()
        shape = numbers(element.get("Dimensions", ""))
        if kind_of(element, "ItemType") in ("", "uniform") and form == "XML":
            try:
                values = np.array((element.text or "").split(), dtype=np.float64)
            except ValueError as error:
                raise self.error(f"numbers expected in a DataItem: {error}") from error
        else:
            item = self._item(element)
            with self._open(item) as file:
                dataset = hdf5.dataset(file, item.dataset, item.path)
                box = tuple(slice(start, start + count) for start, count in item.box or ())
                values = read_slab(dataset, _whole(box, dataset.shape))
        return values.reshape(shape) if shape and np.prod(shape) == values.size else values


def _whole(box: tuple[slice, ...], shape: tuple[int, ...]) -> tuple[slice, ...]:
    return box or tuple(slice(0, n) for n in shape)


def kind_of(element: Element, key: str) -> str:
    """An attribute such as TopologyType, which older files call Type; in lower case."""
    return element.get(key, element.get("Type", "")).strip().lower()


def numbers(text: str) -> tuple[int, ...]:
    """Dimensions, separated by blanks or commas."""
    try:
        return tuple(int(float(word)) for word in text.replace(",", " ").split())
    except ValueError:
        return ()


def said(elements: Sequence[Element]) -> str:
    """What elements say, without names and blanks: equal for equal meshes."""
    words = []
    for element in elements:
        for part in element.iter():
            attributes = sorted((k, v) for k, v in part.attrib.items() if k.lower() != "name")
            words.append(f"{part.tag}{attributes}{''.join((part.text or '').split())}")
    return "\n".join(words)


def _parse(path: Path) -> Element:
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data

    def refuse(name: str, *_: object) -> None:
        raise InputError(f"{path}: the XML declares the entity {name!r}; entities are not read")

    parser.EntityDeclHandler = refuse
    try:
        with open(path, "rb") as stream:
            parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise InputError(f"{path}: damaged XML: {error}") from error
    return builder.close()
