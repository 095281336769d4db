"""What a user relies on in every figure: sizes, own axes, text that stays text, clear mistakes."""

import io
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import rom
from rom import plot
from rom.errors import InputError
from rom.report.figures.style import looks
from rom.results import Results

OF_A_COMPARISON = [name for name in plot.__all__ if name != "beta_path"]


def panels(axes):
    return list(np.asarray(axes, dtype=object).reshape(-1))


@pytest.fixture(scope="module")
def results(comparison):
    return Results(comparison.store)


@pytest.mark.parametrize("name", OF_A_COMPARISON)
@pytest.mark.parametrize("width", ["single", "double"])
def test_every_figure_has_the_width_of_a_journal(results, name, width):
    found = getattr(plot, name)(results, width=width)
    assert all(isinstance(axes, Axes) for axes in panels(found))
    figure = panels(found)[0].figure
    assert figure.get_size_inches()[0] == {"single": 3.5, "double": 7.0}[width]
    assert figure.get_size_inches()[1] < 9
    figure.canvas.draw()  # no warning of the layout: everything has its place
    text = [one for one in figure.findobj(mpl.text.Text) if one.get_text()]
    assert {5.5 <= one.get_fontsize() <= 8 for one in text} == {True}


@pytest.mark.parametrize("name", OF_A_COMPARISON)
def test_every_figure_can_be_drawn_in_the_users_axes(results, name):
    function = getattr(plot, name)
    shape = np.shape(function(results)) or (1,)
    rows, columns = (1, shape[0]) if len(shape) == 1 else shape
    figure = Figure()
    own = figure.subplots(rows, columns, squeeze=False)
    drawn = function(results, ax=own if own.size > 1 else own[0, 0])
    assert panels(drawn) == panels(own)
    assert all(axes.has_data() or not axes.axison for axes in panels(own))
    with pytest.raises(InputError, match=r"^ax: .* needed, got \d+$"):
        function(results, ax=Figure().subplots(1, own.size + 1))


def test_a_comparison_may_be_given_in_any_form(comparison, results):
    expected = plot.error_curve(results).get_ylim()
    for form in (comparison, comparison.store, comparison.path, str(comparison.path)):
        assert plot.error_curve(form).get_ylim() == expected


def test_text_stays_text_whatever_the_users_settings_are_when_it_is_saved(results):
    with mpl.rc_context({"svg.fonttype": "path", "pdf.fonttype": 3}):
        figure = plot.error_curve(results).figure
        svg, pdf = io.StringIO(), io.BytesIO()
        figure.savefig(svg, format="svg")
        figure.savefig(pdf, format="pdf")
        assert mpl.rcParams["svg.fonttype"] == "path"
    assert "number of latents" in svg.getvalue()
    assert b"/FontFile2" in pdf.getvalue()  # TrueType
    assert b"/Type3" not in pdf.getvalue()


def test_the_font_is_the_users_and_so_are_all_other_settings():
    before = dict(mpl.rcParams)
    with mpl.rc_context({"font.family": "monospace"}):
        (axes,) = plot.independence(np.random.default_rng(0).normal(size=(30, 2)))
    assert axes.title.get_fontfamily() == ["monospace"]
    assert {k: v for k, v in mpl.rcParams.items() if before[k] != v} == {}


def test_pyplot_shows_the_figures_of_a_user_and_not_those_of_the_report(results):
    figure = plot.error_curve(results).figure
    assert pyplot.get_fignums() == [figure.number]
    with looks():
        plot.error_curve(results)
    assert pyplot.get_fignums() == [figure.number]


def test_the_error_curve_shows_the_table(results):
    axes = plot.error_curve(results, ring=("autoencoder", None, 3), tolerance=0.5)
    lines = {line.get_label(): line for line in axes.get_lines()}
    expected = [results.mean(m, "relative_error") for m in results.of(("autoencoder", None))]
    np.testing.assert_allclose(lines["AE"].get_ydata(), expected)
    curve = lines["POD, every number of modes"].get_ydata()
    pods = results.of(("pod", None))
    np.testing.assert_allclose(
        [curve[m.n_components - 1] for m in pods],
        [results.mean(m, "relative_error") for m in pods],
        rtol=1e-5,
    )
    rings = [line for line in axes.get_lines() if line.get_markersize() == 10]
    np.testing.assert_allclose(rings[0].get_xydata(), [[3, expected[1]]])
    names = {text.get_text() for text in axes.texts}
    assert {"POD", "AE", "kernel POD", "tolerance 50 %"} <= names
    # POD with a number of modes that was not compared is on the curve
    axes = plot.error_curve(results, ring=("pod", None, 15))
    assert axes.get_xlim()[1] > 15


