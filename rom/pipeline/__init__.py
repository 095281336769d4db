"""The shared preprocessing: Mask, Center, Scale, Weight, reversible and fitted on training rows
only.
"""

from rom.pipeline.chain import Pipeline

__all__ = ["Pipeline"]
