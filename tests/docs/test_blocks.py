"""Every code block of README.md and docs/ runs, or says why it does not.

In the suite a comparison is opened, checked and split, and run only where later blocks of its page
use it; ``scripts/docs`` (``ROM_DOCS=full``) runs everything, with one epoch and one seed.
"""

import os
from pathlib import Path

import pytest

import rom.comparison
from rom.data.open import open_mapped
from rom.report.comparison import Comparison
from rom.study.prepare import prepare
from tests.docs import blocks as code
from tests.docs.files import FILES

ROOT = Path(__file__).parents[2]
FULL = os.environ.get("ROM_DOCS") == "full"
MADE = ("_build", "gallery", "generated")
_DOCS = sorted(path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.md"))
PAGES = ["README.md", *(path.as_posix() for path in _DOCS if path.parts[1] not in MADE)]
TEXTS = {page: (ROOT / page).read_text("utf-8") for page in PAGES}
WITH_CODE = [page for page in PAGES if any(b.is_code for b in code.blocks(TEXTS[page]))]
#: Pages whose later blocks use the results of a comparison.
RUN_HERE = ("docs/start.md", "docs/back-to-the-mesh.md")


def only_prepared(study, snapshots=None, **how):
    """What a comparison does before its first run."""
    if snapshots is None:
        snapshots = open_mapped(study.data, study.mapping)
    prepare(study, snapshots)
    raise code.OnlyPrepared


@pytest.mark.parametrize("page", WITH_CODE)
@pytest.mark.filterwarnings("ignore:FastICA did not converge")
def test_the_blocks_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["rom"])
    found = [block for block in code.blocks(TEXTS[page]) if block.is_code]
    to_run = [block for block in found if FULL or block.mark != "long"]
    if to_run:
        FILES.get(page, lambda: None)()
    session = code.Session()
    for block in to_run:
        with monkeypatch.context() as here:
            if not FULL:
                here.setattr(Comparison, "report", lambda self, *_, **__: self.path / "report.html")
            if not FULL and page not in RUN_HERE and block.language != "python":
                here.setattr(rom.comparison, "run_study", only_prepared)
            session.run(block)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_it_is(page):
    for block in code.blocks(TEXTS[page]):
        assert block.language in code.LANGUAGES, f"{page}:{block.line}: no language that is known"
    assert TEXTS[page].count("```") % 2 == 0


def test_pages_that_have_files_have_code():
    assert set(FILES) <= set(WITH_CODE)


def test_blocks_are_found_with_their_marks():
    run = "a\n\n<!-- not run: no reason\nat hand -->\n```bash\nrom x\n```\n"
    first, second = code.blocks(f"{run}```{{toctree}}\na\n```\n```text\n```\n")
    assert (first.language, first.text, first.line) == ("bash", "rom x\n", 5)
    assert (first.mark, first.is_code, second.is_code) == ("not run", False, False)


def test_patterns_without_quotes_are_the_names_of_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a_1.h5", "a_2.h5"):
        Path(name).touch()
    assert code.arguments("rom x a_*.h5 'a_*.h5' \"t y\"  # words") == [
        "rom", "x", "a_1.h5", "a_2.h5", "a_*.h5", "t y",
    ]  # fmt: skip


def test_what_a_command_does_not_print_is_found(monkeypatch):
    block = code.Block("console", "$ rom --version\nrom-compare ...\n", 1)
    code.Session().run(block)
    with pytest.raises(AssertionError, match="expected"):
        code.Session().run(code.Block("console", "$ rom --version\nnothing\n", 1))
