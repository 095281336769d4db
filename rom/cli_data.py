"""The commands on data sets: list, show, fetch, make."""

from __future__ import annotations

import typer

from rom.terminal import say

app = typer.Typer(name="data", help="Data sets: list, show, fetch, make.", no_args_is_help=True)


@app.command("list")
def list_all() -> None:
    """List the data sets."""
    from rom.data import catalog

    for name in catalog.dataset_names():
        card = catalog.find_card(name)
        there = "" if None not in catalog.locate(card) else " (not there yet)"
        say(f"{name:<20} {card.title} [{card.kind}{there}]")


@app.command("show")
def show(name: str) -> None:
    """Show a data set's card and where its files are."""
    from rom.data import catalog
    from rom.study.config import DEFAULT_ENERGY_SHARE

    card = catalog.find_card(name)
    say(f"{card.name}: {card.title}", *card.description.split("\n"))
    say(f"source:   {card.source}", f"licence:  {card.licence}")
    say(f"citation: {card.citation}", f"kind:     {card.kind}")
    for file, path in zip(card.files, catalog.locate(card), strict=True):
        say(
            f"file:     {file.name}:"
            f" {path or f'not there yet, goes to {catalog.data_home() / card.name}'}"
        )
    suggested = card.suggested
    shares = suggested.energy_share
    betas, default = suggested.beta, list(DEFAULT_ENERGY_SHARE)
    weight = (
        f"beta {list(betas)}" if betas else f"energy_share {list(shares) if shares else default}"
    )
    say(f"suggested: n_components {list(suggested.n_components)}, {weight} {suggested.options}")


@app.command("fetch")
def fetch(name: str) -> None:
    """Download (or make) a data set's files and check them."""
    from rom.data import catalog

    for path in catalog.fetch(catalog.find_card(name)):
        say(str(path))


@app.command("make")
def make(name: str) -> None:
    """Run the generate.py of a data set again and write its file."""
    from rom.data import catalog

    for path in catalog.make(catalog.find_card(name)):
        say(str(path))
