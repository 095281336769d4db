"""rom encode and rom decode: from a file to latents and back to the mesh, and one line for a
mistake.
"""

import sys

import h5py
import numpy as np
import pytest

import rom
import rom.cli


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """A comparison on the cylinder wake; POD of 3 modes."""
    out = tmp_path_factory.mktemp("wake") / "out"
    comparison = rom.compare("cylinder_wake", reducers=["pod"], n_components=[3], jobs=1, out=out)
    return out / "runs" / comparison.table.run[0]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def command(*arguments):
        monkeypatch.setattr(sys, "argv", ["rom", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            rom.cli.main()
        captured = capsys.readouterr()
        return stopped.value.code, captured.out.splitlines(), captured.err.splitlines()

    return command


def test_the_wake_there_and_back(run, study, tmp_path):
    status, printed, _ = run("encode", study, "cylinder_wake", "-o", "Z.h5")
    data, model = rom.open_snapshots("cylinder_wake"), rom.load(study)
    assert (status, printed) == (0, [f"latents: Z.h5 ({len(data)} snapshots, 3 latents)"])
    assert run("decode", study, "Z.h5", "-o", "fields.h5") == (
        0,
        ["fields: fields.h5", "XDMF:   fields.xdmf"],
        [],
    )
    decoded = rom.open_snapshots("fields.h5")
    np.testing.assert_allclose(
        decoded[:], model.inverse_transform(model.transform(data)), rtol=1e-6, atol=1e-6
    )
    assert decoded.layout.state()[0] == data.layout.state()[0]
    np.testing.assert_array_equal(decoded.layout.coordinates["x"], data.layout.coordinates["x"])
    np.testing.assert_array_equal(decoded.times, data.times)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Z.h5", "fields.h5", "fields.xdmf"]
    assert run("decode", study, "--modes", "-o", "modes.h5")[0] == 0
    np.testing.assert_array_equal(rom.open_snapshots("modes.h5")[:], model.modes())


def test_a_plain_dataset_is_mapped_as_for_a_comparison(run, tmp_path):
    t, x = np.arange(30.0)[:, None] / 3, np.linspace(0, 2, 9)
    with h5py.File("plain.h5", "w") as file:
        file["UV"] = np.stack([np.sin(t + x), np.cos(t - x)], axis=-1)
    options = ["--dataset", "UV", "--axes", "t x c", "--variables", "u,v"]
    assert (
        run(
            "compare",
            "plain.h5",
            *options,
            "--reducers",
            "pod",
            "--components",
            "2",
            "--out",
            "out",
        )[0]
        == 0
    )
    (model,) = (tmp_path / "out" / "runs").iterdir()
    assert run("encode", model, "plain.h5", *options, "-o", "Z.h5")[0] == 0
    status, _, errors = run("encode", model, "plain.h5", *options[:-1], "v,u", "-o", "Y.h5")
    assert (status, len(errors)) == (2, 1)
    assert "variables v, u, but the model was fitted on u, v" in errors[0]
    assert not (tmp_path / "Y.h5").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["encode", "MODEL", "mnist-5k", "-o", "out.h5"], "but the model was fitted on u, v"),
        (["encode", "MODEL", "missing.h5", "-o", "out.h5"], "missing.h5: no such file"),
        (["encode", "missing", "cylinder_wake", "-o", "out.h5"], "missing: no such file"),
        (["encode", "MODEL", "cylinder_wake", "-o", "no/out.h5"], "no such folder"),
        (["encode", "MODEL", "cylinder_wake"], "Missing option"),
        (["decode", "MODEL", "Z.npy", "-o", "out.xdmf"], "give the name of the HDF5 file"),
        (["decode", "MODEL", "wide.npy", "-o", "out.h5"], "but the model has 3 latents"),
        (["decode", "MODEL", "-o", "out.h5"], "latents or --modes"),
        (["decode", "MODEL", "Z.npy", "--modes", "-o", "out.h5"], "latents or --modes"),
        (["decode", "Z.npy", "Z.npy", "-o", "out.h5"], "not a saved model"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(run, study, tmp_path, arguments, words):
    np.save("Z.npy", np.zeros((2, 3)))
    np.save("wide.npy", np.zeros((2, 4)))
    before = sorted(tmp_path.iterdir())
    status, _, errors = run(*(study if argument == "MODEL" else argument for argument in arguments))
    assert (status, len(errors)) == (2, 1)
    assert words in errors[0]
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_is_read_as_the_run_read(run, tmp_path):
    fields = np.random.default_rng(0).normal(size=(30, 4, 5, 2))
    for name in ("a.h5", "b.h5"):
        with h5py.File(tmp_path / name, "w") as file:
            file["UV"], file["other"] = fields, fields[..., 0] + 1
    mapping = {"dataset": "UV", "axes": "t y x c", "variables": ["u", "v"]}
    snapshots = rom.open_snapshots(tmp_path / "a.h5", **mapping)
    arguments = ["a.h5", "--dataset", "UV", "--axes", "t y x c", "--variables", "u,v"]
    options = ["--reducers", "pod", "--components", "2", "--jobs", "1", "--out", "out"]
    assert run("compare", *arguments, *options)[0] == 0
    (folder,) = (tmp_path / "out" / "runs").iterdir()
    for model in (folder, folder / "model.safetensors"):
        status, _, errors = run("encode", model, "b.h5", "-o", "Z.h5")
        assert status == 0
        assert "read as in the comparison" in errors[0]
        assert "--dataset UV" in errors[0]
    with h5py.File("Z.h5") as file:
        np.testing.assert_allclose(file["latents"][:], rom.load(folder).transform(snapshots))
    status, _, errors = run("encode", folder, "b.h5", "--dataset", "other", "-o", "Y.h5")
    assert status == 2
    assert "axes" in errors[-1]
