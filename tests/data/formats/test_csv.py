"""CSV tables: numbers, labels, and what is refused."""

import gzip

import numpy as np
import pytest

import rom
from rom.data.open import open_as

TABLE = b"1,2,3,7\n4,5,6,8\n"


def opened(paths, mapping):
    return open_as("csv", paths, mapping, "a")


@pytest.mark.parametrize("compress", [False, True])
def test_a_table_with_labels(tmp_path, compress):
    path = tmp_path / ("a.csv.gz" if compress else "a.csv")
    path.write_bytes(gzip.compress(TABLE) if compress else TABLE)
    mapping = {
        "label_column": -1,
        "factor": 0.5,
        "grid_shape": [3],
        "axes": "t x",
        "variables": ["u"],
    }
    snapshots = opened([path], mapping)
    np.testing.assert_array_equal(snapshots[:], [[0.5, 1, 1.5], [2, 2.5, 3]])
    assert snapshots.parameters["label"].tolist() == [7, 8]
    assert snapshots.layout.axes == ("x",)


@pytest.mark.parametrize(
    ("content", "mapping", "words"),
    [
        (b"", {}, "cannot be read as CSV"),
        (b"a,b\n1,2\n", {}, "without a header"),
        (b"1,2\n1,2,3\n", {}, "cannot be read as CSV"),
        (TABLE, {"label_column": 4}, "label_column=4, but a line has 4"),
        (TABLE, {"label_column": "x"}, "must be an integer"),
        (TABLE, {"grid_shape": [3, 3], "axes": "t y x"}, "grid_shape describes 9"),
        (TABLE, {"factr": 2}, "did you mean 'factor'"),
    ],
)
def test_wrong_tables_are_refused(tmp_path, content, mapping, words):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(rom.InputError, match=words):
        opened([tmp_path / "a.csv"], mapping)
