"""Figures and words about beta: they show the numbers of the store, beside the closed form where
POD tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes

import rom
from rom.evaluation.collapse import Collapse
from rom.metrics import linear_beta_vae
from rom.report.figures import style
from rom.report.figures.beta import kl_per_latent, sweep
from rom.report.figures.rate import rate_distortion
from rom.report.page import content as content_module
from rom.report.page import write as page_module
from rom.report.page.write import write_report
from rom.report.tables.cost import betas
from rom.results import Results
from rom.study.store import Store

BETAS = [0.1, 1.0, 10.0, 1e4]
TINY: dict[str, Any] = {"architecture": "linear", "epochs": 3}
X = np.random.default_rng(0).normal(size=(60, 6)) * np.arange(1, 7)


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(style.RC, "pdf.fonttype", 3)
        patch.setattr(style, "DPI", 60)
        yield


def study(out: Path, **options: Any) -> Store:
    chosen: dict[str, Any] = {
        "reducers": ["pod", "beta-vae"],
        "n_components": [3],
        "seeds": 1,
        "jobs": 1,
    }
    chosen["controls"] = False
    chosen |= {"beta": BETAS, "options": {"beta-vae": TINY}}
    rom.compare(X, out=out, **(chosen | options))
    return Store.open(out)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    out = tmp_path_factory.mktemp("beta")
    return Results(
        study(out, seeds=2, reducers=["pod", "autoencoder", "beta-vae"], options=_both())
    )


def _both() -> dict[str, Any]:
    return dict.fromkeys(("autoencoder", "beta-vae"), TINY)


def _lines(axes: Axes, n_points: int, marker: str) -> list[np.ndarray]:
    """The lines with so many points and this marker: arrays (2, n_points)."""
    found = [
        line
        for line in axes.get_lines()
        if line.get_marker() == marker and np.size(line.get_xdata()) == n_points
    ]
    return [np.array(line.get_data(), dtype=float) for line in found]


def _swept(results: Results) -> list[Any]:
    return [method for method in results.methods if method.beta is not None]


def test_the_sweep_shows_means_of_the_table_against_beta(results: Results) -> None:
    with style.looks():
        (plot,) = sweep(results)
    panels = [axes for axes in plot.figure.axes if axes.get_ylabel()]
    assert [axes.get_ylabel() for axes in panels] == [
        "energy captured (%)",
        "det R",
        "1 − informational\ncorrelation",
        "active latents",
    ]
    # the energy that is missing, on an axis whose ticks say what is captured
    assert panels[0].yaxis.get_major_formatter()(0.001) == "99.9"
    assert panels[0].yaxis_inverted()
    (line,) = _lines(panels[0], len(BETAS), "^")
    np.testing.assert_allclose(line[0], BETAS)
    np.testing.assert_allclose(
        line[1], [1 - results.mean(m, "energy_captured") for m in _swept(results)]
    )
    (line,) = _lines(panels[3], len(BETAS), "^")
    np.testing.assert_allclose(
        line[1], [results.values(m, "active_latents").mean() for m in _swept(results)]
    )
    assert len(_lines(panels[0], 2, "^")) == len(BETAS)  # two seeds each
    level = next(m for m in results.methods if m.reducer == "pod")
    heights = [
        np.asarray(line.get_ydata())
        for line in panels[0].get_lines()
        if line.get_linestyle() == ":"
    ]
    np.testing.assert_allclose(heights, [[1 - results.mean(level, "energy_captured")] * 2])


def test_theory_is_the_closed_form_on_the_spectrum_of_the_training_rows(results: Results) -> None:
    with style.looks():
        (swept,) = sweep(results)
        (kl,) = kl_per_latent(results)
    eigenvalues = results.eigenvalues
    assert eigenvalues is not None
    assert eigenvalues.sum() == pytest.approx(results.total_variance)
    total = results.total_variance
    for panel, value in (
        (3, lambda best: best.n_active),
        (0, lambda best: best.distortion_mean / total),
    ):
        axes = [axes for axes in swept.figure.axes if axes.get_ylabel()][panel]
        (curve,) = [line for line in axes.get_lines() if len(line.get_xdata()) == 400]  # type: ignore[arg-type]
        x, y = (np.asarray(values, dtype=float) for values in curve.get_data())
        assert (x[0], x[-1]) == pytest.approx((BETAS[0], BETAS[-1]))
        np.testing.assert_allclose(y, [value(linear_beta_vae(eigenvalues, beta, 3)) for beta in x])
    curves = [line for line in kl.figure.axes[0].get_lines() if line.get_linestyle() == "--"]
    for i, curve in enumerate(curves):
        x, y = (np.asarray(values, dtype=float) for values in curve.get_data())
        np.testing.assert_allclose(
            y, np.maximum(0.5 * np.log(2 * eigenvalues[i] / x), 0), atol=1e-12
        )
    assert len(curves) == 3


def test_latents_are_sorted_by_their_kl(results: Results) -> None:
    with style.looks():
        (plot,) = kl_per_latent(results)
    lines = _lines(plot.figure.axes[0], len(BETAS), "o")
    heights = np.array([line[1] for line in lines])
    assert (np.diff(heights, axis=0) <= 0).all()
    totals = [results.mean(method, "kl", "train") for method in _swept(results)]
    np.testing.assert_allclose(heights.sum(axis=0), totals)


def test_rate_and_distortion_are_those_of_the_last_epoch(results: Results) -> None:
    with style.looks():
        (plot,) = rate_distortion(results)
    (line,) = _lines(plot.figure.axes[0], len(BETAS), "^")
    for method, rate, distortion in zip(_swept(results), *line, strict=True):
        last = [results.store.history(run).iloc[-1] for run in method.runs]  # type: ignore[union-attr]
        assert rate == pytest.approx(np.mean([row["train_kl"] for row in last]))
        assert distortion == pytest.approx(
            np.mean([row["train_reconstruction"] for row in last]) / results.total_variance
        )
    # points on top of each other share a label
    assert ", ".join(text.get_text() for text in plot.figure.axes[0].texts) == "0.1, 1, 10, 10000"


def test_table_of_conventions(results: Results) -> None:
    rows = betas(results).rows
    assert [row[0] for row in rows] == [
        f"β-VAE (β = {beta})" for beta in ("0.1", "1", "10", "10000")
    ]
    assert float(rows[1][2]) == 0.5
    assert float(rows[1][3]) == pytest.approx(0.5 / results.total_variance, rel=5e-3)
    assert [float(value) for value in rows[1][4:]] == pytest.approx(
        [1 / 6, 3 / 6, 1.5 / 6], rel=5e-3
    )


@pytest.mark.parametrize(
    ("options", "n_figures"),
    [
        ({"beta": [1.0]}, (0, 0, 0)),
        ({"beta": [0.0, 1.0]}, (0, 0, 0)),  # no logarithm of 0
        ({"reducers": ["pod"]}, (0, 0, 0)),
        ({"reducers": ["beta-vae"], "n_components": [1], "beta": [0.0, 1.0, 2.0]}, (1, 1, 1)),
        (
            {"options": {"beta-vae": TINY | {"reconstruction": "bernoulli"}}, "beta": [1.0, 2.0]},
            (1, 1, 0),
        ),
    ],
)
def test_figures_are_there_where_there_is_a_sweep(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    n_figures: tuple[int, ...],
) -> None:
    if "bernoulli" in str(options):
        monkeypatch.setitem(globals(), "X", 1 / (1 + np.exp(-X)))
        options = options | {"pipeline": {"center": False, "scale": False}}
    results = Results(study(tmp_path, **options))
    assert not results.store.failures()
    with style.looks():
        plots = [list(figure(results)) for figure in (sweep, kl_per_latent, rate_distortion)]
    assert tuple(map(len, plots)) == n_figures
    captions = " ".join(plot.caption for found in plots for plot in found)
    assert ("eigenvalue" in captions) == (
        "pod" in options.get("reducers", ["pod"]) and any(n_figures)
    )
    assert ("β = 0 is not drawn" in captions) == (
        options.get("beta", [1])[0] == 0 and any(n_figures)
    )


def test_warnings_are_in_page_and_markdown(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST", "SECTIONS"):
        monkeypatch.setattr(page_module, name, ())
    for found in (
        [Collapse("beta-vae", 3, 1e4, "1 of 3 latents are active. As expected: ...")],
        [],
    ):
        monkeypatch.setattr(content_module, "collapses", lambda store, found=found: found)
        page = write_report(results.store, tmp_path).read_text(encoding="utf-8")
        markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
        assert ('id="warnings"' in page) == bool(found)
        for text in (page, markdown):
            assert (
                "β-VAE (β = 10000), 3 latents" in text and "3 latents are active. As exp" in text
            ) == bool(found)


def test_a_beta_that_is_not_used_has_no_conventions(tmp_path: Path) -> None:
    options = {"beta-vae": TINY | {"capacity": 2.0}}
    found = Results(study(tmp_path, beta=[1.0, 2.0], options=options))
    assert not found.store.failures()
    assert {cell for row in betas(found).rows for cell in row[2:]} == {"–"}
    assert list(sweep(found)) == []


def test_betas_that_agree_in_three_digits_are_told_apart(tmp_path: Path) -> None:
    close = Results(study(tmp_path, beta=[1.0001, 1.0002]))
    assert {method.name for method in close.methods if method.beta} == {
        "β-VAE (β = 1.0001)",
        "β-VAE (β = 1.0002)",
    }
