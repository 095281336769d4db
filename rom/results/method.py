"""Method: what is compared, with its runs."""

from __future__ import annotations

from dataclasses import dataclass

from rom.study.matrix import Run


@dataclass(frozen=True)
class Method:
    """A reducer with a latent size and a beta (None without one), and its finished runs, one per
    seed.
    """

    reducer: str
    n_components: int
    beta: float | None
    runs: tuple[Run, ...]
    name: str = ""

    @property
    def key(self) -> tuple[str, float | None]:
        """What is compared at every latent size: one line of a plot, one colour."""
        return self.reducer, self.beta
