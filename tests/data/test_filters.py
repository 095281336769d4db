"""Compression by plugins: read where they are installed, named where they are not."""

import subprocess
import sys

import h5py
import numpy as np
import pytest

import rom

hdf5plugin = pytest.importorskip("hdf5plugin")
U = np.random.default_rng(0).normal(size=(20, 5, 6)).astype("f4")
FILTERS = {
    "Zstd": hdf5plugin.Zstd(),
    "Blosc": hdf5plugin.Blosc(),
    "Blosc2": hdf5plugin.Blosc2(),
    "LZ4": hdf5plugin.LZ4(),
    "bitshuffle": hdf5plugin.Bitshuffle(),
}
#: Reads a file in a process of its own, in which a package may be missing.
READ = """
import sys
if {missing}: sys.modules["hdf5plugin"] = None
import rom
try:
    print(float(rom.open_snapshots(sys.argv[1], dataset="u", axes="t y x")[:].sum()))
except rom.InputError as error:
    print(error)
"""


@pytest.fixture(params=FILTERS)
def compressed(request, tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("u", data=U, chunks=(5, 5, 6), **FILTERS[request.param])
    return request.param, tmp_path / "a.h5"


def run(path, *, missing):
    command = [sys.executable, "-c", READ.format(missing=missing), str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_plugin_is_loaded_when_a_file_needs_it(compressed):
    _, path = compressed
    assert float(run(path, missing=False)) == pytest.approx(float(U.sum()), rel=1e-4)


def test_without_it_the_message_says_what_to_install(compressed):
    name, path = compressed
    said = run(path, missing=True)
    assert f"'u' is compressed with {name}" in said
    assert "pip install 'rom-compare[filters]'" in said


def test_values_are_those_that_were_written(compressed):
    snapshots = rom.open_snapshots(compressed[1], dataset="u", axes="t y x")
    np.testing.assert_array_equal(snapshots[:], U.reshape(20, -1))
