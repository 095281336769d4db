"""The wake of a cylinder: pairs of POD modes, its frequency and drag, and nonlinear latents."""

from __future__ import annotations

from collections.abc import Iterator

import h5py
import numpy as np

import rom
from rom.results import Results
from scripts.reports.claims import Claim, Source
from scripts.reports.work import Work, measured

TITLE = "The wake of a cylinder at Re = 100: pairs of modes, and what replaces them"
ABOUT = (
    "Vortex shedding is a wave, and POD needs a pair of modes for each of its harmonics. Pairs,"
    " frequencies and drag are compared with published ones. On the way from the steady flow to"
    " the shedding a nonlinear decoder needs three latents, and POD many modes."
)
MINUTES = 3

PAIRS = Source(
    "gate for simulated wakes at Re = 100, from papers on their POD; it names no window",
    "POD of the fluctuations of (u, v) about the mean of all snapshots, not scaled, cell areas as"
    " weights; ours in the window x = -2 ... 10, y = -2.5 ... 2.5 diameters. The frequency of a"
    " pair is the mean rate of the phase of its two coefficients",
)
WILLIAMSON = Source(
    'unbounded flow, "Williamson 1996" as the reference of a public script (bench_cylinder_wake.py)'
    " with these bands",
    "Strouhal number f D/U of the first pair of POD coefficients; drag coefficient 2 F/(ρ U² D),"
    " mean over time, of our simulation; its blockage is 1.25 %",
)
ROSHKO = Source(
    "Roshko's fit St = 0.212 - 4.5/Re", "Strouhal number f D/U of the first pair, at Re = 100"
)
SOLVER = Source(
    "our simulation: period of the lift", "Strouhal number f D/U of the first pair, and of the lift"
)
NOACK = Source(
    "Noack et al., J. Fluid Mech. 497, 2003: a decomposition into eight POD modes",
    "relative error of two whole test trajectories about the training mean; POD modes with no"
    " larger error. Theirs is the number of modes that the published decomposition has",
)
MURATA = Source(
    "Murata, Fukami, Fukagata, arXiv:1906.04029: with equal latents a nonlinear decoder has a lower"
    " error than POD",
    "relative error of two whole test trajectories about the training mean; theirs with two"
    " latents",
)
EIVAZI = Source(
    "Eivazi et al., Expert Syst. Appl. 202, 2022: postprocessing of the authors' repository"
    " @16e07e9a; theirs is a turbulent urban flow with five latents",
    "E_k: energy captured, ours pooled over the test set; theirs is in the titles of a figure of"
    " one snapshot, and may be of that snapshot or of all. '>>' is: POD loses at least twice the"
    " energy. det R: determinant of the signed correlations of the training latents, ours of the"
    " active ones, because inactive latents carry no energy and may be functions of the others",
)
#: x of the right edges of smaller windows, in diameters.
EDGES = (4.0, 6.0, 8.0)
#: Snapshots of which coefficients are drawn: three periods.
SHOWN = 65
#: Equal number of latents, as in Eivazi et al., and the names of the methods in their order.
EQUAL = 5
NAMES = {"autoencoder": "AE", "beta-vae": "β-VAE", "pod": "POD"}
ROUNDING = 1e-6


def report(work: Work) -> Iterator[Claim]:
    """The claims of this report."""
    yield from _cycle(work)
    yield from _transient(work)


