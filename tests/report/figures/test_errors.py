"""When and where reconstructions are wrong, drawn as they were measured."""

import numpy as np
import pytest

import rom
from rom.report.figures.errors import error_maps, errors_over_time
from rom.report.figures.style import looks
from rom.results import Results
from rom.study.store import RECONSTRUCTION

RNG = np.random.default_rng(0)
FIELDS = (
    RNG.normal(size=(60, 5, 6)) * np.linspace(0.1, 2, 6) + np.sin(np.arange(60) / 4)[:, None, None]
)


def results_of(folder, snapshots, **options):
    chosen = {
        "reducers": ["pod"],
        "n_components": [1, 2],
        "jobs": 1,
        "out": folder / "out",
    } | options
    return Results(rom.compare(snapshots, **chosen).store)


def drawn(function, results):
    with looks():
        return list(function(results))


@pytest.fixture(scope="module")
def flow(tmp_path_factory):
    snapshots = rom.Snapshots.from_array(FIELDS, axes="t y x", times=np.arange(60.0))
    small = {"channels": (4,), "hidden": (4,), "architecture": "mlp"}
    return results_of(
        tmp_path_factory.mktemp("flow"),
        snapshots,
        reducers=["pod", "autoencoder"],
        seeds=2,
        epochs=2,
        options={"autoencoder": small},
    )


def test_curves_are_the_errors_and_bands_the_seeds(flow):
    (plot,) = drawn(errors_over_time, flow)
    (axes,) = plot.figure.axes
    lines = {line.get_label(): line for line in axes.lines}
    pod, autoencoder = flow.at(2)
    run = pod.runs[0]
    latents, layout = flow.latents(run), flow.layout
    decoded = flow.model(run).decode_fields(latents)[flow.positions]
    of_examples = lines[pod.name].get_ydata()[flow.positions]
    for error, original, image in zip(of_examples, flow.originals, decoded, strict=True):
        distance = np.linalg.norm(original - flow.train_mean)
        assert error == pytest.approx(np.linalg.norm(original - image) / distance, rel=1e-6)
    assert np.all(np.diff(lines[pod.name].get_xdata()) > 0)
    assert layout.n_variables == 1
    assert len(axes.collections) == 1  # the band of the network; POD has one run
    errors = np.stack([flow.store.relative_errors(run) for run in autoencoder.runs])
    np.testing.assert_allclose(lines[autoencoder.name].get_ydata(), errors.mean(axis=0))
    assert "Bands" in plot.caption


def test_maps_share_their_colours(flow):
    (plot,) = drawn(error_maps, flow)
    images = [axes.images[0] for axes in plot.figure.axes if axes.images]
    assert len(images) == 2
    assert len({image.get_clim() for image in images}) == 1
    for method in flow.at(2):
        rmse = np.sqrt(np.square(flow.store.error_map(flow.median_run(method))).mean())
        of_median, *_ = flow.values(method, "rmse_variable", key=flow.layout.variables[0])[
            [run == flow.median_run(method) for run in method.runs]
        ]
        assert of_median == pytest.approx(rmse, rel=1e-6)


def test_rows_of_numbers_give_a_curve_and_no_times_no_course(tmp_path):
    results = results_of(tmp_path, FIELDS.reshape(60, -1))
    assert drawn(errors_over_time, results) == []
    (plot,) = drawn(error_maps, results)
    (axes,) = plot.figure.axes
    np.testing.assert_allclose(
        axes.lines[0].get_ydata(), results.store.error_map(results.at(2)[0].runs[0])
    )


def test_trajectories_have_columns_of_their_own(tmp_path):
    trajectories, times = np.repeat(np.arange(6), 10), np.tile(np.arange(10.0), 6)
    snapshots = rom.Snapshots.from_array(
        FIELDS.reshape(60, -1), times=times, trajectories=trajectories
    )
    (plot,) = drawn(errors_over_time, results_of(tmp_path, snapshots, split={"test": 0.5}))
    assert len(plot.figure.axes) == 3
    assert all(len(line.get_xdata()) == 10 for axes in plot.figure.axes for line in axes.lines)


def test_a_store_of_an_older_version_is_drawn_without(tmp_path):
    results = results_of(
        tmp_path, rom.Snapshots.from_array(FIELDS, axes="t y x", times=np.arange(60.0))
    )
    for path in (tmp_path / "out" / "runs").glob(f"*/{RECONSTRUCTION}"):
        path.unlink()
    assert drawn(errors_over_time, results) == drawn(error_maps, results) == []
