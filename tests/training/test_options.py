"""Options of a training: patience, precision, device, and how beta is set."""

import numpy as np
import pytest
import torch

import rom
from rom.errors import InputError
from rom.training.checkpoint import Checkpoint
from rom.training.device import reproducible, resolve_device

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(64, 6)) @ np.diag([4, 3, 1, 1, 0.1, 0.1])
FEW, HELD_OUT = (
    RNG.normal(size=(10, 30)),
    RNG.normal(size=(40, 30)),
)  # noise: what is learned of it does not hold


def test_patience_stops_and_goes_back_to_the_best_weights():
    options = {"architecture": "mlp", "epochs": 300, "patience": 5, "random_state": 0}
    reducer = rom.Autoencoder(4, **options).fit(FEW, validation=HELD_OUT)
    losses = reducer.history_.validation_total
    best = int(losses.idxmin())
    assert len(losses) == best + 1 + 5 < 300
    error = (
        ((HELD_OUT - reducer.inverse_transform(reducer.transform(HELD_OUT))) ** 2)
        .sum(axis=1)
        .mean()
    )
    assert error == pytest.approx(losses[best], rel=1e-4)


def test_patience_counts_from_where_beta_is_final():
    vae = rom.BetaVAE(
        2, beta=1e3, annealing="linear", annealing_share=0.5, epochs=20, patience=1, random_state=0
    )
    assert len(vae.fit(ROWS, validation=ROWS[:20]).history_) >= 11


def test_patience_survives_an_interruption(tmp_path):
    def stop(record):
        if record["epoch"] == 20:
            raise KeyboardInterrupt

    options = {"architecture": "mlp", "epochs": 300, "patience": 15, "random_state": 0}
    whole = rom.Autoencoder(4, **options).fit(FEW, validation=HELD_OUT)
    with pytest.raises(KeyboardInterrupt):
        rom.Autoencoder(4, **options).fit(
            FEW,
            validation=HELD_OUT,
            on_epoch=stop,
            checkpoint=Checkpoint(tmp_path / "state", epochs=1),
        )
    checkpoint = Checkpoint(tmp_path / "state")
    continued = rom.Autoencoder(4, **options).fit(FEW, validation=HELD_OUT, checkpoint=checkpoint)
    assert checkpoint.resumed_epoch == 20
    np.testing.assert_array_equal(continued.transform(FEW), whole.transform(FEW))


def test_patience_needs_validation_rows():
    with pytest.raises(InputError, match="validation"):
        rom.Autoencoder(2, patience=3).fit(ROWS)


def test_bfloat16_is_near_float32():
    try:
        resolve_device("cpu", "bfloat16")
    except InputError as error:
        pytest.skip(str(error))
    errors = []
    for precision in ("float32", "bfloat16"):
        reducer = rom.Autoencoder(2, epochs=150, precision=precision, random_state=0).fit(ROWS)
        errors.append(np.linalg.norm(ROWS - reducer.inverse_transform(reducer.transform(ROWS))))
        assert reducer.transform(ROWS).dtype == ROWS.dtype
    assert errors[1] == pytest.approx(errors[0], rel=0.1)
    assert errors[0] != errors[1]


@pytest.mark.parametrize("device", ["gpu", "cuda:99", 3.5])
def test_a_device_that_is_not_there(device):
    with pytest.raises(InputError, match="device"):
        rom.Autoencoder(2, device=device).fit(ROWS)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_cuda_gives_what_the_cpu_gives():
    fitted = [
        rom.BetaVAE(2, epochs=3, device=device, random_state=0).fit(ROWS)
        for device in ("cpu", "cuda")
    ]
    np.testing.assert_allclose(
        fitted[1].transform(ROWS), fitted[0].transform(ROWS), rtol=1e-2, atol=1e-2
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beta": 2.0, "energy_share": 0.1}, "one of the two"),
        ({"energy_share": -1}, "energy_share=-1"),
        ({"annealing": "quick"}, "no annealing 'quick'"),
        ({"annealing_share": 0}, "annealing_share=0"),
        ({"cycles": 0, "annealing": "cyclical"}, "cycles=0"),
        ({"capacity": -1.0}, "capacity=-1"),
        ({"capacity": 1.0, "capacity_weight": 0.0}, "capacity_weight=0"),
        ({"capacity": 1.0, "decoder_variance": "learned"}, "exclude each other"),
        ({"decoder_variance": "learnt"}, "did you mean 'learned'"),
    ],
)
def test_options_of_beta_that_make_no_sense(options, message):
    with pytest.raises(InputError, match=message):
        rom.BetaVAE(2, epochs=1, **options).fit(ROWS)


def test_beta_in_force_is_saved(tmp_path):
    vae = rom.BetaVAE(2, decoder_variance="learned", epochs=2, random_state=0).fit(ROWS)
    vae.save(tmp_path / "vae")
    loaded = rom.load(tmp_path / "vae")
    assert (loaded.beta_, loaded.decoder_variance_) == (vae.beta_, vae.decoder_variance_)
    assert vae.beta_ == 2 * vae.decoder_variance_


def test_only_variational_networks_have_a_posterior():
    rows = np.random.default_rng(0).normal(size=(20, 4))
    for reducer in (rom.BetaVAE, rom.BetaTCVAE):
        assert reducer(1, epochs=1).fit(rows).posterior(rows) is not None
    plain = rom.Autoencoder(1, epochs=1).fit(rows)
    assert plain.posterior(rows) is None
    with pytest.raises(rom.InputError, match="no posterior"):
        plain.kl_per_component(rows)


def test_a_gpu_keeps_to_the_same_bits_inside_the_block_only():
    before = torch.backends.cudnn.deterministic
    with reproducible():
        assert torch.backends.cudnn.deterministic
        assert not torch.backends.cudnn.benchmark
    assert torch.backends.cudnn.deterministic == before
