"""Sealed files: JSON that holds a sum of itself and those of the files it vouches for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rom.files import sum_of, write_text

#: Keys of a sealed file: the sum of all its other entries, and name -> sum of the files beside it.
SUM, FILES = "sum", "files"


def sealed(content: Mapping[str, Any], files: Mapping[str, str]) -> str:
    """The text of a sealed file.

    Parameters
    ----------
    content : plain values; what JSON does not know becomes text
    files : name -> sha256 of each file that it vouches for
    """
    # as it is read again: a tuple is a list then, and a key a text
    plain = json.loads(json.dumps({**content, FILES: dict(files)}, default=str))
    plain.pop(SUM, None)
    return json.dumps({**plain, SUM: _sum(plain)}, indent=1)


def seal(path: Path, content: Mapping[str, Any], files: Iterable[str] = ()) -> None:
    """Write a sealed file that vouches for those of these names in its folder, as they are now."""
    write_text(path, sealed(content, {name: sum_of(path.with_name(name)) for name in files}))


def damage(path: Path) -> str:
    """What is wrong with a sealed file or with one that it vouches for, in words; "" if nothing is.

    Reads all of these files once.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return f"{path} is missing"
    except (OSError, ValueError, RecursionError) as error:
        return f"{path} cannot be read ({error})"
    if not isinstance(content, dict) or SUM not in content:
        return f"{path} has no sums: not by this version of the package"
    said = content.pop(SUM)
    if said != _sum(content):
        return f"{path} is not as it was written"
    for name, expected in content[FILES].items():
        file = path.with_name(name)
        try:
            found = sum_of(file)
        except FileNotFoundError:
            return f"{file} is missing"
        except OSError as error:
            return f"{file} cannot be read ({error.strerror})"
        if found != expected:
            return f"{file} is not as it was written"
    return ""


def _sum(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
