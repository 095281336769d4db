"""Rows through a fitted network and latents back, as arrays in their own type, in parts that
fit.
"""

from __future__ import annotations

import numpy as np
import torch

from rom.nets.network import Network

INFERENCE_ROWS, INFERENCE_BYTES = 1024, 2**26


def rows_at_once(widest: int) -> int:
    """Rows whose widest layer, of `widest` numbers a row, stays within INFERENCE_BYTES."""
    return max(1, min(INFERENCE_ROWS, INFERENCE_BYTES // (8 * widest)))


@torch.no_grad()
def encode(network: Network, rows: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Mean and log-variance (None without one) of q(z|x), `size` rows at a time."""
    parts = [network.encode(part) for part in _tensors(network, rows, size)]
    means = torch.cat([mean for mean, _ in parts]).cpu().numpy().astype(rows.dtype)
    log_variances = [v for _, v in parts if v is not None]
    return means, (
        torch.cat(log_variances).cpu().numpy().astype(rows.dtype) if log_variances else None
    )


@torch.no_grad()
def decode(network: Network, latents: np.ndarray, size: int) -> np.ndarray:
    """Rows of latents, `size` at a time."""
    parts = [network.decode(part) for part in _tensors(network, latents, size)]
    return torch.cat(parts).cpu().numpy().astype(latents.dtype)


def _tensors(network: Network, rows: np.ndarray, size: int) -> list[torch.Tensor]:
    """Rows where the network is and in its type, in parts."""
    single = network.spread.dtype == torch.float32
    values = torch.from_numpy(np.array(rows, dtype=np.float32 if single else np.float64))
    return [part.to(network.spread.device) for part in values.split(size)]
