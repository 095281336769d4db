"""MATLAB before 7.3 by SciPy; a struct holds the coordinates."""

from pathlib import Path

from scipy.io import savemat

from tests.writers.field import Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.mat"
    # x, y, t as MATLAB shows it
    content = {"u": field.u.T, "v": field.v.T, "t": field.times, "name": "a flow", "dt": 0.25}
    savemat(path, content | {"grid": {"x": field.x, "y": field.y}}, do_compression=True)
    return Written(path, ("u", "v"), ("u", "v"))
