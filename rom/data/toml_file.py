"""TOML files that people write: cards and studies."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from rom.data.limits import size_text
from rom.errors import InputError

#: No card and no study is longer.
MOST_BYTES = 2**22


def read_toml(path: Path, what: str) -> dict[str, Any]:
    """The content of a file.

    Raises
    ------
    InputError
        If it cannot be read as `what`, "a card" or "a study".
    """
    try:
        if (size := path.stat().st_size) > MOST_BYTES:
            raise InputError(f"{path}: {size_text(size)} are too long for {what}")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise InputError(f"{path}: cannot be read as {what}: nested too deeply") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: cannot be read as {what}: {error}") from error
