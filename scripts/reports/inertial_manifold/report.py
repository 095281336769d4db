"""Does the network's error show the dimension of the manifold, and POD's error not?"""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

import rom
from rom.data.catalog import datasets_folder
from rom.data.split import split_snapshots
from rom.metrics.seeds import mean_interval
from rom.plot._canvas import grid_lines
from rom.plot._style import COLOURS, GREY, INK, inches, new_figure
from rom.plot._ticks import error_axis
from rom.results import Results
from scripts.reports.claims import Claim, Source
from scripts.reports.work import Work, measured

TITLE = "The manifold of dimension 8 of Kuramoto-Sivashinsky, L = 22"
ABOUT = (
    "The attractor lies on a manifold of dimension 8. The published error of a network drops at 8"
    " latents, and that of PCA decays evenly. Ours is computed from other trajectories."
)
MINUTES = 6

PAPER = "Linot, Graham, Phys. Rev. E 101, 062209, 2020, arXiv:2001.04263"
HELD_OUT = Source(
    PAPER,
    "mean squared error of normalised snapshots by PCA, which is the square of the relative error;"
    " ours on test trajectories with the modes of the training set. The published trajectories are"
    " others, and the equation is chaotic: equal digits cannot be expected",
)
TRAINED = Source(
    PAPER,
    "the same; ours is the energy of the training set that the first d modes do not capture",
)
SCATTER = Source(
    PAPER,
    "the same, with the modes of all translates, which are sines and cosines; ours is the 95 % t"
    " interval of the mean over the ten trajectories of the data set",
)
VALUE = Source(
    PAPER,
    "relative error of the hybrid network with 8 latents, the root of the published mean squared"
    " error 1.1e-6; ours is the mean over the seeds, test trajectories",
)
DROP = Source(
    PAPER,
    "the published pattern is a drop at d = 8; ours is the ratio of relative errors on test"
    " trajectories (mean squared errors drop by its square), a factor of 10 counts as a drop",
)
#: Mean squared errors of PCA with 5, 6, ... 10 components.
PCA = {5: 0.1615, 6: 0.0880, 7: 0.0590, 8: 0.0307, 9: 0.0192, 10: 0.00787}
HYBRID = float(np.sqrt(1.1e-6))
DATA = "kuramoto_sivashinsky"
#: Trajectories of the longer file, of 400 snapshots each.
TRAJECTORIES = 100
#: Few test snapshots, of which dependence is measured in a second.
QUICK = {"epochs": 3, "split": {"kind": "random", "test": 0.02, "validation": 0.02}}
#: Steps of the experiment, about twice as many as the default takes, and rows of a step.
STEPS, BATCH = 8000, 256
REASON = (
    "the {n:,} training snapshots are too few: on them the error is {fitted:.2g}. Trained for"
    " {steps:,} steps, the same network has a test error of {same:.2g} from these snapshots and of"
    " {longer:.2g} from {more:,}; the test trajectories are the same"
)


def report(work: Work) -> Iterator[Claim]:
    """The claims of this report."""
    yield from _pod()
    yield from _scatter(work)
    found = work.compare("network", QUICK | {"n_components": [7, 8]})
    yield from _drop(work, found)
    yield from _value(work, found)


def parts() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Training, validation and test snapshots of the data set's own split."""
    snapshots = rom.open_snapshots(DATA)
    assert snapshots.card is not None  # a data set has one
    split = split_snapshots(snapshots, **snapshots.card.split)
    return snapshots[split.train], snapshots[split.validation], snapshots[split.test]


def _pod() -> Iterator[Claim]:
    train, _, test = parts()
    pod = rom.POD(max(PCA)).fit(train)
    left, curve = (pod_left(pod, rows, train.mean(axis=0)) for rows in (train, test))
    for d, published in PCA.items():
        yield HELD_OUT.near(
            f"POD with {d} modes, test set", curve[d - 1], published, within=0.1, relative=True,
            digits=4,
        )  # fmt: skip
    for d, published in PCA.items():
        yield TRAINED.near(
            f"POD with {d} modes, training set", left[d - 1], published, within=0.1,
            relative=True, digits=4,
        )  # fmt: skip


