"""The score of a reducer: what scikit-learn's searches maximise."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV

import rom
from rom.metrics import energy_captured

X = np.random.default_rng(0).normal(size=(60, 10)) @ np.diag(np.arange(10.0))


def test_score_is_the_energy_captured():
    pod = rom.POD(3).fit(X)
    expected = energy_captured(X, pod.inverse_transform(pod.transform(X)), reference=X.mean(axis=0))
    assert pod.score(X) == pytest.approx(expected, rel=1e-12)
    assert pod.score(rom.Snapshots.from_array(X)) == pytest.approx(expected, rel=1e-12)


def test_a_grid_search_takes_the_most_modes():
    search = GridSearchCV(rom.POD(), {"n_components": [1, 4, 8]}, cv=3).fit(X)
    assert search.best_params_ == {"n_components": 8}


def test_a_bar_of_the_epochs(capsys):
    network = rom.Autoencoder(2, epochs=2, random_state=0, architecture="mlp", hidden=(4,))
    seen = []
    network.fit(X, on_epoch=seen.append, show_progress=True)
    assert len(seen) == 2
    assert "loss" in capsys.readouterr().out
