"""How data show themselves in a notebook."""

import numpy as np

import rom


def test_snapshots_are_a_table_and_nothing_can_be_injected():
    X = np.zeros((5, 2, 3))
    snapshots = rom.Snapshots.from_array(X, axes="t y x", times=np.arange(5.0))
    html = snapshots._repr_html_()
    assert "5 x 6 values" in html
    assert "0 to 4" in html
    snapshots = snapshots.replace(name="<b>")
    assert "<b>" not in snapshots._repr_html_()


def test_a_pipeline_says_its_steps():
    pipeline = rom.Pipeline()
    assert "center" in pipeline._repr_html_()
    pipeline.fit(rom.Snapshots.from_array(np.random.default_rng(0).normal(size=(9, 4))))
    assert "centre (train mean)" in pipeline._repr_html_()
