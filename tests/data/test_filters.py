"""Compression by plugins: read where they are installed, named where they are not.

In processes of their own, without the plugins that other packages bring along.
"""

import os
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("hdf5plugin")
U = np.random.default_rng(0).normal(size=(20, 5, 6)).astype("f4")
#: Name in messages -> class of hdf5plugin.
FILTERS = {
    "Zstd": "Zstd",
    "Blosc": "Blosc",
    "Blosc2": "Blosc2",
    "LZ4": "LZ4",
    "bitshuffle": "Bitshuffle",
}
WRITE = """
import sys, h5py, hdf5plugin, numpy as np
with h5py.File(sys.argv[1], "w") as file:
    u = np.random.default_rng(0).normal(size=(20, 5, 6)).astype("f4")
    file.create_dataset("u", data=u, chunks=(5, 5, 6), **getattr(hdf5plugin, sys.argv[2])())
"""
READ = """
import sys
if sys.argv[2] == "missing": sys.modules["hdf5plugin"] = None
import rom
try:
    print(float(rom.open_snapshots(sys.argv[1], dataset="u", axes="t y x")[:].sum()))
except rom.InputError as error:
    print(error)
"""


def run(program, *arguments):
    known = {name: value for name, value in os.environ.items() if name != "HDF5_PLUGIN_PATH"}
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=known).stdout


@pytest.fixture(params=FILTERS)
def compressed(request, tmp_path):
    run(WRITE, tmp_path / "a.h5", FILTERS[request.param])
    return request.param, tmp_path / "a.h5"


def test_a_plugin_is_loaded_when_a_file_needs_it(compressed):
    _, path = compressed
    assert float(run(READ, path, "there")) == pytest.approx(float(U.sum()), rel=1e-4)


def test_without_it_the_message_says_what_to_install(compressed):
    name, path = compressed
    said = run(READ, path, "missing")
    assert f"'u' is compressed with {name}" in said
    assert "pip install 'rom-compare[filters]'" in said
