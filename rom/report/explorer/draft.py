"""All that may go into the latent explorer, decoded once: what fits is chosen from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom.report.explorer.basis import Directions, Units
from rom.report.explorer.decoders import Decoder
from rom.report.explorer.models import Explored, decoded, samples, weighted
from rom.report.explorer.pictures import Picture
from rom.results import Results
from rom.results.words import moment
from rom.spaced import evenly_spaced

#: Test snapshots that can be followed; about as many directions as a basis has.
MOST_FOLLOWED, RANK = 400, 50


@dataclass(frozen=True)
class Draft:
    """All that may go into an explorer.

    Attributes
    ----------
    found : the models; `directions` has samples of those in the basis, whose numbers among them
        `owners` has, and -1 for the held-out snapshots, which stand at `positions`
    followed : the test snapshots that a reader can step through, and their `names`
    colours : (n, n_shown) values that the colours have to cover
    errors : run -> (n_held_out, n_shown) absolute errors of the held-out snapshots
    """

    results: Results
    found: list[Explored]
    picture: Picture
    units: Units
    directions: Directions
    owners: np.ndarray
    positions: np.ndarray
    followed: np.ndarray
    colours: np.ndarray
    errors: dict[str, np.ndarray]
    size: int
    names: list[str]

    def at(self, size: int) -> list[Explored]:
        """The models with this number of latents."""
        return [model for model in self.found if model.method.n_components == size]

    def largest(self, size: int, n_numbers: float) -> list[str]:
        """The models of a size with most weights, which together have at least `n_numbers`.

        Linear decoders, which have none but the basis, are the last to go.
        """
        there = [model for model in self.at(size) if model.decoder is not None]
        weights = {model.run.id: _numbers(model.decoder) for model in there}
        order = [run for run in sorted(weights, key=lambda run: -weights[run]) if weights[run]]
        enough = np.cumsum([weights[run] for run in order]) >= n_numbers
        return order[: int(np.argmax(enough)) + 1 if enough.any() else None] or list(weights)


def draft_of(
    results: Results,
    found: list[Explored],
    picture: Picture,
    size: int,
    held_out: tuple[np.ndarray, np.ndarray] | None,
) -> Draft:
    """What is decoded once, whatever fits in the end."""
    positions, fields = held_out or (results.positions, results.originals)
    truth = picture.values(np.asarray(fields, dtype=np.float64))
    linear = [model for model in found if model.in_basis]
    drawn = [samples(results, model, len(linear), picture) for model in linear]
    first = next((values[:n] for values, n in drawn), truth)
    mean = picture.values(results.train_mean[None])[0].astype(np.float64)
    pipeline = results.model(results.methods[0].runs[0]).pipeline
    units = Units.of(pipeline, picture, mean, np.concatenate([first, truth]))
    parts = [weighted(units.normalised(values), n) for values, n in drawn]
    owners = np.repeat(np.arange(len(parts) + 1), [*map(len, parts), len(truth)])
    owners[owners == len(parts)] = -1
    directions = Directions(np.concatenate([*parts, units.normalised(truth)]))
    followed = np.union1d(evenly_spaced(results.size("test"), MOST_FOLLOWED), positions)
    errors = {
        model.run.id: np.abs(decoded(model, results.latents(model.run)[positions], picture) - truth)
        for model in found
    }
    colours = truth if picture.view.is_picture else np.concatenate([first, truth])
    return Draft(
        results, found, picture, units, directions, owners, positions, followed, colours, errors,
        size, _names(results, followed),
    )  # fmt: skip


def _names(results: Results, followed: np.ndarray) -> list[str]:
    """What tells the test snapshots apart: trajectory, time, or a parameter."""
    times, trajectories = results.times(), results.trajectories()
    parameters = results.parameters()
    names = []
    for i in followed:
        said = [] if trajectories is None else [f"trajectory {trajectories[i]}"]
        if times is not None:
            said.append(moment(float(times[i]), results.time_unit))
        else:
            said += [f"{name} = {values[i]:.4g}" for name, values in list(parameters.items())[:2]]
        names.append(", ".join(said))
    return names


def _numbers(decoder: Decoder | None) -> int:
    if decoder is None:
        return 0
    arrays = [value for layer in decoder.layers for value in layer.values()]
    last = 0 if decoder.matrix is None else decoder.matrix.shape[1] * RANK
    return last + sum(value.size for value in arrays if isinstance(value, np.ndarray))
