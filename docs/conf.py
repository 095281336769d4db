"""The documentation site, built by ``scripts/docs``.

The source folder is the whole checkout, so that links between docs/, datasets/ and benchmarks/ are
the same here and in a file browser; what becomes a page is named below.
"""

import os
import subprocess
import sys
from pathlib import Path

from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
# data sets that the gallery makes
os.environ.setdefault("ROM_DATA", str(ROOT / "docs" / "_build" / "data"))
os.environ.setdefault("MPLBACKEND", "agg")

from rom import __version__  # noqa: E402

project = "rom"
author = copyright = "the rom developers"  # noqa: A001
release = version = __version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
]
root_doc = "docs/index"
include_patterns = [
    "docs/**",
    "datasets/*/README.md",
    "benchmarks/README.md",
    "scripts/README.md",
    "scripts/reports/results/*.md",
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
]
exclude_patterns = [".*", "**/.*", "docs/_build", "docs/examples", "docs/site"]

# ---- Markdown --------------------------------------------------------------
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "attrs_block"]

# ---- API reference ---------------------------------------------------------
autosummary_generate = True
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

# ---- gallery: its scripts run when the site is built -----------------------
sphinx_gallery_conf = {
    "examples_dirs": [str(ROOT / "docs" / "examples")],
    "gallery_dirs": ["docs/gallery"],
    "filename_pattern": r"/plot_",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "remove_config_comments": True,
    "write_computation_times": False,
    "capture_repr": (),
    "within_subsection_order": "FileNameSortKey",
}

# ---- pages -----------------------------------------------------------------
html_theme = "furo"
html_title = f"rom {release}"
templates_path = ["site/templates"]
html_static_path = ["site/static"]
html_css_files = ["site.css"]
html_extra_path = ["site/root"]  # index.html, which leads to docs/index.html
html_show_sourcelink = False
html_copy_source = False


def write_command_line(app: Sphinx) -> None:
    """The command line reference, by typer's own generator from the program."""
    target = ROOT / "docs" / "generated" / "commands.md"
    target.parent.mkdir(exist_ok=True)
    command = ["-m", "typer", "rom.cli", "utils", "docs", "--name", "rom"]
    titled = ["--title", "The command line", "--output", str(target)]
    subprocess.run(
        [sys.executable, *command, *titled], check=True, cwd=ROOT, stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def setup(app: Sphinx) -> dict[str, bool]:
    """Pages that are made of the program."""
    app.connect("builder-inited", write_command_line)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
