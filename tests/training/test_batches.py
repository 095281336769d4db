"""Batches: every row once, in an order from the generator alone, within the memory limit."""

import threading

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import rom
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.training.batches import Batches

WIDTH = 4


class Counting:
    """Rows that lie in a file, in chunks: each holds its own number; counts the bytes that are read
    at once.
    """

    def __init__(self, n, *, chunk_rows=1, dtype="f8"):
        self.shape, self.dtype, self.chunk_rows = (n, WIDTH), np.dtype(dtype), chunk_rows
        self.chunk_width = 1
        self.most, self.threads = 0, set()

    def read(self, rows):
        self.most = max(self.most, len(rows) * WIDTH * self.dtype.itemsize)
        self.threads.add(threading.get_ident())
        return np.repeat(rows[:, None], WIDTH, axis=1).astype(self.dtype)


def batches(n, limit, batch_size, *, seed=0, **source):
    snapshots = Snapshots(Counting(n, **source), FieldLayout(("x",), (WIDTH,)))
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    return Batches(snapshots, batch_size, generator, limit)


def numbers(passed):
    return torch.cat(list(passed))[:, 0].int().tolist()


@given(
    n=st.integers(1, 300),
    limit=st.integers(1, 20_000),
    batch_size=st.integers(1, 40),
    chunk_rows=st.integers(1, 50),
    dtype=st.sampled_from(["f4", "f8"]),
    seed=st.one_of(st.none(), st.integers(0, 9)),
)
@settings(deadline=None, max_examples=80)
def test_a_pass_gives_every_row_once_in_full_batches(n, limit, batch_size, chunk_rows, dtype, seed):
    some = batches(n, limit, batch_size, seed=seed, chunk_rows=chunk_rows, dtype=dtype)
    for _ in range(2):
        sizes = [len(rows) for rows in some]
        assert sizes[:-1] == [batch_size] * (len(some) - 1)
        assert sum(sizes) == n
    passed = numbers(some)
    assert (sorted(passed) if seed is not None else passed) == list(range(n))


@pytest.mark.parametrize("limit", [10**6, 3200], ids=["from memory", "from blocks"])
def test_the_order_is_new_in_each_pass_and_the_same_for_the_same_seed(limit):
    some, same = batches(1000, limit, 8), batches(1000, limit, 8)
    first, second = numbers(some), numbers(some)
    assert first != second
    assert [first, second] == [numbers(same), numbers(same)]


def test_a_pool_mixes_distant_stretches_of_the_file_and_is_read_within_the_limit():
    n, limit = 10_000, 64_000
    some = batches(n, limit, 50)
    source = some.rows._source
    passed = numbers(some)
    assert source.most <= limit // 48
    assert source.threads != {threading.get_ident()}
    # a batch of one contiguous stretch would spread over a fraction of a hundredth of the file
    spread = [np.std(passed[i : i + 50]) / n for i in range(0, n, 50)]
    assert np.median(spread) > 0.2


def test_a_network_learns_from_blocks_what_it_learns_from_memory():
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(400, 2)) @ rng.normal(size=(2, 30))).astype(np.float32)
    errors = []
    for limit in ("1MB", X.nbytes // 3):
        model = rom.Autoencoder(
            2, architecture="linear", epochs=25, memory_limit=limit, random_state=0
        ).fit(X)
        errors.append(
            np.linalg.norm(model.inverse_transform(model.transform(X)) - X) / np.linalg.norm(X)
        )
    assert max(errors) < 0.05


@pytest.mark.parametrize("reducer", [rom.Autoencoder, rom.BetaVAE])
def test_a_wrong_limit_is_refused(reducer):
    with pytest.raises(rom.InputError, match="memory_limit='much'"):
        reducer(1, memory_limit="much").fit(np.random.default_rng(0).normal(size=(9, 3)))


def test_float32_rows_in_memory_are_used_where_they_are():
    rows = np.random.default_rng(0).normal(size=(20, WIDTH)).astype(np.float32)
    cache = Batches(Snapshots.from_array(rows), 4, None, 10**6).cache
    assert np.shares_memory(cache.numpy(), rows)


@pytest.mark.parametrize("kind", ["double", "mapped", "read-only", "reversed", "scattered", "one"])
def test_all_others_are_copied(kind):
    rows = (
        np.random.default_rng(0)
        .normal(size=(20, WIDTH))
        .astype(np.float64 if kind in ("double", "one") else "f4")
    )
    rows = rows[: 1 if kind == "one" else None, :: -1 if kind == "reversed" else 1]
    rows.setflags(write=kind != "read-only")
    snapshots = Snapshots.from_array(rows)
    if kind == "mapped":
        snapshots = snapshots.map(lambda block, features: block * 2, snapshots.layout)
    if kind == "scattered":
        snapshots = snapshots.select([3, 1, 2])
    cache = Batches(snapshots, 4, None, 10**6).cache
    assert not np.shares_memory(cache.numpy(), rows)
    np.testing.assert_array_equal(cache.numpy(), snapshots[:].astype(np.float32))
