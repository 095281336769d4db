"""Beta = "auto": what a walk over energy shares found, and the point that was chosen."""

from __future__ import annotations

from collections.abc import Iterator

from rom import plot
from rom.report.figures.style import Plot, figure_of
from rom.results import Results
from rom.results.words import count, method_name, number
from rom.study import searches


def beta_paths(results: Results) -> Iterator[Plot]:
    """Energy given up, active latents and dependence along each walk."""
    tolerance = float(results.study["study"].get("beta_tolerance", 0.01))
    for i, path in enumerate(searches.beta_paths(results.store)):
        reducer, k = str(path.reducer.iloc[0]), int(path.n_components.iloc[0])
        chosen = path[path.chosen]
        share = number(float(chosen.energy_share.iloc[0]), digits=2) if len(chosen) else "none"
        yield Plot(
            f"beta-path-{reducer}-{k}",
            f"How beta was chosen: {method_name(reducer, None)}, {count(k, 'latent')}",
            "One network was trained from a small weight of the divergence to a large one. Each"
            " point starts from the weights of the one before. Left: energy of the validation set"
            " that is given up, against the energy share (line), and number of active latents"
            f" (steps). Dashed: the tolerance, {100 * tolerance:g} %. Orange: the largest share"
            " that keeps to it. Right: energy given up against the mean |r| of the active latents."
            " Rings: no other point is better in both. The runs of the comparison are trained"
            " again at the chosen weight, the smallest of those of all sizes; they may switch off"
            " latents that stay active along the path.",
            figure_of(plot.beta_path(results, i)),
            f"Chosen energy share for {method_name(reducer, None)} with {count(k, 'latent')}:"
            f" {share}, of shares from {path.energy_share.min():.2g} to"
            f" {path.energy_share.max():.2g}.",
        )
