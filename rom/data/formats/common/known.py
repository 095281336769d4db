"""HDF5 files that are known and hold no snapshots, or hold them in a way that only a mapping can
read.
"""

from __future__ import annotations

from pathlib import Path

from rom.data.formats.common.hdf5 import describe
from rom.data.hdf5_open import open_hdf5

#: What a file has to hold (all of these paths; "@name": a root attribute), and what it is and what
#: to do.
KNOWN: tuple[tuple[tuple[str, ...], str], ...] = (
    (
        ("leftvecs", "svdvals"),
        "a basis of opinf, not snapshots; give the file of the snapshots it was made from",
    ),
    (
        ("entries", "meta"),
        "an operator or transformer of opinf, not snapshots; give the file of the snapshots",
    ),
    (
        ("spatial_basis", "singular_value"),
        "a basis of libROM, not snapshots; give the file of the snapshots",
    ),
    (
        ("snapshot_matrix", "snapshot_matrix_num_rows", "snapshot_matrix_num_cols"),
        (
            "snapshots of libROM, one flat matrix for each process; read it with h5py, give "
            "snapshot_matrix.reshape(num_rows, num_cols).T to rom.Snapshots.from_array"
        ),
    ),
    (
        ("@Version", "DATASET/FIELDS"),
        (
            "a data set of pyLOM; for a scalar field give --dataset DATASET/FIELDS/NAME/value "
            "--axes 'point t' --time DATASET/VARIABLES/time/value (in Python: dataset=..., "
            "axes=..., time=...)"
        ),
    ),
    (
        ("results/1",),
        (
            "one time of Ansys Fluent; give the files of all times, with"
            " --dataset results/1/phase-1/cells/SV_P/1 (or of another field) and --axes point (in"
            " Python: dataset=..., axes='point')"
        ),
    ),
    (
        ("meshes", "settings"),
        "a case of Ansys Fluent, which holds the mesh; the fields are in its .dat.h5 files",
    ),
    (
        ("modes", "zero_output", "vector"),
        "results of a beta-VAE, not snapshots; rom independence reads latents",
    ),
    (("@keras_version",), "a Keras model, not snapshots"),
    (("model_weights",), "a Keras model, not snapshots"),
    (
        ("@PYTABLES_FORMAT_VERSION",),
        "a store of PyTables or pandas; give dataset= and axes= of an array in it",
    ),
)


def known_file(path: Path) -> str:
    """What a file is whose layout is none of those that are read, and what to do; "" if it is not
    known.
    """
    with open_hdf5(path) as file:
        for items, words in KNOWN:
            if all(
                item[1:] in file.attrs if item.startswith("@") else item in file for item in items
            ):
                return f"{words}; {describe(file)}"
    return ""
