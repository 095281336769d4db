"""The pictures of README.md, docs/ and paper/, from the page of a comparison in a browser."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matplotlib import pyplot
from PIL import Image, ImageDraw, ImageFont
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

import rom

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
#: Pixels of the window; the page has its contents at the side from about 1,100 on.
WIDTH, HEIGHT = 1100, 1500
#: White space for the numbers.
MARGIN = 26
#: What is numbered on the annotated picture, in the order of docs/read-your-report.md.
PARTS = ("#verdict h2", "#verdict .caution", "figure", "#table h2", "#explorer h2", "nav")


@contextmanager
def browser(page: Path) -> Iterator[WebDriver]:
    """The page in a window without a screen."""
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"):
        options.add_argument(argument)
    options.add_argument(f"--window-size={WIDTH},{HEIGHT}")
    # by its path: otherwise selenium asks the network for one
    driver = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(shutil.which("chromedriver"))
    )
    try:
        driver.get(page.resolve().as_uri())
        yield driver
    finally:
        driver.quit()


def shot(driver: WebDriver) -> Image.Image:
    """What the window shows."""
    return Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")


def top_of(driver: WebDriver, selector: str) -> tuple[float, float, float]:
    """Left, top and bottom of the first element, in pixels of the whole page."""
    box = driver.find_element(By.CSS_SELECTOR, selector).rect
    return box["x"], box["y"], box["y"] + box["height"]


def save(image: Image.Image, name: str) -> None:
    """A PNG of 255 colours: a page has few, and it is a third of the size."""
    path = PICTURES / name
    image.quantize(255, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size // 1000} kB, {image.width} x {image.height}")


def of_page(page: Path) -> None:
    """The verdict, the explorer, and the first screens with numbers."""
    with browser(page) as driver:
        whole = shot(driver)
        figure = top_of(driver, "figure img")[2]
        table = top_of(driver, "#table")[1]
        side = int(top_of(driver, "nav")[0])
        save(whole.crop((0, 0, side, int(min(figure, table)))), "verdict.png")
        explorer = driver.find_element(By.CSS_SELECTOR, "#explorer")
        driver.execute_script("arguments[0].scrollIntoView()", explorer)
        height = min(int(explorer.rect["height"]) + 10, HEIGHT)
        save(shot(driver).crop((0, 0, side, height)), "explorer.png")
        driver.execute_script("window.scrollTo(0, 0)")
        places = [top_of(driver, selector)[:2] for selector in PARTS]
    save(numbered(whole, places), "annotated.png")


def numbered(image: Image.Image, places: list[tuple[float, float]]) -> Image.Image:
    """A disc with a number to the left of each place."""
    wider = Image.new("RGB", (image.width + MARGIN, image.height), "white")
    wider.paste(image, (MARGIN, 0))
    draw, font = ImageDraw.Draw(wider), ImageFont.load_default(18)
    for number, (x, y) in enumerate(places, start=1):
        centre = (MARGIN + x - 18, y + 14)
        box = [centre[0] - 14, centre[1] - 14, centre[0] + 14, centre[1] + 14]
        draw.ellipse(box, fill="#b3261e", outline="white", width=2)
        draw.text(centre, str(number), fill="white", font=font, anchor="mm")
    return wider


def of_paper() -> None:
    """Errors against the number of latents on two data sets."""
    _, axes = pyplot.subplots(1, 2, figsize=(7, 2.6), layout="constrained")
    for ax, (name, sizes) in zip(
        axes, {"transient_wake": [2, 3, 5], "cylinder_wake": [2, 4, 8]}.items(),
        strict=True,
    ):  # fmt: skip
        found = rom.compare(name, reducers=["pod", "pod-kernel"], n_components=sizes)
        rom.plot.error_curve(found, ax=ax)
    target = ROOT / "paper" / "errors.png"
    axes[0].figure.savefig(target, dpi=200)
    print(target)


def main(folder: Path) -> None:
    """All pictures; a comparison that is there already is not done again."""
    comparison = rom.compare("transient_wake", out=folder, show_progress=True)
    of_page(comparison.report())
    of_paper()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "report-pictures"))