def test_names_at_the_curves_do_not_overlap(results):
    axes = plot.error_curve(results)
    axes.figure.canvas.draw()
    boxes = [mpl.text.Text.get_window_extent(text) for text in axes.texts]
    order = sorted(boxes, key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in pairwise(order))


def test_a_reconstruction_has_its_error_below(fields):
    rows = np.asarray(fields)
    models = {name: rom.POD(k).fit(rows[:40]) for name, k in (("two", 2), ("four", 4))}
    grid = plot.reconstruction(models, rows[40:], snapshot=[1, 5])
    assert grid.shape == (4, 2)
    for j, pod in enumerate(models.values()):
        error = np.abs(rows[45] - pod.inverse_transform(pod.transform(rows[45:46]))[0])
        np.testing.assert_allclose(grid[3, j].get_lines()[0].get_ydata(), error, atol=1e-12)
    for row in grid[1::2]:  # one range for a row, and nothing is cut off
        heights = [axes.get_lines()[0].get_ydata().max() for axes in row]
        assert {axes.get_ylim() for axes in row} == {(0.0, row[0].get_ylim()[1])}
        assert row[0].get_ylim()[1] > max(heights)
    on_a_grid = rom.POD(2).fit(fields.select(range(40)))
    grid = plot.reconstruction(on_a_grid, fields.select(range(40, 60)))
    assert [len(axes.images) for axes in grid.flat] == [1, 1, 0, 1]
    labels = [axes.get_ylabel() for axes in grid[0, 0].figure.axes]
    assert {"u (m/s)", "error (m/s)"} <= set(labels)


def test_a_circle_is_a_circle():
    t = np.linspace(0, 6, 50)
    (axes,) = plot.phase_portrait(np.column_stack([np.sin(t), 3 * np.cos(t)]), width="single")
    axes.figure.canvas.draw()
    box, (x0, x1), (y0, y1) = axes.get_window_extent(), axes.get_xlim(), axes.get_ylim()
    assert box.width / (x1 - x0) == pytest.approx(box.height / (y1 - y0))


def test_ten_classes_have_ten_colours_and_markers():
    Z = np.random.default_rng(0).normal(size=(100, 2))
    (axes,) = plot.phase_portrait(Z, by=np.arange(100) % 10, label="digit")
    colours = {tuple(points.get_facecolor()[0]) for points in axes.collections}
    shapes = {points.get_paths()[0].vertices.tobytes() for points in axes.collections}
    assert len(colours) == len(shapes) == 10


def test_colours_are_told_apart_by_everyone(results):
    """Okabe and Ito's colours, and lightness that differs between the main three."""
    from rom.plot._style import COLOURS

    light = [mpl.colors.rgb_to_hsv(mpl.colors.to_rgb(tone))[2] for tone in COLOURS.values()]
    assert np.diff(sorted(light)).min() > 0.1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda c: plot.error_curve(3), "a comparison or the path of its folder expected, got int"),
        (lambda c: plot.error_curve("/nowhere"), "no results of a comparison there"),
        (lambda c: plot.error_curve(c, ring=("pod", None, 99)), "no such point; compared were"),
        (
            lambda c: plot.cost(c, width="wide"),  # type: ignore[arg-type]
            "width='wide': ",
        ),
        (lambda c: plot.cost(c, ax=3), "ax: matplotlib Axes"),
        (lambda c: plot.cost(c, against="storge"), "did you mean 'storage'"),
        (lambda c: plot.error_map(c, "v"), "variable='v': Known: u"),
        (lambda c: plot.error_map(c, n_components=7), "compared were [2, 3]"),
        (lambda c: plot.latent_scan(c, reducer="podd"), "did you mean 'pod'"),
        (lambda c: plot.modes(rom.POD(2)), "POD is not fitted; call fit first"),
        (lambda c: plot.modes(np.ones((3, 2))), "a fitted reducer or the model of a run expected"),
        (lambda c: plot.latents(np.ones(3)), "latents (n_snapshots, n_components) expected"),
        (lambda c: plot.latents(np.ones((3, 2)), times=[1.0]), "one row for each snapshot"),
        (lambda c: plot.phase_portrait(np.ones((3, 1))), "there are 1, from 0"),
        (lambda c: plot.independence(np.eye(3), "corelation"), "did you mean 'correlation'"),
        (lambda c: plot.reconstruction(rom.POD(1).fit(np.eye(3))), "give the snapshots"),
        (lambda c: plot.reconstruction(c, snapshot=99), "the comparison keeps"),
        (lambda c: plot.history(rom.POD(1).fit(np.eye(3))), "not trained in epochs"),
    ],
)
def test_mistakes_are_one_clear_line(comparison, call, words):
    with pytest.raises(InputError) as error:
        call(comparison)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
