"""rom.plot: figures for papers, of a comparison, of a fitted reducer or of latents.

Every function returns matplotlib Axes, or an array of them where there are several panels, and
takes

``ax``
    the Axes (or as many as there are panels) to draw in; default: a new figure;
``width``
    of a new figure: "single", 3.5 inches for a column, or "double", 7 inches for a page. Text has
    8 points at that width, in the font of the user's settings.

Save with ``ax.figure.savefig("name.pdf")`` (or ``.svg``): text stays text.

A comparison is what :func:`rom.compare` returns, or the path of its folder. A model is a fitted
reducer, or what :func:`rom.load` gives of a run. Latents are arrays (n_snapshots, n_components).

Examples
--------
>>> import numpy as np, rom
>>> X = np.random.default_rng(0).normal(size=(60, 8)) @ np.diag(np.arange(8))
>>> left, right = rom.plot.spectrum(rom.POD(3).fit(X), width="single")
>>> left.figure.get_size_inches().tolist()
[3.5, 1.8]
"""

from rom.plot._beta_path import beta_path
from rom.plot._beta_sweep import beta_sweep
from rom.plot._cost import cost
from rom.plot._error_curve import error_curve
from rom.plot._error_map import error_map
from rom.plot._error_over_time import error_over_time
from rom.plot._history import history
from rom.plot._independence import independence
from rom.plot._kl_per_latent import kl_per_latent
from rom.plot._latent_plane import latent_plane
from rom.plot._latent_scan import latent_scan
from rom.plot._latents import latents
from rom.plot._modes import modes
from rom.plot._parameters import parameters
from rom.plot._phase_portrait import phase_portrait
from rom.plot._ranked_energy import ranked_energy
from rom.plot._rate_distortion import rate_distortion
from rom.plot._reconstruction import reconstruction
from rom.plot._spectrum import spectrum
from rom.plot._tradeoff import tradeoff

__all__ = [
    "beta_path",
    "beta_sweep",
    "cost",
    "error_curve",
    "error_map",
    "error_over_time",
    "history",
    "independence",
    "kl_per_latent",
    "latent_plane",
    "latent_scan",
    "latents",
    "modes",
    "parameters",
    "phase_portrait",
    "ranked_energy",
    "rate_distortion",
    "reconstruction",
    "spectrum",
    "tradeoff",
]
