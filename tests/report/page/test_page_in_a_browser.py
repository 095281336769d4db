"""The page in a browser: it sorts, filters, copies, folds, fits narrow screens and asks nobody."""

import json

import numpy as np
import pytest

import rom
from rom.report.page.write import write_report

TINY = {"channels": (4,), "hidden": (4,), "architecture": "mlp"}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    t = np.linspace(0, 25, 80)[:, None]
    rows = np.sin(t - np.linspace(0, 6, 60)) + 0.1 * np.random.default_rng(0).normal(size=(80, 60))
    comparison = rom.compare(
        rom.Snapshots.from_array(rows.reshape(80, 6, 10), axes="t y x", times=t[:, 0]),
        reducers=["pod", "autoencoder"], n_components=[1, 2], seeds=2, epochs=2, jobs=1,
        options={"autoencoder": TINY}, out=folder,
    )  # fmt: skip
    return write_report(comparison.store, folder)


@pytest.fixture
def opened(browser, page):
    """The page on a screen of 1280 pixels; nothing it does may reach the console or the network."""
    size(browser, 1280)
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(page.as_uri())
    yield browser
    assert browser.get_log("browser") == []
    assert requests(browser) <= {page.as_uri()}


def requests(browser):
    """Addresses that were asked for, but those of data in the page."""
    messages = [json.loads(one["message"])["message"] for one in browser.get_log("performance")]
    sent = [one["params"] for one in messages if one["method"] == "Network.requestWillBeSent"]
    urls = {one["request"]["url"].split("#")[0] for one in sent}
    return {url for url in urls if not url.startswith("data:")}


def size(browser, width, height=900):
    values = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", values)


def column(browser, i):
    script = (
        "return [...document.querySelectorAll('.main-table tbody tr')].filter(r => !r.hidden)"
        ".map(r => r.cells[arguments[0]].textContent.trim())"
    )
    return browser.execute_script(script, i)


def click(browser, css, text):
    script = (
        "[...document.querySelectorAll(arguments[0])].find(b => b.textContent === arguments[1])"
        ".click()"
    )
    browser.execute_script(script, css, text)


def test_the_table_sorts_up_and_down(opened):
    click(opened, ".main-table th button", "error (%)")
    up = [float(cell.split(" ")[0]) for cell in column(opened, 2)]
    assert up == sorted(up)
    click(opened, ".main-table th button", "error (%)")
    assert [float(cell.split(" ")[0]) for cell in column(opened, 2)] == up[::-1]
    state = "return document.querySelectorAll('.main-table th')[2].getAttribute('aria-sort')"
    assert opened.execute_script(state) == "descending"


def test_the_table_filters(opened):
    click(opened, ".main-table .chip", "POD")
    assert set(column(opened, 0)) == {"POD"}
    click(opened, ".main-table .chip", "POD")
    assert set(column(opened, 0)) == {"POD", "AE"}


@pytest.mark.parametrize(
    ("form", "begin"),
    [
        ("CSV", "method,latents,error (%)"),
        ("Markdown", "| method | latents |"),
        ("LaTeX", r"\begin{tabular}{lrrrrrr}"),
    ],
)
def test_the_table_copies_itself(opened, form, begin):
    click(opened, ".main-table .chip", f"Copy {form}")
    text = opened.execute_script("return document.querySelector('.main-table').dataset.copied")
    assert text.startswith(begin)
    assert len(text.strip().splitlines()) >= 5


def test_the_keyboard_reaches_heads_chips_and_details(opened):
    from selenium.webdriver.common.keys import Keys

    script = "document.querySelectorAll('.main-table th button')[1].focus()"
    opened.execute_script(script)
    opened.switch_to.active_element.send_keys(Keys.ENTER)
    assert [int(cell) for cell in column(opened, 1)] == [1, 1, 2, 2]
    opened.execute_script("document.querySelector('#accuracy summary').focus()")
    opened.switch_to.active_element.send_keys(Keys.ENTER)
    assert opened.execute_script("return document.querySelector('#accuracy').open")


def test_a_link_opens_what_is_folded(opened):
    opened.execute_script("document.querySelector('nav a[href=\"#cost\"]').click()")
    opened.implicitly_wait(1)
    script = (
        "return new Promise(f => setTimeout(() => f(document.querySelector('#cost').open), 100))"
    )
    assert opened.execute_script(script)


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_screen(opened, width):
    size(opened, width)
    assert opened.execute_script("return document.documentElement.scrollWidth") <= width
    top = opened.execute_script(
        "return document.querySelector('.verdict').getBoundingClientRect().top"
    )
    assert top < 200
    unfolded = opened.execute_script("return document.documentElement.scrollHeight")
    assert width == 360 or unfolded <= 6 * 900


def test_dark_where_the_system_is_dark(opened):
    script = "return getComputedStyle(document.body).backgroundColor"
    light = opened.execute_script(script)
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    assert opened.execute_script(script) != light
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_print_shows_what_is_folded_and_no_buttons(opened):
    opened.execute_script("dispatchEvent(new Event('beforeprint'))")
    assert opened.execute_script(
        "return [...document.querySelectorAll('details')].every(d => d.open)"
    )
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = "return getComputedStyle(document.querySelector('.tools')).display"
    assert opened.execute_script(shown) == "none"
    # a picture stands for the explorer
    assert opened.find_element("css selector", "#explorer img").is_displayed()
    assert not opened.find_element("class name", "explorer-live").is_displayed()
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_without_scripts_everything_can_be_read(browser, page):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(page.as_uri())
        from selenium.webdriver.common.by import By

        text = browser.find_element(By.TAG_NAME, "body").text
        assert "The ranking is made by the training" in text
        assert "error (%)" in text
        assert not browser.find_element(By.CSS_SELECTOR, ".tools").is_displayed()
        assert browser.find_element(By.CSS_SELECTOR, "#explorer img").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
