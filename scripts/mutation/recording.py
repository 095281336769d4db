"""Which tests run a line, and for how long: a plugin of pytest that records it, and its record.

    python -m pytest -n 2 -p scripts.mutation.recording      # writes coverage.json of the folder

What only other processes run is not seen.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage
import pytest

RECORD = "coverage.json"
PARTS = ".coverage-of-tests"
#: Before the place of a fixture that tests share.
SHARED = "shared: "


class Recorder:
    """Measures in a process that runs tests; the one that shows them gathers what all measured."""

    def __init__(self, config: pytest.Config) -> None:
        worker = os.environ.get("PYTEST_XDIST_WORKER") or None
        self.gathers = worker is None
        self.root = config.rootpath
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()
        self.test = ""
        self.measures = worker is not None or not config.getoption("numprocesses", None)
        self.coverage = coverage.Coverage(
            data_file=str(self.root / PARTS), data_suffix=worker or "alone",
            source=[str(self.root / "rom")], config_file=False, messages=False,
        )  # fmt: skip
        if self.measures:
            self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.test = item.nodeid
        if self.measures:
            self.coverage.switch_context(self.test)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Iterator[None]:
        """What a shared fixture runs is run for all tests below the file it stands in."""
        is_shared = self.measures and fixturedef.scope != "function"
        if is_shared:
            self.coverage.switch_context(SHARED + fixturedef.baseid)
        try:
            return (yield)
        finally:
            if is_shared:
                self.coverage.switch_context(self.test)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.add(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        if self.measures:
            self.coverage.stop()
            self.coverage.save()
        if self.gathers:
            self._gather()

    def _gather(self) -> None:
        # by their numbers: a line may be run by a thousand tests
        numbers = {test: i for i, test in enumerate(self.seconds)}
        lines: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for part in self.root.glob(f"{PARTS}.*"):
            data = coverage.CoverageData(str(part))
            data.read()
            of = {context: self._tests(context, numbers) for context in data.measured_contexts()}
            for file in data.measured_files():
                name = str(Path(file).relative_to(self.root))
                for line, contexts in data.contexts_by_lineno(file).items():
                    lines[name][line] |= set().union(*(of[context] for context in contexts))
            part.unlink()
        found = {
            name: {line: sorted(tests) for line, tests in of.items()} for name, of in lines.items()
        }
        (self.root / RECORD).write_text(json.dumps({"seconds": self.seconds, "lines": found}))

    def _tests(self, context: str, numbers: dict[str, int]) -> set[int]:
        """Numbers of the tests of a context, without those that fail on the code as it is: they
        would notice every mutant.
        """
        if context.startswith(SHARED):
            folder = context.removeprefix(SHARED)
            tests = [test for test in numbers if test.startswith(folder)]
        else:
            tests = [context] if context in numbers else []
        return {numbers[test] for test in tests if test not in self.failed}


def pytest_configure(config: pytest.Config) -> None:
    """Called by pytest."""
    config.pluginmanager.register(Recorder(config))


@dataclass(frozen=True)
class Record:
    """Seconds of each test, and the numbers of those that run each line of each file."""

    seconds: dict[str, float]
    lines: dict[str, dict[str, list[int]]]

    @classmethod
    def read(cls, path: Path) -> Record:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(content["seconds"], content["lines"])

    def tests_of(self, file: str, line: int) -> list[str]:
        """Tests that run a line, the quickest first.

        Where none does by itself (a constant, a default: they run at import; a line of a longer
        statement), those of the whole file.
        """
        of = self.lines.get(file, {})
        found = set(of.get(str(line), ())) or {test for tests in of.values() for test in tests}
        names = list(self.seconds)
        return sorted((names[number] for number in found), key=self.seconds.__getitem__)
