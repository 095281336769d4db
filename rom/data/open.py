"""rom.open_snapshots: one door for data set names, cards and files."""

from __future__ import annotations

import glob
import itertools
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from rom.data.extras import is_xarray
from rom.data.hdf5_signature import expect
from rom.data.snapshots import Snapshots
from rom.data.watch import states_of
from rom.errors import InputError, nearest, reading
from rom.registry import SOURCES, load
from rom.strings import visible

Data = str | Path | Sequence[str | Path]
#: What to do about a file that is not as its layout has it.
ADVICE = (
    "'rom inspect' lists what it holds; --dataset NAME and --axes 't y x' (in Python:"
    " dataset='NAME', axes='t y x') read a dataset of it"
)


def open_snapshots(
    data: Data, *, variables: Sequence[str] | str | None = None, **mapping: Any
) -> Snapshots:
    r"""Open snapshots by data set name, card or file, without reading them.

    Parameters
    ----------
    data : str, path, sequence of paths, or a Dataset or DataArray of xarray
        A data set name (``rom data list``), the path of a card (``card.toml``) or of a data file.
        Several files, as a list or a pattern such as ``"flow_*.h5"``, are one data set: sorted by
        their times, or, where these repeat, each a trajectory of its own; without times, by the
        numbers in their names. Files that lie in folders train, valid(ation) and test bring their
        split. Data of xarray are read lazily, with their times, coordinates, units and names.
    variables : sequence of str, optional
        Which variables to take. Default: all.
    **mapping
        What wins over what the files say of themselves. For a plain HDF5 dataset: ``dataset="UV"``
        (a list: one dataset per variable) and ``axes="t y x c"`` (t: snapshots, c: variables, the
        rest: grid). For every file: ``time="t"``, ``time_unit="s"``, ``units=["m/s", "m/s"]``,
        ``weights="area"`` (or "coordinates": the trapezoidal rule, "none": equal),
        ``mask="solid"``, ``coordinates={"x": "xc"}``, ``periodic="x"``, ``points="xyz"`` (where
        the cells of an unstructured mesh lie), ``parameters=["Re", "AoA"]``: arrays or attributes
        with a value for the file or for each snapshot, ``"cases.csv"``: a table next to the files,
        or ``r"run_(?P<Re>\d+)"``: numbers in their names. Snapshots with parameters and without
        times are cases, not a series.

    Returns
    -------
    Snapshots
        `assumptions` says what was assumed, `read_as` which layout was recognised and why.

    Raises
    ------
    InputError
        If there is no such data set or file, or it cannot be read as asked.

    Examples
    --------
    >>> open_snapshots("cylinder_wake").layout.variables
    ('u', 'v')
    """
    if variables is not None:
        mapping["variables"] = variables
    return open_mapped(data, mapping)


def open_mapped(data: Data, mapping: Mapping[str, Any]) -> Snapshots:
    """The same with the mapping as it comes from a study file: its keys may be anything."""
    mapping = dict(mapping)
    if is_xarray(data):
        return _open_xarray(data, mapping)
    paths = find_files(data)
    if paths is None:
        return _open_card(data if isinstance(data, Path) else str(data), mapping)
    expect(paths[:1])
    with reading(*paths, advice=ADVICE):
        layout, why = recognise(paths[0], mapping, len(paths))
        snapshots = open_as(layout, paths, mapping, data_name(data))
    read_as = f"{load(SOURCES[layout].module).TITLE} ({why})"
    return snapshots.replace(read_as=read_as, **_files(snapshots, paths))


def _files(snapshots: Snapshots, paths: Sequence[Path]) -> dict[str, Any]:
    """Those the rows lie in, and those that were given, which may name the others."""
    files = (*snapshots.files, *(path.resolve() for path in paths))
    return {"files": files, "states": states_of(files)}


def _open_xarray(data: Any, mapping: dict[str, Any]) -> Snapshots:
    from rom.data.builder import build
    from rom.data.builder.options import check_options
    from rom.data.formats import xarray_data

    check_options(mapping, {**build.OPTIONS, **xarray_data.OPTIONS}, "xarray")
    dataset = xarray_data.as_dataset(data)
    name = "dataset" if dataset is data else next(iter(map(str, dataset)))
    with reading():
        path, opener = Path(name), xarray_data.Held(dataset)
        proposal = xarray_data.of_dataset(path, dataset, mapping, opener)
        shared = {key: value for key, value in mapping.items() if key not in xarray_data.OPTIONS}
        snapshots = build.build([path], [proposal], shared, name)
    return snapshots.replace(read_as=f"xarray, a {type(data).__name__}", files=())


def find_files(data: Data) -> list[Path] | None:
    """The files that are meant, None for a card or the name of a data set."""
    if isinstance(data, Sequence) and not isinstance(data, str):
        each = [(item, find_files(os.fspath(item))) for item in data]
        others = [str(item) for item, paths in each if paths is None]
        if others or not each:
            raise InputError(f"a list of data files expected; {', '.join(others) or 'it'} is none")
        return [path for _, paths in each for path in paths or []]
    if not isinstance(data, str | os.PathLike):
        raise InputError(
            f"a data set name or the path of a file expected, got {type(data).__name__}"
        )
    path, text = Path(data), os.fspath(data)
    try:
        is_file, is_folder = path.is_file(), path.is_dir()
    except OSError as error:  # a name that the file system refuses
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if path.suffix == ".toml":
        return None
    if is_file:
        return [path]
    if is_folder and _folder_layout(path):
        return [path]
    if is_folder and not _is_data_set(text):
        raise InputError(
            f"{path} is a folder; give one file in it, several as '{path}/*{_ending(path)}', or a"
            " data set name"
        )
    if glob.has_magic(text):
        from rom.data.builder.build import natural  # here: h5py is not needed for a card

        found = sorted(
            (Path(name) for name in glob.glob(text, recursive=True) if Path(name).is_file()),
            key=natural,
        )
        if not found:
            raise InputError(f"{text}: no file fits this pattern")
        return found
    if path.suffix or os.sep in text:
        raise InputError(f"{path}: no such file")
    return None


