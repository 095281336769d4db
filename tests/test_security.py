"""SECURITY.md: each promise names a test that is there; and the first of them is held here."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (.+?) \| `(tests/[\w/]+\.py)::(\w+)` \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "SECURITY.md").read_text(encoding="utf-8"))
#: Calls that run what a file says, or might.
RUNS_CODE = {
    "eval", "exec", "__import__", "pickle.load", "torch.load", "joblib.load", "yaml.load",
    "yaml.unsafe_load", "marshal.load", "marshal.loads", "os.system", "os.popen", "pickle.loads",
    "runpy.run_path",
}  # fmt: skip
#: Where one is right: messages of the package's own processes, and the program of a data set.
RIGHT = {
    "rom/execution/packing.py": {"pickle.loads"},
    "rom/data/catalog.py": {"runpy.run_path"},
    "rom/data/helper.py": {"pickle.load"},
}


def name_of(call):
    parts, node = [], call.func
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def calls(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize(("file", "test"), [row[1:] for row in ROWS])
def test_the_test_of_a_promise_is_there(file, test):
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_promise_has_a_test():
    lines = (ROOT / "SECURITY.md").read_text().splitlines()
    assert len(ROWS) == sum(line.startswith("| ") for line in lines) - 1  # the head
    assert len(ROWS) > 15


def test_nothing_that_runs_code_of_a_file_is_called():
    for path in sorted((ROOT / "rom").rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        for call in calls(path):
            name, options = name_of(call), {option.arg: option.value for option in call.keywords}
            assert name not in RUNS_CODE - RIGHT.get(place, set()), f"{place}: {name}"
            for option in ("shell", "allow_pickle"):
                value = options.get(option)
                assert not (isinstance(value, ast.Constant) and value.value), f"{place}: {name}"
