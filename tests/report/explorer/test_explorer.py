"""The latent explorer: the page decodes what the package decodes, and does what a reader asks."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jinja2 import Environment

import rom
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.data.sources import ArraySource
from rom.report.assets import data_block, script
from rom.report.explorer.export import export
from rom.report.explorer.latent_space import signs
from rom.report.explorer.pictures import Picture
from rom.results import Results
from rom.study.store import Store

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{}'"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<style>{style}</style></head><body>{body}<script>{script}</script></body></html>"""
#: Decodes latents with one model of the page, and says how long the last of some calls took.
DECODE = """
const data = JSON.parse(document.getElementById("explorer-data").textContent);
rom.prepare(data);
const model = data.models[arguments[0]], fields = arguments[1].map((z) => rom.decode(model, z));
const start = performance.now();
for (let i = 0; i < 5; i++) rom.decode(model, arguments[1][0]);
return [fields.map((x) => Array.from(x)), (performance.now() - start) / 5];
"""
TINY = {"hidden": (6,), "epochs": 3}


def waves(*shape: int, n: int = 48) -> np.ndarray:
    """Snapshots (n, *shape) of two travelling waves."""
    t, x = np.arange(n)[:, None] * 0.37, np.linspace(0, 6, int(np.prod(shape)))
    return (np.sin(x - t) + 0.3 * np.cos(2 * x - 3 * t)).reshape(n, *shape)


def compared(snapshots: Snapshots, out: Path, **options: Any) -> Results:
    chosen: dict[str, Any] = {"n_components": [2], "seeds": 1, "jobs": 1, "controls": False}
    rom.compare(snapshots, out=out, **chosen | options)
    return Results(Store.open(out))


