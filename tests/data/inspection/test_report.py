"""What ``rom inspect`` finds out: true facts, every kind of problem, and nothing heavy."""

import json
import subprocess
import sys

import h5py
import numpy as np
import pytest

import rom
from rom.data.formats.canonical import write_canonical
from rom.data.inspection.report import inspect_data

T = 0.1 * np.arange(60)
Y, X = np.linspace(0, 1, 5) ** 2, np.linspace(0, 2, 7)
U = np.sin(3 * X - 5 * T[:, None, None]) * np.cos(Y[:, None]) + 2


def write(path, fields, **options):
    options = {"units": dict.fromkeys(fields, "m/s"), "times": T, "axes": ("y", "x")} | options
    write_canonical(path, fields, coordinates={"y": Y, "x": X}, **options)
    return path


def messages(report, severity):
    return [p["message"] for p in report["problems"] if p["severity"] == severity]


def test_a_good_file(tmp_path):
    path = write(
        tmp_path / "flow.h5",
        {"u": U, "v": -U},
        time_unit="s",
        parameters={"Re": np.repeat([100, 200], 30)},
    )
    report = inspect_data(path, whole=True)
    assert report["readable"]
    assert "canonical" in report["read_as"]
    assert report["problems"] == []
    assert (report["snapshots"], report["values_per_snapshot"]) == (60, 70)
    u, v = report["variables"]
    assert (u["name"], u["unit"], u["minimum"], u["maximum"]) == ("u", "m/s", U.min(), U.max())
    assert (u["mean"], u["standard_deviation"]) == pytest.approx((U.mean(), U.std()))
    assert (v["minimum"], v["varies"], v["cells_always_missing"]) == (-U.max(), True, 0)
    times = report["times"]
    assert (times["first"], times["last"], times["unit"], times["uniform"]) == (0, T[-1], "s", True)
    assert times["step"] == pytest.approx(0.1)
    assert times["stored_sorted"]
    assert report["parameters"]["Re"]["values"] == [100, 200]
    y, x = report["grid"]["axes"]
    assert (y["spacing"], x["spacing"], y["last"], x["last"]) == ("stretched", "uniform", 1, 2)
    assert report["weights"]["from"] == "trapezoidal rule along y"
    steps = np.diff(Y)
    assert report["weights"]["largest_to_smallest"] == pytest.approx(
        (steps[-2] + steps[-1]) / steps[0]
    )
    assert report["memory"]["as_float64"] == 60 * 70 * 8
    assert report["storage"]["case"] == "gzip"
    split = report["split"]
    assert split["kind"] == "blocks"
    assert split["train"] + split["validation"] + split["test"] + 2 * split["gap"] == 60
    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_datasets_and_what_is_read_of_them(tmp_path):
    path = write(
        tmp_path / "flow.h5",
        {"u": U},
        parameters={"Re": np.linspace(1, 2, 60)},
        weights=np.ones((5, 7)) + Y[:, None],
    )
    with h5py.File(path, "a") as file:
        file["other"] = np.zeros((3, 3), dtype=np.int16)
        file["words"] = "text"
    found = {item["name"]: item for item in inspect_data(path)["datasets"]}
    assert {name: item["read_as"] for name, item in found.items()} == {
        "coordinates/x": "coordinates of x",
        "coordinates/y": "coordinates of y",
        "fields/u": "u",
        "other": "",
        "parameters/Re": "parameter Re",
        "time": "time",
        "weights": "weights",
        "words": "",
    }
    u = found["fields/u"]
    assert (u["shape"], u["chunks"], u["filters"], u["unit"]) == (
        [60, 5, 7],
        [16, 5, 7],
        ["shuffle", "gzip"],
        "m/s",
    )
    assert 0 < u["stored_bytes"] < u["nbytes"] == U.nbytes
    assert found["other"]["dtype"] == "int16"


def test_components_of_one_dataset(tmp_path):
    with h5py.File(tmp_path / "plain.h5", "w") as file:
        file["UV"] = np.stack([U, 2 * U, 3 * U], axis=-1)
    mapping = {"dataset": "UV", "axes": "t y x c", "variables": ["u", "v", "w"]}
    report = inspect_data(tmp_path / "plain.h5", mapping)
    assert report["datasets"][0]["read_as"] == "u, v, w"
    assert [v["maximum"] / U.max() for v in report["variables"]] == pytest.approx([1, 2, 3])
    assert report["storage"]["case"] == "plain"
    assert any("no times" in line for line in messages(report, "warning"))
    assert any("no unit of u, v, w" in line for line in messages(report, "warning"))


