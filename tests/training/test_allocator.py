"""Training keeps freed memory, and only training does."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest

import rom
from rom.training.allocator import kept_memory

on_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc only")

FAULTS = """
import resource, torch
from contextlib import nullcontext
from rom.training.allocator import kept_memory
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(5):
        torch.ones(4_000_000)  # 16 MB: 3907 pages
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
with kept_memory() as kept:
    faults()
    inside = min(faults() for _ in range(5))
print(kept, inside, faults())
"""


def run(**environment):
    # other libraries, such as Dask, set some for their children
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    done = subprocess.run(
        [sys.executable, "-c", FAULTS],
        capture_output=True,
        text=True,
        check=True,
        env=plain | environment,
    )
    kept, inside, after = done.stdout.split()
    return kept == "True", int(inside), int(after)


@on_glibc
def test_pages_are_kept_inside_and_given_back_after():
    kept, inside, after = run()
    assert kept
    assert inside < 1000 < 5000 < after


@on_glibc
@pytest.mark.parametrize("setting", [{"ROM_KEEP_MEMORY": "0"}, {"MALLOC_TRIM_THRESHOLD_": "1"}])
def test_what_the_user_has_set_stays(setting):
    assert not run(**setting)[0]


def test_results_do_not_depend_on_it(monkeypatch):
    rows = np.random.default_rng(0).normal(size=(40, 8))
    kept = rom.Autoencoder(2, epochs=2, random_state=0).fit(rows).transform(rows)
    monkeypatch.setenv("ROM_KEEP_MEMORY", "0")
    with kept_memory() as active:
        assert not active
    np.testing.assert_array_equal(
        rom.Autoencoder(2, epochs=2, random_state=0).fit(rows).transform(rows), kept
    )
