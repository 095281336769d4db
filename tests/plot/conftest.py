"""A small comparison with everything that can be drawn: a sweep of beta, times, parameters."""

import numpy as np
import pytest

import rom
from rom.data.sources import ArraySource

TINY = {"architecture": "linear", "epochs": 2}


@pytest.fixture(scope="session")
def fields():
    t, x = np.arange(60)[:, None] * 0.37, np.linspace(0, 6, 30)
    noise = np.random.default_rng(0).normal(size=(60, 30))
    rows = np.sin(x - t) + 0.3 * np.cos(2 * x - 3 * t) + 0.05 * noise
    parameters = {"Re": np.linspace(100, 200, 60)}
    layout = rom.FieldLayout(("u",), (5, 6), axes=("y", "x"), units=("m/s",))
    return rom.Snapshots(
        ArraySource(rows), layout, times=t[:, 0], time_unit="s", parameters=parameters
    )


@pytest.fixture(scope="session")
def comparison(fields, tmp_path_factory):
    found = rom.compare(
        fields,
        n_components=[2, 3],
        beta=[0.1, 1.0],
        seeds=2,
        epochs=2,  # of the controls, too
        jobs=1,
        options={"autoencoder": TINY, "beta-vae": TINY},
        out=tmp_path_factory.mktemp("plot") / "out",
    )
    assert found.failures == {}
    return found