def pod_left(pod: rom.POD, rows: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Share of the energy about the mean that the first 1, 2, ... modes leave."""
    fluctuations = rows - mean
    captured = np.square(fluctuations @ pod.components_.T).sum(axis=0)
    return np.asarray(1 - np.cumsum(captured) / np.square(fluctuations).sum())


def shares_left(fields: np.ndarray) -> np.ndarray:
    """Energy of each trajectory that 5 to 10 modes of all translates leave: (trajectories, 6).

    With all translates of (trajectories, times, points) the modes are sines and cosines, in pairs
    of equal energy, so an odd number of modes holds half of its last pair.
    """
    energy = np.square(np.abs(np.fft.rfft(fields)))[..., 1:].mean(axis=1)
    modes = np.repeat(energy / 2, 2, axis=1)
    order = np.argsort(-modes.mean(axis=0), kind="stable")
    captured = np.cumsum(modes[:, order], axis=1) / modes.sum(axis=1, keepdims=True)
    return np.asarray(1 - captured[:, np.array(list(PCA)) - 1])


def _scatter(work: Work) -> Iterator[Claim]:
    snapshots = rom.open_snapshots(DATA)
    assert snapshots.trajectories is not None  # the file has ten
    n = len(np.unique(snapshots.trajectories))
    left = shares_left(np.asarray(snapshots[:]).reshape(n, -1, snapshots.shape[1]))
    for (d, published), values in zip(PCA.items(), left.T, strict=True):
        low, high = mean_interval(values)
        yield SCATTER.pattern(
            f"POD with {d} modes, scatter over trajectories", f"{low:.3g} to {high:.3g}",
            f"{published:.3g}", bool(low <= published <= high),
        )  # fmt: skip
    figure = new_figure(inches("double"), 2.5)
    axes = figure.subplots()
    ratio = left / np.array(list(PCA.values()))
    axes.axhspan(0.9, 1.1, color=GREY, alpha=0.15, lw=0, label="band of ± 10 %")
    axes.axhline(1, color=INK, lw=0.8, ls="--")
    for i, d in enumerate(PCA):
        low, high = mean_interval(ratio[:, i])
        axes.plot(np.full(n, d - 0.1), ratio[:, i], ".", color=GREY, label=_once("trajectory", i))
        axes.errorbar(
            d + 0.1, ratio[:, i].mean(), np.transpose([[high - low]]) / 2, fmt="o", ms=4,
            color=INK, capsize=2, label=_once("mean and 95 % interval", i),
        )  # fmt: skip
    axes.set(xlabel="number of modes", ylabel="ours over published", ylim=(0.84, 1.16))
    figure.legend(loc="outside upper center", ncols=3)
    work.figure(
        "trajectories", axes, "POD: why the published digits differ from ours",
        "Energy that POD leaves in each of ten trajectories of 400 snapshots, over the published"
        " value. One trajectory differs from the next by some percent, so other trajectories give"
        " other digits.",
    )  # fmt: skip


def _once(label: str, i: int) -> str:
    return label if i == 0 else ""


def _drop(work: Work, found: rom.Comparison) -> Iterator[Claim]:
    sizes = Results(found.store).sizes
    errors = {d: measured(found, "autoencoder", d) for d in sizes}
    judged = not work.quick
    curve = found.store.study()["pod_curve"]["errors"]
    yield DROP.pattern(
        "POD, drop from 7 to 8 modes", f"{curve[6] / curve[7]:.2g}", "none: below 2",
        curve[6] / curve[7] < 2,
    )  # fmt: skip
    yield DROP.pattern(
        "AE, drop from 7 to 8 latents", f"{errors[7] / errors[8]:.3g}", "at least 10",
        errors[7] / errors[8] >= 10, judged=judged,
    )  # fmt: skip
    drops = {b: errors[a] / errors[b] for a, b in pairwise(sizes)}
    largest = max(drops, key=lambda d: drops[d])
    yield DROP.pattern(
        "AE, number of latents of the largest drop", str(largest), "8", largest == 8,
        judged=judged,
    )  # fmt: skip
    _draw_errors(work, errors, curve)


def _draw_errors(work: Work, errors: dict[int, float], curve: list[float]) -> None:
    figure = new_figure(inches("double"), 2.7)
    axes = figure.subplots()
    modes = np.arange(1, 11)
    axes.plot(modes, np.square(curve[:10]), "s-", ms=4, lw=0.8, color=INK, label="POD")
    axes.plot(
        list(errors), np.square(list(errors.values())), "o-", ms=4, color=COLOURS["autoencoder"],
        label="AE",
    )  # fmt: skip
    published: dict[str, Any] = {"ls": "", "color": "#D55E00", "zorder": 5}
    axes.plot(list(PCA), list(PCA.values()), marker="x", label="published, PCA", **published)
    axes.plot(8, HYBRID**2, marker="*", ms=8, label="published, hybrid network", **published)
    axes.axvline(8, color=GREY, lw=0.7, ls=":")
    error_axis(axes)
    axes.set(xlabel="number of latents", ylabel="mean squared error,\nshare of the energy")
    grid_lines(axes)
    figure.legend(loc="outside upper center", ncols=4)
    work.figure(
        "error", axes, "Mean squared error against the number of latents",
        "Mean squared error of the test set over the energy about the training mean, means over"
        " the seeds. The dotted line is the dimension of the manifold.",
    )  # fmt: skip


def _value(work: Work, found: rom.Comparison) -> Iterator[Claim]:
    error, n = measured(found, "autoencoder", 8), Results(found.store).size("train")
    fitted = measured(found, "autoencoder", 8, split="train")
    train, validation, test = parts()
    more = np.concatenate([train, rom.open_snapshots(_longer_file(work))[:]])
    same, longer = (_trained(work, rows, validation, test) for rows in (train, more))
    reason = REASON.format(
        n=n, fitted=fitted, steps=STEPS, same=same, longer=longer, more=len(more)
    )
    name, judged = "AE with 8 latents", not work.quick
    yield VALUE.at_most(
        f"{name}, {n:,} training snapshots", error, HYBRID, judged=judged, reason=reason
    )
    yield VALUE.at_most(f"{name}, error on its training set", fitted, HYBRID, judged=judged)
    yield VALUE.at_most(
        f"{name}, {len(more):,} training snapshots, {STEPS:,} steps", longer, HYBRID, judged=judged
    )


def _trained(work: Work, train: np.ndarray, validation: np.ndarray, test: np.ndarray) -> float:
    """Test error of the network after a given number of steps, mean over the seeds."""
    epochs = 1 if work.quick else round(STEPS * BATCH / len(train))
    work.say(f"{len(train):,} training snapshots, {epochs} epochs")
    rows = (train, validation, test)
    seeds = range(1 if work.quick else 3)
    return float(
        np.mean(
            Parallel(n_jobs=1 if work.quick else 2)(
                delayed(fitted_error)(*rows, epochs, seed) for seed in seeds
            )
        )
    )


def fitted_error(
    train: np.ndarray, validation: np.ndarray, test: np.ndarray, epochs: int, seed: int
) -> float:
    """Test error of an autoencoder with 8 latents."""
    network = rom.Autoencoder(8, random_state=seed, epochs=epochs)
    return error_of(network.fit(train, validation=validation), test, train.mean(axis=0))


def error_of(network: rom.Autoencoder, rows: np.ndarray, mean: np.ndarray) -> float:
    """Relative error about the training mean."""
    rebuilt = network.inverse_transform(network.transform(rows))
    return float(np.linalg.norm(rows - rebuilt) / np.linalg.norm(rows - mean))


def _longer_file(work: Work) -> Path:
    """More trajectories of the same equation, from another seed."""
    path = work.out / "longer.h5"
    if not path.exists():
        made = runpy.run_path(str(datasets_folder() / DATA / "generate.py"))
        full = (TRAJECTORIES, made["SIZES"]["full"][1])
        made["SIZES"]["longer"] = made["SIZES"]["small"] if work.quick else full
        work.say("more trajectories")
        path.parent.mkdir(parents=True, exist_ok=True)
        made["main"](path, seed=1, size="longer")
    return path
