"""Pipeline: the chain Mask > Center > Scale > Weight, the same for every reducer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.moments import Moments
from rom.data.shown import html_table
from rom.data.snapshots import Snapshots
from rom.errors import InputError
from rom.pipeline.base import Step
from rom.pipeline.center import Center
from rom.pipeline.mask import Mask
from rom.pipeline.scale import Scale
from rom.pipeline.weight import Weight

#: In the order they are applied; the keys are the words of a study file and of a card.
STEPS: dict[str, type[Step]] = {"mask": Mask, "center": Center, "scale": Scale, "weight": Weight}


class Pipeline:
    """Reversible preprocessing of snapshots, fitted on training rows only.

    Parameters
    ----------
    center : bool, default True
        Subtract the mean of the training rows.
    scale : bool, default True
        Divide each variable by the standard deviation of its fluctuations over the training rows.
    weight : bool, default True
        Multiply by the square root of the cell weights (mean one), where the layout has any.

    The mask of the layout is always left out.

    Attributes
    ----------
    layout_ : FieldLayout of the rows that go in.
    steps_ : dict of str to the fitted steps, in the order they are applied.

    Examples
    --------
    >>> import numpy as np
    >>> fields = np.random.default_rng(0).normal(3, 2, size=(50, 4, 6))
    >>> snapshots = Snapshots.from_array(fields, axes="t y x")
    >>> pipeline = Pipeline().fit(snapshots)
    >>> rows = pipeline.transform(snapshots)[:]
    >>> bool(abs(rows.std() - 1) < 1e-12)
    True
    >>> bool(np.allclose(pipeline.inverse_transform(rows), snapshots[:]))
    True
    """

    def __init__(self, *, center: bool = True, scale: bool = True, weight: bool = True) -> None:
        self.center, self.scale, self.weight = center, scale, weight

    def fit(self, snapshots: Snapshots, moments: Moments | None = None) -> Pipeline:
        """Fit every step on the training rows: one pass, from which all follow in closed form.

        Parameters
        ----------
        snapshots : training rows
        moments : of ``snapshots.pack()``, where they are known already: then nothing is read

        Raises
        ------
        InputError
            If values outside the mask are missing, or a variable does not vary.
        """
        wanted = {"mask": True, "center": self.center, "scale": self.scale}
        wanted["weight"] = self.weight and snapshots.layout.weights is not None
        self.layout_ = snapshots.layout
        self.steps_: dict[str, Step] = {
            name: step() for name, step in STEPS.items() if wanted[name]
        }
        if moments is None:
            moments = Moments.of(snapshots.pack().blocks() if self.center or self.scale else ())
        missing = int(np.isnan(moments.mean).sum())
        if missing:
            raise InputError(
                f"{snapshots.name}: {missing} of {len(moments.mean)} values per snapshot are"
                " missing (NaN) in training snapshots; snapshots.resolve_missing() takes cells"
                " that are always NaN for the mask"
            )
        for step in self.steps_.values():
            step.fit(self.layout_, moments)
        return self

    def transform(self, snapshots: Snapshots) -> Snapshots:
        """A lazy view of the snapshots with every step applied."""
        self._check_width(snapshots.shape[1])
        for step in self.steps_.values():
            snapshots = step.view(snapshots)
        return snapshots

    def apply(self, rows: np.ndarray) -> np.ndarray:
        """Rows (n, n_features) in physical units -> preprocessed rows."""
        self._check_width(rows.shape[1])
        if rows.dtype not in (np.float32, np.float64):
            rows = rows.astype(np.float64)  # a mean or a scale is not an integer
        for step in self.steps_.values():
            rows = step.apply(rows)
        return rows

    def inverse_transform(self, rows: np.ndarray) -> np.ndarray:
        """Preprocessed rows -> rows in physical units, NaN in the masked cells."""
        for step in reversed(self.steps_.values()):
            rows = step.undo(rows)
        return rows

    def _check_width(self, n_features: int) -> None:
        if n_features != self.layout_.n_features:
            raise InputError(
                f"rows have {n_features} features, the pipeline was fitted on"
                f" {self.layout_.n_features}"
            )

    @property
    def scales(self) -> np.ndarray:
        """The number each variable is divided by: (n_variables,), ones without scaling."""
        step = self.steps_.get("scale")
        return np.asarray(getattr(step, "scales", np.ones(self.layout_.n_variables)))

    @property
    def factors(self) -> np.ndarray:
        """The number the fluctuations of each feature outside the mask are multiplied by: √w /
        s_v.
        """
        factors = 1 / self.scales[self.layout_.pack().variable_index]
        return factors * getattr(self.steps_.get("weight"), "root", 1.0)

    def _repr_html_(self) -> str:
        """What notebooks show: the steps, fitted or not."""
        steps = {
            step: "yes" if getattr(self, step) else "no" for step in ("center", "scale", "weight")
        }
        if vars(self).get("steps_") is not None:
            steps = {"fitted on": f"{self.layout_.n_features} values", "steps": self.describe()}
        return html_table("Pipeline", steps)

    def describe(self) -> str:
        """The steps in words, for a report."""
        words = {
            "mask": "mask" if self.layout_.mask is not None else "",
            "center": "centre (train mean)",
        }
        pairs = zip(self.layout_.variables, self.scales, strict=True)
        words["scale"] = (
            "scale (" + ", ".join(f"{name}: {scale:.4g}" for name, scale in pairs) + ")"
        )
        words["weight"] = "square root of the cell weights"
        return ", ".join(w for w in (words[name] for name in self.steps_) if w) or "none"

    def state(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """What :meth:`from_state` needs: a JSON-able dict and the arrays."""
        layout_meta, arrays = self.layout_.state()
        arrays = {f"layout/{key}": value for key, value in arrays.items()}
        for name, step in self.steps_.items():
            arrays |= {f"{name}/{key}": np.asarray(getattr(step, key)) for key in step.learned}
        options = {"center": self.center, "scale": self.scale, "weight": self.weight}
        return {"options": options, "layout": layout_meta, "steps": list(self.steps_)}, arrays

    @classmethod
    def from_state(cls, meta: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Pipeline:
        """The pipeline that :meth:`state` described."""
        pipeline = cls(**meta["options"])
        below = {k.removeprefix("layout/"): v for k, v in arrays.items() if k.startswith("layout/")}
        pipeline.layout_ = FieldLayout.from_state(meta["layout"], below)
        pipeline.steps_ = {}
        for name in meta["steps"]:
            step = STEPS[name]()
            for key in step.learned:
                values = arrays[f"{name}/{key}"]
                _check(f"{name}/{key}", values, pipeline.layout_.pack())
                setattr(step, key, values)
            pipeline.steps_[name] = step
        return pipeline


def _check(name: str, values: np.ndarray, packed: FieldLayout) -> None:
    """Refuse what a step cannot have learned of rows with this layout."""
    known = {"mask/valid": packed.valid, "scale/variable": packed.variable_index}
    if name in known:
        # of another type the same numbers choose other things
        fits = values.dtype == known[name].dtype and np.array_equal(values, known[name])
    else:
        n = packed.n_variables if name == "scale/scales" else packed.n_features
        fits = values.shape == (n,) and values.dtype.kind == "f" and bool(np.isfinite(values).all())
        fits = fits and (name == "center/mean" or bool((values > 0).all()))
    if not fits:
        raise InputError(f"pipeline/{name} does not fit its layout")
