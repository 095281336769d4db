"""Memory limits as a user writes them."""

import pytest

import rom
from rom.data.memory import memory_bytes


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.5kB", 1500), ("2 GiB", 2 * 2**30), (7, 7), ("3", 3), ("10KB", 10_000)],
)
def test_what_is_understood(text, expected):
    assert memory_bytes(text) == expected


@pytest.mark.parametrize("text", ["much", "1.2.3GB", "-1GB", "0", "", ".", "1EB"])
def test_what_is_refused(text):
    with pytest.raises(rom.InputError, match="memory_limit"):
        memory_bytes(text)