def _cycle(work: Work) -> Iterator[Claim]:
    """POD pairs, frequencies and drag of the periodic wake."""
    flow = rom.open_snapshots("cylinder_wake")
    pod = rom.POD(12).fit(flow)
    share, latents = pod.explained_variance_ratio_, np.asarray(pod.transform(flow))
    first = float(share[:2].sum())
    yield PAIRS.between(
        "energy of POD modes 1 and 2", first, 0.95, 1.0, reason=_depends_on_the_window(flow, first)
    )
    ratios = share[1:6:2] / share[0:6:2]
    yield PAIRS.between("energy of mode 2 / mode 1", ratios[0], 0.8, 1.0)
    steps = share[2:7:2] / share[1:6:2]
    yield PAIRS.pattern(
        "modes 1 to 6 in pairs: energy ratios",
        f"{_listed(ratios)}; to the next {_listed(steps)}",
        "above 0.8; to the next below",
        bool((ratios > 0.8).all() and (steps < 0.8).all()),
    )
    rates = [_frequency(flow.times, latents[:, i : i + 2]) for i in (0, 2, 4)]
    multiples = np.array(rates[1:]) / rates[0]
    yield PAIRS.pattern(
        "frequencies of the pairs, over the first", f"1, {_listed(multiples, 4)}",
        "1, 2, 3 (± 1 %)",
        bool(np.allclose(multiples, [2, 3], rtol=0.01)),
    )  # fmt: skip
    yield from _published(flow, rates[0])
    _draw(work, pod, flow, latents)


def _published(flow: rom.Snapshots, strouhal: float) -> Iterator[Claim]:
    """Strouhal number and drag, against the literature."""
    with h5py.File(flow.files[-1]) as file:
        drag, of_lift = float(file.attrs["mean_drag"]), float(file.attrs["strouhal"])
    yield WILLIAMSON.near("Strouhal number", strouhal, 0.164, within=0.08, relative=True, digits=4)
    yield ROSHKO.near("Strouhal number, fit", strouhal, 0.167, within=0.08, relative=True, digits=4)
    yield SOLVER.near(
        "Strouhal number of POD and of the lift", strouhal, of_lift, within=0.005, relative=True
    )
    yield WILLIAMSON.near("mean drag", drag, 1.34, within=0.05, relative=True, digits=4)


def _frequency(times: np.ndarray | None, pair: np.ndarray) -> float:
    """Mean rate of the phase of two coefficients a quarter of a period apart."""
    first, second = (pair / pair.std(axis=0)).T
    phase = np.unwrap(np.angle(first + 1j * second))
    return float(abs(np.polyfit(np.asarray(times), phase, 1)[0]) / (2 * np.pi))


def _depends_on_the_window(flow: rom.Snapshots, first: float) -> str:
    """What the energy of the first pair is in shorter windows of the same flow."""
    layout = flow.layout
    x = np.broadcast_to(layout.coordinates["x"], layout.grid_shape).ravel()
    x = np.tile(x, len(layout.variables))[layout.valid]
    rows = flow.pack()[:].astype(float)
    found = [f"{100 * _first_pair(rows[:, x < edge]):.2f} % up to x = {edge:g}" for edge in EDGES]
    return (
        f"The share depends on the window, which the gate does not name: {', '.join(found)},"
        f" {100 * first:.2f} % in the whole window, which ends at x = {x.max() + 1 / 16:g}."
    )


def _first_pair(rows: np.ndarray) -> float:
    """Share of the energy of the first two modes."""
    energy = np.square(np.linalg.svd(rows - rows.mean(axis=0), compute_uv=False))
    return float(energy[:2].sum() / energy.sum())


def _draw(work: Work, pod: rom.POD, flow: rom.Snapshots, latents: np.ndarray) -> None:
    """Modes and coefficients of the periodic wake."""
    work.figure(
        "modes", rom.plot.modes(pod, n=4),
        "The periodic wake: the first two pairs of POD modes",
        "Each pair is one wave twice, shifted by a quarter of its length. The second pair has half"
        " the wavelength of the first.",
    )  # fmt: skip
    some = slice(0, SHOWN)
    scaled = latents[some, :6] / latents[:, :6].std(axis=0)
    axes = rom.plot.latents(_by_pair(scaled), np.asarray(flow.times)[some])
    axes[-1, 0].set_xlabel("time (D/U)")
    for row in axes[:, 0]:
        row.set_ylabel("coefficients")
    work.figure(
        "coefficients", axes,
        "The periodic wake: POD coefficients over time",
        "Three periods, coefficients over their standard deviation, a row for each pair. The"
        " second and third pair oscillate at two and three times the frequency of the first.",
    )  # fmt: skip


