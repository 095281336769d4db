"""How many POD modes does one latent replace? Closed forms and published digits of POD first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import rom
from scripts.reports.claims import Claim, Source
from scripts.reports.work import Work, measured

TITLE = "Where linear subspaces are slow: square wave and Burgers"
ABOUT = (
    "A travelling front has one variable, its place, and no small linear subspace. POD's errors are"
    " known in closed form or published; a nonlinear decoder needs two latents."
)
MINUTES = 2

SQUARE = Source(
    "closed form: Fourier series of a square wave",
    "energy of the first r modes of all shifts, (8/π²) Σ 1/(2j − 1)², j = 1 … r/2; ours on 2,048"
    " points, which differ from the continuous wave by up to 3e-5",
)
STREAM = Source(
    "PyParSVD, Romit-Maulik/PyParSVD @4c338ff3, tests/test_parsvd_serial.py: its streaming digits",
    "singular values of the Burgers snapshots (2,048 x 200, Re = 1000), not centred, in batches of"
    " 50 snapshots; ours keeps ten modes more than it gives",
)
EXACT = Source(
    "one singular value decomposition of the same matrix (LAPACK)",
    "relative error of singular values, not centred, batches of 50 snapshots",
)
CENTRED = Source(
    "recomputed from the closed form of the Burgers snapshots",
    "energy of the first r modes about the mean; the number of modes that hold a share of it",
)
NONLINEAR = Source(
    "rate of the Kolmogorov width: N^(-1/2) for transport, Arbes, Greif, Urban, arXiv:2305.00066",
    "relative error on test snapshots, POD with as many modes as it needs for the same",
)
SIZES = (2, 4, 6, 10, 20, 50, 100)
#: The digits that the tests of PyParSVD expect of its streaming SVD.
STREAMED = {1: 98.2084703446786, 2: 38.356267047792514, 6: 8.264440003962125, 10: 3.851852948902795}
ENERGIES = {1: 0.59574, 2: 0.78532, 5: 0.93916, 10: 0.98754}
MODES = {0.99: 11, 0.999: 19, 0.9999: 28, 0.99999: 36}


def burgers() -> np.ndarray:
    """The snapshots of the published test, (200, 2048)."""
    t0, x = np.exp(1000 / 8), np.linspace(0, 1, 2048)
    t = np.linspace(0, 2, 200)[:, None]
    front = np.sqrt((t + 1) / t0) * np.exp(1000 * x**2 / (4 * t + 4))
    return np.asarray((x / (t + 1)) / (1 + front))


def report(work: Work) -> Iterator[Claim]:
    """The claims of this report."""
    yield from _square_wave(work)
    yield from _linear()
    yield from _burgers(work)


def _square_wave(work: Work) -> Iterator[Claim]:
    rows = np.sign(np.sin(2 * np.pi * (np.arange(2048) + 0.5) / 2048))
    shifts = np.stack([np.roll(rows, i) for i in range(2048)])
    pod = rom.POD(max(SIZES)).fit(shifts)
    captured = np.cumsum(pod.explained_variance_ratio_)
    for r in SIZES:
        closed = 8 / np.pi**2 * sum(1 / (2 * j - 1) ** 2 for j in range(1, r // 2 + 1))
        within = 1e-5 if r <= 10 else 4e-5
        yield SQUARE.near(
            f"square wave, energy of {r} modes", captured[r - 1], closed, within=within
        )
    found = work.compare("square_wave", {"epochs": 3})
    yield _replaced(work, found, "square wave", 30)
    axes = rom.plot.error_curve(found, width="double")
    work.figure(
        "square-wave", axes, "Square wave: error against the number of latents",
        "Relative error of the test snapshots. POD falls with the square root of its modes.",
    )  # fmt: skip


def _linear() -> Iterator[Claim]:
    rows = burgers()
    pod = rom.POD(10)
    for batch in np.split(rows, 4):
        # with their negatives snapshots have no mean: the published values are not centred
        pod.partial_fit(np.concatenate([batch, -batch]) / np.sqrt(2))
    ours, exact = pod.singular_values_, np.linalg.svd(rows, compute_uv=False)
    for i, published in STREAMED.items():
        # the published recipe keeps ten modes and loses up to 6.9e-3 by it
        yield STREAM.near(
            f"Burgers, streaming singular value {i}", ours[i - 1], published, within=7e-3,
            relative=True, digits=10,
        )  # fmt: skip
    error = float(np.abs(ours / exact[:10] - 1).max())
    theirs = abs(STREAMED[10] / exact[9] - 1)
    yield EXACT.at_most("Burgers, largest error of ten streaming values", error, theirs)
    whole = rom.POD(40).fit(rows)
    captured = np.cumsum(whole.explained_variance_ratio_)
    for r, energy in ENERGIES.items():
        yield CENTRED.near(
            f"Burgers, energy of {r} modes", captured[r - 1], energy, within=1e-5, digits=5
        )
    for share, modes in MODES.items():
        found = int(np.argmax(captured >= share)) + 1
        yield CENTRED.near(f"Burgers, modes for {100 * share:g} %", found, modes, within=0)


def _burgers(work: Work) -> Iterator[Claim]:
    found = work.compare("burgers", {"epochs": 3})
    yield _replaced(work, found, "Burgers", 10)
    axes = rom.plot.error_curve(found, width="double")
    work.figure(
        "burgers", axes, "Burgers: error against the number of latents",
        "Relative error of the test snapshots, whose times lie between those of training.",
    )  # fmt: skip


def _replaced(work: Work, found: rom.Comparison, name: str, least: int) -> Claim:
    """How many POD modes have the error of the network with two latents."""
    error = measured(found, "autoencoder", 2)
    curve = np.array(found.store.study()["pod_curve"]["errors"])
    enough = np.flatnonzero(curve <= error)
    modes = str(int(enough[0]) + 1) if len(enough) else f"more than {len(curve)}"
    return NONLINEAR.pattern(
        f"{name}: POD modes that two latents of the AE replace", f"{modes} (error {error:.2g})",
        f"at least {least}", not len(enough) or int(enough[0]) + 1 >= least,
        judged=not work.quick,
    )  # fmt: skip
