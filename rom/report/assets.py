"""What a page includes: data that cannot end its script element, scripts without comments."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from rom.strings import all_visible


def data_block(data: dict[str, Any]) -> Markup:
    """The JSON text of an export, safe within a ``<script type="application/json">``.

    >>> data_block({"name": "</script>"})
    Markup('{"name":"\\\\u003c/script\\\\u003e"}')
    """
    # a script would put them on the page as they are
    text = json.dumps(all_visible(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def text_of(name: str) -> str:
    """A file of the page or of the explorer: style, script or template."""
    return (files("rom.report") / name).read_text(encoding="utf-8")


def script(name: str) -> Markup:
    """A script without indentation and lines of comments.

    No text of a script spans lines, so that what it does stays the same.

    >>> print(script("explorer/explorer.js")[:8])
    (() => {
    """
    lines = map(str.strip, text_of(name).splitlines())
    return Markup("\n".join(line for line in lines if line and not line.startswith("//")))
