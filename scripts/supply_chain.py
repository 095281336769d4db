"""What this package is built on: every package of the tested set is pinned and under a licence that
is allowed, and there is a bill of materials.

All of it is read from the metadata of what is installed; nothing is asked of the network.
"""

from __future__ import annotations

import argparse
import importlib.metadata as metadata
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
CONSTRAINTS, LICENCES = ROOT / "constraints.txt", ROOT / "docs" / "licences.md"
#: Of pyproject.toml: what users install, and what continuous integration installs besides.
USERS = ("cluster", "filters", "mesh", "tune", "xarray")
TESTED = (*USERS, "dev", "docs", "oracle")

#: SPDX identifiers that may be there. Copyleft of single files (MPL) is, of whole programs (GPL,
#: AGPL) is not: this package is BSD, and so is what is built on it.
ALLOWED = frozenset({
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause",
    "BSL-1.0", "CC0-1.0", "ISC", "MIT", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Zlib",
})  # fmt: skip
#: How older metadata call them. "BSD" alone is three clauses or two: both are allowed.
SPELLED = {
    "3-clause BSD": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
#: Packages whose metadata say nothing: what the licence file in them says.
READ = {"hdf5plugin": "MIT AND BSD-3-Clause AND BSD-2-Clause AND Zlib"}

ABOUT = """# Licences

Of every package of the tested set: what `pip install rom-compare` brings with all extras for users
("yes"), and what its tests need besides. Versions: `constraints.txt`. Made by `scripts/supply-chain
--write`; `scripts/supply-chain` compares it with the licences that are allowed
(`scripts/supply_chain.py`).

| package | licence | installed with rom-compare |
| :--- | :--- | :--- |
"""


@dataclass(frozen=True)
class Package:
    """An installed package, and what of the tested set needs it."""

    name: str
    version: str
    licence: str
    needs: tuple[str, ...]

    @property
    def is_allowed(self) -> bool:
        """Whether every licence that applies is; of a choice, one is enough."""
        every = re.sub(r"[()]", "", self.licence).split(" AND ")
        return all(any(one in ALLOWED for one in part.split(" OR ")) for part in every)


def packages(extras: Iterable[str] = TESTED) -> dict[str, Package]:
    """The installed packages that this one needs with some of its extras, and all that those need.

    What is not installed is left out: markers of another system, an extra that was not asked for.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    waiting = [Requirement(text) for text in project["dependencies"]]
    waiting += [Requirement(text) for extra in extras for text in optional[extra]]
    seen: set[tuple[str, frozenset[str]]] = set()
    found: dict[str, Package] = {}
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name == project["name"]:
            waiting += [Requirement(text) for extra in wanted.extras for text in optional[extra]]
            continue
        if (name, frozenset(wanted.extras)) in seen:
            continue
        seen.add((name, frozenset(wanted.extras)))
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        needs = list(_needs(distribution, wanted.extras))
        waiting += needs
        names = sorted({canonicalize_name(one.name) for one in needs} - {name})
        before = found[name].needs if name in found else ()
        found[name] = Package(
            name, distribution.version, licence(distribution), tuple(sorted({*before, *names}))
        )
    return dict(sorted(found.items()))


def _needs(distribution: metadata.Distribution, extras: Iterable[str]) -> Iterator[Requirement]:
    for text in distribution.requires or ():
        wanted = Requirement(text)
        if wanted.marker is None or any(
            wanted.marker.evaluate({"extra": e}) for e in ("", *extras)
        ):
            yield wanted


def licence(distribution: metadata.Distribution) -> str:
    """The licence as an SPDX expression, or what the metadata call it; empty where they say
    nothing.
    """
    told = distribution.metadata
    name = canonicalize_name(told["Name"])
    if name in READ:
        return READ[name]
    if expressions := told.get_all("License-Expression"):
        return str(expressions[0])
    start = "License :: OSI Approved :: "
    classes = [text for text in told.get_all("Classifier") or () if text.startswith(start)]
    names = [text.removeprefix(start) for text in classes]
    names = names or [str(text).strip().split("\n")[0] for text in told.get_all("License") or [""]]
    # several classifiers are a choice
    return " OR ".join(SPELLED.get(one, one) for one in names)


def pinned() -> dict[str, str]:
    """Name -> version of constraints.txt."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version.strip() for name, version in pairs}


def problems(found: dict[str, Package]) -> list[str]:
    """What is not pinned, of another version than that, or under a licence that is not allowed."""
    wanted, said = pinned(), []
    for one in found.values():
        if one.name not in wanted:
            said.append(f"{one.name}=={one.version} is missing in constraints.txt")
        elif Version(one.version).public != wanted[one.name]:
            said.append(f"{one.name} is {one.version}, constraints.txt says {wanted[one.name]}")
        if not one.is_allowed:
            said.append(f"{one.name}: the licence {one.licence!r} is not among those allowed")
    return said


def table(found: dict[str, Package]) -> str:
    """The page of licences."""
    users = packages(USERS)
    rows = [
        f"| {one.name} | {one.licence} | {'yes' if one.name in users else 'tests'} |"
        for one in found.values()
    ]
    return ABOUT + "\n".join(rows) + "\n"


def bill(found: dict[str, Package]) -> dict[str, Any]:
    """A bill of materials in CycloneDX 1.6."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"], project["version"]
    users = packages(USERS)
    urls = {one.name: _url(one.name, one.version) for one in found.values()}
    own = {
        "type": "library",
        "bom-ref": _url(name, version),
        "name": name,
        "version": version,
        "purl": _url(name, version),
        "licenses": [{"expression": project["license"]}],
    }
    parts = [
        {
            "type": "library",
            "bom-ref": urls[one.name],
            "name": one.name,
            "version": one.version,
            "scope": "required" if one.name in users else "excluded",
            "purl": urls[one.name],
            "licenses": [{"expression": one.licence}],
        }
        for one in found.values()
    ]
    first = {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
    needs = {_url(name, version): first} | {urls[n]: set(one.needs) for n, one in found.items()}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": parts,
        "dependencies": [
            {"ref": ref, "dependsOn": [urls[name] for name in sorted(names) if name in urls]}
            for ref, names in needs.items()
        ],
    }


def _url(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{Version(version).public}"


def main() -> int:
    """Check the tested set; status 1 where something is wrong with it."""
    parser = argparse.ArgumentParser(prog="scripts/supply-chain", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {LICENCES.relative_to(ROOT)}")
    parser.add_argument("--sbom", type=Path, metavar="FILE", help="write a bill of materials")
    given = parser.parse_args()
    found = packages()
    if given.write:
        LICENCES.write_text(table(found), encoding="utf-8")
    if given.sbom:
        given.sbom.write_text(json.dumps(bill(found), indent=1) + "\n", encoding="utf-8")
    said = problems(found)
    print("\n".join([*said, f"{len(found)} packages, {len(said)} problems"]))
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
