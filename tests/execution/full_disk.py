"""A comparison on a disk that runs full and is freed ends as one that always had room.

    python -m tests.execution.full_disk [TIMES] [--seed 0]

Mounts a tmpfs of a few MB, for which it has to be root on Linux. ``rom compare`` runs there, and at
a random moment of fitting, measuring or reporting a file takes all room that is left, but for a few
kB. The comparison has to end without a traceback, naming what it could not write; then the file
goes, and the same command has to end with the same bits, doing no finished run again. All the while
a reader looks at every file that has its name. Exit status 1 where that is not so.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from rom.study.damage import damages
from rom.study.store import Store
from tests.execution.reader import Reader
from tests.execution.restarts import (
    PHASES,
    RestartError,
    differences,
    finished,
    wait,
    write_flow,
    written_since,
)

#: A comparison is refused before its start where there is no room for results and report.
DISK, ROOM, EPOCHS = 20 * 2**20, 2**16, 300
COMMAND = [sys.executable, "-c", "from rom.cli import main; main()", "compare"]
OPTIONS = ["--reducers", "pod,autoencoder", "--no-controls", "--components", "2,3"]
OPTIONS += ["--seeds", "2", "--jobs", "2", "--threads", "1", "--checkpoint-seconds", "0.1"]
OPTIONS += ["--epochs", str(EPOCHS)]


def start(data: Path, out: Path) -> subprocess.Popen[bytes]:
    command = [*COMMAND, str(data), *OPTIONS, "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """Exit status, and what it said."""
    said = process.communicate()[1].decode()
    return process.returncode, said


def check(data: Path, calm: Path, disk: Path, phase: str, draw: random.Random) -> str:
    """Run out of room, then not; what was said when there was none.

    Raises
    ------
    RestartError
        If anything is not as it has to be.
    """
    out = disk / "out"
    shutil.rmtree(out, ignore_errors=True)
    filler = disk / "filler"
    pattern, seconds = PHASES[phase]
    with Reader(out) as reader:
        process = start(data, out)
        wait(process, 600, until=partial(written_since, out, pattern, time.time()))
        wait(process, draw.uniform(0, seconds))
        with open(filler, "wb") as stream:
            free = shutil.disk_usage(disk).free - draw.randrange(ROOM)
            os.posix_fallocate(stream.fileno(), 0, max(free, 1))
        status, said = ended(process)
        wrong = [] if "Traceback" not in said else [said]
        done = finished(out)
        whole = (out / "study.json").is_file()
        wrong += [str(one) for one in damages(Store.open(out))] if whole else []
        filler.unlink()
        again, errors = ended(start(data, out))
    if again != 0:
        raise RestartError(f"exit status {again} with room on the disk:\n{errors}")
    wrong += reader.faults + differences(calm, out)
    wrong += [f"{path} is left" for path in out.rglob("*.part")]
    if {name: time for name, time in finished(out).items() if name in done} != done:
        wrong.append("a finished run was done again")
    if wrong:
        raise RestartError("; ".join(wrong))
    last = said.strip().splitlines()[-1] if status else "it had room"
    return f"full in {phase}: exit status {status}, {len(done)} runs fitted: {last}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("times", nargs="?", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    draw = random.Random(args.seed)
    with tempfile.TemporaryDirectory() as folder:
        data, disk = write_flow(Path(folder) / "flow.h5"), Path(folder) / "disk"
        calm = Path(folder) / "calm"
        status, said = ended(start(data, calm))
        if status:
            raise SystemExit(said)
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "rom", disk], check=True)
        try:
            for number in range(args.times):
                phase = ("fitting", "measuring", "reporting")[number % 3]
                print(check(data, calm, disk, phase, draw), flush=True)
        except RestartError as error:
            print(f"full-disk: {error}", file=sys.stderr)
            return 1
        finally:
            subprocess.run(["umount", disk], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
