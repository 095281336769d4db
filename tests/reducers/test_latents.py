"""Files of latents: ours, another program's, and what is none."""

import h5py
import numpy as np
import pytest

import rom
from rom.reducers.latents import Latents, read_latents, write_latents

Z = np.random.default_rng(0).normal(size=(6, 2))


def test_what_is_written_comes_back(tmp_path):
    parameters = {"Re": np.arange(6), "name": np.array(["ä"] * 6)}
    written = Latents(
        Z, -Z, np.arange(6) / 3, "s", np.arange(6) // 3, parameters, "flow", "pod", "f"
    )
    write_latents(tmp_path / "Z.h5", written)
    read = read_latents(tmp_path / "Z.h5")
    for name, value in vars(written).items():
        if name == "parameters":
            assert {k: v.tolist() for k, v in read.parameters.items()} == {
                k: v.tolist() for k, v in value.items()
            }
        else:
            np.testing.assert_array_equal(getattr(read, name), value)
    with h5py.File(tmp_path / "Z.h5") as file:
        assert file.attrs["rom_format"] == "rom-latents"
        assert file.attrs["n_components"] == 2


def test_latents_of_other_programs(tmp_path):
    np.save(tmp_path / "Z.npy", Z)
    with h5py.File(tmp_path / "plain.h5", "w") as file:
        file["latents"] = Z
    for name in ("Z.npy", "plain.h5"):
        np.testing.assert_array_equal(read_latents(tmp_path / name).values, Z)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.h5", {"vector": Z}, "no dataset 'latents'"),
        ("a.h5", {"latents": Z[0]}, "table"),
        ("a.h5", {"latents": np.full((2, 2), np.nan)}, "finite"),
        ("a.npy", Z.astype(complex), "table"),
        ("a.npy", np.array([{}]), "not an array of numbers"),
        ("a.h5", b"no", "this is none of them"),
        ("a.npy", b"no", "not an array"),
        ("a.npy", b"PK\x03\x04" + bytes(40), "not an array"),
        ("a.npy", b"\x93NUMPY\x01\x00\x08\x00((((((((", "not an array"),
        ("a.h5", None, "no such file"),
    ],
)
def test_what_is_no_file_of_latents(tmp_path, name, content, words):
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, dict):
        with h5py.File(path, "w") as file:
            for key, values in content.items():
                file[key] = values
    elif content is not None:
        np.save(path, content, allow_pickle=True)
    with pytest.raises(rom.InputError, match=words) as caught:
        read_latents(path)
    assert str(path) in str(caught.value)


def test_a_newer_file_is_refused(tmp_path):
    write_latents(tmp_path / "Z.h5", Latents(Z))
    with h5py.File(tmp_path / "Z.h5", "r+") as file:
        file.attrs["rom_version"] = 99
    with pytest.raises(rom.InputError, match="newer version"):
        read_latents(tmp_path / "Z.h5")
