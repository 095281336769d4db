"""Captions are plain English, and alternative texts say what is seen in numbers."""

import re

import numpy as np
import pytest

import rom
from rom.report.figures.accuracy import accuracy
from rom.report.figures.examples import example
from rom.report.figures.style import looks
from rom.report.page.content import SECTIONS
from rom.results import Results

BANNED = (
    "beside", "so many", "anew", "a training", "training part", "test part", "memoriser",
    "snapshots worth", "keep their course", "chance", "for nothing",
)  # fmt: skip
TINY = {"architecture": "linear", "epochs": 2}


def plots_of(results):
    functions = [accuracy, example, *(one for section in SECTIONS for one in section.figures)]
    with looks():
        return [plot for function in functions for plot in function(results)]


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """Snapshots without order: images with labels."""
    rng = np.random.default_rng(0)
    snapshots = rom.Snapshots.from_array(
        rng.uniform(size=(80, 6, 6)), axes="t row column", parameters={"label": np.arange(80) % 4}
    )
    comparison = rom.compare(
        snapshots,
        n_components=[2, 3],
        beta=[0.1, 1.0],
        seeds=2,
        epochs=2,  # of the controls, too
        jobs=1,
        split={"kind": "random"},
        options={"autoencoder": TINY, "beta-vae": TINY},
        out=tmp_path_factory.mktemp("images"),
    )
    found = Results(comparison.store)
    assert found.unordered
    return found


def test_words(images):
    plots = plots_of(images)
    assert len(plots) > 15
    for plot in plots:
        text = f"{plot.title} {plot.caption} {plot.alt}"
        assert not [word for word in BANNED if re.search(rf"\b{word}\b", text)], text
        assert "  " not in text
        assert not re.search(r"\bnan\b", text)
        assert plot.caption.endswith(".")
        # claims are short
        assert max(map(len, re.split(r"(?<=\.) ", plot.caption))) < 260, plot.caption


def test_alternative_texts_have_numbers_and_differ(images):
    plots = plots_of(images)
    alts = [plot.alt for plot in plots]
    assert len(set(alts)) == len(alts)
    assert all(re.search(r"\d", alt) and alt.endswith(".") for alt in alts)


def test_of_snapshots_without_order_nothing_is_said_of_time(images):
    for plot in plots_of(images):
        text = f"{plot.title} {plot.caption} {plot.alt}"
        if plot.name != "cost":  # which is about the time to fit
            assert not re.search(r"\btimes?\b", text), text


def test_an_alternative_text_shows_the_table(images):
    plot = plots_of(images)[0]
    method = next(m for m in images.methods if m.reducer == "pod")
    assert f"{images.mean(method, 'relative_error'):.2g}" in plot.alt
