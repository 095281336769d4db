"""The report as text: aligned, within 120 columns, nothing repeated a thousand times."""

from pathlib import Path

import h5py
import numpy as np

from rom.data.inspection.report import inspect_data
from rom.data.inspection.text import lines


def test_the_wake_reads_well():
    found = list(lines(inspect_data("cylinder_wake")))
    assert max(map(len, found)) <= 120
    text = "\n".join(found)
    for words in (
        "read as      canonical",
        "fields/u       200 x 40 x 96  float32  1     16 x 40 x 96  shuffle gzip",
        "variables: 2 (from all values)",
        "200 of 7,680 values, float32",
        "uniform, step 0.28 D/U",
        "104 of 7,680 values of a snapshot hold no data",
        "nothing is wrong with it",
    ):
        assert words in text
    assert "\x1b" not in text


def test_datasets_that_differ_in_a_number_are_one_line(tmp_path):
    with h5py.File(tmp_path / "steps.h5", "w") as file:
        for i in range(400):
            file[f"Velocity_{i:04d}"] = np.zeros((3, 4))
        for letter in "abcdefghijklmnopqrstuvwxyz":
            file[letter] = np.zeros(3)
    found = list(lines(inspect_data(tmp_path / "steps.h5")))
    assert any("Velocity_0000 ... Velocity_0399 (400 datasets)" in line for line in found)
    assert sum("float64" in line for line in found) == 20
    # the pattern and 19 letters are shown, or 20 letters, and the rest is counted
    shown = sum("float64" in line for line in found if "Velocity" not in line)
    assert any(f"and {426 - 400 - shown:,} more" in line for line in found)


def test_many_variables_are_cut(tmp_path):
    with h5py.File(tmp_path / "plain.h5", "w") as file:
        file["X"] = np.random.default_rng(0).normal(size=(50, 30, 40))
    found = list(lines(inspect_data(tmp_path / "plain.h5", {"dataset": "X", "axes": "t c x"})))
    assert "  ... and 10 more (--json lists them)" in found


def test_the_example_of_the_docs_is_true(monkeypatch):
    root = Path(__file__).parents[3]
    monkeypatch.chdir(root)
    text = (root / "docs" / "inspect.md").read_text(encoding="utf-8")
    example = text.split("```console\n")[1].split("```\n")[0].splitlines()
    path = example[0].removeprefix("$ rom inspect ")
    expected = [line for line in example[1:] if not line.startswith("in memory")]  # the machine's
    assert [
        line for line in lines(inspect_data(path)) if not line.startswith("in memory")
    ] == expected
