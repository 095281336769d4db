"""Back to the mesh: snapshots as HDF5 in the canonical layout, with XDMF files next to it that
ParaView opens.
"""

from rom.data.write.fields import write_snapshots

__all__ = ["write_snapshots"]
