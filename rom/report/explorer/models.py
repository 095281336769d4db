"""The models that a reader may explore: their decoders, and samples of their fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rom.errors import InputError
from rom.reducers.field_model import FieldModel
from rom.report.explorer.decoders import Decoder, decoder_of
from rom.report.explorer.evaluate import features
from rom.report.explorer.pictures import Picture, physical
from rom.results import Method, Results
from rom.spaced import evenly_spaced
from rom.study.matrix import Run

Key = tuple[str, float | None]
#: Samples of all models together, as many as have so many values, within limits; samples of one
#: model at most and at least; values decoded at a time.
VALUES, SAMPLES, MOST_SAMPLES, LEAST_SAMPLES, AT_ONCE = 8_000_000, (800, 4000), 600, 40, 2**25
#: The share of a model's samples that are training snapshots; others are drawn from the range of
#: its latents, where an error counts a quarter.
TRAINING, ELSEWHERE = 0.5, 0.25


@dataclass(frozen=True)
class Explored:
    """A method at one number of latents: the run that is explored, its decoder or why not."""

    method: Method
    run: Run
    model: FieldModel
    decoder: Decoder | None
    reason: str = ""

    @property
    def in_basis(self) -> bool:
        """Whether its fields are a linear map of something."""
        return self.decoder is not None and (
            self.decoder.matrix is not None or self.decoder.linear is not None
        )


def explored_models(
    results: Results, keys: Sequence[Key], sizes: Sequence[int], picture: Picture
) -> list[Explored]:
    """Every method at every size that has finished."""
    found = []
    shown = np.maximum(picture.features, 0)
    for key in keys:
        for method in (method for method in results.of(key) if method.n_components in sizes):
            run = results.median_run(method)
            model = results.model(run)
            try:
                decoder, reason = decoder_of(model.reducer, shown), ""
            except InputError as error:
                decoder, reason = None, str(error)
            found.append(Explored(method, run, model, decoder, reason))
    return found


def decoded(explored: Explored, latents: np.ndarray, picture: Picture) -> np.ndarray:
    """The shown values (n, n_shown) of latents, in physical units."""
    if explored.decoder is not None and explored.in_basis:
        gain, offset = physical(explored.model.pipeline, picture)
        values = features(explored.decoder, latents) * gain + offset
        return np.where(picture.features >= 0, values, np.nan)
    at_once = max(1, AT_ONCE // explored.model.layout_.n_features)
    parts = np.array_split(latents, -(-len(latents) // at_once))
    return np.concatenate([picture.values(explored.model.decode_fields(part)) for part in parts])


def samples(
    results: Results, explored: Explored, n_models: int, picture: Picture
) -> tuple[np.ndarray, int]:
    """Fields (n, n_shown) of training latents and of others in their range, and how many are the
    first.
    """
    train = results.latents(explored.run, "train")
    together = np.clip(VALUES // len(picture.features), *SAMPLES)
    n = int(np.clip(together // n_models, LEAST_SAMPLES, MOST_SAMPLES))
    first = train[evenly_spaced(len(train), round(TRAINING * n))]
    random = np.random.default_rng(0).uniform(size=(n - round(TRAINING * n), train.shape[1]))
    low, high = train.min(axis=0), train.max(axis=0)
    others = (low + (high - low) * random).astype(train.dtype)
    return decoded(explored, np.concatenate([first, others]), picture), len(first)


def weighted(values: np.ndarray, n_first: int) -> np.ndarray:
    """Normalised samples; those beyond the first weigh less, and the less the larger they are."""
    sizes = np.sqrt(np.mean(values[n_first:] ** 2, axis=1, keepdims=True))
    rest = values[n_first:] * (ELSEWHERE / np.maximum(sizes, 1.0))
    return np.concatenate([values[:n_first], rest])
