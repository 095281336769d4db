"""Networks in POD coordinates and on fields: which is chosen, what each must survive, how it is
saved.
"""

import numpy as np
import pytest

import rom
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.data.sources import ArraySource
from rom.errors import InputError
from rom.reducers.coordinates import project
from rom.registry import REDUCERS, reducer_class

RNG = np.random.default_rng(0)
PHASE = np.linspace(0, 6 * np.pi, 80)[:, None]
SMOOTH = np.hstack([np.cos(m * PHASE + np.arange(16) * m) / m**2 for m in (1, 2, 3)])
NETWORKS = [
    name for name in REDUCERS if reducer_class(name).has_epochs and name != "linear-autoencoder"
]


def error(reducer, rows, reference):
    found = reducer.inverse_transform(reducer.transform(rows))
    return np.linalg.norm(rows - found) / np.linalg.norm(rows - reference.mean(axis=0))


def grid(rows):
    return rom.Snapshots.from_array(rows.reshape(len(rows), 6, 8), axes="t y x")


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("architecture", ["pod", "conv", "mlp"])
def test_every_architecture_is_saved_and_keeps_types(tmp_path, name, architecture):
    options = {"architecture": architecture, "epochs": 2, "random_state": 0}
    for dtype in (np.float32, np.float64):
        rows = grid(SMOOTH.astype(dtype))
        reducer = reducer_class(name)(2, **options).fit(rows)
        assert reducer.architecture_ == architecture
        Z = reducer.transform(rows)
        assert (Z.dtype, reducer.inverse_transform(Z).dtype) == (dtype, dtype)
        reducer.save(tmp_path / "model")
        loaded = rom.load(tmp_path / "model")
        np.testing.assert_array_equal(loaded.transform(rows), Z)
        np.testing.assert_array_equal(loaded.inverse_transform(Z), reducer.inverse_transform(Z))
        assert loaded.history_.equals(reducer.history_)
        assert str(loaded.record()) == str(reducer.record())  # NaN is NaN
        assert loaded.stored_bytes_ == reducer.stored_bytes_


def test_auto_measures_what_validation_rows_have_outside_the_span():
    near = rom.Autoencoder(2, epochs=1, random_state=0).fit(
        grid(SMOOTH[::2]), validation=grid(SMOOTH[1::2])
    )
    assert near.architecture_ == "pod"
    assert near.projection_residual_ < 1e-3
    assert "of their fluctuations outside" in near.architecture_reason_
    # a pulse that moves by less than its width from one training row to the next
    pulses = np.exp(-(((np.arange(48) - np.linspace(4, 44, 50)[:, None]) / 1.2) ** 2))
    far = rom.Autoencoder(2, epochs=1, random_state=0).fit(
        grid(pulses[::2]), validation=grid(pulses[1::2])
    )
    assert far.architecture_ == "conv"
    assert far.projection_residual_ > 0.05
    cloud = rom.Autoencoder(2, epochs=1, random_state=0).fit(pulses[::2], validation=pulses[1::2])
    assert cloud.architecture_ == "mlp"
    assert (
        rom.Autoencoder(2, epochs=1).fit(SMOOTH).architecture_reason_
        == "no validation rows to measure by"
    )


def test_auto_is_not_on_fields_where_there_is_nothing_to_learn_from():
    """Rows that POD describes better than any of the others does: noise, weather."""
    noise = SMOOTH[:60] + 0.3 * RNG.normal(size=(60, 48))
    network = rom.Autoencoder(2, epochs=1, random_state=0).fit(
        grid(noise[:20]), validation=grid(noise[20:])
    )
    assert network.projection_residual_ > 0.05
    assert network.architecture_ == "pod"
    assert "the nearest training row is further away" in network.architecture_reason_


def test_distances_to_the_nearest_row_are_those_of_the_fields():
    X, Y = RNG.normal(size=(30, 12)), RNG.normal(size=(9, 12))
    pod = rom.POD(5).fit(X)
    rows, others = (project(pod, rom.Snapshots.from_array(some), None) for some in (Y, X))
    # of rows in the span: the part outside counts as orthogonal
    inside = pod.inverse_transform(pod.transform(X))
    others.rows[:, -1] = 0
    apart = np.linalg.norm(Y[:, None] - inside, axis=2).min(axis=1)
    about = np.linalg.norm(Y - X.mean(axis=0))
    assert rows.distance_to(others) == pytest.approx(np.linalg.norm(apart) / about, rel=1e-5)
    for k in (0, 2, 5):
        few = rom.POD(k).fit(X) if k else None
        found = X.mean(axis=0) if few is None else few.inverse_transform(few.transform(Y))
        assert rows.error_of(k) == pytest.approx(np.linalg.norm(Y - found) / about, rel=1e-5)


def test_a_small_memory_limit_means_fewer_modes_and_says_so():
    rows, held = SMOOTH[::2], SMOOTH[1::2]
    few = rom.Autoencoder(2, epochs=1, memory_limit=4 * 8 * 48 * 3, random_state=0).fit(
        rows, validation=held
    )
    assert few.record()["n_modes"] == 3
    assert "memory_limit allows no more" in few.architecture_reason_


