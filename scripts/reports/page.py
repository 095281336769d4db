"""The page of a report: its verdict first, then every number, then figures and sources."""

from __future__ import annotations

import base64
import math
import platform
import shutil
import time
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader
from markupsafe import Markup
from PIL import Image

import rom
from rom.report.assets import text_of
from rom.report.page.pictures import picture_of
from rom.report.page.write import Script
from scripts.reports.claims import DIFFERS, Claim, headline
from scripts.reports.work import HERE, Work

RESULTS = HERE / "results"
#: Width in pixels of the pictures that are kept next to the Markdown, and their colours.
SMALL, COLOURS = 900, 64


def write(work: Work, title: str, about: str, claims: list[Claim]) -> Path:
    """Write ``report.html``, ``report.md`` and the figures into the folder of the work."""
    folder = work.out / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    figures = [picture_of(plot, folder, i) for i, plot in enumerate(work.plots, start=1)]
    content = {
        "title": title,
        "about": about,
        "name": work.name,
        "quick": work.quick,
        "headline": work.answer or headline(claims),
        "tables": work.tables,
        "texts": work.texts,
        "claims": claims,
        "reasons": [claim for claim in claims if claim.verdict == DIFFERS],
        "figures": figures,
        "sources": _sources(claims),
        "machine": _machine(work),
        "pages": sorted(work.comparisons),
        "style": Markup(text_of("page/style.css")),
        "script": Script.of("page/tables.js"),
    }
    page = work.out / "report.html"
    page.write_text(_rendered("page.html", content, autoescape=True), encoding="utf-8")
    text = _rendered("page.md.j2", content, autoescape=False)
    (work.out / "report.md").write_text(text, encoding="utf-8")
    return page


def keep(work: Work) -> Path:
    """Copy the Markdown and small figures into scripts/reports/results."""
    (RESULTS / "figures").mkdir(parents=True, exist_ok=True)
    for plot in work.plots:
        with Image.open(work.out / "figures" / f"{plot.name}.png") as image:
            height = round(image.height * SMALL / image.width)
            small = image.convert("RGB").resize((SMALL, height)).quantize(COLOURS)
        small.save(RESULTS / "figures" / f"{work.name}-{plot.name}.png", optimize=True)
    return Path(shutil.copy(work.out / "report.md", RESULTS / f"{work.name}.md"))


def _rendered(name: str, content: dict[str, Any], *, autoescape: bool) -> str:
    environment = Environment(
        loader=FunctionLoader(text_of), autoescape=autoescape, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["cell"] = lambda text: str(text).replace("|", "\\|")
    environment.filters["plain"] = lambda value: f"{value:.10g}" if math.isfinite(value) else ""
    environment.filters["base64"] = lambda png: base64.b64encode(png).decode()
    source = (HERE / name).read_text(encoding="utf-8")
    return environment.from_string(source).render(content)


def _sources(claims: list[Claim]) -> list[tuple[str, str, str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for claim in claims:
        found.setdefault((claim.source, claim.definition), []).append(claim.quantity)
    return [(*key, ", ".join(quantities)) for key, quantities in found.items()]


def _machine(work: Work) -> str:
    minutes = (time.monotonic() - work.started) / 60
    said = f"{time.strftime('%Y-%m-%d')}, rom-compare {rom.__version__}, {_processor()}"
    return (
        f"{said}, {platform.system()}, Python {platform.python_version()}; {minutes:.1f} minutes."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else platform.machine()
