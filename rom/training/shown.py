"""A progress bar of a training run, for notebooks and terminals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

OnEpoch = Callable[[Mapping[str, float]], None]


@contextmanager
def following(on_epoch: OnEpoch | None, show: bool) -> Iterator[OnEpoch | None]:
    """What is to be called after each epoch: `on_epoch`, and a bar where it is to be shown."""
    if not show:
        yield on_epoch
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [TextColumn("epoch {task.completed}"), BarColumn()]
    columns += [TimeRemainingColumn(), TextColumn("{task.description}")]
    with Progress(*columns) as progress:
        task = progress.add_task("", total=None)

        def follow(record: Mapping[str, float]) -> None:
            said = f"loss {record['train_total']:.4g}"
            done, total = record["epoch"], record["epochs"]
            progress.update(task, completed=done, total=total, description=said)
            if on_epoch is not None:
                on_epoch(record)

        yield follow
