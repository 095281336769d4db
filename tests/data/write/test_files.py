"""Output files: what is no file is left alone."""

import os

import numpy as np
import pytest

import rom


def test_a_pipe_is_not_replaced_by_a_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.h5")
    with pytest.raises(rom.InputError, match=r"pipe\.h5: is a device or a pipe"):
        rom.Snapshots.from_array(np.eye(4)).write(tmp_path / "pipe.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["pipe.h5"]
    assert not (tmp_path / "pipe.h5").is_file()
