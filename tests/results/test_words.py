"""Names of methods: every reducer of the registry has one, and looks of its own."""

from types import SimpleNamespace

import numpy as np

import rom
from rom.plot._style import colour
from rom.registry import REDUCERS
from rom.report.facts import method_facts
from rom.report.tables.accuracy import accuracy
from rom.results import Results
from rom.results.words import method_name, method_title
from rom.study.store import Store


def test_every_reducer_has_names_and_a_colour_of_its_own():
    names = [method_name(name, None) for name in REDUCERS]
    assert len(set(names)) == len(names)
    assert all(
        method_title(name).endswith(f"({short})")
        for name, short in zip(REDUCERS, names, strict=True)
    )
    everything = SimpleNamespace(keys=[(name, beta) for name in REDUCERS for beta in (None, 2.0)])
    assert len({colour(everything, key) for key in everything.keys if key[1] is None}) == len(
        REDUCERS
    )


def test_a_method_without_seeds_is_named_with_what_it_chose(tmp_path):
    t, x = np.arange(40)[:, None] * 0.37, np.linspace(0, 6, 30)
    wave = np.sin(x - t) + 0.3 * np.cos(2 * (x - t))
    rom.compare(wave, reducers=["pod", "pod-quadratic"], n_components=[2], jobs=1, out=tmp_path)
    results = Results(Store.open(tmp_path))
    facts = dict(method_facts(results))
    chosen = results.model(results.methods[1].runs[0]).reducer.regularisation_
    said = facts["POD with a quadratic manifold (quadratic POD)"]
    assert f"regularisation: {chosen}" in said
    assert "seed" not in said
    assert [row[0] for row in accuracy(results).rows] == ["POD", "quadratic POD"]
