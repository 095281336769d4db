"""Pictures: the figures of the page, drawn and written, by several processes where asked for."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from rom.data.hdf5_open import Identity, known, look_at, trust
from rom.execution.workers import Workers, can_fork
from rom.report.figures.style import Plot, looks, write
from rom.report.page.content import Figures
from rom.results import Results


@dataclass(frozen=True)
class Picture:
    """A figure in the page: numbered, with words, and its pixels in a palette of 256 colours."""

    number: int
    name: str
    title: str
    caption: str
    alt: str
    png: bytes
    width: int
    height: int


def pictures_of(
    results: Results, parts: Sequence[Figures], folder: Path, jobs: int = 1
) -> list[list[Picture]]:
    """The figures of each part, drawn, written into the folder and numbered through.

    Half of the time of a report goes into its figures, and matplotlib draws one at a time: with
    ``jobs > 1`` processes share the functions of all parts.
    """
    tasks = [(part, function) for part, functions in enumerate(parts) for function in functions]
    drawn: list[list[Picture]] = [[] for _ in tasks]
    if jobs > 1 and len(tasks) > 1 and can_fork():
        # once here instead of once in every process
        look_at(results.store.path.rglob("*.h5"))
        with Workers([__name__]) as workers:
            shared, functions = (results, folder, known()), [function for _, function in tasks]
            for i, pictures in workers.map(_draw_there, shared, functions, jobs):
                if isinstance(pictures, Exception):  # its process died
                    raise pictures
                drawn[i] = pictures
    else:
        drawn = [_draw(results, folder, function) for _, function in tasks]

    found: list[list[Picture]] = [[] for _ in parts]
    number = 0
    for (part, _), pictures in zip(tasks, drawn, strict=True):
        for picture in pictures:
            number += 1
            found[part].append(replace(picture, number=number))
    return found


def _draw_there(
    shared: tuple[Results, Path, frozenset[Identity]],
    function: Callable[[Results], Iterator[Plot]],
) -> list[Picture]:
    """In another process, which need not look at the files of the store again."""
    results, folder, files = shared
    trust(files)
    return _draw(results, folder, function)


def _draw(
    results: Results, folder: Path, function: Callable[[Results], Iterator[Plot]]
) -> list[Picture]:
    with looks():
        return [picture_of(plot, folder) for plot in function(results)]


def picture_of(plot: Plot, folder: Path, number: int = 0) -> Picture:
    """Written whole into the folder; in the page with a palette, which is a third of the bytes."""
    found = write(plot, folder)
    with Image.open(io.BytesIO(found.png)) as image:
        small = image.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT)
        height = round(found.width * image.height / image.width)
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    png = min(found.png, buffer.getvalue(), key=len)
    alt = plot.alt or plot.title
    return Picture(number, plot.name, plot.title, plot.caption, alt, png, found.width, height)
