"""IDX files: images, labels, splits, and what is wrong with a damaged one."""

import gzip
import struct

import numpy as np
import pytest

import rom
from rom.data.open import open_as

IMAGES = np.random.default_rng(0).integers(0, 256, size=(5, 3, 4), dtype=np.uint8)


def opened(paths, mapping):
    return open_as("idx", paths, mapping, "a")


def images(values):
    return struct.pack(">IIII", 0x803, *values.shape) + values.tobytes()


def labels(values):
    return struct.pack(">II", 0x801, len(values)) + bytes(values)


def test_images_are_pixels_over_255_gzip_or_not(tmp_path):
    for name, content in {"a": images(IMAGES), "b": gzip.compress(images(IMAGES), mtime=0)}.items():
        (tmp_path / name).write_bytes(content)
        snapshots = rom.open_snapshots(tmp_path / name)
        assert snapshots.layout.grid_shape == (3, 4)
        assert snapshots.dtype == np.float32
        np.testing.assert_allclose(snapshots[:], IMAGES.reshape(5, -1) / 255, rtol=1e-6)


def test_files_are_one_after_the_other_and_are_the_split(tmp_path):
    contents = {
        "i": images(IMAGES),
        "j": images(IMAGES[:2]),
        "l": labels([1, 2, 3, 4, 5]),
        "m": labels([6, 7]),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    snapshots = opened([tmp_path / name for name in contents], {"parts": ["train", "test"]})
    assert snapshots.own_split is not None
    assert snapshots.own_split["test"].tolist() == [5, 6]
    assert snapshots.parameters["label"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    with pytest.raises(rom.InputError, match="1 parts named for 2"):
        opened([tmp_path / "i", tmp_path / "j"], {"parts": ["train"]})
    with pytest.raises(rom.InputError, match="as many labels as images"):
        opened([tmp_path / "i", tmp_path / "m"], {})
    with pytest.raises(rom.InputError, match="image files of one size"):
        opened([tmp_path / "l"], {})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "starts with nothing"),
        (b"\0\0\x0d\x03" + images(IMAGES)[4:], "starts with 0xd03"),
        (images(IMAGES)[:9], "cut short"),
        (images(IMAGES)[:-1], "promises 60 bytes of data, the file has 59"),
        (images(IMAGES) + b"x", "promises 60 bytes of data, the file has 61"),
        (struct.pack(">IIII", 0x803, *[2**32 - 1] * 3), "promises 79228162458924105385300197375"),
        (gzip.compress(images(IMAGES), mtime=0)[:30], "damaged gzip"),
        (gzip.compress(images(IMAGES), mtime=0)[:-4] + b"abcd", "damaged gzip"),
        (gzip.compress(images(IMAGES), mtime=0)[:12] + b"\xff" * 40, "not an IDX file of bytes"),
        (gzip.compress(images(IMAGES) + b"xy", mtime=0), "promises 60 bytes .* the file has more"),
        (gzip.compress(struct.pack(">IIII", 0x803, 10**4, 600, 500), mtime=0), "claims 3.0 GB, wh"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",  # names of tests are text
)
def test_damaged_files_are_refused(tmp_path, content, words):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(rom.InputError, match=words):
        opened([tmp_path / "a"], {})
