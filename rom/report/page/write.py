"""The report: tables and figures of a run store as one HTML page and as Markdown."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from rom.errors import InputError
from rom.evaluation.cautions import cautions
from rom.evaluation.collapse import collapses
from rom.evaluation.convergence import audit, headline
from rom.report.facts import data_facts, definitions, environment_facts, method_facts, missing_runs
from rom.report.figures.accuracy import accuracy
from rom.report.figures.beta import kl_per_latent, sweep
from rom.report.figures.correlation import correlations
from rom.report.figures.cost import costs
from rom.report.figures.errors import error_maps, errors_over_time
from rom.report.figures.examples import examples
from rom.report.figures.factors import against_parameters
from rom.report.figures.latents import scatter
from rom.report.figures.modes import modes, spectrum
from rom.report.figures.over_time import over_time
from rom.report.figures.path import beta_paths
from rom.report.figures.plane import plane
from rom.report.figures.ranking import latent_modes, ranked_energy
from rom.report.figures.rate import rate_distortion
from rom.report.figures.style import Plot, Written, looks, write
from rom.report.figures.tradeoff import tradeoff
from rom.report.figures.training import training
from rom.report.results import Results
from rom.report.summary import summary
from rom.report.tables.all import tables
from rom.study.store import Store

#: The figures in the order of the report, by section. One yields as many plots as the data asks
#: for, or none.
FIGURES: dict[str, tuple[Callable[[Results], Iterator[Plot]], ...]] = {
    "Accuracy": (accuracy, costs, tradeoff, errors_over_time, error_maps, examples),
    "The weight β": (beta_paths, sweep, kl_per_latent, rate_distortion),
    "POD": (modes, spectrum),
    "Training": (training,),
    "Latent variables": (ranked_energy, scatter, latent_modes, over_time, correlations, plane),
    "Known parameters": (against_parameters,),
}


def write_report(store: Store, folder: str | Path) -> Path:
    """Write ``report.html`` (self-contained), ``report.md`` and ``figures/`` from a run store.

    Reads nothing but the store; the same store gives the same files.

    Parameters
    ----------
    store : Store
    folder : str or Path, made if missing. Files of an earlier report in it are replaced.

    Returns
    -------
    Path of report.html

    Raises
    ------
    InputError
        If the folder cannot be written.
    """
    folder = Path(folder)
    try:
        (folder / "figures").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from error
    results = Results(store)
    content = _content(results) | {"sections": _figures(results, folder / "figures")}
    page = folder / "report.html"
    page.write_text(_render("template.html", content, autoescape=True), encoding="utf-8")
    markdown = _render("template.md.j2", content, autoescape=False)
    (folder / "report.md").write_text(markdown, encoding="utf-8")
    return page


def _content(results: Results) -> dict[str, Any]:
    findings = audit(results.store)
    return {
        "title": results.title,
        "summary": summary(results),
        "headline": headline(findings),
        "audit": [
            (
                f"{results.name((found.reducer, found.beta))}, {found.n_components} latents",
                found.text,
                found.advice,
            )
            for found in findings
        ],
        "cautions": cautions(results.store),
        "warnings": [
            (
                f"{results.name((found.reducer, found.beta))}, {found.n_components} latents",
                found.text,
            )
            for found in collapses(results.store)
        ],
        "tables": tables(results),
        "data": data_facts(results),
        "methods": method_facts(results),
        "environment": environment_facts(results),
        "notes": list(results.study.get("notes", [])),
        "missing": missing_runs(results),
        "definitions": definitions(results),
    }


def _figures(results: Results, folder: Path) -> list[tuple[str, list[Written]]]:
    """Draw and write every figure, numbered through; sections without any are left out."""
    for old in [*folder.glob("*.png"), *folder.glob("*.pdf")]:
        old.unlink()
    sections, number = [], 0
    for title, functions in FIGURES.items():
        written = []
        with looks():
            for plot in (
                plot for function in functions if results.methods for plot in function(results)
            ):
                number += 1
                written.append(write(plot, number, folder))
        if written:
            sections.append((title, written))
    return sections


def _render(name: str, content: dict[str, Any], *, autoescape: bool) -> str:
    options: dict[str, Any] = {"autoescape": True} if autoescape else {"finalize": _markdown}
    environment = Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, **options
    )
    environment.filters["base64"] = lambda png: base64.b64encode(png).decode()
    environment.filters["anchor"] = lambda words: re.sub(
        r"[^a-z0-9]+", "-", str(words).lower()
    ).strip("-")
    return environment.from_string(
        (files("rom.report.page") / name).read_text(encoding="utf-8")
    ).render(content)


def _markdown(value: Any) -> Any:
    """Text that Markdown shows as it is, in one line."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = html.escape(" ".join(value.split()), quote=False)
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", text)
