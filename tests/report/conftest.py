"""A browser for the tests of the page: Chromium without a window, driven by Selenium."""

import os
import shutil
from importlib.util import find_spec

import pytest

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]


def missing():
    """What is not there; empty where a browser can be driven."""
    if find_spec("selenium") is None:
        return "selenium is not installed"
    programs = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"{' and '.join(programs)} not found" if programs else ""


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A driver; the tests that need one are skipped where there is no browser, but not in CI."""
    why = missing()
    if why and os.environ.get("ROM_BROWSER") == "required":
        pytest.fail(why)
    if why:
        pytest.skip(why)
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()
