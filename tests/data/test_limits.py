"""Sizes that a file claims."""

import resource

import pytest

from rom.data import limits
from rom.errors import InputError


def test_what_does_not_fit_is_refused_with_both_sizes(monkeypatch):
    monkeypatch.setattr(limits, "available_bytes", lambda: 10**9)
    limits.check_values((10**3, 10**5), 8, "u")
    with pytest.raises(InputError, match=r"u would take 8\.0 GB, there are 1\.0 GB"):
        limits.check_values((10**4, 10**5), 8, "u")
    with pytest.raises(InputError, match="8589934592 variables"):
        limits.check_variables(2**33, "u")


def test_a_stream_cannot_hold_more_than_deflate_can():
    limits.check_unpacked(1032 * 10**5, 10**5, "a.gz")
    with pytest.raises(InputError, match=r"claims 3\.0 GB, which 1\.0 kB cannot hold"):
        limits.check_unpacked(3 * 10**9, 1000, "a.gz")


def test_the_memory_of_a_process_may_be_limited(monkeypatch):
    assert 10**8 < limits.available_bytes() < 10**14
    monkeypatch.setattr(resource, "getrlimit", lambda _: (10**6, 10**6))
    assert limits.available_bytes() == 10**6
