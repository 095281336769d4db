"""What a user relies on in a report, on tiny stores of every shape of data."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest

import rom
import rom.errors
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.data.sources import ArraySource
from rom.execution import attempts
from rom.measures import METRICS, QUANTITIES
from rom.report.figures import accuracy as figures_accuracy
from rom.report.figures import cost as figures_cost
from rom.report.figures import examples as figures_examples
from rom.report.figures import style
from rom.report.figures.correlation import correlations
from rom.report.figures.style import looks
from rom.report.page import write as page_module
from rom.report.page.content import Section
from rom.report.page.write import write_report
from rom.report.tables.accuracy import accuracy
from rom.report.tables.all import accuracy_tables
from rom.report.tables.independence import correlation
from rom.results import Results
from rom.results.words import mean_sd, percent
from rom.study.store import Store

TINY: dict[str, dict[str, Any]] = {
    name: {"hidden": (4,), "architecture": "pod"} for name in ("autoencoder", "beta-vae")
}
ALWAYS = {"example", "accuracy", "pod-spectrum", "pod-modes", "latents"}


def waves(*shape: int, n: int = 40, seed: int = 0) -> np.ndarray:
    """Snapshots (n, *shape): two travelling waves and a little noise."""
    t, x = np.arange(n)[:, None] * 0.37, np.linspace(0, 6, int(np.prod(shape)))
    noise = np.random.default_rng(seed).normal(size=(n, len(x)))
    return (np.sin(x - t) + 0.3 * np.cos(2 * x - 3 * t) + 0.02 * noise).reshape(n, *shape)


def study(data: Any, out: Path, **options: Any) -> Store:
    chosen: dict[str, Any] = {
        "n_components": [2],
        "seeds": 1,
        "epochs": 2,
        "jobs": 1,
        "options": TINY,
    } | options
    rom.compare(data, out=out, **chosen)
    return Store.open(out)


class Page(HTMLParser):
    """The tags of a page that can refer to something, its images and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.images: list[dict[str, str | None]] = []
        self.references: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.references += [
            v or "" for k, v in attrs if k in ("src", "href", "srcset", "data", "action")
        ]
        if tag == "img":
            self.images.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: Path) -> Page:
    return Page(page.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def _quick_fonts() -> Iterator[None]:
    """Cutting fonts to their used letters takes a third of the time; it is matplotlib's
    business.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(style.RC, "pdf.fonttype", 3)
        patch.setattr(style, "DPI", 60)
        yield


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two variables on a masked grid with coordinates and times; all methods, two sizes, two seeds,
    two betas.
    """
    mask = np.zeros((6, 10), dtype=bool)
    mask[2:4, 1:3] = True
    coordinates = {"y": np.linspace(-1, 1, 6), "x": np.linspace(0, 4, 10)}
    layout = FieldLayout(
        ("u", "p"),
        (6, 10),
        axes=("y", "x"),
        units=("m/s", "Pa"),
        coordinates=coordinates,
        mask=mask,
    )
    rows = np.stack([waves(6, 10), 5 + waves(6, 10, seed=1) ** 2], axis=1).reshape(40, -1)
    out = tmp_path_factory.mktemp("flow") / "out"
    return study(
        Snapshots(ArraySource(rows), layout, times=np.arange(40) * 0.5, time_unit="s", name="flow"),
        out,
        n_components=[2, 3],
        seeds=2,
        beta=[0.1, 2.0],
    )


@pytest.fixture(scope="module")
def flow_page(flow: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(flow, tmp_path_factory.mktemp("report"))


@pytest.fixture
def few_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A figure is one row of a section, so a list with two rows is a fast report."""
    section = Section("Accuracy", accuracy_tables, (figures_examples.examples,))
    monkeypatch.setattr(page_module, "SECTIONS", (section,))


def test_page_is_one_file_that_needs_nothing_else(flow_page: Path) -> None:
    page = read(flow_page)
    html = flow_page.read_text(encoding="utf-8")
    assert all(ref.startswith(("#", "data:image/png;base64,")) for ref in page.references)
    without = re.sub(r'src="data:[^"]*"|<script.*?</script>', "", html, flags=re.DOTALL)
    assert not re.search(r"(?:https?:)?//\w|@import|url\(", without)
    assert not {"link", "iframe", "object"} & set(page.tags)


def test_only_its_own_scripts_may_run(flow_page: Path) -> None:
    html = flow_page.read_text(encoding="utf-8")
    policy = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)[0]
    assert policy.startswith("default-src 'none'; img-src data:;")
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
    assert re.findall(r"'sha256-([^']*)'", policy) == digests
    assert sum(map(len, scripts)) <= 30_000


def test_links_of_the_contents_lead_somewhere(flow_page: Path) -> None:
    html = flow_page.read_text(encoding="utf-8")
    targets = re.findall(r'href="#([^"]+)"', html)
    assert len(targets) >= 6
    assert all(f'id="{target}"' in html for target in targets)


def test_every_figure_is_in_page_markdown_and_folder(flow_page: Path) -> None:
    images, folder = read(flow_page).images, flow_page.parent / "figures"
    names = re.findall(
        r"\]\(figures/([\w-]+)\.png\)", (flow_page.parent / "report.md").read_text(encoding="utf-8")
    )
    expected = {
        "examples-k2-1",
        "examples-k2-2",
        "examples-k3-1",
        "examples-k3-2",
        "training",
        "correlation-k2",
    }
    expected |= {
        "correlation-k3",
        "latents-time-k2",
        "latents-time-k3",
    } | ALWAYS
    expected |= {
        "errors-time",
        "error-map-1",
        "error-map-2",
        "beta",
        "beta-kl",
        "beta-rate-distortion",
    }
    expected |= {"cost", "tradeoff", "ranking", "latent-modes-autoencoder", "latent-modes-beta-vae"}
    assert set(names) == expected == {file.stem for file in folder.glob("*.png")}
    assert {file.stem for file in folder.glob("*.pdf")} == expected
    assert len(images) == len(names)
    assert all((image["alt"] or "").strip() for image in images)
    assert len({image["alt"] for image in images}) == len(images)


def test_tables_show_the_means_of_the_results_table(flow: Store, flow_page: Path) -> None:
    table, page = flow.table(), read(flow_page)
    test = table[(table.split == "test") & table.reducer.isin(flow.study()["study"]["reducers"])]
    groups = test.groupby(["reducer", "n_components", "beta", "metric"], dropna=False)["value"]
    rows = {(row[0], row[1]): row for row in accuracy(Results(flow)).rows}
    assert len(rows) == 8
    for (reducer, k, beta, metric), values in groups:
        name = {"pod": "POD", "autoencoder": "AE", "beta-vae": f"β-VAE (β = {beta:g})"}[
            str(reducer)
        ]
        row = rows[name, str(k)]
        if metric == "relative_error":
            assert row[3] == mean_sd(values)
            assert float(row[3].split(" ")[0]) == pytest.approx(values.mean(), abs=0.005)
        elif metric == "energy_captured":
            assert row[4] == percent(values, unit=False)
            assert float(row[4].split(" ")[0].replace("−", "-")) == pytest.approx(
                100 * values.mean(), abs=0.05
            )
        elif metric == "rmse_variable[p]":
            assert row[6] == mean_sd(values)
    cells = {cell for row in rows.values() for cell in row}
    assert all(cell in page.text for cell in cells)
    assert "RMSE u (m/s)" in page.text


def test_report_says_what_was_compared(flow: Store, flow_page: Path) -> None:
    text, data = read(flow_page).text, flow.study()["data"]
    assert data["fingerprint"] in text
    for words in (
        "u (m/s) and p (Pa)",
        "6 x 10 (y, x)",
        "6.67 % of the values",
        "epochs: 2",
        "hidden: 4",
    ):
        assert words in text
    assert "Seeds of each network: 2." in text
    assert "It rests on" in text


def test_no_measure_is_lost(flow: Store, flow_page: Path) -> None:
    """Each is a row of results.csv, or has its definition in the page."""
    measured = set(flow.table().measure)
    text = flow_page.read_text(encoding="utf-8")
    rows = {**METRICS, **QUANTITIES}
    lost = {name for name in rows if name not in measured and rows[name].label not in text}
    # these need images, a periodic direction, parameters (tests/evaluation has them)
    of_others = {"ssim", "spectral_error", "spectral_mse", "factor_score", "factor_correlation"}
    assert lost == of_others


def test_same_store_gives_the_same_bytes(tmp_path: Path) -> None:
    store = study(_digits(), tmp_path / "store", reducers=["pod", "beta-vae"])
    first, second = (write_report(store, tmp_path / name).parent for name in ("first", "second"))
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert len(files) == 2 + 2 * 13
    assert all((first / file).read_bytes() == (second / file).read_bytes() for file in files)


def _copy(store: Store, target: Path) -> Store:
    shutil.copytree(store.path, target)
    return Store.open(target)


def test_failed_and_unfinished_runs_are_listed(
    flow: Store, tmp_path: Path, few_figures: None
) -> None:
    store = _copy(flow, tmp_path / "store")
    first, second = (
        run for run in store.runs() if run.reducer == "autoencoder" and run.n_components == 2
    )
    for run in (first, second):
        shutil.rmtree(store.folder(run.id))
    attempts.fail(store, first, "ArithmeticError: the loss is <nan>")
    text = read(write_report(store, tmp_path / "report")).text
    assert "AE, 2 latents, seed 0" in text
    assert "the loss is <nan>" in text
    assert "not finished" in text
    assert "2 of the study’s runs have no result" in text


def test_store_without_a_finished_run_gives_a_page(flow: Store, tmp_path: Path) -> None:
    store = _copy(flow, tmp_path / "store")
    for run in store.runs():
        shutil.rmtree(store.folder(run.id))
        attempts.fail(store, run, "MemoryError: too large")
    page = read(write_report(store, tmp_path / "store"))
    assert "No run has finished" in page.text
    assert not page.images


def test_names_cannot_inject_html(tmp_path: Path, few_figures: None) -> None:
    hostile = '<script>alert("1")</script>'
    layout = FieldLayout((hostile,), (12,), axes=("x",), units=("<u>",))
    snapshots = Snapshots.from_array(waves(12), layout=layout, name=hostile)
    page = read(
        write_report(study(snapshots, tmp_path, reducers=["pod"], n_components=[1]), tmp_path)
    )
    assert "u" not in page.tags
    assert hostile not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert hostile in page.text
    assert "RMSE" in page.text
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "<script" not in markdown
    assert "<u>" not in markdown


def _line() -> Snapshots:
    return Snapshots.from_array(waves(30), axes="t x")


def _volume() -> Snapshots:
    return Snapshots.from_array(waves(4, 5, 6), axes="t z y x")


def _plain() -> np.ndarray:
    return waves(12)


def _digits() -> Snapshots:
    images = np.abs(waves(8, 8, n=60)) / 2
    return Snapshots.from_array(
        images, axes="t row column", parameters={"label": np.arange(60) % 3}
    )


def _uneven() -> Snapshots:
    coordinates = {"y": np.array([0.0, 0.1, 0.3, 0.7, 1.5]), "x": np.linspace(3, 0, 8)}
    layout = FieldLayout(("T",), (5, 8), axes=("y", "x"), units=("K",), coordinates=coordinates)
    parameters = {"Re": np.linspace(100, 200, 40)}
    return Snapshots.from_array(waves(5, 8).reshape(40, -1), layout=layout, parameters=parameters)


@pytest.mark.parametrize(
    ("make", "options", "words"),
    [
        (_line, {"n_components": [1], "reducers": ["pod", "autoencoder"]}, "with 1 latent"),
        (
            _line,
            {"reducers": ["beta-vae"], "seeds": 2, "pipeline": {"center": False}},
            "Root mean square error",
        ),
        (_volume, {"reducers": ["pod", "beta-vae"]}, "middle slice along z: number 3 of 4"),
        (_plain, {"n_components": [1, 3], "reducers": ["pod"]}, "number of the feature"),
        (
            _digits,
            {"reducers": ["pod", "autoencoder"], "pipeline": {"center": False, "scale": False}},
            "coloured by label",
        ),
        (_uneven, {"reducers": ["pod"], "n_components": [2, 9, 25]}, "coloured by Re"),
    ],
)
def test_every_shape_of_data_gives_a_report(
    make: Callable[[], Any], options: dict[str, Any], words: str, tmp_path: Path
) -> None:
    store = study(make(), tmp_path, **options)
    assert not store.failures()
    page = read(write_report(store, tmp_path))
    assert words in page.text.replace("\u00a0", " ")
    names = {file.stem for file in (tmp_path / "figures").glob("*.png")}
    assert {"accuracy", "latents"} <= names
    assert ("pod-modes" in names) == ("pod" in options.get("reducers", ["pod"]))
    assert len(page.images) == len(names)


def test_report_needs_nothing_but_the_store_and_leaves_no_old_figures(
    tmp_path: Path, few_figures: None
) -> None:
    study(_plain(), tmp_path / "here", reducers=["pod"])
    moved = tmp_path / "there"
    (tmp_path / "here").rename(moved)
    (moved / "figures").mkdir()
    (moved / "figures" / "examples-k99-1.png").write_bytes(b"old")
    assert write_report(Store.open(moved), moved) == moved / "report.html"
    assert {file.stem for file in (moved / "figures").glob("*.png")} == {
        "accuracy",
        "example",
        "examples-k2-1",
    }


def test_a_control_that_needs_no_training_is_in_the_figures_of_the_error(flow: Store) -> None:
    results = Results(flow)
    assert [method.reducer for method in results.rivals] == ["pod-kernel", "pod-kernel"]
    for draw in (figures_accuracy.accuracy, figures_cost.costs):
        with style.looks():
            (plot,) = draw(results)
        axes = plot.figure.axes[0]
        lines = {line.get_label(): line for line in axes.get_lines()}
        errors = np.asarray(lines["kernel POD"].get_ydata(), dtype=float)
        expected = [results.mean(method, "relative_error") for method in results.rivals]
        assert errors == pytest.approx(expected)
        low, high = axes.get_ylim()
        assert all(low < error < high for error in expected)


def test_constant_latent_is_drawn_and_named_undefined(flow: Store, tmp_path: Path) -> None:
    store = _copy(flow, tmp_path / "store")
    runs = [run for run in store.runs() if run.reducer == "autoencoder" and run.n_components == 2]
    for run in runs:
        with h5py.File(store.folder(run.id) / "latents.h5", "r+") as file:
            file["test/latents"][:, 0] = 0.5
        path = store.folder(run.id) / "metrics.csv"
        table = pd.read_csv(path)
        undefined = table.metric.isin(["det_correlation_active", "mean_abs_correlation_active"])
        table.loc[undefined, ["value", "reason"]] = np.nan, "latent 0 is dead"
        table.to_csv(path, index=False)
    results = Results(store)
    row = next(row for row in correlation(results).rows if row[:2] == ["AE", "2"])
    heads = correlation(results).heads
    assert row[heads.index("det R")] == row[heads.index("mean |r|")] == "–"
    assert "latent 0 is dead" in correlation(results).note
    with looks():
        assert len(list(correlations(results))) == 2


def test_unwritable_folder_is_named(flow: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(rom.errors.InputError, match="file"):
        write_report(flow, tmp_path / "file")
