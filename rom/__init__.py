"""rom: how many variables describe my data, what does each cost in accuracy, and are they
independent?

The names below are imported when they are first used: ``import rom`` itself loads next to nothing.
"""

import importlib
import logging
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# whoever embeds the package decides what is shown of its log
logging.getLogger("rom").addHandler(logging.NullHandler())

_PUBLIC = {
    "open_snapshots": "rom.data.open",
    "Snapshots": "rom.data.snapshots",
    "FieldLayout": "rom.data.layout",
    "Pipeline": "rom.pipeline.chain",
    "POD": "rom.reducers.pod",
    "QuadraticPOD": "rom.reducers.quadratic",
    "PODKernel": "rom.reducers.pod_kernel",
    "PODICA": "rom.reducers.pod_ica",
    "KernelPCA": "rom.reducers.kernel_pca",
    "Autoencoder": "rom.reducers.autoencoder",
    "BetaVAE": "rom.reducers.beta_vae",
    "LinearAutoencoder": "rom.reducers.linear_autoencoder",
    "UncorrelatedAutoencoder": "rom.reducers.uncorrelated_autoencoder",
    "BetaTCVAE": "rom.reducers.beta_tcvae",
    "load": "rom.reducers.persistence",
    "compare": "rom.comparison",
    "independence": "rom.metrics.card",
    "Comparison": "rom.comparison",
    "RomError": "rom.errors",
    "InputError": "rom.errors",
}
__all__ = [*_PUBLIC, "metrics", "plot"]

if TYPE_CHECKING:
    from rom import metrics as metrics
    from rom import plot as plot
    from rom.comparison import Comparison as Comparison
    from rom.comparison import compare as compare
    from rom.data.layout import FieldLayout as FieldLayout
    from rom.data.open import open_snapshots as open_snapshots
    from rom.data.snapshots import Snapshots as Snapshots
    from rom.errors import InputError as InputError
    from rom.errors import RomError as RomError
    from rom.metrics.card import independence as independence
    from rom.pipeline.chain import Pipeline as Pipeline
    from rom.reducers.autoencoder import Autoencoder as Autoencoder
    from rom.reducers.beta_tcvae import BetaTCVAE as BetaTCVAE
    from rom.reducers.beta_vae import BetaVAE as BetaVAE
    from rom.reducers.kernel_pca import KernelPCA as KernelPCA
    from rom.reducers.linear_autoencoder import LinearAutoencoder as LinearAutoencoder
    from rom.reducers.persistence import load as load
    from rom.reducers.pod import POD as POD
    from rom.reducers.pod_ica import PODICA as PODICA
    from rom.reducers.pod_kernel import PODKernel as PODKernel
    from rom.reducers.quadratic import QuadraticPOD as QuadraticPOD
    from rom.reducers.uncorrelated_autoencoder import (
        UncorrelatedAutoencoder as UncorrelatedAutoencoder,
    )


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    if name in ("metrics", "plot"):
        return importlib.import_module(f"rom.{name}")
    raise AttributeError(f"module 'rom' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
