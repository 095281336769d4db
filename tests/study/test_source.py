"""Data that change while a comparison runs: it fails, says which file, and stores nothing of it."""

import json
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

import rom
from rom.data.formats.canonical import write_canonical
from rom.errors import RunError
from rom.reducers.pod import POD
from rom.study.store import Store

T, PLACE = np.arange(40.0)[:, None] / 3, np.linspace(0, 2, 9)
FIELDS = {"u": np.sin(T + PLACE), "v": np.cos(2 * T + PLACE**2)}
OPTIONS = {"reducers": ["pod"], "n_components": [1, 2, 3], "jobs": 1}


@pytest.fixture
def flow(tmp_path):
    write_canonical(tmp_path / "flow.h5", FIELDS, axes=("x",), times=T[:, 0])
    return tmp_path / "flow.h5"


def append(path):
    with open(path, "ab") as stream:
        stream.write(b"0" * 100)


def rewrite(path):
    """Other numbers, in the same file."""
    other = path.with_name("other.h5")
    changed = {name: values + 1e-3 * values**2 for name, values in FIELDS.items()}
    write_canonical(other, changed, axes=("x",), times=T[:, 0])
    content = other.read_bytes()
    other.unlink()
    with open(path, "r+b") as stream:
        stream.write(content)
        stream.truncate()


def replace(path):
    other = path.with_name("other.h5")
    write_canonical(other, {"u": FIELDS["v"], "v": FIELDS["u"]}, axes=("x",), times=T[:, 0])
    other.replace(path)


def copy_over(path):
    shutil.copyfile(path, path.with_name("other.h5"))
    path.with_name("other.h5").replace(path)


def compare(data, tmp_path):
    return rom.compare(str(data), **OPTIONS, out=tmp_path / "out")


@pytest.fixture
def during(monkeypatch):
    """Do something in the middle of the second fit; that of three components is the first."""
    fit = POD._fit

    def start(action):
        def changing(self, rows, validation, *rest):
            fit(self, rows, validation, *rest)
            if self.n_components == 2 and validation is not None:
                action()

        monkeypatch.setattr(POD, "_fit", changing)

    return start


@pytest.mark.parametrize("change", [append, rewrite, replace, Path.unlink])
def test_a_change_while_it_runs_fails_the_runs_and_names_the_file(flow, tmp_path, during, change):
    during(lambda: change(flow))
    comparison = compare(flow, tmp_path)
    store = comparison.store
    assert comparison.table.n_components.unique().tolist() == [3]  # it was finished before
    assert {run.n_components for run in store.finished()} == {3}
    assert len(comparison.failures) == 2  # the third does not even begin
    for said in comparison.failures.values():
        assert said.startswith(f"the data changed while they were in use: {flow}")
    stored = [path.parent.name for path in (tmp_path / "out").glob("runs/*/run.json")]
    assert stored == [run.id for run in store.finished()]


def test_other_numbers_in_the_same_place(tmp_path, during):
    path = tmp_path / "plain.h5"
    with h5py.File(path, "w") as file:
        file["u"] = FIELDS["u"]
        offset = file["u"].id.get_offset()
    size = path.stat().st_size

    def scale():
        with open(path, "r+b") as stream:
            stream.seek(offset)
            stream.write((1.01 * FIELDS["u"]).tobytes())

    during(scale)
    snapshots = rom.open_snapshots(path, dataset="u", axes="t x")
    comparison = rom.compare(snapshots, **OPTIONS, out=tmp_path / "out")
    assert path.stat().st_size == size
    assert len(comparison.failures) == 2
    assert "plain.h5 was written again" in next(iter(comparison.failures.values()))


def test_a_change_while_it_is_measured(flow, tmp_path, monkeypatch):
    from rom.evaluation import measure

    reconstruct = measure.reconstruct

    def changing(model, prepared, part, *rest):
        found = reconstruct(model, prepared, part, *rest)
        append(flow)
        return found

    monkeypatch.setattr(measure, "reconstruct", changing)
    comparison = compare(flow, tmp_path)
    assert len(comparison.failures) == 3
    assert comparison.table.empty
    assert not list((tmp_path / "out").glob("runs/*/metrics.csv"))


