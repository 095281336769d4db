"""Two commands on one folder: one works, the other says so, changes nothing and ends with 2.

    python -m tests.execution.two_at_once [STARTS] [--seed 0]

Starts ``rom compare`` twice on a new folder, the second at a random offset. Exit status 1 unless
one of them ends with 0 and a whole store, and the other with 2 and one line.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rom.study.damage import check_fits
from rom.study.store import Store
from tests.execution.restarts import write_flow

#: Seconds in which the second starts, and epochs of training runs that last longer.
OFFSETS, EPOCHS = 5.0, "1500"


def start(data: Path, out: Path, reducers: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from rom.cli import main; main()", "compare", str(data)]
    command += ["--reducers", reducers, "--no-controls", "--components", "2"]
    command += ["--seeds", "1", "--epochs", EPOCHS, "--jobs", "1", "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def check(data: Path, out: Path, offset: float, reducers: str = "pod,autoencoder") -> str:
    """Start two, and return what the one that was refused said.

    Raises
    ------
    AssertionError
        If anything is not as it has to be.
    """
    first = start(data, out, reducers)
    time.sleep(offset)
    second = start(data, out, reducers)
    said = {one.communicate()[1]: one.returncode for one in (first, second)}
    assert sorted(said.values()) == [0, 2], said
    (refused,) = (text for text, status in said.items() if status == 2)
    assert len(refused.splitlines()) == 1, refused
    assert "another command works there (process " in refused, refused
    store = Store.open(out)
    assert check_fits(store) == []
    assert len(store.finished()) == len(store.runs()) == len(reducers.split(","))
    assert not [path for path in out.rglob("*") if ".part" in path.name or path.name[0] == "."]
    return refused.strip()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("starts", nargs="?", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    draw = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        data = write_flow(Path(folder) / "flow.h5")
        for number in range(args.starts):
            offset = draw.uniform(0, OFFSETS)
            refused = check(data, Path(folder) / f"out-{number}", offset)
            print(f"{number + 1}: {offset:.2f} s apart: {refused}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
