"""Where a network is trained and in which precision."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from rom.errors import InputError

PRECISIONS = ("float32", "bfloat16")


def resolve_device(device: str, precision: str = "float32") -> str:
    """ "auto" is a CUDA device where PyTorch has one, the CPU otherwise; other names are PyTorch's.

    Raises
    ------
    InputError
        If there is no such device here, or if it has no bfloat16 instructions and they are asked
        for.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        kind = torch.device(device).type
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise InputError(
            f"device={device!r}: PyTorch has no such device here; use 'auto', 'cpu' or 'cuda'"
        ) from error
    if precision == "bfloat16" and not _has_bfloat16(kind):
        raise InputError(
            f"precision='bfloat16': this {kind} has no such instructions; use 'float32'"
        )
    return device


def _has_bfloat16(kind: str) -> bool:
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return kind != "cpu" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


@contextmanager
def reproducible() -> Iterator[None]:
    """cuDNN keeps to the algorithms that give the same bits every time inside the block; a CPU does
    so anyway.
    """
    with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True):
        yield


@contextmanager
def one_thread() -> Iterator[None]:
    """PyTorch uses one thread inside the block: for layers so small that sharing them out costs
    more.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
