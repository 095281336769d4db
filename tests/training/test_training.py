"""The loop: its history, what validation changes, divergence is an error."""

import numpy as np
import pytest

import rom
from rom.data.layout import FieldLayout
from rom.errors import InputError, RunError


def test_history_has_a_row_per_epoch_and_total_is_reconstruction_plus_beta_kl():
    rows = np.random.default_rng(0).normal(size=(64, 6))
    seen = []
    vae = rom.BetaVAE(2, architecture="mlp", beta=0.3, annealing="none", epochs=4, random_state=0)
    vae.fit(rows, validation=rows[:20], on_epoch=seen.append)
    history = vae.history_
    assert list(history.epoch) == [1, 2, 3, 4] == [record["epoch"] for record in seen]
    for part in ("train", "validation"):
        total = history[f"{part}_reconstruction"] + 0.3 * history[f"{part}_kl"]
        np.testing.assert_allclose(history[f"{part}_total"], total, rtol=1e-6)
    assert history.train_total.iloc[-1] < history.train_total.iloc[0]


@pytest.mark.parametrize("reducer", [rom.Autoencoder, rom.BetaVAE])
def test_validation_rows_change_nothing_that_is_learned(reducer):
    rows = np.random.default_rng(0).normal(size=(64, 6))
    plain = reducer(2, epochs=3, random_state=0).fit(rows)
    watched = reducer(2, epochs=3, random_state=0).fit(rows, validation=rows[:10])
    np.testing.assert_array_equal(plain.transform(rows), watched.transform(rows))


def test_divergence_is_an_error_with_advice():
    rows = np.random.default_rng(0).normal(size=(64, 6))
    with pytest.raises(RunError, match="smaller learning_rate"):
        rom.Autoencoder(2, epochs=5, learning_rate=1e18, random_state=0).fit(rows)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"epochs": 0}, "epochs=0"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"channels": ()}, "channels"),
        ({"hidden": (0,)}, "hidden"),
        ({"hidden": 5}, "hidden=5"),
        ({"learning_rate": -1}, "learning_rate"),
        ({"learning_rate": float("inf")}, "learning_rate"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"architecture": 3}, "no architecture 3"),
        ({"reconstruction": "bernouli"}, "did you mean 'bernoulli'"),
        ({"reconstruction": "bernoulli"}, "between 0 and 1"),
        ({"architecture": "conv"}, "needs a grid"),
    ],
)
def test_arguments_out_of_range(parameters, message):
    rows = np.random.default_rng(0).normal(size=(64, 6))
    with pytest.raises(InputError, match=message):
        rom.Autoencoder(2, **parameters).fit(rows)
    with pytest.raises(InputError, match="beta"):
        rom.BetaVAE(2, beta=-1).fit(rows)


def test_bernoulli_trains_on_the_unit_interval():
    rows = np.random.default_rng(0).random((64, 6))
    vae = rom.BetaVAE(1, reconstruction="bernoulli", epochs=3, random_state=0).fit(rows)
    assert (
        (vae.inverse_transform(vae.transform(rows)) >= 0)
        & (vae.inverse_transform(vae.transform(rows)) <= 1)
    ).all()


def test_a_point_cloud_is_trained_with_a_perceptron_and_a_grid_with_convolutions():
    fields = np.random.default_rng(0).normal(size=(20, 4, 4))
    grid = rom.Snapshots.from_array(fields, axes="t y x")
    cloud = rom.Snapshots.from_array(fields.reshape(20, 16), layout=FieldLayout(("u",), (16,)))
    options = {"architecture": "fields", "epochs": 1}
    assert rom.Autoencoder(1, **options).fit(grid).architecture_ == "conv"
    assert rom.Autoencoder(1, **options).fit(cloud).architecture_ == "mlp"
