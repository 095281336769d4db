"""Encode, decode, modes: the way to the latents and back to fields on the mesh is that of the model
in memory.
"""

from dataclasses import replace

import numpy as np
import pytest

import rom
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.reducers.coding import decode, decode_file, encode, encode_file, modes
from rom.reducers.field_model import FieldModel
from rom.reducers.latents import Latents, read_latents

X = np.random.default_rng(0).normal(size=(30, 2, 3, 4)) * np.array([1.0, 100.0])[:, None, None] + 7
MASK = np.eye(3, 4, dtype=bool)
WEIGHTS = np.random.default_rng(1).uniform(0.5, 2, size=(3, 4))


def snapshots(mask=MASK, **changes):
    layout = FieldLayout(
        ("u", "p"),
        (3, 4),
        ("y", "x"),
        units=("m/s", "Pa"),
        weights=WEIGHTS,
        mask=mask,
        coordinates={"x": np.arange(4.0)},
    )
    rows = np.where(MASK, np.nan, X).reshape(30, -1)
    options = {
        "times": np.arange(30) / 8,
        "trajectories": np.arange(30) // 15,
        "parameters": {"Re": np.arange(30)},
    }
    made = Snapshots.from_array(rows, layout=replace(layout, **changes), name="flow", **options)
    made = made.replace(time_unit="s")
    return made


def field_model(reducer):
    data = snapshots()
    pipeline = rom.Pipeline().fit(data)
    return FieldModel(pipeline, reducer.fit(pipeline.transform(data)))


@pytest.fixture(scope="module")
def pod():
    return field_model(rom.POD(5))


@pytest.mark.parametrize("bare", [False, True])
def test_a_file_goes_to_latents_and_back(tmp_path, pod, bare):
    model = rom.POD(5).fit(snapshots()) if bare else pod
    model.save(tmp_path / "model.safetensors")
    snapshots().write(tmp_path / "flow.h5")
    data = rom.open_snapshots(tmp_path / "flow.h5")
    encode_file(tmp_path, data, tmp_path / "Z.h5")
    (written, *xdmf), notes = decode_file(tmp_path, tmp_path / "Z.h5", tmp_path / "decoded.h5")
    assert (notes, [path.name for path in xdmf]) == ([], ["decoded_t0.xdmf", "decoded_t1.xdmf"])
    decoded = rom.open_snapshots(written)
    expected = model.inverse_transform(model.transform(snapshots()))
    layout = model.layout_
    np.testing.assert_array_equal(decoded.layout.to_fields(decoded[:]), layout.to_fields(expected))
    assert np.isnan(decoded.layout.to_fields(decoded[:])[:, :, MASK]).all()
    np.testing.assert_array_equal(decoded.layout.mask, MASK)
    assert (decoded.layout.units, decoded.time_unit) == (("m/s", "Pa"), "s")
    for name in ("times", "trajectories"):
        np.testing.assert_array_equal(getattr(decoded, name), getattr(data, name))
    np.testing.assert_array_equal(decoded.parameters["Re"], np.arange(30))


def test_a_vae_stores_posterior_means_and_log_variances(tmp_path):
    model = field_model(rom.BetaVAE(2, epochs=2, random_state=0))
    model.save(tmp_path / "model.safetensors")
    encode_file(tmp_path / "model.safetensors", snapshots(), tmp_path / "Z.h5")
    latents = read_latents(tmp_path / "Z.h5")
    mean, log_variance = model.reducer.posterior(model.pipeline.transform(snapshots()))
    np.testing.assert_array_equal(latents.values, mean)
    np.testing.assert_array_equal(latents.log_variance, log_variance)
    assert (latents.dataset, latents.reducer, len(latents.model)) == ("flow", "beta-vae", 64)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            lambda: snapshots(variables=("u", "v")),
            "variables u, v, but the model was fitted on u, p",
        ),
        (lambda: snapshots(variables=("p", "u")), "variables p, u, but"),
        (lambda: snapshots(axes=("x", "y"), coordinates={}), "axes x, y, but"),
        (
            lambda: snapshots(
                grid_shape=(4, 3), axes=("y", "x"), coordinates={}, weights=None, mask=None
            ),
            "grid shape 4",
        ),
        (lambda: snapshots(units=("m/s", "bar")), "p is in bar, but the model was fitted on Pa"),
        (lambda: snapshots(mask=~MASK), "mask differs from that of the model in 24 values"),
        (lambda: Snapshots.from_array(np.ones((2, 24))), "variables x, but the model"),
    ],
)
def test_other_data_are_refused_by_their_difference(pod, data, words):
    with pytest.raises(rom.InputError, match=words):
        encode(pod, data())