def snapshots(layout: FieldLayout, fields: np.ndarray, **known: Any) -> Snapshots:
    return Snapshots(ArraySource(fields.reshape(len(fields), -1)), layout, name="waves", **known)


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Two variables of different units on a grid with a mask and weights, every kind of decoder."""
    mask = np.zeros((12, 20), dtype=bool)
    mask[4:7, 2:5] = True
    layout = FieldLayout(
        ("u", "p"),
        (12, 20),
        axes=("y", "x"),
        units=("m/s", "Pa"),
        coordinates={"y": np.linspace(-1, 1, 12), "x": np.linspace(0, 4, 20)},
        weights=np.linspace(1, 2, 240).reshape(12, 20),
        mask=mask,
    )
    fields = np.stack([waves(12, 20), 1e5 + 300 * waves(12, 20) ** 2], axis=1)
    networks = ("autoencoder", "beta-vae", "uncorrelated-autoencoder", "beta-tcvae")
    return compared(
        snapshots(layout, fields, times=np.arange(48) * 0.5, time_unit="s"),
        tmp_path_factory.mktemp("flow") / "out",
        reducers=[
            *("pod", "pod-quadratic", "pod-kernel", "kernel-pca", "pod-ica", "linear-autoencoder"),
            *networks,
        ],
        n_components=[2, 5],
        beta=[1e-3],
        options={
            "linear-autoencoder": {"epochs": 3},
            "autoencoder": TINY | {"architecture": "pod", "activation": "gelu"},
            "beta-vae": TINY | {"architecture": "conv", "channels": (4, 8), "batch_norm": True},
            "uncorrelated-autoencoder": TINY
            | {"architecture": "mlp", "activation": "elu", "batch_norm": True},
            "beta-tcvae": TINY | {"architecture": "pod", "activation": "tanh"},
        },
    )


def _on_grid(folder: Path, shape: tuple[int, ...], axes: tuple[str, ...], **known: Any) -> Results:
    images = known.pop("images", False)
    fields = waves(*shape)[:, None]
    return compared(
        snapshots(
            FieldLayout(("q",), shape, axes=axes, **known),
            (fields - fields.min()) / np.ptp(fields) if images else fields,
        ),
        folder,
        reducers=["autoencoder", "beta-vae"],
        beta=[1e-3],
        pipeline={"center": not images, "scale": not images},
        options={
            "autoencoder": TINY | {"architecture": "conv", "channels": (3, 5)},
            "beta-vae": TINY | {"architecture": "mlp" if images else "conv", "channels": (4,)},
        },
    )


def page(data: dict[str, Any] | None, folder: Path, *, scripted: bool = True) -> str:
    """The address of a page with nothing but an explorer, under the policy of the report."""
    assert data is not None
    parts = files("rom.report.explorer")
    text = str(script("explorer/explorer.js")) if scripted else ""
    body = Environment(autoescape=True).from_string((parts / "explorer.html").read_text("utf-8"))
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    path = folder / f"explorer-{scripted}.html"
    path.write_text(
        PAGE.format(
            policy=POLICY.format(digest),
            style=(parts / "explorer.css").read_text("utf-8"),
            body=body.render(explorer={"static": "a picture", "data": data_block(data)}),
            script=text,
        ),
        encoding="utf-8",
    )
    return path.as_uri()


def agreement(browser: Any, results: Results, folder: Path, **options: Any) -> dict[str, float]:
    """The largest difference between page and package of each model, in standard deviations."""
    data = export(results, **options)
    browser.get(page(data, folder))
    assert data is not None
    assert browser.get_log("browser") == []
    picture = Picture.of(results.layout)
    found: dict[Any, Any] = {}
    for i, model in enumerate(data["models"]):
        assert "reason" not in model, model
        method = next(
            m for m in results.methods if (m.name, m.n_components) == (model["name"], model["size"])
        )
        run = results.median_run(method)
        train, test = results.latents(run, "train"), results.latents(run)
        low, high = train.min(axis=0), train.max(axis=0)
        random = np.random.default_rng(1).uniform(low, high, size=(6, train.shape[1]))
        latents = np.concatenate([test[:6], random]).astype(test.dtype)
        wanted = picture.values(results.model(run).decode_fields(latents))
        fields, milliseconds = browser.execute_script(DECODE, i, latents.tolist())
        decoded = np.array(fields, dtype=float)
        assert (np.isnan(decoded) == np.isnan(wanted)).all()
        spread = np.repeat(data["spread"], len(picture.cells))
        about = (wanted - picture.values(results.train_mean[None])) / spread
        # far from the data a field may be many times as large as any snapshot
        sizes = np.maximum(1, np.sqrt(np.nanmean(about**2, axis=1, keepdims=True)))
        differences = np.nanmax(np.abs(decoded - wanted) / spread / sizes, axis=1)
        name = f"{model['name']} {model['size']}"
        found |= {name: float(differences[:6].max()), f"{name} far": float(differences[6:].max())}
        assert milliseconds < 100, model["name"]
    return found


def test_every_kind_of_decoder_is_the_one_of_the_package(
    browser: Any, flow: Results, tmp_path: Path
) -> None:
    found = agreement(browser, flow, tmp_path, most_bytes=4_000_000)
    assert len(found) == 40
    assert {k: v for k, v in found.items() if not v < (0.02 if "far" in k else 0.01)} == {}


@pytest.mark.parametrize(
    ("shape", "axes", "known"),
    [
        ((18,), ("x",), {"periodic": ("x",)}),
        ((11, 13), ("y", "x"), {"periodic": ("x",)}),
        ((6, 9, 10), ("z", "y", "x"), {}),
        ((12, 14), ("row", "column"), {"images": True}),
    ],
)
def test_convolutions_on_every_grid_are_those_of_the_package(
    browser: Any, tmp_path: Path, shape: tuple[int, ...], axes: tuple[str, ...], known: Any
) -> None:
    results = _on_grid(tmp_path / "out", shape, axes, **known)
    found = agreement(browser, results, tmp_path)
    assert {k: v for k, v in found.items() if not v < 0.01} == {}


def test_the_script_is_small() -> None:
    assert len(script("explorer/explorer.js").encode()) < 20_000


def test_data_cannot_end_its_script() -> None:
    text = str(data_block({"name": "</script><!--", "x": [1.5, None]}))
    assert "<" not in text
    assert json.loads(text) == {"name": "</script><!--", "x": [1.5, None]}


def test_signs_are_those_of_the_reference() -> None:
    z = np.random.default_rng(0).normal(size=(50, 3))
    assert signs(z[:, [2, 0]] * [-1, 1], z).tolist() == [-1, 1]
    assert signs(np.ones((50, 1)), z).tolist() == [1]


def test_sizes_are_left_out_before_methods_and_the_page_says_so(flow: Results) -> None:
    keys = [key for key in flow.keys if key[0] in ("pod", "autoencoder")]
    whole, small = (export(flow, size=2, keys=keys, most_bytes=n) for n in (600_000, 20_000))
    assert whole is not None
    assert small is not None
    assert (whole["sizes"], small["sizes"]) == ([2, 5], [2])
    assert len(data_block(small).encode()) <= 20_000
    assert not any("reason" in model for model in small["models"])
    assert small["notes"][0] == "Models with 5 latents are left out to keep the page small."


def test_a_decoder_that_does_not_fit_is_named_with_the_reason(flow: Results) -> None:
    data = export(flow, size=2, keys=[("pod", None), ("kernel-pca", None)], most_bytes=20_000)
    assert data is not None
    reasons = {model["name"]: model.get("reason") for model in data["models"]}
    assert reasons == {"POD": None, "kernel PCA": "its decoder is too large for a page"}
    assert export(flow, most_bytes=1000) is None


def test_more_held_out_snapshots_can_be_given(flow: Results) -> None:
    positions = np.arange(flow.size("test"))
    run = flow.methods[0].runs[0]
    fields = flow.model(run).decode_fields(flow.latents(run))
    data = export(flow, held_out=(positions, fields))
    assert data is not None
    assert data["snapshots"]["kept"] == positions.tolist()


# ---- what a reader does --------------------------------------------------------------------------

FIELD = "return document.querySelectorAll('.explorer-field')[arguments[0]].toDataURL()"
SLIDE = """
const input = document.querySelectorAll(".explorer-slider input")[0];
input.value = input.max;
input.dispatchEvent(new Event("input"));
"""


def wait(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether something becomes true in this time."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def picture(browser: Any, i: int) -> str:
    time.sleep(0.15)
    return str(browser.execute_script(FIELD, i))


def texts(browser: Any, selector: str) -> list[str]:
    return [found.text for found in browser.find_elements("css selector", selector)]


@pytest.fixture
def explored(browser: Any, flow: Results, tmp_path: Path) -> Any:
    """The page of POD, an autoencoder and a convolutional beta-VAE, with two latents."""
    keys = [key for key in flow.keys if key[0] in ("pod", "autoencoder", "beta-vae")]
    browser.get(page(export(flow, size=2, keys=keys), tmp_path))
    yield browser
    assert browser.get_log("browser") == []


def test_a_slider_moves_its_method_alone_and_the_way_back(explored: Any) -> None:
    # pictures: the held-out snapshot, then field and error of each method
    before = [picture(explored, i) for i in (0, 1, 3)]
    explored.execute_script(SLIDE)
    after = [picture(explored, i) for i in (0, 1, 3)]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]
    assert any("Nearest held-out snapshot" in text for text in texts(explored, ".explorer-said"))
    explored.find_element("class name", "explorer-back").click()
    assert [picture(explored, i) for i in (0, 1, 3)] == before
    assert sum(text == "Error |x − x̂|" for text in texts(explored, ".explorer-said")) == 3


def test_the_pad_takes_drags_and_arrow_keys_and_says_when_latents_leave_the_data(
    explored: Any,
) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    pad = explored.find_element("css selector", ".explorer-pad canvas")
    value = "return Number(document.querySelector('.explorer-slider input').value)"
    ActionChains(explored).move_to_element_with_offset(
        pad, -int(0.49 * pad.size["width"]), int(0.49 * pad.size["height"])
    ).click().perform()
    time.sleep(0.15)
    low = explored.execute_script(value)
    assert low == float(
        explored.find_element("css selector", ".explorer-slider input").get_attribute("min")
    )
    assert texts(explored, ".explorer-outside") == ["outside the data"]
    pad.send_keys(Keys.ARROW_RIGHT)
    time.sleep(0.15)
    assert explored.execute_script(value) > low


def test_following_playing_sizes_and_variables(explored: Any) -> None:
    shown = [picture(explored, 1)]
    place = explored.find_element("css selector", ".explorer-follow output")
    start = place.text
    play = explored.find_element("class name", "explorer-play")
    play.click()
    assert wait(lambda: place.text != start)
    play.click()
    selects = explored.find_elements("css selector", ".explorer-choices select")
    for select, option in zip(selects, ("5", "p"), strict=True):
        shown.append(picture(explored, 1))
        select.send_keys(option)
    shown.append(picture(explored, 1))
    assert len(set(shown)) == len(shown)
    assert "Further latents keep the values of the snapshot." in texts(explored, ".explorer-said")
    assert texts(explored, ".explorer-bars span")[0] == "p (Pa)"


def test_narrow_and_without_a_script(browser: Any, flow: Results, tmp_path: Path) -> None:
    data = export(flow, size=2)
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True},
    )
    browser.get(page(data, tmp_path))
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
    static = ".explorer-static"
    assert not browser.find_element("css selector", static).is_displayed()
    browser.get(page(data, tmp_path, scripted=False))
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert browser.find_element("css selector", static).is_displayed()
    assert not browser.find_element("class name", "explorer-live").is_displayed()


def test_every_control_has_a_name(explored: Any) -> None:
    unnamed = explored.execute_script(
        """return [...document.querySelectorAll("input, select, button, canvas[role]")].filter(
        (found) => !(found.getAttribute("aria-label") || found.textContent.trim()
            || (found.labels && found.labels.length))).map((found) => found.outerHTML);"""
    )
    assert unnamed == []


def test_weights_of_few_bits_are_read_bit_by_bit(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = FieldLayout(("q",), (12, 14), axes=("row", "column"))
    results = compared(
        snapshots(layout, (waves(12, 14)[:, None] + 1.3) / 2.6),
        tmp_path / "out",
        reducers=["autoencoder"],
        pipeline={"center": False, "scale": False},
        options={"autoencoder": {"architecture": "mlp", "hidden": (60, 131), "epochs": 100}},
    )
    found, sizes = [], []
    for kind in ("b8", "b13"):
        monkeypatch.setattr("rom.report.explorer.export.TRIALS", ((1.0, 6, kind),))
        found.append(agreement(browser, results, tmp_path)["AE 2"])
        sizes.append(len(json.dumps(export(results))))
    # five more bits are worth a factor of 32
    assert found[1] < found[0] / 10 < 0.03
    assert sizes[0] < sizes[1] < sizes[0] * 13 / 8