def test_missing_infinite_and_constant_values(tmp_path):
    u = U.copy()
    u[:, 1, 2:4] = np.nan
    u[17, 3, 4] = np.nan
    u[30, 2, 1] = np.inf
    report = inspect_data(write(tmp_path / "flow.h5", {"u": u, "w": 0 * U + 3}))
    found = report["variables"][0]
    assert found["cells_always_missing"] == 2
    assert found["values_sometimes_missing"] == 1
    assert found["values_infinite"] == 1
    assert found["maximum"] == np.nanmax(u[np.isfinite(u)])
    errors = messages(report, "error")
    assert any(
        "snapshot 17, y 3, x 4" in line and "--missing drop-snapshots" in line for line in errors
    )
    assert any("snapshot 30, y 2, x 1" in line and "infinite" in line for line in errors)
    assert any(line.startswith("w is the same") and "--variables u" in line for line in errors)
    assert any(
        "u: cells without a value in every snapshot: 2" in line
        for line in messages(report, "warning")
    )


def test_masked_cells_are_not_missing(tmp_path):
    mask = np.zeros((5, 7), dtype=bool)
    mask[2, 3:5] = True
    report = inspect_data(write(tmp_path / "flow.h5", {"u": U}, mask=mask))
    assert report["mask"] == {"values_masked": 2, "of": 35}
    assert report["variables"][0]["cells_always_missing"] == 0
    assert report["problems"] == []


def test_times(tmp_path):
    times = np.concatenate([T[:30], T[30:] * 3])
    order = np.random.default_rng(0).permutation(60)
    report = inspect_data(write(tmp_path / "flow.h5", {"u": U[order]}, times=times[order]))
    assert (report["times"]["uniform"], report["times"]["stored_sorted"]) == (False, False)
    assert report["times"]["smallest_step"] == pytest.approx(0.1)
    found = messages(report, "warning")
    assert any("not uniform" in line for line in found)
    assert any("not stored in the order of time" in line for line in found)


def test_repeated_times_are_an_error_and_the_file_is_described_all_the_same(tmp_path):
    report = inspect_data(
        write(tmp_path / "flow.h5", {"u": U}, times=np.concatenate([T[:30], T[29:-1]]))
    )
    assert not report["readable"]
    assert "canonical" in report["read_as"]
    assert "occurs more than once" in messages(report, "error")[0]
    assert [item["name"] for item in report["datasets"]][2] == "fields/u"
    assert report["suggestions"] == []


def test_values_that_are_scaled_already(tmp_path):
    u = (U - U.mean()) / U.std()
    report = inspect_data(write(tmp_path / "flow.h5", {"u": u}, units={}))
    assert any("already scaled" in line for line in messages(report, "warning"))


def test_too_few_snapshots(tmp_path):
    report = inspect_data(write(tmp_path / "flow.h5", {"u": U[:3]}, times=T[:3]))
    assert any("too few" in line for line in messages(report, "error"))


def test_an_unknown_file_gets_the_command_to_type(tmp_path):
    path = tmp_path / "plain.h5"
    with h5py.File(path, "w") as file:
        file["u"], file["p"], file["x"], file["t"] = U, U, X, T
        file["UVW"] = np.stack([U, U, U], axis=-1).astype(np.float32)
    report = inspect_data(path)
    assert not report["readable"]
    assert report["read_as"] is None
    commands = [one["command"] for one in report["suggestions"]]
    assert commands == [
        f"rom inspect {path} --dataset UVW --axes 't y x c' --time t",
        f"rom inspect {path} --dataset UVW --axes 't z x y' --time t",
        f"rom inspect {path} --dataset p,u --axes 't y x' --time t",
    ]
    assert "--dataset UVW --axes 't y x c' --time t" in messages(report, "error")[0]
    assert "not recognised" in messages(report, "error")[0]
    assert inspect_data(path, {"dataset": ["p", "u"], "axes": "t y x", "time": "t"})["readable"]


