"""What the page says, as plain values: the templates only lay it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from rom.evaluation.collapse import collapses
from rom.report.facts import data_facts, definitions, environment_facts, method_facts, missing_runs
from rom.report.figures.accuracy import accuracy
from rom.report.figures.beta import kl_per_latent, sweep
from rom.report.figures.correlation import correlations
from rom.report.figures.cost import costs, same_bytes
from rom.report.figures.errors import error_maps, errors_over_time
from rom.report.figures.examples import examples
from rom.report.figures.factors import against_parameters
from rom.report.figures.latents import scatter
from rom.report.figures.modes import modes, spectrum
from rom.report.figures.over_time import over_time
from rom.report.figures.path import beta_paths
from rom.report.figures.ranking import latent_modes, ranked_energy
from rom.report.figures.rate import rate_distortion
from rom.report.figures.style import Plot
from rom.report.figures.tradeoff import tradeoff
from rom.report.figures.training import training
from rom.report.page.reproduce import reproduce
from rom.report.tables import all as sections
from rom.report.tables.overview import overview
from rom.report.tables.table import Table
from rom.report.tables.tuning import tuned_sentence
from rom.report.verdict import Verdict
from rom.results import Results
from rom.results.words import count, error_percent, listing

Figures = tuple[Callable[[Results], Iterator[Plot]], ...]


@dataclass(frozen=True)
class Section:
    """A part of the details: its tables and its figures; left out where it has none."""

    title: str
    tables: Callable[[Results], list[Table]]
    figures: Figures = ()


SECTIONS = (
    Section(
        "Accuracy", sections.accuracy_tables, (tradeoff, errors_over_time, error_maps, examples)
    ),
    Section(
        "Latents and independence",
        sections.latent_tables,
        (ranked_energy, scatter, latent_modes, over_time, correlations, against_parameters),
    ),
    Section("Differences between methods", sections.difference_tables),
    Section("POD", lambda results: [], (modes, spectrum)),
    Section(
        "The weight β", sections.beta_tables, (beta_paths, sweep, kl_per_latent, rate_distortion)
    ),
    Section("Training", sections.training_tables, (training,)),
    Section("Cost", sections.cost_tables, (costs,)),
)
First = tuple[Callable[..., Iterator[Plot]], ...]


def recommended(results: Results, verdict: Verdict) -> Iterator[Plot]:
    """The errors of all methods, with a ring around what is recommended."""
    ring = None
    if verdict.reducer is not None and verdict.n_components is not None:
        ring = (verdict.reducer, verdict.beta, verdict.n_components)
    yield from accuracy(results, ring=ring, tolerance=results.study["study"].get("tolerance"))


FIRST: First = (recommended,)


def content_of(results: Results, verdict: Verdict) -> dict[str, Any]:
    """Everything that templates show but the figures."""
    found: dict[str, Any] = {
        "title": results.title,
        "verdict": verdict,
        "overview": overview(results) if results.methods else None,
        "chosen": _row(results, verdict),
        "belief": list(_belief(results)) if results.methods else [],
        "audit": [
            (_called(results, one.reducer, one.beta, one.n_components), f"{one.text}; {one.advice}")
            for one in results.findings
        ],
        "warnings": [
            (_called(results, one.reducer, one.beta, one.n_components), one.text)
            for one in collapses(results.store)
        ],
        "missing": missing_runs(results),
        "data": data_facts(results),
        "methods": method_facts(results),
        "environment": environment_facts(results),
        "notes": list(results.study.get("notes", [])),
        "definitions": definitions(results),
    }
    return found | reproduce(results, verdict)


def _called(results: Results, reducer: str, beta: float | None, k: int) -> str:
    return f"{results.name((reducer, beta))}, {count(k, 'latent')}"


def _row(results: Results, verdict: Verdict) -> int | None:
    """The row of the table that is recommended; None for POD with modes that were not compared."""
    wanted = (verdict.reducer, verdict.n_components, verdict.beta)
    rows = [method for k in results.sizes for method in results.at(k)]
    found = [i for i, m in enumerate(rows) if (m.reducer, m.n_components, m.beta) == wanted]
    return found[0] if found else None


def _belief(results: Results) -> Iterator[str]:
    """Split, nearest-neighbour baseline, controls, seeds: one sentence each."""
    split = results.study["split"]
    sizes = ", ".join(f"{name} {split[name]}" for name in ("train", "validation", "test"))
    yield f"Split: {split['description']} ({sizes} snapshots)."
    leakage = results.store.leakage()
    if leakage.get("memoriser") is not None:
        yield (
            "Nearest-neighbour baseline: the nearest training snapshot has an error of"
            f" {error_percent(leakage['memoriser'])} on the test set."
        )
    yield f"{leakage['text'][:1].upper()}{leakage['text'][1:]}."
    others = [m for m in results.controls if m.reducer != "linear-autoencoder"]
    for name in dict.fromkeys(method.name for method in others):
        errors = [
            f"{error_percent(results.mean(m, 'relative_error'))} with {m.n_components}"
            for m in others
            if m.name == name
        ]
        yield f"Control: {name} has an error of {listing(errors)} latents."
    linear = [m for m in results.controls if m.reducer == "linear-autoencoder"]
    pods = {m.n_components: m for m in results.methods if m.reducer == "pod"}
    said = [
        f"{error_percent(results.mean(m, 'relative_error', 'train'))} and"
        f" {error_percent(results.mean(pods[m.n_components], 'relative_error', 'train'))}"
        f" ({count(m.n_components, 'latent')})"
        for m in linear
        if m.n_components in pods
    ]
    if said:
        yield (
            "Control of the training: a linear autoencoder should reach POD's error on the training"
            f" set. It has {', '.join(said)}."
        )
    trained = [m for m in results.methods if results.has_seeds(m)]
    if trained and not results.findings:
        yield "The audit of the training found nothing: every network is where it could be."
    if trained:
        seeds = sorted({len(method.runs) for method in trained})
        yield (
            f"Seeds of each network: {' to '.join(map(str, dict.fromkeys((seeds[0], seeds[-1]))))}."
        )
    splits = 1 + len(results.store.variants("splits"))
    yield f"The comparison ran on {count(splits, 'split')}." + (
        " Only several splits (--splits 5) say whether a difference is significant." * (splits == 1)
    )
    for sentence in (same_bytes(results), tuned_sentence(results)):
        if sentence:
            yield sentence
    for text in results.cautions:
        yield f"{text[:1].upper()}{text[1:]}."
