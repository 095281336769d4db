"""What a result depends on besides data and options: versions and machine, for the record."""

from __future__ import annotations

import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("rom-compare", "numpy", "scipy", "scikit-learn", "torch", "h5py")


def versions() -> dict[str, str]:
    """Version of each package whose arithmetic, or file format, is in the results."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


@cache
def cpu_model() -> str:
    """Name of the processor; of its architecture where the system does not tell more."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return next(iter(names), "") or platform.processor() or platform.machine()


def environment() -> dict[str, Any]:
    """Versions and machine."""
    machine = {"platform": platform.platform(), "cpu": cpu_model(), "cpus": os.cpu_count()}
    return {"python": platform.python_version(), **machine, **versions()}
