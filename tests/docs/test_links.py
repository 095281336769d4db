"""Links between the texts of the repository lead somewhere, and the API page has every name."""

import re
from pathlib import Path

import pytest

import rom

ROOT = Path(__file__).parents[2]
MADE = ("_build", "gallery", "generated")
TEXTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "datasets/*/README.md", "*/README.md", "paper/*.md",
                    "scripts/reports/results/*.md", ".github/**/*.md")
    for path in ROOT.glob(pattern)
    if not set(path.relative_to(ROOT).parts) & {*MADE, ".venv"}
)  # fmt: skip
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def anchors(text):
    """The anchors of the headings of a page, as GitHub and MyST make them."""
    heads = re.findall(r"^#+ (.+)$", CODE.sub("", text), re.MULTILINE)
    cleaned = (re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", head).lower()) for head in heads)
    return {head.strip().replace(" ", "-") for head in cleaned}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    text = path.read_text("utf-8")
    for target in LINK.findall(CODE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        other = (path.parent / name).resolve() if name else path
        assert other.exists(), f"{path.relative_to(ROOT)}: {target}"
        if anchor:
            assert anchor in anchors(other.read_text("utf-8")), f"{path.name}: {target}"


def test_texts_that_programs_name_are_there():
    """Messages, docstrings and scripts name pages as docs/NAME.md."""
    for folder in ("rom", "scripts", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in re.findall(r"\bdocs/[\w/-]+\.md", path.read_text("utf-8")):
                assert (ROOT / name).is_file(), f"{path.relative_to(ROOT)}: {name}"


def test_the_api_page_has_every_public_name():
    listed = set(re.findall(r"^   (rom\.[\w.]+)$", (ROOT / "docs/api.md").read_text("utf-8"),
                            re.MULTILINE))  # fmt: skip
    public = {f"rom.{name}" for name in rom.__all__ if name not in ("metrics", "plot")}
    public |= {f"rom.metrics.{name}" for name in rom.metrics.__all__}
    public |= {f"rom.plot.{name}" for name in rom.plot.__all__}
    assert public <= listed


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) < 120
