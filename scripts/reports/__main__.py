"""Make a report: its comparisons, the numbers next to the published ones, and the page."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

import matplotlib as mpl

from rom.errors import RomError, RunError
from rom.report.figures.style import looks
from scripts.reports import page
from scripts.reports.claims import DIFFERS, headline
from scripts.reports.work import HERE, Work


def names() -> list[str]:
    """The reports: folders with a report.py."""
    return sorted(path.parent.name for path in HERE.glob("*/report.py"))


def main() -> int:
    """Make one report, or list them."""
    parser = argparse.ArgumentParser(prog="scripts/report", description=__doc__)
    parser.add_argument("name", nargs="?", help="a report, or 'all'; without it they are listed")
    parser.add_argument("--quick", action="store_true", help="a few steps: does everything run?")
    parser.add_argument("--out", type=Path, help="folder; default report-NAME")
    parser.add_argument(
        "--keep", action="store_true", help="keep the result in scripts/reports/results"
    )
    given = parser.parse_args()
    if given.name is None:
        for name in names():
            module = importlib.import_module(f"scripts.reports.{name}.report")
            print(f"{name:22} {module.MINUTES:3d} min  {module.TITLE}")
        return 0
    wanted = names() if given.name == "all" else [given.name]
    if unknown := [name for name in wanted if name not in names()]:
        print(f"no report {unknown[0]!r}; there are {', '.join(names())}", file=sys.stderr)
        return 2
    mpl.use("agg")
    if given.name != "all":
        return _make(given.name, given.quick, given.out, keep=given.keep)
    status = 0
    for name in wanted:
        folder = given.out / name if given.out else None
        try:
            status = max(status, _make(name, given.quick, folder, keep=given.keep))
        except RunError as error:  # a data set that is neither here nor can be fetched
            print(f"{name} is left out: {error}", file=sys.stderr)
    return status


def _make(name: str, quick: bool, out: Path | None, *, keep: bool) -> int:
    module = importlib.import_module(f"scripts.reports.{name}.report")
    folder = out or Path(f"report-{name}{'-quick' if quick else ''}")
    work = Work(name, folder, quick)
    work.say(f"{module.TITLE}; about {module.MINUTES} minutes on 2 cores without --quick")
    claims = []
    with looks():
        for claim in module.report(work):
            work.say(f"{claim.verdict:11} {claim.quantity}: {claim.ours} ({claim.published})")
            claims.append(claim)
        written = page.write(work, module.TITLE, module.ABOUT, claims)
    print(f"\n{work.answer or headline(claims)}.\nreport: {written}")
    if keep:
        print(f"kept:   {page.keep(work)}")
    unexplained = [one for one in claims if one.verdict == DIFFERS and not one.reason]
    return int(bool(unexplained))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RomError as error:
        print(f"scripts/report: {error}", file=sys.stderr)
        sys.exit(2)
