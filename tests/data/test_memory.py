"""Memory limits as a user writes them."""

import pytest

import rom
from rom.data import memory
from rom.data.memory import free_bytes, machine_bytes, memory_bytes, said


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1.5kB", 1500), ("2 GiB", 2 * 2**30), (7, 7), ("3", 3), ("10KB", 10_000)],
)
def test_what_is_understood(text, expected):
    assert memory_bytes(text) == expected


@pytest.mark.parametrize("text", ["much", "1.2.3GB", "-1GB", "0", "", ".", "1EB"])
def test_what_is_refused(text):
    with pytest.raises(rom.InputError, match="memory_limit"):
        memory_bytes(text)


@pytest.mark.parametrize("n_bytes", [1, 999, 1001, 12_345, 10**6, 1_234_567, 98 * 10**8])
def test_what_is_said_can_be_given_and_is_enough(n_bytes):
    assert n_bytes <= memory_bytes(said(n_bytes)) <= 1.1 * n_bytes + 1000


def group(folder, limit, used, names):
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in zip(names, (limit, used), strict=True):
        (folder / name).write_text(f"{value}\n")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("0::/job/step", ("memory.max", "memory.current")),
        ("4:memory:/job/step", ("memory.limit_in_bytes", "memory.usage_in_bytes")),
    ],
)
def test_the_limit_of_a_container_or_a_job_counts(tmp_path, monkeypatch, line, names):
    root = tmp_path / ("memory" if "memory" in line else "")
    group(root / "job", 10**6, 4 * 10**5, names)
    group(root / "job" / "step", "max", 10**5, names)
    read = memory.Path.read_text
    monkeypatch.setattr(memory, "CGROUPS", tmp_path)
    monkeypatch.setattr(
        memory.Path,
        "read_text",
        lambda self, **how: line if str(self) == "/proc/self/cgroup" else read(self, **how),
    )
    memory._group_limits.cache_clear()
    assert machine_bytes() == 10**6
    assert memory_bytes(None) == 250_000
    assert free_bytes() == 6 * 10**5
    monkeypatch.undo()
    memory._group_limits.cache_clear()
    assert 0 < free_bytes() <= machine_bytes()