def test_one_dataset_a_step_is_no_choice_of_variables(tmp_path):
    with h5py.File(tmp_path / "steps.h5", "w") as file:
        for i in range(30):
            file[f"Velocity_{i:04d}"] = U[i]
    report = inspect_data(tmp_path / "steps.h5")
    assert report["suggestions"] == []
    assert "one dataset of 30 x 5 x 7" in messages(report, "warning")[0]


def test_options_that_do_not_fit_are_a_problem(tmp_path):
    with h5py.File(tmp_path / "plain.h5", "w") as file:
        file["u"] = U
    report = inspect_data(tmp_path / "plain.h5", {"dataset": "v", "axes": "t y x"})
    assert "no dataset 'v'" in messages(report, "error")[0]
    assert "--dataset u --axes 't y x'" in report["suggestions"][0]["command"]


def test_a_filter_that_is_not_here(tmp_path):
    path = tmp_path / "flow.h5"
    with h5py.File(path, "w") as file:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((10, 5, 7))
        plist.set_filter(32999, h5py.h5z.FLAG_OPTIONAL)  # nobody brings it along
        space = h5py.h5s.create_simple(U.shape)
        h5py.h5d.create(file.id, b"u", h5py.h5t.NATIVE_DOUBLE, space, plist)
    report = inspect_data(path, {"dataset": "u", "axes": "t y x"})
    assert report["datasets"][0]["missing_filters"] == ["32999"]
    assert "HDF5_PLUGIN_PATH" in messages(report, "error")[0]
    assert not report["readable"]


def test_a_damaged_chunk(tmp_path):
    path = write(tmp_path / "flow.h5", {"u": U})
    with h5py.File(path, "r") as file:
        info = file["fields/u"].id.get_chunk_info(2)
    content = bytearray(path.read_bytes())
    content[info.byte_offset : info.byte_offset + info.size] = bytes(info.size)
    path.write_bytes(content)
    report = inspect_data(path)
    assert any("damaged" in line for line in messages(report, "error"))
    assert report["variables"][0]["minimum"] is None


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"text" * 99, "not an HDF5 file"), (b"CDF\x05" + bytes(60), "nccopy"), (b"", "empty")],
)
def test_no_data_file(tmp_path, content, words):
    path = tmp_path / "flow.h5"
    path.write_bytes(content)
    with pytest.raises(rom.InputError, match=words):
        inspect_data(path)


def test_a_truncated_file(tmp_path):
    path = write(tmp_path / "flow.h5", {"u": U})
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(rom.InputError, match="incomplete, copy or write it again"):
        inspect_data(path)


def test_several_files_and_data_sets_by_name(tmp_path):
    for i in range(2):
        write(
            tmp_path / f"run_{i}.h5", {"u": U[30 * i : 30 * i + 30]}, times=T[30 * i : 30 * i + 30]
        )
    report = inspect_data(str(tmp_path / "run_*.h5"))
    assert (len(report["files"]), report["snapshots"], report["name"]) == (2, 60, "run")
    assert {item["name"]: item["read_as"] for item in report["datasets"]}["time"] == "time"
    digits = inspect_data("mnist-5k")
    assert (digits["snapshots"], digits["n_datasets"], digits["split"]["kind"]) == (
        5000,
        0,
        "random",
    )
    assert digits["times"] is None


def test_trajectories(tmp_path):
    for i in range(3):
        write(tmp_path / f"run_{i}.h5", {"u": U + i})
    report = inspect_data(str(tmp_path / "run_*.h5"))
    assert report["trajectories"] == {"count": 3, "shortest": 60, "longest": 60}
    assert report["times"]["uniform"]
    assert report["split"]["kind"] == "trajectories"


def test_nothing_heavy_is_imported_and_the_file_is_left_as_it_is(tmp_path):
    path = write(tmp_path / "flow.h5", {"u": U})
    before = path.read_bytes()
    path.chmod(0o444)
    script = (
        "import sys; from rom.data.inspection.report import inspect_data; from"
        " rom.data.inspection.text import"
        f" lines\nlist(lines(inspect_data({str(path)!r})))\nprint([m for m in ('torch',"
        " 'matplotlib', 'pandas', 'sklearn', 'scipy') if m in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
    assert path.read_bytes() == before