def test_memory_never_leaves_fewer_modes_than_latents():
    rows = RNG.normal(size=(60, 40))
    few = rom.Autoencoder(8, max_steps=100, memory_limit=4 * 8 * 40 * 3, random_state=0).fit(rows)
    assert few.record()["n_modes"] == 9
    assert error(few, rows, rows) <= error(rom.POD(8).fit(rows), rows, rows) * (1 + 1e-6)
    assert "exact" not in few.stop_reason_


def test_another_loss_has_no_pod_coordinates():
    rows = RNG.random((30, 8))
    assert rom.Autoencoder(2, reconstruction="bernoulli", epochs=1).fit(rows).architecture_ == "mlp"
    with pytest.raises(InputError, match="squared error"):
        rom.Autoencoder(2, reconstruction="bernoulli", architecture="pod", epochs=1).fit(rows)


@pytest.mark.parametrize("k", [17, 32])
def test_many_latents_are_no_linear_functions_of_each_other(k):
    rows = RNG.normal(size=(120, 60))
    for architecture in ("pod", "mlp"):
        reducer = rom.Autoencoder(k, architecture=architecture, epochs=3, random_state=0).fit(rows)
        Z = reducer.transform(rows)
        values = np.linalg.svd(Z - Z.mean(axis=0), compute_uv=False)
        assert values[-1] > 1e-3 * values[0]


ODD = {
    "rank one": np.outer(np.sin(PHASE[:, 0]), np.arange(1.0, 9)) + 5,
    "constant columns": np.hstack([SMOOTH, np.full((80, 4), 3.0)]),
    "few snapshots": SMOOTH[:6],
    "one variable a million times larger": SMOOTH * np.where(np.arange(48) < 24, 1, 1e6),
    "nothing varies": np.ones((20, 5)),
    "large mean": SMOOTH + 1e4,
}


@pytest.mark.parametrize("reducer", [rom.Autoencoder, rom.UncorrelatedAutoencoder])
@pytest.mark.parametrize("rows", ODD.values(), ids=ODD)
def test_odd_data_end_at_pods_error_or_below(reducer, rows):
    fitted = reducer(4, max_steps=500, random_state=0).fit(rows)
    pod = rom.POD(min(4, len(rows) - 1, rows.shape[1])).fit(rows)
    Z = fitted.transform(rows)
    assert np.isfinite(Z).all()
    scale = np.linalg.norm(rows - rows.mean(axis=0))
    left = np.linalg.norm(rows - fitted.inverse_transform(Z))
    best = np.linalg.norm(rows - pod.inverse_transform(pod.transform(rows)))
    assert left <= best * (1 + 1e-6) + 1e-12 * max(scale, np.linalg.norm(rows))


def test_the_history_is_in_units_of_the_field():
    """The constant of the modes that are left out is in every number."""
    rng = np.random.default_rng(0)
    rows = SMOOTH + 1e-6 * rng.normal(size=SMOOTH.shape)
    reducer = rom.Autoencoder(1, architecture="pod", epochs=30, random_state=0).fit(
        rows[:60], validation=rows[60:]
    )
    left = (
        np.square(rows[60:] - reducer.inverse_transform(reducer.transform(rows[60:])))
        .sum(axis=1)
        .mean()
    )
    assert reducer.history_.validation_reconstruction.iloc[-1] == pytest.approx(left, rel=1e-4)


def test_the_modes_are_counted():
    reducer = rom.Autoencoder(2, architecture="pod", epochs=1, random_state=0).fit(SMOOTH)
    modes = reducer.pod_.components_
    weights = sum(p.numel() for p in reducer.network_.parameters())
    assert reducer.n_parameters_ == weights + modes.size
    assert reducer.stored_bytes_ >= modes.nbytes + 8 * weights


def test_the_example_network_stays_what_it_is():
    images = rom.Snapshots.from_array(RNG.random((40, 28, 28)), axes="t y x")
    vae = reducer_class("example-beta-vae")(2, epochs=1, random_state=0).fit(images)
    assert vae.network_.part_sizes() == (69_076, 65_089)
    assert vae.sigmoid_


@pytest.mark.parametrize(
    ("axes", "scale", "architecture"),
    [(("row", "column"), 1.0, "mlp"), (("y", "x"), 1.0, "pod"), (("row", "column"), 2.0, "pod")],
)
def test_only_pictures_with_values_up_to_one_have_dense_layers(axes, scale, architecture):
    """A sigmoid keeps them there; smooth fields in space are better off in POD coordinates."""
    t = np.linspace(0, 6, 60)[:, None, None]
    y, x = np.linspace(0, 2, 8)[:, None], np.linspace(0, 3, 9)
    fields = scale * (0.5 + 0.4 * np.sin(x - t) * np.cos(y + t))
    layout = FieldLayout(("q",), (8, 9), axes=axes)
    rows = Snapshots(ArraySource(fields.reshape(60, -1)), layout)
    held_out = rows.select(range(0, 60, 3))
    found = rom.Autoencoder(2, epochs=1).fit(rows, validation=held_out)
    assert found.architecture_ == architecture