def test_a_change_before_anything_is_written(flow, tmp_path):
    snapshots = rom.open_snapshots(flow)
    append(flow)
    with pytest.raises(RunError, match=r"flow\.h5 had .* bytes when it was opened"):
        rom.compare(snapshots, **OPTIONS, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("change", [copy_over, Path.touch])
def test_the_same_content_is_the_same_file(flow, tmp_path, during, change):
    during(lambda: change(flow))
    assert compare(flow, tmp_path).failures == {}


def test_changed_data_are_other_data(flow, tmp_path):
    first = {run.id for run in compare(flow, tmp_path).store.finished()}
    rewrite(flow)
    second = {run.id for run in compare(flow, tmp_path).store.finished()}
    assert len(first) == len(second) == 3
    assert not first & second


def test_the_files_are_on_record(flow, tmp_path):
    compare(flow, tmp_path)
    sources = json.loads((tmp_path / "out" / "study.json").read_text())["data"]["sources"]
    (file,) = sources["files"]
    assert sources["number"] == 1
    assert (file["path"], file["bytes"]) == (str(flow), flow.stat().st_size)
    assert file["modified"].endswith("UTC")


def linked(folder):
    with h5py.File(folder / "flow.h5", "w") as file:
        file["u"] = h5py.ExternalLink("far.h5", "u")


def virtual(folder):
    layout = h5py.VirtualLayout((40, 9), "f8")
    layout[...] = h5py.VirtualSource("far.h5", "u", (40, 9))
    with h5py.File(folder / "flow.h5", "w") as file:
        file.create_virtual_dataset("u", layout)


def raw(folder):
    FIELDS["u"].tofile(folder / "far.h5")
    external = [(str(folder / "far.h5"), 0, FIELDS["u"].nbytes)]
    with h5py.File(folder / "flow.h5", "w") as file:
        file.create_dataset("u", (40, 9), "f8", external=external)


@pytest.mark.parametrize("make", [linked, virtual, raw])
def test_files_that_a_file_leads_to_are_watched(tmp_path, during, make):
    with h5py.File(tmp_path / "far.h5", "w") as file:
        file["u"] = FIELDS["u"]
    make(tmp_path)
    snapshots = rom.open_snapshots(tmp_path / "flow.h5", dataset="u", axes="t x")
    assert tmp_path / "far.h5" in {state.path for state in snapshots.states}
    during(lambda: append(tmp_path / "far.h5"))
    comparison = rom.compare(snapshots, **OPTIONS, out=tmp_path / "out")
    assert len(comparison.failures) == 2
    assert "far.h5 had" in next(iter(comparison.failures.values()))


def test_of_xdmf_the_heavy_data_are_watched(flow, tmp_path):
    rom.open_snapshots(flow).write(tmp_path / "copy.h5")
    states = rom.open_snapshots(tmp_path / "copy.xdmf").states
    assert {state.path.name for state in states} == {"copy.h5", "copy.xdmf"}


def test_encoding_data_that_change_meanwhile_writes_nothing(flow, tmp_path, monkeypatch):
    from rom.reducers import coding

    store = compare(flow, tmp_path).store
    folder = store.folder(store.runs()[0].id)
    encode = coding.encode
    monkeypatch.setattr(coding, "encode", lambda *given: (encode(*given), append(flow))[0])
    with pytest.raises(rom.InputError, match=r"flow\.h5 had"):
        coding.encode_file(folder, rom.open_snapshots(flow), tmp_path / "Z.h5")
    assert not (tmp_path / "Z.h5").exists()


def test_a_store_of_data_that_changed_is_not_measured_again(flow, tmp_path):
    from rom.evaluation.again import measure_again

    store = Store(compare(flow, tmp_path).path)
    (store.folder(store.runs()[0].id) / "measures.json").unlink()
    replace(flow)
    (note,) = measure_again(store)
    assert "not the data" in note
    assert len(store.finished()) == 2
