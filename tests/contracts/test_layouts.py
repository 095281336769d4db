"""Every layout of the registry: the same field in it opens without options and has the same
latents.
"""

import importlib

import numpy as np
import pytest

import rom
from rom.data.open import find_files
from rom.registry import SOURCES, load
from tests.writers.field import Field

#: A writer in tests/writers for each layout but those that need a mapping, and one more.
WRITERS = {name: name for name in SOURCES if name not in ("mapped", "idx", "csv")}
WRITERS |= {"netcdf3": "netcdf"}
FIELD = Field()


@pytest.fixture(scope="module", params=WRITERS)
def written(request, tmp_path_factory):
    """The field in one layout, by its writer tests/writers/<name>.py."""
    writer = importlib.import_module(f"tests.writers.{request.param.replace('-', '_')}")
    return WRITERS[request.param], writer.write(tmp_path_factory.mktemp("layout"), FIELD)


def latents(snapshots):
    rows = rom.Pipeline().fit(snapshots).transform(snapshots)
    return rom.POD(4, solver="svd").fit(rows).transform(rows)


def test_the_same_field_has_the_same_latents(written):
    _, what = written
    snapshots = rom.open_snapshots(what.data)
    expected = rom.Snapshots.from_array(
        np.stack([getattr(FIELD, name) for name in what.variables], axis=1).astype(np.float64),
        axes="t c y x",
    )
    assert len(snapshots) == len(expected)
    # the sign of a mode is that of its largest entry, which two entries of one size may share
    np.testing.assert_allclose(np.abs(latents(snapshots)), np.abs(latents(expected)), atol=2e-5)


def test_times_coordinates_and_names_come_back(written):
    _, what = written
    snapshots = rom.open_snapshots(what.data)
    assert snapshots.layout.variables == what.names
    if what.times:
        np.testing.assert_allclose(snapshots.times, FIELD.times)
    if what.coordinates and snapshots.layout.mesh is None:
        for axis in ("y", "x"):
            np.testing.assert_allclose(
                snapshots.layout.coordinates[axis], getattr(FIELD, axis), atol=1e-7
            )
    elif what.coordinates:
        y, x = np.meshgrid(FIELD.y, FIELD.x, indexing="ij")
        points = snapshots.layout.mesh.points
        found = points[np.lexsort((points[:, 0].round(6), points[:, 1].round(6)))]
        np.testing.assert_allclose(found[:, :2], np.column_stack([x.ravel(), y.ravel()]), atol=1e-6)


def test_each_value_is_at_its_place(written):
    _, what = written
    snapshots = rom.open_snapshots(what.data)
    layout = snapshots.layout
    if layout.mesh is not None or not layout.has_grid:
        return  # the latents tell, the order of the cells is the file's
    fields = layout.to_fields(snapshots[[3, 17]])
    keep = [axis for axis, n in zip(layout.axes, layout.grid_shape, strict=True) if n > 1]
    squeezed = fields.reshape(2, layout.n_variables, *(n for n in layout.grid_shape if n > 1))
    order = [keep.index("y"), keep.index("x")]
    for number, name in enumerate(what.variables):
        found = squeezed[:, number].transpose(0, *(1 + i for i in order))
        np.testing.assert_allclose(found, getattr(FIELD, name)[[3, 17]], rtol=1e-5, atol=1e-5)


def test_one_layout_and_no_other_recognises_the_file(written):
    layout, what = written
    path = find_files(what.data)[0]
    asked = {n: source for n, source in SOURCES.items() if path.is_file() or source.is_folder}
    assert [n for n, source in asked.items() if load(source.module).recognise(path)] == [layout]
    snapshots = rom.open_snapshots(what.data)
    assert load(SOURCES[layout].module).TITLE in snapshots.read_as


def test_one_variable_can_be_chosen(written):
    _, what = written
    last = rom.open_snapshots(what.data, variables=what.names[-1])
    assert last.layout.variables == what.names[-1:]
    assert last.shape[1] * len(what.names) == rom.open_snapshots(what.data).shape[1]
    with pytest.raises(rom.InputError, match="no variable 'nothing'"):
        rom.open_snapshots(what.data, variables="nothing")


def test_a_comparison_runs_without_options_and_leaves_the_file_as_it_is(written):
    _, what = written
    given = find_files(what.data)
    inside = [file for path in given for file in path.rglob("*") if file.is_file()]
    paths = [path for path in given if path.is_file()] + inside
    before = [path.read_bytes() for path in paths]
    for path in paths:
        path.chmod(0o444)
    table = rom.compare(what.data, reducers=["pod"], n_components=[2], jobs=1).table
    assert (table.metric == "relative_error").sum() == 2
    assert [path.read_bytes() for path in paths] == before
