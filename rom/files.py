"""Files: written whole or not at all, and what their bytes sum to.

Everything that this package leaves on a disk (stores, reports, models, tables, ``-o``) is written
by these functions: under another name first, in the same folder; down to the disk; then renamed.
Whatever ends the process, and whenever, what has its name is whole
(docs/adr/0021-whole-files-sums-and-a-lock.md).
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from rom.errors import WriteError

#: What the names of unfinished files and folders end in.
UNFINISHED = re.compile(r"\.[0-9a-f]{8}\.part$")
#: What the system says where a disk, or what a user may have of it, is full.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT} if os.name == "posix" else {errno.ENOSPC}
#: Of the name of a file so many characters are in that of its unfinished one, which must not
#: become longer than a file system allows.
KEPT = 50


@contextmanager
def writing(path: str | Path, *, durable: bool = True) -> Iterator[Path]:
    """A name to write under; the file gets its own where the block ends without an error.

    Parameters
    ----------
    path : file that is written or replaced; of a link, the file that it points to
    durable : bool, default True. Whether the content is on the disk before the name is; without,
        a power cut may leave an empty file, which is enough for what only shows progress.

    Raises
    ------
    WriteError
        If the file cannot be written; what had its name is unchanged.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder) / "a.txt"
    ...     with writing(target) as part:
    ...         _ = part.write_text("whole")
    ...         seen = target.exists()
    ...     seen, target.read_text(), len(os.listdir(folder))
    (False, 'whole', 1)
    """
    with writing_together([path], durable=durable) as (part,):
        yield part


@contextmanager
def writing_together(paths: Sequence[str | Path], *, durable: bool = True) -> Iterator[list[Path]]:
    """The same for several files, which get their names one right after the other."""
    targets = [_target(Path(path)) for path in paths]
    unfinished = [unfinished_name(target) for target in targets]
    try:
        yield unfinished
        for part, target in zip(unfinished, targets, strict=True):
            with _naming(target):
                if durable:
                    _to_disk(part)
        for part, target in zip(unfinished, targets, strict=True):
            with _naming(target):
                part.replace(target)
        if durable:
            for folder in {target.parent for target in targets}:
                _names_to_disk(folder)
    except OSError as error:
        if error.errno not in NO_ROOM:  # of whatever the block reads
            raise
        raise WriteError(f"{targets[0]}: cannot be written: {os.strerror(error.errno)}") from error
    finally:
        for part in unfinished:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def write_text(path: str | Path, text: str, *, durable: bool = True) -> None:
    """Write a text file, in UTF-8 and with the ends of lines as they are."""
    write_bytes(path, text.encode(), durable=durable)


def write_bytes(path: str | Path, content: bytes, *, durable: bool = True) -> None:
    """Write a file."""
    with writing(path, durable=durable) as part, _naming(Path(path)):
        part.write_bytes(content)


def place_folder(unfinished: Path, target: Path) -> None:
    """Give a folder of finished files its name, in one step.

    Raises
    ------
    OSError
        If something of that name is there (an empty folder is replaced).
    """
    for file in unfinished.iterdir():
        _to_disk(file)
    _names_to_disk(unfinished)
    unfinished.replace(target)
    _names_to_disk(target.parent)


def unfinished_name(target: Path) -> Path:
    """A name next to a file or folder that nobody else writes under."""
    return target.with_name(f"{target.name[:KEPT]}.{uuid.uuid4().hex[:8]}.part")


def remove_unfinished(folder: Path) -> None:
    """Remove what writers that were killed left in a folder, where nobody writes any more."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if not UNFINISHED.search(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def sum_of(path: str | Path) -> str:
    """sha256 of the bytes of a file, 64 hex digits."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _target(path: Path) -> Path:
    """What is to be replaced: a link stays, and a device is none."""
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        what = "is a folder" if target.is_dir() else "is a device or a pipe, not a file"
        raise WriteError(f"{path}: {what}; choose another name")
    return target


@contextmanager
def _naming(target: Path) -> Iterator[None]:
    """What the system refuses is an error that names the file."""
    try:
        yield
    except OSError as error:
        raise WriteError(f"{target}: cannot be written: {error.strerror or error}") from error


def _to_disk(path: Path) -> None:
    # a file that is open for reading only cannot be synced on Windows
    with open(path, "rb+") as stream:
        os.fsync(stream.fileno())


def _names_to_disk(folder: Path) -> None:
    """The names in a folder: else a power cut may undo a renaming."""
    if os.name != "posix":  # Windows has no such call
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # some network file systems do not sync folders, and keep their names anyway
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
