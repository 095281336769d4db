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

#: A writer in tests/writers for each layout, and one more.
WRITERS = {name: name for name in SOURCES} | {"netcdf3": "netcdf"}
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
    snapshots = what.open()
    fields = [what.values(name, FIELD) for name in what.variables]
    expected = rom.Snapshots.from_array(
        np.stack(fields, axis=1).astype(np.float64),
        axes="t c y x",
    )
    assert len(snapshots) == len(expected)
    # the sign of a mode is that of its largest entry, which two entries of one size may share
    np.testing.assert_allclose(np.abs(latents(snapshots)), np.abs(latents(expected)), atol=2e-5)


def test_times_coordinates_and_names_come_back(written):
    _, what = written
    snapshots = what.open()
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
    snapshots = what.open()
    layout = snapshots.layout
    if layout.mesh is not None or not layout.has_grid:
        return  # the latents tell, the order of the cells is the file's
    fields = layout.to_fields(snapshots[[3, 17]])
    keep = [axis for axis, n in zip(layout.axes, layout.grid_shape, strict=True) if n > 1]
    squeezed = fields.reshape(2, layout.n_variables, *(n for n in layout.grid_shape if n > 1))
    # images have rows and columns
    order = [keep.index(a) for a in (("y", "x") if "y" in keep else ("row", "column"))]
    for number, name in enumerate(what.variables):
        found = squeezed[:, number].transpose(0, *(1 + i for i in order))
        values = what.values(name, FIELD)[[3, 17]]
        np.testing.assert_allclose(found, values, rtol=1e-5, atol=1e-5)


def test_one_layout_and_no_other_recognises_the_file(written):
    layout, what = written
    path = find_files(what.data)[0]
    asked = {n: source for n, source in SOURCES.items() if path.is_file() or source.is_folder}
    known = [n for n, source in asked.items() if load(source.module).recognise(path)]
    # a mapping is for files that say nothing of themselves
    assert known == ([] if layout == "mapped" else [layout])
    snapshots = what.open()
    assert load(SOURCES[layout].module).TITLE in snapshots.read_as


def test_one_variable_can_be_chosen(written):
    _, what = written
    if {"dataset", "variables"} & set(what.options) or len(what.names) == 1:
        return  # there variables are names, or the only one
    last = what.open(variables=what.names[-1])
    assert last.layout.variables == what.names[-1:]
    assert last.shape[1] * len(what.names) == what.open().shape[1]
    with pytest.raises(rom.InputError, match="no variable 'nothing'"):
        what.open(variables="nothing")


def test_rows_units_and_weights_are_options_of_all(written):
    _, what = written
    whole = what.open()
    units = [f"unit {i}" for i in range(len(what.names))]
    some = what.open(every=3, units=units, weights="none", time_unit="h")
    np.testing.assert_array_equal(some[:], whole[::3])
    assert some.layout.units == tuple(units)
    assert some.layout.weights is None
    if whole.times is not None:
        np.testing.assert_array_equal(some.times, whole.times[::3])
        assert some.time_unit == "h"


def test_parameters_are_an_option_of_all(written, tmp_path):
    _, what = written
    n = len(what.open())
    numbers = np.arange(n) % 4
    lines = ["Re,kind", *(f"{i},{'ab'[i % 2]}" for i in numbers)]
    (tmp_path / "cases.csv").write_text("\n".join(lines))
    given = [str(tmp_path / "cases.csv"), r"^(?P<first>\w)"]
    found = what.open(parameters=given).parameters
    np.testing.assert_array_equal(found["Re"], numbers)
    assert set(found["kind"]) == {"a", "b"}
    assert len(found["first"]) == n


def test_part_of_the_grid_is_an_option_of_all(written):
    _, what = written
    whole = what.open()
    layout = whole.layout
    axis = layout.axes[-1]
    assert what.open(periodic=axis).layout.periodic == (axis,)
    if layout.mesh is not None and len(layout.mesh.types):
        with pytest.raises(rom.InputError, match="part of a mesh with cells cannot be selected"):
            what.open(coarsen=2)
        return
    some = what.open(coarsen=2)
    fields = layout.to_fields(whole[[0, 9]])
    step = tuple(slice(None, None, 2) if n > 1 else slice(None) for n in layout.grid_shape)
    expected = fields[(slice(None), slice(None), *step)]
    found = some.layout.to_fields(some[[0, 9]])
    np.testing.assert_array_equal(found, expected)
    if axis in layout.coordinates:
        low, high = np.sort(layout.coordinates[axis])[[1, -2]]
        chosen = what.open(select=f"{axis}={low}:{high}").layout
        assert chosen.grid_shape[-1] == layout.grid_shape[-1] - 2


@pytest.mark.parametrize("option", ["time", "mask", "weights", "points", "coordinates"])
def test_an_array_that_is_not_there_is_one_line(written, option):
    _, what = written
    value = {what.open().layout.axes[-1]: "nothing"} if option == "coordinates" else "nothing"
    with pytest.raises(rom.InputError, match="nothing") as caught:
        what.open(**{option: value})
    assert "\n" not in str(caught.value)


def test_a_comparison_runs_without_options_and_leaves_the_file_as_it_is(written):
    _, what = written
    given = find_files(what.data)
    inside = [file for path in given for file in path.rglob("*") if file.is_file()]
    paths = [path for path in given if path.is_file()] + inside
    before = [path.read_bytes() for path in paths]
    for path in paths:
        path.chmod(0o444)
    data = what.open() if what.options else what.data
    table = rom.compare(data, reducers=["pod"], n_components=[2], jobs=1).table
    assert (table.metric == "relative_error").sum() == 2
    assert [path.read_bytes() for path in paths] == before
