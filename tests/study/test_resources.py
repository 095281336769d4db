"""A memory limit that cannot be kept is refused, with the least that works."""

import re

import numpy as np
import pytest

import rom
from rom.study import resources

X = np.random.default_rng(0).normal(size=(40, 300))
OPTIONS = {"n_components": [2, 3], "seeds": 1, "jobs": 1, "epochs": 1}


@pytest.mark.parametrize("reducers", [["pod"], ["pod", "pod-quadratic"]])
def test_one_byte_is_refused_and_what_is_advised_works(tmp_path, reducers):
    out = tmp_path / "out"
    with pytest.raises(rom.InputError, match="memory_limit=1 is too small for array") as caught:
        rom.compare(X, reducers=reducers, memory_limit=1, out=out, **OPTIONS)
    assert not out.exists()
    (advised,) = re.findall(r"give memory_limit='(\w+|[\d.]+\w+)'", str(caught.value))
    found = rom.compare(X, reducers=reducers, memory_limit=advised, out=out, **OPTIONS)
    assert found.failures == {}


def test_larger_data_need_more():
    least = []
    for features in (100, 400):
        with pytest.raises(rom.InputError) as caught:
            rom.compare(X[:, :features][:, :300].repeat(2, axis=1), reducers=["pod"],
                        memory_limit=1, **OPTIONS)  # fmt: skip
        least.append(int(re.findall(r"memory_limit='(\d+)", str(caught.value))[0]))
    assert least[0] < least[1]


def test_a_limit_of_one_reducer_is_its_own():
    options = {"pod": {"memory_limit": 10}}
    with pytest.raises(rom.InputError, match=r"memory_limit=10 is too small.*pod with 3 latents"):
        rom.compare(X, reducers=["pod"], memory_limit="1GB", options=options, **OPTIONS)


def test_without_a_limit_the_memory_of_the_machine_counts(monkeypatch):
    monkeypatch.setattr(resources, "machine_bytes", lambda: 2000)
    with pytest.raises(rom.InputError, match="this machine has 2kB; take fewer components"):
        rom.compare(X, reducers=["pod"], **OPTIONS)
