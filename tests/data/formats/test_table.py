"""Tables: numbers, labels, header lines, Parquet, and what is refused."""

import gzip

import numpy as np
import pandas as pd
import pytest

import rom
from rom.data import limits
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
        (b"", {}, "cannot be read as a table"),
        (b"a,b\n1,2\n", {"grid_shape": [2]}, "without a header"),
        (b"a,b\nx,y\n", {}, "no column of numbers"),
        (b"1,2\n1,2,3\n", {}, "cannot be read as a table"),
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


HEADER = "time, p1 [Pa], T, who\n0.0,1.5,300,a\n0.5,2.5,310,b\n1.0,3.5,290,c\n"


def test_columns_of_a_header_line_are_variables(tmp_path):
    (tmp_path / "sensors.csv").write_text(HEADER)
    snapshots = rom.open_snapshots(tmp_path / "sensors.csv")
    assert snapshots.layout.variables == ("p1", "T")
    assert snapshots.layout.units == ("Pa", "")
    assert snapshots.times.tolist() == [0, 0.5, 1]
    np.testing.assert_array_equal(snapshots[:], [[1.5, 300], [2.5, 310], [3.5, 290]])
    assert "left out (not numbers): who" in snapshots.assumptions
    cases = rom.open_snapshots(tmp_path / "sensors.csv", parameters="T", variables="p1")
    assert cases.shape == (3, 1)
    assert cases.parameters["T"].tolist() == [300, 310, 290]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_numbered_columns_are_one_variable(tmp_path, kind):
    values = np.random.default_rng(0).normal(size=(20, 12))
    table = pd.DataFrame(values, columns=[f"u_{i}" for i in range(12)]).assign(t=np.arange(20.0))
    path = tmp_path / f"flow.{kind}"
    if kind == "csv":
        table.to_csv(path, index=False)
    else:
        pytest.importorskip("pyarrow")
        table.to_parquet(path)
    snapshots = rom.open_snapshots(path)
    assert snapshots.layout.variables == ("u",)
    np.testing.assert_allclose(snapshots[:], values)
    assert snapshots.times.tolist() == list(range(20))
    assert rom.open_snapshots(path, factor=2.0)[0, 0] == pytest.approx(2 * values[0, 0])


def test_a_table_without_a_header_line_needs_no_option(tmp_path):
    (tmp_path / "a.csv").write_bytes(TABLE)
    np.testing.assert_array_equal(
        rom.open_snapshots(tmp_path / "a.csv")[:], [[1, 2, 3, 7], [4, 5, 6, 8]]
    )


def test_a_damaged_parquet_file_is_refused(tmp_path):
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + bytes(50))
    with pytest.raises(rom.InputError, match="cannot be read as a table"):
        rom.open_snapshots(tmp_path / "a.parquet")


def test_a_header_may_say_units(tmp_path):
    rows = np.random.default_rng(0).normal(size=(5, 2))
    lines = ["time (s),u [m/s],p [Pa]", *(f"{i / 10},{a},{b}" for i, (a, b) in enumerate(rows))]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    snapshots = rom.open_snapshots(tmp_path / "a.csv")
    assert snapshots.layout.variables == ("u", "p")
    assert snapshots.layout.units == ("m/s", "Pa")
    assert snapshots.time_unit == "s"
    np.testing.assert_allclose(snapshots.times, np.arange(5) / 10)
    np.testing.assert_allclose(
        rom.open_snapshots(tmp_path / "a.csv", variables="p")[:], rows[:, 1:]
    )
    (tmp_path / "b.csv").write_text("u [m/s],u [km/h]\n1,2\n3,4\n")
    with pytest.raises(rom.InputError, match="two columns have one name"):
        rom.open_snapshots(tmp_path / "b.csv")


def test_a_packed_table_that_would_fill_the_memory_is_not_unpacked(tmp_path, monkeypatch):
    with gzip.open(tmp_path / "a.csv.gz", "wb") as stream:
        stream.write(b"1,2\n" * 2**25)
    monkeypatch.setattr(limits, "available_bytes", lambda: 10**8)
    with pytest.raises(rom.InputError, match=r"a\.csv\.gz: its content would take"):
        rom.open_snapshots(tmp_path / "a.csv.gz")
