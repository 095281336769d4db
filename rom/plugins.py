"""What other packages add to the registries, by entry points.

A package that is installed next to this one declares its rows in its ``pyproject.toml``::

    [project.entry-points."rom.reducers"]
    my-method = "my_package.reducer:MyMethod"

The groups are ``rom.reducers`` (a class), ``rom.metrics`` (a :class:`rom.registry.Metric`) and
``rom.layouts`` (a :class:`rom.registry.Source`). The name of the entry point is the name of the
row. docs/extend.md has a whole example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, TypeVar

from rom.errors import InputError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Row = TypeVar("Row")


class Rows(MutableMapping[str, Row]):
    """A registry: the rows of this package, and those that others add.

    Entry points are read when a row is first looked up: importing a registry costs nothing.

    Parameters
    ----------
    own : name -> row of this package
    group : of the entry points
    row_of : what an entry point's row is
    first : whether the rows of others come before those of this package
    """

    def __init__(
        self,
        own: Mapping[str, Row],
        group: str,
        row_of: Callable[[EntryPoint], Row],
        *,
        first: bool = False,
    ) -> None:
        self._own, self._group, self._row_of, self._first = own, group, row_of, first
        self._rows: dict[str, Row] | None = None
        self._plugins: dict[str, EntryPoint] = {}

    def plugin(self, name: str) -> EntryPoint | None:
        """The entry point of a row that another package adds; None for a row of this one."""
        self._all()
        return self._plugins.get(name)

    def _all(self) -> dict[str, Row]:
        if self._rows is None:
            self._plugins = _entry_points(self._group, self._own)
            others = {name: self._row_of(entry) for name, entry in self._plugins.items()}
            own = dict(self._own)
            self._rows = {**others, **own} if self._first else {**own, **others}
        return self._rows

    def __getitem__(self, name: str) -> Row:
        return self._all()[name]

    def __setitem__(self, name: str, row: Row) -> None:
        self._all()[name] = row

    def __delitem__(self, name: str) -> None:
        del self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def value_of(entry: EntryPoint) -> str:
    """``"module:name"``, for rows that are imported when they are used."""
    return entry.value


def object_of(kind: type[Row]) -> Callable[[EntryPoint], Row]:
    """A reader of rows that are objects of that kind."""

    def read(entry: EntryPoint) -> Row:
        found = load_plugin(entry)
        if not isinstance(found, kind):
            raise InputError(f"{named(entry)} is no {kind.__name__}; ask its authors to mend it")
        return found

    return read


def load_plugin(entry: EntryPoint) -> Any:
    """What an entry point refers to.

    Raises
    ------
    InputError
        If it cannot be imported.
    """
    try:
        return entry.load()
    except Exception as error:  # whatever the code of others raises
        said = " ".join(str(error).split())
        raise InputError(
            f"{named(entry)} cannot be imported ({type(error).__name__}: {said}); mend or"
            " uninstall that package"
        ) from error


def named(entry: EntryPoint) -> str:
    """Words for messages: which plug-in of which package."""
    return f"{entry.name!r} of {origin(entry)} (entry point {entry.group})"


def origin(entry: EntryPoint) -> str:
    """The package of an entry point, with its version."""
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "an unknown package"


def _entry_points(group: str, own: Mapping[str, Any]) -> dict[str, EntryPoint]:
    """Name -> entry point, in the order of the names."""
    from importlib.metadata import entry_points

    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=group), key=lambda entry: (entry.name, entry.value)):
        if entry.name in own:
            raise InputError(
                f"{named(entry)}: rom-compare has one of that name; uninstall that package"
            )
        if entry.name in found:
            other = named(found[entry.name])
            raise InputError(f"{named(entry)} and {other} have the same name; uninstall one")
        found[entry.name] = entry
    return found