def _is_data_set(name: str) -> bool:
    from rom.data import catalog  # here: pydantic is not needed to open a file

    return name in catalog.dataset_names()


def data_name(data: Data) -> str:
    """A name for tables and folders: of a file its stem, of several what their names share. It is
    visible: bytes of a name that are no text could not be written there.

    >>> data_name("runs/flow_*.h5"), data_name(["a/u_01.h5", "a/u_02.h5"]), data_name("mnist")
    ('flow', 'u', 'mnist')
    """
    items = [data] if isinstance(data, str | Path) else list(data)
    if len(items) == 1 and not glob.has_magic(str(items[0])):
        path = Path(items[0])
        return visible(path.resolve().parent.name if path.name == "card.toml" else path.stem)
    stems = [re.split(r"[*?\[]", Path(item).stem)[0] for item in items]
    same = itertools.takewhile(
        lambda characters: len(set(characters)) == 1, zip(*stems, strict=False)
    )
    shared = "".join(characters[0] for characters in same).rstrip("0123456789").rstrip("_-. ")
    return visible(shared or Path(items[0]).resolve().parent.name)


def _open_card(name: str | Path, mapping: dict[str, Any]) -> Snapshots:
    from rom.data import catalog  # here: pydantic is not needed to open a file

    card = catalog.find_card(str(name))
    if card.format not in SOURCES:
        raise InputError(
            f"{card.name}: unknown format {card.format!r}; {nearest(card.format, SOURCES)}"
        )
    paths = catalog.fetch(card)
    with reading(*paths, advice=ADVICE):
        snapshots = open_as(card.format, paths, card.mapping | mapping, card.name)
    return snapshots.replace(
        name=card.name,
        card=card,
        read_as=f"{card.format} (its card)",
        **_files(snapshots, paths),
    )


def recognise(path: Path, mapping: Mapping[str, Any], n_files: int = 1) -> tuple[str, str]:
    """Name of the layout that reads a file, and why. A dataset or axes that the user names win."""

    from rom.data.formats.common import hdf5
    from rom.data.formats.common.known import known_file
    from rom.data.formats.common.readings import readings
    from rom.data.hdf5_open import open_hdf5

    named = [key for key in ("dataset", "axes") if key in mapping]
    for name, row in SOURCES.items():
        if path.is_dir() and not row.is_folder:
            continue
        module = load(row.module)
        why = "" if named and not set(named) <= set(module.OPTIONS) else module.recognise(path)
        if why:
            return name, why
    hdf5.require_hdf5(path)
    if named:
        return "mapped", f"{' and '.join(named)} given"
    if what := known_file(path):
        raise InputError(f"{path}: {what}")
    with open_hdf5(path) as file:
        described = hdf5.describe(file)
        first = next(iter(readings(hdf5.number_shapes(file), n_files)), None)
    beside = _described_by(path)
    hint = f"open {beside.name}, which lies next to it and describes it, or " if beside else ""
    said = "--dataset NAME and --axes 't y x' (in Python: dataset='NAME', axes='t y x')"
    if first is not None:
        said = f"{first.arguments} (in Python: {first.python}), which gives {first.said}"
    raise InputError(f"{path}: layout not recognised; {hint}give {said}; {described}")


def _ending(folder: Path) -> str:
    """The ending that most of the files of a folder have."""
    endings = Counter(child.suffix for child in folder.iterdir() if child.suffix)
    return endings.most_common(1)[0][0] if endings else ".h5"


def _folder_layout(path: Path) -> bool:
    """Whether a folder as a whole is data that a layout reads."""
    return any(load(row.module).recognise(path) for row in SOURCES.values() if row.is_folder)


def _described_by(path: Path) -> Path | None:
    """An XDMF file in the same folder that names an HDF5 file."""
    for other in sorted(other for other in path.parent.glob("*.x*mf") if other.is_file()):
        with open(other, "rb") as stream:
            if path.name.encode() in stream.read(2**20):
                return other
    return None


def open_as(layout: str, paths: list[Path], mapping: Mapping[str, Any], name: str) -> Snapshots:
    """Files by the layout of that name."""
    from rom.data.builder import build
    from rom.data.builder.options import check_options
    from rom.data.builder.proposal import first_part
    from rom.data.formats.common import hdf5
    from rom.data.hdf5_open import look_at

    row = SOURCES[layout]
    module: ModuleType = load(row.module)
    check_options(mapping, {**build.OPTIONS, **module.OPTIONS}, module.TITLE)
    look_at(paths)
    proposals = []
    if row.takes_all:
        proposals = module.propose(paths, mapping)
        paths = [first_part(proposal).path for proposal in proposals]
    for path in paths[len(proposals) :]:
        with reading(path, advice=ADVICE):
            if row.is_hdf5:
                hdf5.require_hdf5(path)
            proposals.append(module.propose(path, mapping))
    shared = {key: value for key, value in mapping.items() if key not in module.OPTIONS}
    return build.build(paths, proposals, shared, name)
