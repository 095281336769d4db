"""A store with damaged files: nothing false is shown, and what is damaged alone is done again."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.data.formats.canonical import write_canonical
from rom.errors import InputError
from rom.evaluation.again import measure_again
from rom.study.damage import check_fits, check_model, damages
from rom.study.store import Store

T, PLACE = np.arange(40.0)[:, None] / 3, np.linspace(0, 2, 9)
OPTIONS = {"reducers": ["pod"], "n_components": [1, 2], "jobs": 1}


def compare(folder):
    return rom.compare(str(folder / "flow.h5"), **OPTIONS, out=folder / "out", show_progress=True)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damage")
    write_canonical(
        folder / "flow.h5",
        {"u": np.sin(T + PLACE), "v": np.cos(2 * T + PLACE**2)},
        axes=("x",),
        times=T[:, 0],
    )
    compare(folder)
    return folder


@pytest.fixture
def copy(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "copy")


def edit(path):
    """One digit is another one."""
    content = bytearray(path.read_bytes())
    place = max(i for i, byte in enumerate(content) if byte in b"012345678")
    content[place] += 1
    path.write_bytes(content)


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def first_and_other(folder):
    runs = sorted(path for path in (folder / "out" / "runs").iterdir())
    return runs[0], {path: path.stat().st_mtime_ns for path in runs[1].iterdir()}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("run.json", edit),
        ("latents.h5", truncate),
        ("model.safetensors", edit),
        ("model.safetensors", Path.unlink),
    ],
)
def test_a_fit_that_is_damaged_is_done_again_and_said_and_no_other(copy, capsys, name, change):
    run, other = first_and_other(copy)
    before = Store.open(copy / "out").table()
    change(run / name)
    with pytest.raises(InputError, match=rf"{run.name}.{name} is .*run the comparison again"):
        measure_again(Store.open(copy / "out"))
    capsys.readouterr()
    comparison = compare(copy)
    said = capsys.readouterr().err
    assert f"{name} is" in said
    assert f"run {run.name} is fitted again" in said
    assert damages(comparison.store) == []
    assert {path: path.stat().st_mtime_ns for path in other} == other
    times = before.metric.str.endswith("_seconds")
    assert comparison.table[~times].equals(before[~times])


@pytest.mark.parametrize(
    ("name", "change", "by"),
    [
        ("metrics.csv", edit, "compare"),
        ("measures.json", truncate, "compare"),
        ("metrics.csv", truncate, "report"),
        ("measures.json", truncate, "report"),
        ("measures.json", edit, "report"),
        ("reconstruction.h5", edit, "report"),
    ],
)
def test_measures_that_are_damaged_are_measured_again_without_a_fit(copy, capsys, name, change, by):
    run, other = first_and_other(copy)
    model = (run / "model.safetensors").stat().st_mtime_ns
    before = Store.open(copy / "out").table()
    change(run / name)
    if by == "compare":
        compare(copy)
        said = capsys.readouterr().err
    else:
        said = " ".join(measure_again(Store.open(copy / "out")))
    assert f"{name} is" in said or f"{name} cannot be read" in said
    assert f"run {run.name} is measured again" in said
    store = Store.open(copy / "out")
    assert check_fits(store) == []
    assert (run / "model.safetensors").stat().st_mtime_ns == model
    assert {path: path.stat().st_mtime_ns for path in other} == other
    times = before.metric.str.endswith("_seconds")
    assert store.table()[~times].equals(before[~times])


def test_damaged_measures_are_not_shown_where_the_data_are_gone(copy):
    compare(copy)  # of the data next to it
    run, _ = first_and_other(copy)
    edit(run / "metrics.csv")
    (copy / "flow.h5").unlink()
    with pytest.raises(InputError, match=r"metrics\.csv is not as it was written.*flow\.h5"):
        measure_again(Store.open(copy / "out"))


@pytest.mark.parametrize("name", ["study.json", "data.h5"])
def test_a_damaged_record_is_refused_by_the_report_and_written_again(copy, name):
    path = copy / "out" / name
    if name == "study.json":
        path.write_text(path.read_text().replace('"dimension"', '"dimensions"'))
    else:
        edit(path)
    with pytest.raises(InputError, match=rf"{name} is not as it was written"):
        measure_again(Store.open(copy / "out"))
    models = {path: path.stat().st_mtime_ns for path in copy.rglob("model.safetensors")}
    store = compare(copy).store
    assert check_fits(store) == []
    assert {path: path.stat().st_mtime_ns for path in models} == models
    assert "dimension" in store.study()


def test_measures_of_another_fit_do_not_count(copy):
    run, _ = first_and_other(copy)
    other = sorted((copy / "out" / "runs").iterdir())[1]
    for name in ("measures.json", "metrics.csv", "reconstruction.h5"):
        shutil.copy(other / name, run / name)
    (found,) = damages(Store.open(copy / "out"))
    assert f"{run.name} is measured again" in found.again


def test_a_store_without_sums_is_not_taken_for_whole(copy):
    for path in (copy / "out").rglob("*.json"):
        path.write_text(path.read_text().replace('"sum"', '"total"'))
    with pytest.raises(InputError, match="has no sums: not by this version"):
        check_fits(Store.open(copy / "out"))
    assert len(damages(Store.open(copy / "out"))) == 2
    assert damages(compare(copy).store) == []


def test_a_damaged_model_of_a_run_is_refused_and_others_have_no_sums(copy, tmp_path):
    run, _ = first_and_other(copy)
    assert check_model(run) is not None
    shutil.copy(run / "model.safetensors", tmp_path / "alone")
    edit(run / "model.safetensors")
    for path in (run, run / "model.safetensors"):
        with pytest.raises(InputError, match=r"model\.safetensors is not as it was written"):
            check_model(path)
    assert check_model(tmp_path / "alone") is None
