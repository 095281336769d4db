"""Work in threads: the same sums whatever the division, nothing read twice, the linear algebra's
threads put back.
"""

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

import rom
from rom.linalg.gram import covariance_matrix, gram_matrix
from rom.linalg.spread import Parts, divide, divide_features, spread, whole_blocks


@settings(max_examples=30, deadline=None)
@given(
    n=st.integers(2, 30),
    m=st.integers(1, 30),
    threads=st.integers(1, 3),
    bytes_=st.integers(8, 4000),
    dtype=st.sampled_from([np.float32, np.float64]),
    offset=st.sampled_from([0.0, 1e4]),
)
def test_products_are_right_whatever_the_parts(n, m, threads, bytes_, dtype, offset):
    X = (np.random.default_rng(n * m).normal(size=(n, m)) + offset).astype(dtype)
    Y = X.astype(float) - X.mean(axis=0, dtype=float)
    snapshots = rom.Snapshots.from_array(X)
    with threadpool_limits(threads, user_api="blas"):
        gram, mean = gram_matrix(snapshots, bytes_, np.float64)
        covariance, same = covariance_matrix(snapshots, bytes_, np.float64)
    scale = 1e-9 if offset else 1e-12
    np.testing.assert_allclose(gram, Y @ Y.T, atol=scale * n * m)
    np.testing.assert_allclose(covariance, Y.T @ Y, atol=scale * n * m)
    np.testing.assert_allclose(
        [mean, same], [X.mean(axis=0, dtype=float)] * 2, rtol=1e-12, atol=1e-12
    )


def numbers(snapshots, group, factor):
    return [factor * item for item in group]


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_order_and_threads_are_put_back(workers):
    snapshots = rom.Snapshots.from_array(np.zeros((2, 3)))
    before = [pool["num_threads"] for pool in threadpool_info()]
    found = [n for part in spread(numbers, snapshots, Parts(range(50), workers), 2) for n in part]
    assert found == list(range(0, 100, 2))
    assert [pool["num_threads"] for pool in threadpool_info()] == before


def test_fewer_workers_where_chunks_or_results_are_large(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("u", data=np.zeros((40, 1000)), chunks=(40, 250), compression="gzip")
    snapshots = rom.open_snapshots(tmp_path / "a.h5", dataset="u", axes="t x")
    chunk = 40 * 250 * 8
    with threadpool_limits(2, user_api="blas"):
        assert divide(snapshots, snapshots.tiles, 2 * chunk, 1).workers == 2
        tiles = divide(snapshots, snapshots.tiles, chunk // 3, 1)
        # each of the four columns of chunks is read for every part that fits
        assert (len(tiles.items), tiles.workers) == (16, 1)
        assert max(len(np.arange(1000)[t.features]) for t in tiles.items) * 40 * 8 <= chunk // 3
        tiles = divide(snapshots, snapshots.tiles, chunk, 1)
        assert (len(tiles.items), tiles.workers) == (8, 2)
        assert divide(snapshots, snapshots.tiles, chunk // 5, 1) == Parts([], 1)
        assert divide(snapshots, snapshots.tiles, 2 * chunk, 2 * chunk).workers == 1


def test_chunks_are_read_once_while_one_fits(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("u", data=np.zeros((40, 1000)), chunks=(40, 250), compression="gzip")
    snapshots = rom.open_snapshots(tmp_path / "a.h5", dataset="u", axes="t x")
    chunk = 40 * 250 * 8

    def found(size):
        parts = divide_features(snapshots, size, 1)
        return len(parts.items), parts.workers, parts.is_alone

    with threadpool_limits(2, user_api="blas"):
        assert found(2 * chunk) == (4, 2, False)
        assert found(chunk) == (4, 1, False)  # rather than by two workers, in halves
        assert found(chunk // 2) == (4, 1, True)  # the next is not read meanwhile
        assert found(chunk // 4) == (8, 1, True)  # in halves
        assert found(chunk // 10) == (0, 1, True)

    groups = spread(numbers, snapshots, Parts(range(5), 1, is_alone=True), 1)
    assert list(groups) == [[0], [1], [2], [3], [4]]


def test_blocks_of_rows_do_not_cut_chunks(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("u", data=np.zeros((100, 10)), chunks=(30, 10), compression="gzip")
    snapshots = rom.open_snapshots(tmp_path / "a.h5", dataset="u", axes="t x")
    assert [s.start for s in whole_blocks(snapshots, 40 * 80)] == [0, 30, 60, 90]
    assert whole_blocks(snapshots, 29 * 80) == []


def test_the_same_numbers_every_time():
    X = np.random.default_rng(0).normal(size=(40, 9000)).astype(np.float32)
    with threadpool_limits(2, user_api="blas"):
        first, again = (rom.POD(5, solver="gram").fit(X) for _ in range(2))
    np.testing.assert_array_equal(first.components_, again.components_)
    np.testing.assert_array_equal(first.singular_values_, again.singular_values_)
