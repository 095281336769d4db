"""Run by pvpython: what ParaView's readers make of XDMF files, as JSON. Arguments: a folder with
files *.xdmf.
"""

import json
import sys
from pathlib import Path

READERS = ("Xdmf3ReaderS", "Xdmf3ReaderT", "XDMFReader")


def main(folder):
    """For each reader and file: the times, and at the second of them the points (or cell centres)
    and values.
    """
    from paraview import simple
    from paraview.vtk.util.numpy_support import vtk_to_numpy
    from paraview.vtk.vtkFiltersCore import vtkCellCenters

    found = {}
    for name in READERS:
        found[name] = {}
        for path in sorted(Path(folder).glob("*.xdmf")):
            reader = getattr(simple, name)(
                **{"FileNames" if name == "XDMFReader" else "FileName": [str(path)]}
            )
            reader.UpdatePipelineInformation()
            times = list(reader.TimestepValues)
            reader.UpdatePipeline(times[1])
            data = reader.GetClientSideObject().GetOutputDataObject(0)
            values = data.GetPointData()
            if not values.GetNumberOfArrays():
                centres = vtkCellCenters()
                centres.SetInputData(data)
                centres.Update()
                data, values = centres.GetOutput(), data.GetCellData()
            arrays = {
                values.GetArrayName(i): values.GetArray(i)
                for i in range(values.GetNumberOfArrays())
            }
            found[name][path.stem] = {
                "times": times,
                "points": [data.GetPoint(i) for i in range(data.GetNumberOfPoints())],
                "values": {
                    key: vtk_to_numpy(array).ravel().tolist() for key, array in arrays.items()
                },
                "kind": data.GetClassName(),
            }
            simple.Delete(reader)
    print("JSON:" + json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
