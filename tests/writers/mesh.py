"""A series of ParaView: a PVD file that names a VTU file for each time, values at cells."""

from pathlib import Path

import numpy as np
import pyvista

from tests.writers.field import Field, Written


def cells(field: Field) -> pyvista.UnstructuredGrid:
    """Quadrilaterals around the places of the values, one after the other along x."""
    edges = [
        np.append(values - step / 2, values[-1] + step / 2)
        for values, step in ((field.x, 0.2), (field.y, 0.5))
    ]
    return pyvista.RectilinearGrid(*edges, np.zeros(1)).cast_to_unstructured_grid()


def write(folder: Path, field: Field) -> Written:
    lines = []
    for i, time in enumerate(field.times):
        grid = cells(field)
        grid.cell_data["u"], grid.cell_data["v"] = field.u[i].ravel(), field.v[i].ravel()
        grid.save(folder / f"step_{i}.vtu")
        lines.append(f'<DataSet timestep="{time}" file="step_{i}.vtu"/>')
    text = f'<VTKFile type="Collection" version="0.1"><Collection>{"".join(lines)}'
    (folder / "flow.pvd").write_text(f"{text}</Collection></VTKFile>")
    return Written(folder / "flow.pvd", ("u", "v"), ("u", "v"), coordinates=False)
