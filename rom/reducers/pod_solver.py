"""The solver of a POD: which one, with what arguments, all options of it checked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from rom.data.memory import memory_bytes
from rom.errors import InputError, nearest
from rom.linalg.spectrum import Spectrum
from rom.linalg.svd import SOLVERS, choose_solver

if TYPE_CHECKING:
    from rom.reducers.pod import POD


def solver_of(pod: POD, shape: tuple[int, int]) -> tuple[str, Callable[..., Spectrum]]:
    """Name of the solver that is asked for, or that suits rows of this shape, and the solver
    itself.
    """
    if pod.solver not in ("auto", *SOLVERS):
        raise InputError(
            f"no solver {pod.solver!r}; {nearest(str(pod.solver), ['auto', *SOLVERS])}"
        )
    size = block_bytes(pod.memory_limit)
    randomized = _randomized(pod, min(shape))

    name = pod.solver
    if name == "auto":
        width = None if randomized is None else randomized["n_modes"] + randomized["oversampling"]
        name = choose_solver(shape, size, width)
    if name != "randomized":
        return name, SOLVERS[name]

    if randomized is None:
        raise InputError(
            f"solver='randomized' needs an integer n_components, got {pod.n_components!r}; "
            "solver='gram' chooses by energy or tolerance"
        )
    return name, partial(SOLVERS[name], **randomized)


def _randomized(pod: POD, available: int) -> dict[str, Any] | None:
    """The arguments of the randomised solver, checked; None where the number of modes is not known
    beforehand.
    """
    options = {"oversampling": pod.oversampling, "power_iterations": pod.power_iterations}
    for name, value in options.items():
        # True counts as 1 in Python, but not as a number here
        known = isinstance(value, Integral) and not isinstance(value, bool) and value >= 0
        if not known and (name, value) != ("power_iterations", "auto"):
            raise InputError(f"{name}={value!r} must be a whole number, 0 or more")

    k, most = pod.n_components, pod.max_components
    if most is not None and (not isinstance(most, Integral) or isinstance(most, bool) or most < 1):
        raise InputError(f"max_components={most!r} must be a whole number, 1 or more")

    # a tolerance or a share of the energy gives no number, but may come with an upper bound
    is_count = isinstance(k, Integral) and not isinstance(k, bool)
    if pod.tolerance is not None or not is_count:
        k = most
    if k is None:
        return None

    # a k out of range is not refused here: choose_rank does, and says why
    wanted = min(max(int(k), 1), available if most is None else most, available)
    return {"n_modes": wanted, "seed": pod.random_state or 0, **options}


def left_out(pod: POD) -> float:
    """The share of the energy that the modes may leave; 1 where their number is given."""
    if isinstance(pod.tolerance, Real):
        return float(pod.tolerance) ** 2
    k = pod.n_components
    if k is None and pod.max_components is None:
        return 0.0
    return 1 - k if isinstance(k, float) else 1.0


def block_bytes(limit: int | str | None) -> int:
    """Bytes of a block within a memory limit: two are held at a time, and reading and mapping them
    take copies.
    """
    return max(1, memory_bytes(limit) // 6)