def test_data_of_unknown_unit_and_without_a_mask_fit(pod):
    found = encode(pod, snapshots(units=("", ""), mask=None))
    np.testing.assert_array_equal(found.values, pod.transform(snapshots()))
    bare = rom.POD(5).fit(snapshots())
    np.testing.assert_array_equal(
        encode(bare, snapshots(mask=None)).values, bare.transform(snapshots())
    )


def test_a_reducer_of_an_array_takes_any_data_of_as_many_features():
    rows = X.reshape(30, -1)
    pod = rom.POD(3).fit(rows)
    named = Snapshots.from_array(rows, layout=FieldLayout(("u", "p"), (3, 4), ("y", "x")))
    np.testing.assert_array_equal(encode(pod, named).values, pod.transform(rows))
    with pytest.raises(rom.InputError, match="12 features, the model has 24"):
        encode(pod, Snapshots.from_array(rows[:, :12]))


def test_modes_of_pod_are_the_physical_fluctuations(pod):
    """From the definition: fluctuations weighted by w / s_v^2, their singular vectors, weights and
    scales undone.
    """
    fields = modes(pod)
    data = snapshots().pack()
    layout, rows = data.layout, data[:]
    scale = np.sqrt(layout.feature_weights) / pod.pipeline.scales[layout.variable_index]
    _, sigma, vectors = np.linalg.svd((rows - rows.mean(axis=0)) * scale, full_matrices=False)
    expected = vectors[:5] * (sigma[:5, None] / np.sqrt(30)) / scale
    found = fields.pack()[:]
    signs = np.sign((found * expected).sum(axis=1))[:, None]
    np.testing.assert_allclose(found, signs * expected, atol=1e-10 * abs(expected).max())
    np.testing.assert_allclose(
        fields.parameters["amplitude"], pod.transform(snapshots()).std(axis=0)
    )
    np.testing.assert_array_equal(fields.parameters["latent"], range(5))
    assert np.isnan(pod.modes().reshape(5, 2, 3, 4)[:, :, MASK]).all()


def test_modes_of_a_network_are_what_a_unit_of_a_latent_changes(tmp_path):
    model = field_model(rom.Autoencoder(2, epochs=2, random_state=0))
    expected = model.inverse_transform(np.eye(2)) - model.inverse_transform(np.zeros((1, 2)))
    np.testing.assert_allclose(model.modes(), expected, atol=1e-6 * np.nanmax(abs(expected)))
    model.save(tmp_path / "model.safetensors")
    decode_file(tmp_path, None, tmp_path / "modes.h5")
    read = rom.open_snapshots(tmp_path / "modes.h5")
    np.testing.assert_array_equal(read[:], model.modes())
    np.testing.assert_array_equal(read.parameters["amplitude"], [1, 1])


def test_latents_of_another_size_are_refused(pod):
    for values in (np.ones((4, 3)), np.ones(5)):
        with pytest.raises(rom.InputError, match="but the model has 5 latents"):
            decode(pod, values)


def test_latents_of_another_model_are_noted(tmp_path, pod):
    pod.save(tmp_path / "model.safetensors")
    field_model(rom.POD(5, solver="gram")).save(tmp_path / "other.safetensors")
    encode_file(tmp_path / "other.safetensors", snapshots(), tmp_path / "Z.h5")
    _, notes = decode_file(tmp_path, tmp_path / "Z.h5", tmp_path / "fields.h5")
    (note,) = notes
    assert "another model" in note


def test_neither_model_nor_data_nor_latents_are_overwritten(tmp_path, pod):
    model = tmp_path / "model.safetensors"
    pod.save(model)
    snapshots().write(tmp_path / "flow.h5")
    data = rom.open_snapshots(tmp_path / "flow.h5")
    encode_file(model, data, tmp_path / "Z.h5")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    for out in (model, tmp_path / "flow.h5"):
        with pytest.raises(rom.InputError, match="is read from"):
            encode_file(model, data, out)
    for out in (model, tmp_path / "Z.h5"):
        with pytest.raises(rom.InputError, match="is read from"):
            decode_file(model, tmp_path / "Z.h5", out)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_decoded_rows_are_decoded_block_by_block(pod):
    latents = Latents(pod.transform(snapshots()), times=np.arange(30.0))
    counts = []

    class Counting:
        layout_, n_components_ = pod.layout_, pod.n_components_

        def inverse_transform(self, Z):
            counts.append(len(Z))
            return pod.inverse_transform(Z)

    decoded = decode(Counting(), latents)
    assert counts == []
    blocks = list(decoded.blocks(7 * 24 * 8))
    assert counts == [7, 7, 7, 7, 2]
    np.testing.assert_allclose(
        np.concatenate(blocks), pod.inverse_transform(latents.values), rtol=1e-12
    )
