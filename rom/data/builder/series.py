"""Files of one series: whether they fit together, and their times one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.part_source import PartSource
from rom.errors import InputError


def check_same(first_path: Path, first: Proposal, path: Path, proposal: Proposal) -> None:
    """Refuse a file that describes other fields than the first."""
    for what in ("variables", "axes"):
        here, there = getattr(proposal, what), getattr(first, what)
        if here != there:
            raise InputError(
                f"{path}: its {what} are {', '.join(here)}, those of {first_path}"
                f" {', '.join(there)}"
            )
    if proposal.time_unit != first.time_unit:
        raise InputError(
            f"{path}: its times are in {proposal.time_unit!r}, those of {first_path} in"
            f" {first.time_unit!r}"
        )
    here, there = (
        np.zeros(0) if p.scaled_by is None else np.asarray(p.scaled_by) for p in (proposal, first)
    )
    if not np.array_equal(here, there, equal_nan=True):
        raise InputError(
            f"{path}: its fields were scaled by another mean or deviation than those of"
            f" {first_path}"
        )
    for axis, values in first.coordinates.items():
        other = proposal.coordinates.get(axis)
        if other is not None and not (
            np.shape(other) == np.shape(values) and np.allclose(other, values)
        ):
            raise InputError(
                f"{path}: its coordinates along {axis} differ from those of {first_path}"
            )


def check_shapes(source: PartSource, paths: Sequence[Path], ends: np.ndarray) -> None:
    """Refuse a file whose fields lie on another grid than those of the first."""
    expected = source.grid(0)
    for path, number in zip(paths[1:], ends[:-1], strict=True):
        if source.grid(int(number)) != expected:
            raise InputError(
                f"{path}: a grid of {source.grid(int(number))} cells, that of {paths[0]} has"
                f" {expected}; files of one series have the same grid"
            )


def ordered(proposals: Sequence[Proposal]) -> bool | None:
    """Whether rows follow each other in time: what all files say; None where nothing is said
    against it, and not all are sure.
    """
    said = {proposal.ordered for proposal in proposals}
    return said.pop() if len(said) == 1 else False if False in said else None


def _spaced(
    proposals: Sequence[Proposal], counts: np.ndarray, assumptions: list[str]
) -> list[Proposal]:
    """With times where only the step between them is stored; files follow each other."""
    found, start = [], 0
    for proposal, n in zip(proposals, counts, strict=True):
        if proposal.time_step and proposal.times is not None and len(proposal.times) == 1 < n:
            step = float(proposal.times[0])
            proposal = replace(proposal, times=step * np.arange(start, start + n))
            said = f"times: {step:g} is taken as the time between snapshots, which start at 0"
            assumptions += [said] if said not in assumptions else []
        found.append(proposal)
        start += int(n)
    return found


def times_and_trajectories(
    paths: Sequence[Path], proposals: Sequence[Proposal], counts: np.ndarray, assumptions: list[str]
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Times of all rows, and the trajectory each belongs to."""
    proposals = _spaced(proposals, counts, assumptions)
    with_times = [p.times is not None for p in proposals]
    if any(with_times) and not all(with_times):
        raise InputError(
            f"{paths[with_times.index(False)]}: no times, but other files of the series have them"
        )
    for path, proposal, n in zip(paths, proposals, counts, strict=True):
        if proposal.times is not None and len(proposal.times) != n:
            raise InputError(
                f"{path}: times has shape {np.shape(proposal.times)}, there are {n} snapshots"
            )
    times = (
        np.concatenate([np.asarray(p.times, np.float64) for p in proposals])
        if all(with_times)
        else None
    )
    if times is None and len(paths) > 1 and ordered(proposals) is not False:
        assumptions.append(
            "no times given: files are taken to be in the order of the numbers in their names"
        )
    numbered: list[np.ndarray] = []
    for proposal, n in zip(proposals, counts, strict=True):
        own = (
            np.zeros(n, np.int64)
            if proposal.trajectories is None
            else np.asarray(proposal.trajectories)
        )
        numbered.append(own + (numbered[-1].max() + 1 if numbered else 0))
    if any(p.trajectories is not None for p in proposals):
        return times, np.concatenate(numbered)
    if times is not None and len(paths) > 1:
        repeated = len(times) - len(np.unique(times))
        # a restart repeats an instant or two, which is an error of the series; other simulations
        # repeat nearly all
        if 2 * repeated >= len(times) - counts.max():
            assumptions.append(
                "the files have the same times: each is taken for a trajectory of its own"
            )
            return times, np.concatenate(numbered)
    return times, None
