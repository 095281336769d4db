"""The files that pages speak of, small ones: a function for each page that makes them here."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

import rom
from tests.writers import exodus, openfoam
from tests.writers import matlab as writers
from tests.writers.field import Field

HERE, ROOT = Path(), Path(__file__).parents[2]
FIELD = Field()


def written(layout: str, *names: str, folder: Path = HERE) -> Path:
    """The file of a writer in tests/writers, and copies of it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(importlib.import_module(f"tests.writers.{layout}").write(folder, FIELD).data)
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return path


def flow() -> Path:
    """flow.h5 in the canonical layout."""
    return written("canonical")


def uv(name: str) -> None:
    """A plain dataset UV (t, y, x, c) with its times t."""
    with h5py.File(name, "w") as file:
        file["UV"] = np.stack([FIELD.u, FIELD.v], axis=-1)
        file["t"], file["xc"], file["yc"] = FIELD.times, FIELD.x, FIELD.y
        file["cell_area"] = np.ones(FIELD.u.shape[1:])
        file["solid"] = np.zeros(FIELD.u.shape[1:], dtype=bool)


def latents() -> None:
    """Z.npy, Z.csv and Z.h5: 60 snapshots; latents.csv: ten trajectories of 40."""
    rng = np.random.default_rng(0)
    many = np.cumsum(rng.normal(size=(10, 40, 3)), axis=1).reshape(400, 3)
    Z = many[:60]
    np.save("Z.npy", Z)
    for name, values in {"Z.csv": Z, "latents.csv": many}.items():
        np.savetxt(name, values, delimiter=",", header="a,b,c", comments="")
    with h5py.File("Z.h5", "w") as file:
        file["latents"], file["z"] = Z, Z


def study() -> None:
    """A small study."""
    Path("study.toml").write_text('data = "flow.h5"\nreducers = ["pod"]\nn_components = [2]\n')


def bring_your_file() -> None:
    flow()
    study()
    uv("uv.h5")
    for i in range(4):  # their times repeat: each is a trajectory
        shutil.copy("flow.h5", f"run_{i}.h5")
    array()


def read_your_report() -> None:
    for name, k in (("wake", 2), ("wider", 3)):
        rom.compare("cylinder_wake", reducers=["pod"], n_components=[k], out=name)


def inspected() -> None:
    target = Path("datasets/cylinder_wake")
    target.mkdir(parents=True)
    shutil.copy(ROOT / target / "cylinder_wake.h5", target)
    flow()


def mapped() -> None:
    uv("flow.h5")
    with h5py.File("flow.h5", "a") as file:
        file["u"], file["v"], file["p"] = FIELD.u, FIELD.v, FIELD.u + 1
        file["area"] = np.ones(FIELD.u.shape[1:])
    for i in range(20):
        with h5py.File(f"step_{i}.h5", "w") as file:
            file["fields/u"], file["time"] = FIELD.u[i], FIELD.times[i]


def climate() -> None:
    """era5.nc: levels and dates."""
    import xarray

    rng = np.random.default_rng(0)
    times = np.arange("1989-01", "2001-01", dtype="M8[M]").astype("M8[ns]")
    axes: dict[str, np.ndarray] = {
        "time": times,
        "level": np.array([500, 850]),
        "lat": np.linspace(-60, 60, 9),
        "lon": np.arange(0, 360, 40),
    }
    shape = tuple(len(values) for values in axes.values())
    data = xarray.Dataset({"t": (tuple(axes), rng.normal(size=shape))}, axes)
    data.to_netcdf("era5.nc")


def zarr() -> None:
    """flow.zarr as xarray writes it by default."""
    import xarray

    axes = {"time": FIELD.times, "y": FIELD.y, "x": FIELD.x}
    xarray.Dataset({"u": (tuple(axes), FIELD.u)}, axes).to_zarr("flow.zarr", zarr_format=2)


def meshes() -> None:
    written("mesh")
    for i in range(20):
        shutil.copy(f"step_{i}.vtu", f"flow_{i}.vtu")
    rng = np.random.default_rng(0)
    exodus.write(Path("run.exo"), FIELD.times, {"T": rng.normal(size=(40, 12))}, 3, 2)
    openfoam.write(Path("cavity"), np.arange(1, 21.0), rng.normal(size=(20, 12, 3)),
                   rng.normal(size=(20, 12)), 4, 3)  # fmt: skip


def matlab() -> None:
    written("matlab")
    writers.save(Path("uv.mat"), UV=np.stack([FIELD.u, FIELD.v], axis=-1).transpose(2, 1, 3, 0))


def array() -> None:
    """flow.npy (t, y, x, c)."""
    np.save("flow.npy", np.stack([FIELD.u, FIELD.v], axis=-1))


def pdebench() -> None:
    written("pdebench_scalar", "1D_Burgers_Sols_Nu0.01.hdf5")
    written("pdebench_seeds")
    written("pdebench_incompressible", "ns_incom_inhom_2d_512-0.h5")
    written("pdebench_cfd", "2D_CFD_Rand_M0.1_Eta0.01_Zeta0.01_periodic_128_Train.hdf5")


def each(*makers: Callable[[], object]) -> Callable[[], object]:
    """One after the other."""
    return lambda: [make() for make in makers]


#: Page -> what makes the files that it speaks of.
FILES: dict[str, Callable[[], object]] = {
    "README.md": flow,
    "docs/back-to-the-mesh.md": flow,
    "docs/bring-your-file.md": bring_your_file,
    "docs/choose-latents-and-beta.md": flow,
    "docs/extend.md": lambda: uv("flow.h5"),
    "docs/independence.md": latents,
    "docs/inspect.md": inspected,
    "docs/larger-than-memory.md": lambda: uv("flow.h5"),
    "docs/latents-from-another-tool.md": latents,
    "docs/read-your-report.md": read_your_report,
    "docs/studies.md": lambda: uv("flow.h5"),
    "docs/layouts/cgns.md": lambda: written("cgns", "flow_1.cgns"),
    "docs/layouts/dedalus.md": lambda: written("dedalus", folder=Path("snapshots")),
    "docs/layouts/flowtorch.md": lambda: written("flowtorch"),
    "docs/layouts/jhtdb.md": lambda: written("jhtdb", "isotropic1024coarse.h5", "channel_t1.h5"),
    "docs/layouts/kth.md": lambda: written("kth"),
    "docs/layouts/mapped.md": each(mapped, climate),
    "docs/layouts/matlab.md": matlab,
    "docs/layouts/mesh.md": meshes,
    "docs/layouts/netcdf.md": lambda: written("netcdf", "flow_1.nc"),
    "docs/layouts/numpy.md": each(lambda: written("numpy"), array),
    "docs/layouts/pdebench.md": pdebench,
    "docs/layouts/the-well.md": lambda: written("the_well", folder=Path("waves/data/train")),
    "docs/layouts/vtkhdf.md": lambda: written("vtkhdf", "flow_1.vtkhdf"),
    "docs/layouts/xarray.md": each(zarr, lambda: written("netcdf")),
    "docs/layouts/xdmf.md": each(
        lambda: written("xdmf"), lambda: written("xdmf", folder=Path("run_1"))
    ),
}
