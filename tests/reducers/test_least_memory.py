"""The least memory limit that a fit says it can keep is one that it about keeps."""

import tracemalloc

import numpy as np
import pytest

import rom
from rom.data.layout import FieldLayout
from rom.reducers import least_memory
from rom.registry import REDUCERS, reducer_class

ROWS = np.random.default_rng(0).normal(size=(60, 20_000)).astype(np.float32)


class File:
    """Rows that are read, as from a file: they are not in memory before."""

    def __init__(self, array):
        self.array, self.shape, self.dtype = array, array.shape, array.dtype
        self.chunk_rows, self.chunk_width = 1, array.shape[1]

    def read(self, rows):
        return self.array[rows]

    def tiles(self, width):
        return []


@pytest.mark.parametrize("name", ["pod", "pod-ica", "pod-quadratic", "autoencoder"])
def test_a_fit_about_keeps_the_least_limit(name):
    options = {"epochs": 1} if reducer_class(name).has_epochs else {}
    reducer = reducer_class(name)(2, random_state=0, **options)
    reducer.fit(ROWS[:, :20])  # imports what it needs
    least = reducer.least_bytes(ROWS.shape, ROWS.itemsize)
    assert least < ROWS.nbytes
    reducer.set_params(memory_limit=least)
    tracemalloc.start()
    reducer.fit(rom.Snapshots(File(ROWS), FieldLayout(("x",), ROWS.shape[1:])))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * least


@pytest.mark.parametrize("name", REDUCERS)
def test_more_features_latents_and_bytes_need_more(name):
    def least(k=4, shape=(50, 3000), itemsize=4):
        return reducer_class(name)(k).least_bytes(shape, itemsize)

    assert least() < least(shape=(50, 6000))
    assert least() < least(itemsize=8)
    assert least() <= least(k=12)


def test_products_of_latents_need_their_sums():
    pod, quadratic = rom.POD(3), reducer_class("pod-quadratic")(3)
    for shape in ((60, 20_000), (40, 500)):
        sums = 8 * 6 * (shape[1] + 3 * 6)  # six products of three latents
        assert quadratic.least_bytes(shape, 4) == least_memory.of_modes(pod, shape, 4) + sums
