"""Saving and loading: models of runs in physical units, and files that are not ours."""

import numpy as np
import pytest
import safetensors.numpy
from safetensors.numpy import save_file

import rom
from rom.errors import InputError, WriteError
from rom.reducers.field_model import FieldModel

RNG = np.random.default_rng(0)
MASK = np.zeros((6, 5), dtype=bool)
MASK[2, 2] = True


def flow():
    fields = 10 + RNG.normal(size=(30, 2, 6, 5)) * np.array([1, 100]).reshape(1, 2, 1, 1)
    fields[..., MASK] = np.nan
    layout = rom.FieldLayout(
        ("u", "p"),
        (6, 5),
        ("y", "x"),
        units=("m/s", "Pa"),
        mask=MASK,
        weights=RNG.random((6, 5)) + 0.5,
        coordinates={"x": np.arange(5.0)},
    )
    return rom.Snapshots.from_array(fields, axes="t c y x", layout=layout)


def test_the_model_of_a_run_works_in_physical_units_and_survives_a_file(tmp_path):
    snapshots = flow()
    pipeline = rom.Pipeline().fit(snapshots)
    reducer = rom.POD(28).fit(pipeline.transform(snapshots))
    model = FieldModel(pipeline, reducer)
    model.save(tmp_path / "model.safetensors")
    loaded = rom.load(tmp_path)
    Z = model.transform(snapshots)
    np.testing.assert_array_equal(loaded.transform(snapshots), Z)
    np.testing.assert_allclose(loaded.transform(snapshots[:]), Z)
    np.testing.assert_allclose(loaded.transform(snapshots.layout.to_fields(snapshots[:])), Z)
    rows = rom.POD(29).fit(pipeline.transform(snapshots))
    exact = FieldModel(pipeline, rows).decode_fields(
        FieldModel(pipeline, rows).transform(snapshots)
    )
    np.testing.assert_allclose(exact, snapshots.layout.to_fields(snapshots[:]), atol=1e-8)
    assert np.isnan(loaded.decode_fields(Z)[..., MASK]).all()
    assert loaded.layout_.units == ("m/s", "Pa")
    np.testing.assert_array_equal(loaded.layout_.coordinates["x"], np.arange(5.0))


def test_files_that_cannot_be_loaded(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        rom.load(tmp_path / "nothing")
    with pytest.raises(InputError, match="a folder without model"):
        rom.load(tmp_path)
    (tmp_path / "text").write_text("hello, this is not a model")
    with pytest.raises(InputError, match="not a saved model"):
        rom.load(tmp_path / "text")
    save_file({"a": np.zeros(2)}, tmp_path / "foreign")
    with pytest.raises(InputError, match="not written by this package"):
        rom.load(tmp_path / "foreign")


def test_an_unfitted_reducer_is_not_saved(tmp_path):
    with pytest.raises(ValueError, match="not fitted"):
        rom.POD(2).save(tmp_path / "pod")
    assert not (tmp_path / "pod").exists()


def test_a_random_state_object_is_not_data(tmp_path):
    rom.Autoencoder(1, epochs=1, random_state=np.random.RandomState(0)).fit(
        RNG.normal(size=(20, 4))
    ).save(tmp_path / "a")
    assert rom.load(tmp_path / "a").random_state is None


def test_a_folder_that_is_not_there_is_an_input_error(tmp_path):
    with pytest.raises(WriteError, match="cannot be written"):
        rom.POD(1).fit(RNG.normal(size=(20, 4))).save(tmp_path / "no" / "pod")


def test_integers_are_not_rounded_to_integers_on_the_way():
    fields = RNG.integers(0, 9, size=(30, 6)).astype(float)
    snapshots = rom.Snapshots.from_array(fields)
    pipeline = rom.Pipeline().fit(snapshots)
    model = FieldModel(pipeline, rom.POD(3).fit(pipeline.transform(snapshots)))
    np.testing.assert_allclose(model.transform(fields.astype(np.uint8)), model.transform(fields))


def test_numbers_that_were_learned_are_numbers_again(tmp_path):
    pod = rom.POD(2).fit(RNG.normal(size=(20, 5)))
    pod.save(tmp_path / "pod")
    loaded = rom.load(tmp_path / "pod")
    assert isinstance(loaded.residual_, float)
    assert (loaded.residual_, loaded.residual_excess_) == (pod.residual_, pod.residual_excess_)


def test_a_full_disk_is_no_fault_of_the_model(tmp_path, monkeypatch):
    """The run that saves it keeps its checkpoint: the library raises an exception of its own."""

    def full(*_, **__):
        raise safetensors.SafetensorError("I/O error: No space left on device")

    monkeypatch.setattr(safetensors.numpy, "save_file", full)
    model = rom.POD(1).fit(np.eye(4))
    with pytest.raises(WriteError, match="No space left"):
        model.save(tmp_path / "model")
