"""Files that are known and not read: said what they are and what to do, and that does it."""

import h5py
import numpy as np
import pytest

import rom


def write(path, *items):
    with h5py.File(path, "w") as file:
        for item in items:
            if item.startswith("@"):
                file.attrs[item[1:]] = "3"
            else:
                file[item] = np.zeros(3)
    return path


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (
            ["snapshot_matrix", "snapshot_matrix_num_rows", "snapshot_matrix_num_cols"],
            "snapshots of libROM",
        ),
        (["spatial_basis", "spatial_basis_num_rows", "singular_value"], "a basis of libROM"),
        (["meshes/1/nodes", "settings/Solver"], r"a case of Ansys Fluent.*\.dat\.h5"),
        (["vector", "stds_vector", "modes", "zero_output"], "rom independence"),
        (["@keras_version", "layer/kernel"], "a Keras model"),
        (["model_weights/dense/kernel"], "a Keras model"),
        (["@PYTABLES_FORMAT_VERSION", "table"], "PyTables or pandas"),
        (["anything"], "layout not recognised; give --dataset NAME"),
    ],
)
def test_what_a_file_is(tmp_path, items, words):
    with pytest.raises(rom.InputError, match=rf"a\.h5: .*{words}.*; the file holds") as caught:
        rom.open_snapshots(write(tmp_path / "a.h5", *items))
    assert "\n" not in str(caught.value)


def test_the_advice_on_pylom_reads_a_scalar_field(tmp_path):
    p = np.random.default_rng(0).normal(size=(5, 8))  # points by times
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.attrs["Version"] = [3, 0]
        file["DATASET/FIELDS/p/value"], file["DATASET/VARIABLES/time/value"] = p, np.arange(8.0)
    with pytest.raises(rom.InputError, match="a data set of pyLOM"):
        rom.open_snapshots(tmp_path / "a.h5")
    snapshots = rom.open_snapshots(
        tmp_path / "a.h5",
        dataset="DATASET/FIELDS/p/value",
        axes="point t",
        time="DATASET/VARIABLES/time/value",
    )
    np.testing.assert_array_equal(snapshots[:], p.T)


def test_the_advice_on_fluent_reads_a_series(tmp_path):
    rows = np.random.default_rng(0).normal(size=(4, 5))
    for number, row in enumerate(rows):
        with h5py.File(tmp_path / f"run-{number}.dat.h5", "w") as file:
            file["results/1/phase-1/cells/SV_P/1"] = row
    with pytest.raises(rom.InputError, match="one time of Ansys Fluent"):
        rom.open_snapshots(str(tmp_path / "run-*.dat.h5"))
    options = {"dataset": "results/1/phase-1/cells/SV_P/1", "axes": "point"}
    np.testing.assert_array_equal(
        rom.open_snapshots(str(tmp_path / "run-*.dat.h5"), **options)[:], rows
    )
