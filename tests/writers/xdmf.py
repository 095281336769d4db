"""XDMF 3 with HDF5: a temporal collection, one dataset per variable that holds all times, read by
hyperslabs.
"""

from pathlib import Path

import h5py

from tests.writers.field import Field, Written

HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE Xdmf SYSTEM "Xdmf.dtd" []>\n<Xdmf Version="3.0"><Domain>\n'
)
MESH = """<Topology TopologyType="2DCoRectMesh" Dimensions="{ny} {nx}"/>
<Geometry GeometryType="ORIGIN_DXDY">
 <DataItem Format="XML" Dimensions="2">0 0</DataItem>
 <DataItem Format="XML" Dimensions="2">{dy} {dx}</DataItem>
</Geometry>
"""
ATTRIBUTE = """<Attribute Name="{name}" AttributeType="Scalar" Center="Node">
 <DataItem ItemType="HyperSlab" Dimensions="{ny} {nx}" Type="HyperSlab">
  <DataItem Dimensions="3 3" Format="XML">{k} 0 0  1 1 1  1 {ny} {nx}</DataItem>
  <DataItem Dimensions="{nt} {ny} {nx}" NumberType="Float" Precision="4" Format="HDF"
   >data/flow.h5:/{name}</DataItem>
 </DataItem>
</Attribute>
"""


def write(folder: Path, field: Field) -> Written:
    (folder / "data").mkdir()
    with h5py.File(folder / "data" / "flow.h5", "w") as file:
        file["u"], file["v"] = field.u, field.v
    nt, ny, nx = field.u.shape
    sizes = {"nt": nt, "ny": ny, "nx": nx, "dy": field.y[1], "dx": field.x[1]}
    grids = []
    for k, time in enumerate(field.times):
        attributes = "".join(ATTRIBUTE.format(name=name, k=k, **sizes) for name in ("u", "v"))
        grids.append(
            '<Grid GridType="Uniform"><Time'
            f' Value="{time}"/>\n{MESH.format(**sizes)}{attributes}</Grid>\n'
        )
    collection = (
        '<Grid Name="flow" GridType="Collection"'
        f' CollectionType="Temporal">\n{"".join(grids)}</Grid>'
    )
    (folder / "flow.xdmf").write_text(f"{HEAD}{collection}\n</Domain></Xdmf>\n")
    return Written(folder / "flow.xdmf", ("u", "v"), ("u", "v"))