def _by_pair(latents: np.ndarray) -> dict[str, np.ndarray]:
    return {f"modes {i + 1}, {i + 2}": latents[:, i : i + 2] for i in (0, 2, 4)}


def _transient(work: Work) -> Iterator[Claim]:
    """POD, autoencoder and beta-VAE from the steady flow to the shedding."""
    found = work.compare("transient_wake", {"n_components": [5], "epochs": 3})
    few = Results(found.store).sizes[0]
    yield from _replaced(found, few, judged=not work.quick)
    yield from _ranking(found, judged=not work.quick)
    work.figure(
        "transient-error",
        rom.plot.error_curve(found, ring=("autoencoder", None, few), width="double"),
        "The transient wake: error against the number of latents",
        "Relative error of the two test trajectories. The dashed line leads from the autoencoder to"
        " the POD modes that have its error.",
    )  # fmt: skip
    work.figure(
        "ranked", rom.plot.ranked_energy(found, n_components=EQUAL),
        "The transient wake: what each of five latents is worth",
        "The beta-VAE switches the latents off that the flow does not need. The autoencoder spreads"
        f" the energy over all of them. With its inactive latents the beta-VAE has a det R of"
        f" {_determinant(found, 'beta-vae', 'all'):.2f}.",
    )  # fmt: skip


def _replaced(found: rom.Comparison, few: int, *, judged: bool) -> Iterator[Claim]:
    """Does the nonlinear decoder need fewer latents?"""
    error, linear = measured(found, "autoencoder", few), measured(found, "pod", few)
    yield MURATA.pattern(
        f"transient wake: errors of {few} latents", f"AE {error:.2g}, POD {linear:.2g}",
        "AE below POD", error < linear, judged=judged,
    )  # fmt: skip
    curve = np.array(found.store.study()["pod_curve"]["errors"])
    enough = np.flatnonzero(curve <= error)
    modes = int(enough[0]) + 1 if len(enough) else len(curve) + 1
    shown = str(modes) if len(enough) else f"more than {len(curve)}"
    yield NOACK.pattern(
        f"transient wake: POD modes that {few} latents of the AE replace",
        f"{shown} (error {error:.2g})", "at least 8", modes >= 8, judged=judged,
    )  # fmt: skip


def _ranking(found: rom.Comparison, *, judged: bool) -> Iterator[Claim]:
    """The pattern of Eivazi et al. with five latents."""
    energy = {name: measured(found, name, EQUAL, "energy_captured") for name in NAMES}
    lost = {name: 1 - energy[name] for name in NAMES}
    said = ", ".join(f"{NAMES[name]} {100 * energy[name]:.3f}" for name in NAMES)
    yield EIVAZI.pattern(
        f"E_k in % of {EQUAL} latents", said,
        "AE 93.2 > β-VAE 86.4 >> POD 31.6",
        lost["autoencoder"] < lost["beta-vae"] and lost["pod"] >= 2 * lost["beta-vae"],
        judged=judged,
    )  # fmt: skip
    independent = {name: _determinant(found, name, "active") for name in NAMES}
    yield EIVAZI.pattern(
        f"det R of {EQUAL} latents",
        ", ".join(f"{NAMES[name]} {independent[name]:.3f}" for name in NAMES),
        "POD 1 ≥ β-VAE 0.988 > AE 0.899",
        independent["pod"] + ROUNDING >= independent["beta-vae"] > independent["autoencoder"],
        judged=judged,
    )  # fmt: skip


def _determinant(found: rom.Comparison, name: str, latents: str) -> float:
    return measured(found, name, EQUAL, "det_correlation", "train", latents=latents)


def _listed(values: np.ndarray, digits: int = 2) -> str:
    return ", ".join(f"{value:.{digits}g}" for value in values)
