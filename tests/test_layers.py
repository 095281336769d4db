"""The house: imports go one way, importing is cheap, and the wheel holds what the tree holds."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
#: Layers from the top; a module may import from its own layer's packages only where they are the
#: same, and from below.
LAYERS = [
    {"__main__"},
    {"cli"},
    {"cli_compare", "cli_data", "cli_latents"},
    {"cli_options"},
    {"comparison"},
    {"runs", "report"},
    {"plot"},
    {"results"},
    {"execution", "evaluation"},
    {"study"},
    {"reducers"},
    {"metrics", "training"},
    {"nets", "linalg", "pipeline"},
    {"data"},
]
EVERYBODY = {
    "__version__",
    "errors",
    "files",
    "measures",
    "plugins",
    "registry",
    "spaced",
    "strings",
    "terminal",
}
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
TOP = ("cli", "cli_compare", "cli_data", "cli_latents", "cli_options", "comparison", "runs")
MODULES = sorted(
    path for path in (ROOT / "rom").rglob("*.py") if path.parent != ROOT / "rom" or path.stem in TOP
)


def imported(path):
    """Names of the modules of rom that a file imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "rom")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "rom":
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "rom")))
def test_imports_go_one_way(path):
    room = path.relative_to(ROOT / "rom").parts[0].removesuffix(".py")
    for name in imported(path):
        other = name.split(".")[1]
        if other in EVERYBODY or other == room:
            continue
        assert other in LEVEL, f"{path} imports {name}, which is in no layer"
        assert LEVEL[other] > LEVEL[room], f"{path} imports {name}"
        # pure functions of arrays: usable for latents that another tool made
        assert room != "metrics", f"{path} imports {name}"


def test_strings_import_nothing_errors_only_strings_files_and_the_registry_only_errors():
    assert list(imported(ROOT / "rom" / "strings.py")) == []
    assert list(imported(ROOT / "rom" / "errors.py")) == ["rom.strings.one_line"]
    assert list(imported(ROOT / "rom" / "files.py")) == ["rom.errors.WriteError"]
    assert {name.rsplit(".", 1)[0] for name in imported(ROOT / "rom" / "registry.py")} == {
        "rom.errors",
        "rom.measures",
        "rom.plugins",
    }
    assert {name.rsplit(".", 1)[0] for name in imported(ROOT / "rom" / "plugins.py")} == {
        "rom.errors"
    }


def test_one_module_prints():
    """All others leave it to it, so that no string of a file reaches a terminal as it is."""
    for path in (ROOT / "rom").rglob("*.py"):
        calls = [
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        assert "print" not in calls or path.name == "terminal.py", path


def test_the_registry_names_what_there_is():
    from rom.registry import METRICS, REDUCERS, SOURCES, load

    for entry in (
        *REDUCERS.values(),
        *(source.module for source in SOURCES.values()),
        *(metric.function for metric in METRICS.values()),
    ):
        assert load(entry) is not None


def test_importing_loads_no_heavy_library():
    script = (
        "import sys, rom; print([m for m in ('torch', 'matplotlib', 'pandas', 'sklearn', 'h5py') if"
        " m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_a_comparison_loads_neither_pytorch_nor_matplotlib_before_it_needs_them():
    script = (
        "import sys, rom.comparison; print([m for m in ('torch', 'matplotlib') if m in"
        " sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"


def test_every_public_name_is_there():
    import rom

    for name in rom.__all__:
        assert getattr(rom, name) is not None
        assert name in dir(rom)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        rom.nothing  # noqa: B018


def test_data_sets_are_no_packages():
    assert list((ROOT / "datasets").rglob("__init__.py")) == []


def test_the_wheel_holds_every_package():
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"][
        "packages"
    ]
    tree = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "rom").rglob("*.py")}
    assert sorted(packages) == sorted(tree | {"rom._datasets"})
