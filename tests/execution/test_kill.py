"""A comparison is killed, interrupted and started again: the same bits, nothing done twice, nothing
left behind.
"""

import os
import signal
import subprocess
import sys
import time

import pytest

from rom.study.store import Store
from tests.execution import two_at_once
from tests.execution.restarts import MARK, check, kept_since, processes, wait, write_flow

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")

# a shell that starts the tests in the background lets them ignore Ctrl-C
CLI = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from rom.cli import"
    " main; main()"
)


def test_killed_twice_and_started_again(tmp_path):
    data = write_flow(tmp_path / "flow.h5")
    killed = check(data, tmp_path, ["start", "fitting"], epochs=500)
    assert killed["trainings that were continued"] >= 1
    assert killed["looks of the reader"] > 10


def test_of_two_on_one_folder_one_works_and_the_other_is_refused(tmp_path):
    two_at_once.check(write_flow(tmp_path / "flow.h5"), tmp_path / "out", 0.1, reducers="pod")


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_ends_within_seconds_and_the_same_command_goes_on(tmp_path, jobs):
    data, out, mark = write_flow(tmp_path / "flow.h5"), tmp_path / "out", f"{tmp_path.name}-{jobs}"
    command = [
        sys.executable,
        "-c",
        CLI,
        "compare",
        str(data),
        "--jobs",
        str(jobs),
        "--checkpoint-seconds",
        "0",
    ]
    command += [
        "--reducers",
        "pod,autoencoder",
        "--components",
        "2",
        "--seeds",
        "2",
        "--out",
        str(out),
    ]

    begin = time.time()
    process = subprocess.Popen(
        [*command, "--epochs", "100000"],
        env=os.environ | {MARK: mark},
        start_new_session=True,
        stderr=subprocess.PIPE,
    )
    wait(process, 120, until=lambda: kept_since(out, begin))
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    begin = time.monotonic()
    errors = process.communicate(timeout=60)[1].decode()
    assert time.monotonic() - begin < 20
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert errors.splitlines()[-1].startswith(
        "rom: error: interrupted; what was finished is kept; the same command"
    )
    assert (out / "results.csv").is_file()
    assert not (out / "rows.part").exists()
    wait(process, 0.5)
    assert processes(mark) == []
    assert [path.name for path in out.glob("runs/*.part/checkpoint.safetensors")]
    # what needs no training comes first and may be there
    assert {run.reducer for run in Store.open(out).finished()} <= {"pod", "pod-kernel"}
