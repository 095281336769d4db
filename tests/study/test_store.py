"""The run store: what counts as finished, what is reused, and that nothing is lost."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

import rom
from rom.data.snapshots import Snapshots
from rom.study.store import COLUMNS, Store

X = np.random.default_rng(0).normal(size=(40, 6)) * np.arange(1, 7)


def compare(out, **options):
    return rom.compare(
        X, **({"reducers": ["pod"], "n_components": [1], "jobs": 1, "out": out} | options)
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    out = tmp_path_factory.mktemp("store") / "out ü"
    compare(out)
    return out


@pytest.fixture
def copy(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "out")


def test_a_second_comparison_does_nothing_again(copy):
    times = {path: path.stat().st_mtime_ns for path in (copy / "runs").rglob("*")}
    compare(copy)
    assert {path: path.stat().st_mtime_ns for path in (copy / "runs").rglob("*")} == times


def test_results_are_those_of_the_last_study_and_the_others_are_kept(copy):
    compare(copy, n_components=[2])
    assert pd.read_csv(copy / "results.csv").n_components.unique().tolist() == [2]
    assert len(list((copy / "runs").iterdir())) == 2


def test_an_unfinished_run_does_not_count_and_is_done_anew(copy):
    store = Store.open(copy)
    (run,) = store.runs()
    store.folder(run.id).rename(store.part_folder(run.id))
    assert store.finished() == []
    assert store.table().empty
    compare(copy)
    assert store.finished() == [run]
    assert not store.part_folder(run.id).exists()


def test_the_table_is_tidy(finished):
    table = pd.read_csv(finished / "results.csv")
    assert table.columns[: len(COLUMNS)].tolist() == COLUMNS
    assert not table.duplicated(["run", "split", "metric"]).any()
    assert table.beta.isna().all()
    np.testing.assert_array_equal(table["value"], Store.open(finished).table()["value"])


@pytest.mark.parametrize("name", ["007", "NA", "null", "a,b", 'q"q', "ü 空", "1e5", ""])
def test_names_come_back_as_they_are(tmp_path, name):
    snapshots = Snapshots.from_array(X, name=name)
    comparison = rom.compare(
        snapshots, reducers=["pod"], n_components=[1], jobs=1, out=tmp_path / "out"
    )
    assert comparison.table.dataset.unique().tolist() == [name]


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        "null",
        "{}",
        "x",
        '{"format": "rom-store"}',
        '{"format": "rom-store", "version": 99, "runs": []}',
        '{"format": "rom-store", "version": 1}',
        '{"format": "rom-store", "version": 1, "runs": [{"a": 1}]}',
    ],
)
def test_a_folder_that_is_not_ours_is_left_alone(tmp_path, text):
    (tmp_path / "study.json").write_text(text)
    with pytest.raises(rom.InputError, match=r"study\.json"):
        compare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["study.json"]
    assert (tmp_path / "study.json").read_text() == text


def test_places_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine").touch()
    for out, words in [
        ("file", "is a file"),
        ("folder", "holds something else"),
        ("file/below", "cannot be written"),
        ("x" * 300, "too long"),
    ]:
        with pytest.raises(rom.InputError, match=words):
            compare(tmp_path / out)
    assert (tmp_path / "file").read_text() == "mine"
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["mine"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", None])
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("metrics.csv", lambda store, run: store.table()),
        ("latents.h5", lambda store, run: store.latents(run)),
        ("model.safetensors", lambda store, run: store.model(run)),
        ("run.json", lambda store, run: store.run_info(run)),
    ],
)
def test_a_damaged_file_is_named(copy, name, read, content):
    store = Store.open(copy)
    (run,) = store.runs()
    path = store.folder(run.id) / name
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(rom.InputError, match=name):
        read(store, run)


def test_a_saved_run_is_a_model_of_fields(finished):
    store = Store.open(finished)
    (run,) = store.runs()
    rows = store.data("test/rows")
    assert rows is not None
    np.testing.assert_allclose(
        rom.load(store.folder(run.id)).transform(X[rows]), store.latents(run), atol=1e-12
    )
    assert json.loads((finished / "study.json").read_text())["data"]["n_snapshots"] == 40


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"id": "../../x"}, "no name of a run"),
        ({"id": ""}, "no name of a run"),
        ({"n_components": "2"}, "n_components of a run is '2'"),
        ({"beta": []}, r"beta of a run is \[\]"),
        ({"parameters": None}, "parameters of a run is None"),
    ],
)
def test_a_run_of_a_strange_store_is_checked(copy, entry, words):
    path = copy / "study.json"
    content = json.loads(path.read_text())
    content["runs"][0] |= entry
    path.write_text(json.dumps(content))
    with pytest.raises(rom.InputError, match=rf"study\.json: .*{words}"):
        Store.open(copy)


@pytest.mark.parametrize("change", [{"study": {}}, {"data": None}, {"split": []}, {"pipeline": 1}])
def test_a_strange_study_is_one_line_whatever_is_asked_of_it(copy, change):
    path = copy / "study.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    comparison = rom.Comparison(Store.open(copy))
    for ask in (comparison.to_markdown, comparison.report):
        with pytest.raises(rom.InputError, match=r"study\.json: damaged.*run the comparison again"):
            ask()
