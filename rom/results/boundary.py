"""The boundary of what is shown of a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rom.errors import WriteError
from rom.study.files import reading
from rom.study.store import Store


@contextmanager
def showing(store: Store) -> Iterator[None]:
    """What a damaged or strange store causes while it lasts is an InputError that names it.

    Files of a store are checked when they are read; this is for what they say together. A page that
    cannot be written is another matter: an OSError passes, and a WriteError.
    """
    not_written: OSError | WriteError | None = None
    with reading(store.study_file):
        try:
            yield
        except (OSError, WriteError) as error:
            not_written = error
    if not_written is not None:
        raise not_written
