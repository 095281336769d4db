"""Activations and batch norm, in every architecture."""

import numpy as np
import pytest
import torch
from torch import nn

import rom
from rom.data.layout import FieldLayout
from rom.errors import InputError
from rom.nets.layers import ACTIVATIONS, BatchNorm
from rom.nets.network import build_network, initialise
from rom.training.checkpoint import Checkpoint

TYPES = {"relu": nn.ReLU, "elu": nn.ELU, "gelu": nn.GELU, "tanh": nn.Tanh, "silu": nn.SiLU}
FIELDS = np.random.default_rng(0).normal(size=(17, 6, 6))
SNAPSHOTS = {
    "conv": rom.Snapshots.from_array(FIELDS, axes="t y x"),
    "mlp": rom.Snapshots.from_array(FIELDS.reshape(17, 36)),
}
bodies = pytest.mark.parametrize("architecture", ["conv", "mlp"])


def network_for(architecture, **options):
    layout = FieldLayout(("u",), (12, 6), ("y", "x"))
    options = {"channels": (3, 4), "variational": True, "sigmoid": False} | options
    # convolutions have two channels and a dense layer, the dense network three layers
    options = {"hidden": (5,) if architecture == "conv" else (4, 3, 5)} | options
    return build_network(layout, 2, architecture=architecture, **options)


def count(module, kind):
    return sum(isinstance(layer, kind) for layer in module.modules())


@bodies
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_activation_is_that_of_every_body(architecture, activation):
    network = network_for(architecture, activation=activation)
    for body in (network.encoder, network.decoder):
        assert count(body, TYPES[activation]) == 3
        assert sum(count(body, kind) for kind in TYPES.values()) == 3


@bodies
def test_batch_norm_stands_before_every_activation_and_nowhere_else(architecture):
    network = network_for(architecture, batch_norm=True)
    for body in (network.encoder, network.decoder):
        assert count(body, BatchNorm) == 3
        layers = [layer for layer in body.modules() if not isinstance(layer, nn.Sequential)]
        for i, layer in enumerate(layers):
            assert isinstance(layer, BatchNorm) == (
                i + 1 < len(layers) and isinstance(layers[i + 1], nn.ReLU)
            )
    assert count(network_for("linear", batch_norm=True), BatchNorm) == 0


def test_batch_norm_starts_as_scale_one_and_offset_zero():
    network = network_for("conv", batch_norm=True)
    for parameter in network.parameters():
        nn.init.constant_(parameter, 7.0)
    initialise(network, torch.Generator().manual_seed(0), torch.zeros(72), 1.0)
    for layer in network.modules():
        if isinstance(layer, BatchNorm):
            assert (layer.weight == 1).all()
            assert (layer.bias == 0).all()


@pytest.mark.parametrize(
    ("reference", "shape"), [(nn.BatchNorm1d, (6, 3)), (nn.BatchNorm2d, (6, 3, 4, 5))]
)
def test_batch_norm_is_torchs(reference, shape):
    ours, theirs = BatchNorm(3), reference(3)
    values = 2 + 3 * torch.randn(shape, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(ours(values), theirs(values))
    torch.testing.assert_close(ours.running_var, theirs.running_var)
    torch.testing.assert_close(ours.eval()(values), theirs.eval()(values))


def test_one_value_per_channel_is_normalised_as_in_evaluation():
    norm = BatchNorm(3)
    norm(2 + torch.randn(50, 3, generator=torch.Generator().manual_seed(0)))
    before = norm.running_mean.clone()
    row = torch.tensor([[1.0, 2.0, 3.0]])
    output = norm(row)
    torch.testing.assert_close(norm.running_mean, before)
    torch.testing.assert_close(output, norm.eval()(row))


@bodies
def test_a_last_batch_of_one_row_is_learned_from(architecture):
    rows = SNAPSHOTS[architecture]
    reducer = rom.BetaVAE(
        2,
        batch_norm=True,
        batch_size=8,
        epochs=2,
        channels=(3, 4),
        architecture=architecture,
        random_state=0,
    ).fit(rows)
    assert len(rows) % reducer.batch_size_ == 1
    assert np.isfinite(reducer.transform(rows)).all()


@bodies
def test_rows_do_not_see_each_other_after_training(architecture):
    rows = SNAPSHOTS[architecture]
    reducer = rom.Autoencoder(
        2, batch_norm=True, epochs=2, channels=(3, 4), architecture=architecture, random_state=0
    ).fit(rows)
    np.testing.assert_allclose(
        reducer.transform(rows[:3]), reducer.transform(rows)[:3], rtol=1e-4, atol=1e-6
    )


@bodies
def test_validation_rows_change_nothing_with_batch_norm(architecture):
    rows, options = SNAPSHOTS[architecture], {"batch_norm": True, "epochs": 2, "channels": (3, 4)}
    options |= {"architecture": architecture, "random_state": 0}
    watched = rom.BetaVAE(2, **options).fit(rows, validation=rows[:4])
    np.testing.assert_array_equal(
        watched.transform(rows), rom.BetaVAE(2, **options).fit(rows).transform(rows)
    )


@bodies
def test_running_statistics_are_saved(architecture, tmp_path):
    rows = SNAPSHOTS[architecture]
    reducer = rom.BetaVAE(
        2,
        batch_norm=True,
        activation="elu",
        epochs=2,
        channels=(3, 4),
        architecture=architecture,
        random_state=0,
    ).fit(rows)
    reducer.save(tmp_path / "model")
    loaded = rom.load(tmp_path / "model")
    for name, value in reducer.network_.state_dict().items():
        assert torch.equal(value, loaded.network_.state_dict()[name])
    np.testing.assert_array_equal(loaded.transform(rows), reducer.transform(rows))


@bodies
def test_a_continued_training_with_batch_norm_ends_with_the_same_bits(architecture, tmp_path):
    rows = SNAPSHOTS[architecture]

    def reducer():
        return rom.BetaVAE(
            2, batch_norm=True, activation="silu", batch_size=8, epochs=4, channels=(3, 4),
            architecture=architecture, random_state=0,
        )  # fmt: skip

    class StopHereError(Exception):
        pass

    def stop(record):
        if record["epoch"] == 2:
            raise StopHereError

    with pytest.raises(StopHereError):
        reducer().fit(rows, on_epoch=stop, checkpoint=Checkpoint(tmp_path / "checkpoint", epochs=1))
    checkpoint = Checkpoint(tmp_path / "checkpoint")
    continued, whole = reducer().fit(rows, checkpoint=checkpoint), reducer().fit(rows)
    assert checkpoint.resumed_epoch == 2
    for name, value in whole.network_.state_dict().items():
        assert torch.equal(value, continued.network_.state_dict()[name])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": "rellu"}, "did you mean 'relu'"),
        ({"activation": ["relu"]}, "no activation"),
        ({"batch_norm": "yes"}, "batch_norm='yes' must be True or False"),
        ({"depth": 0}, "depth=0 must be an int of at least 1"),
        ({"depth": True}, "depth=True"),
    ],
)
def test_options_out_of_range(options, message):
    with pytest.raises(InputError, match=message):
        rom.Autoencoder(2, **options).fit(SNAPSHOTS["conv"])
