"""Decision regions show the given classes, probabilities and samples."""

import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.analysis.surfaces import Plane
from annlab.figures import SurfacePoints, ThemeName, class_regions
from annlab.figures.base.subsample import evenly_spaced
from annlab.figures.base.theme import CLASS_COLORS, CLASS_SYMBOLS, MISTAKE_COLOR, THEMES, rgba
from annlab.figures.class_regions import MAX_HOVERED, class_boundaries

AXES = ("length (cm)", "width (cm)")


def _plane(resolution: int) -> Plane:
    side = np.linspace(-2, 2, resolution, dtype=np.float32)
    return Plane((0, 1), side, side, np.zeros(2))


def _surface(plane: Plane, n_classes: int) -> np.ndarray:
    """Softmax of linear scores: neighboring regions are divided by straight lines."""
    slopes = np.random.default_rng(n_classes).normal(size=(2, n_classes))
    z = plane.points @ slopes
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p.reshape(len(plane.y), len(plane.x), n_classes).astype(np.float32)


def _points(n: int, n_classes: int, n_wrong: int = 0) -> SurfacePoints:
    X = np.random.default_rng(1).normal(size=(n, 2)).astype(np.float32)
    return SurfacePoints(X, np.arange(n) % n_classes, np.arange(n) < n_wrong)


def _figure(n_classes: int, resolution: int = 20, n: int = 30, **options: Any) -> go.Figure:
    plane = _plane(resolution)
    names = tuple(f"kind {k}" for k in range(n_classes))
    wrong = options.pop("n_wrong", 0)
    points = _points(n, n_classes, wrong)
    return class_regions(plane, _surface(plane, n_classes), points, AXES, names, **options)


def _trace(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


def _heatmaps(figure: go.Figure) -> tuple[go.Heatmap, go.Heatmap]:
    shade, hover = (trace for trace in figure.data if isinstance(trace, go.Heatmap))
    return shade, hover


@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_byte_encodes_class_and_probability(n_classes: int) -> None:
    p = _surface(_plane(20), n_classes)
    shade, _ = _heatmaps(_figure(n_classes))
    n_levels = 256 // n_classes
    assert shade.z.dtype == np.uint8
    winner, level = np.divmod(shade.z, n_levels)
    np.testing.assert_array_equal(winner, p.argmax(axis=-1))
    # From the level back to the probability, which lies between 1/n and 1.
    confidence = 1 / n_classes + level / (n_levels - 1) * (1 - 1 / n_classes)
    np.testing.assert_allclose(confidence, p.max(axis=-1), atol=0.5 / (n_levels - 1))
    assert (shade.zmin, shade.zmax, shade.zsmooth) == (0, n_classes * n_levels - 1, False)


@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_shades_use_the_class_color(n_classes: int) -> None:
    shade, _ = _heatmaps(_figure(n_classes))
    n_levels = 256 // n_classes
    for k in range(n_classes):
        (low, pale), (high, full) = shade.colorscale[2 * k : 2 * k + 2]
        assert low * shade.zmax == pytest.approx(k * n_levels)
        assert high * shade.zmax == pytest.approx((k + 1) * n_levels - 1)
        assert pale == rgba(CLASS_COLORS[k], 0.08)
        assert full == rgba(CLASS_COLORS[k], 0.75)


def test_extreme_probabilities_fit_into_a_byte() -> None:
    plane = _plane(2)
    p = np.array([[[1, 0, 0], [0, 0, 1]], [[1 / 3, 1 / 3, 1 / 3], [0, 1, 0]]], np.float32)
    shade, hover = _heatmaps(class_regions(plane, p, _points(0, 3), AXES, ("a", "b", "c")))
    np.testing.assert_array_equal(shade.z, [[84, 254], [0, 169]])
    np.testing.assert_array_equal(hover.z, [[100, 100], [33, 100]])


@pytest.mark.parametrize("resolution", [20, 100, 101])
def test_hover_names_the_class_and_its_probability(resolution: int) -> None:
    plane = _plane(resolution)
    p = _surface(plane, 3)
    _, hover = _heatmaps(_figure(3, resolution))
    every = 1 if resolution == 20 else -(-resolution // MAX_HOVERED)
    np.testing.assert_array_equal(hover.x, plane.x[::every])
    np.testing.assert_array_equal(hover.z, np.rint(100 * p.max(axis=-1))[::every, ::every])
    names = [[f"kind {k}" for k in row] for row in p.argmax(axis=-1)[::every, ::every]]
    assert [list(row) for row in hover.text] == names
    assert "%{text}: %{z} %" in hover.hovertemplate
    assert {color for _, color in hover.colorscale} == {"rgba(0, 0, 0, 0)"}


def test_boundary_of_linear_scores_is_where_scores_are_equal() -> None:
    plane = _plane(40)
    slopes = np.array([[1.0, -1.0], [0.5, 0.3]])
    z = (plane.points @ slopes).reshape(40, 40, 2)
    x, y = class_boundaries(plane.x, plane.y, z)
    assert x.dtype == y.dtype == np.float32
    assert len(x) % 3 == 0
    assert np.isnan(x[2::3]).all()
    ends = np.column_stack([x, y])[~np.isnan(x)]
    scores = ends @ slopes
    np.testing.assert_allclose(scores[:, 0], scores[:, 1], atol=1e-5)
    # From the lower side of the plane to the upper one, without a gap.
    np.testing.assert_allclose([ends[:, 1].min(), ends[:, 1].max()], [-2, 2], atol=1e-6)
    lengths = np.hypot(x[1::3] - x[0::3], y[1::3] - y[0::3])
    assert lengths.sum() == pytest.approx(4 * np.hypot(1, 0.1), rel=1e-4)


def test_boundaries_of_three_regions_meet() -> None:
    side = np.array([0.0, 1.0])
    p = np.array([[[1, 0, 0], [0, 1, 0]], [[0, 0, 1], [0, 0, 1]]], float)
    x, y = class_boundaries(side, side, p)
    starts, ends = np.column_stack([x, y])[0::3], np.column_stack([x, y])[1::3]
    assert {tuple(start) for start in starts.tolist()} == {(0.5, 0.0), (0.0, 0.5), (1.0, 0.5)}
    np.testing.assert_allclose(ends, [[0.5, 1 / 3]] * 3, atol=1e-6)


def test_one_class_everywhere_has_no_boundary() -> None:
    side = np.arange(5.0)
    p = np.zeros((5, 5, 3))
    p[..., 1] = 1
    x, y = class_boundaries(side, side, p)
    assert len(x) == len(y) == 0


@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_points_have_the_style_of_their_class(n_classes: int) -> None:
    figure = _figure(n_classes, n=60)
    points = _points(60, n_classes)
    for k in range(n_classes):
        trace = _trace(figure, f"kind {k}")
        np.testing.assert_array_equal(trace.x, points.X[points.y == k, 0])
        np.testing.assert_array_equal(trace.y, points.X[points.y == k, 1])
        assert trace.marker.color == CLASS_COLORS[k]
        assert trace.marker.symbol == CLASS_SYMBOLS[k]


@pytest.mark.parametrize("n_wrong", [0, 7])
def test_mistakes_are_ringed(n_wrong: int) -> None:
    rings = _trace(_figure(3, n_wrong=n_wrong), "mistakes")
    np.testing.assert_array_equal(rings.x, _points(30, 3).X[:n_wrong, 0])
    assert rings.marker.color == MISTAKE_COLOR


def test_selected_points_are_always_drawn_with_rings(theme: ThemeName) -> None:
    chosen = np.array([1, 38])
    figure = _figure(2, n=40, max_points=10, rings=chosen, theme=theme)
    points = _points(40, 2)
    rings = _trace(figure, "chosen")
    np.testing.assert_array_equal(rings.x, points.X[chosen, 0])
    np.testing.assert_array_equal(rings.y, points.X[chosen, 1])
    assert rings.marker.symbol == "circle-open"
    assert rings.marker.color == THEMES[theme].ink
    assert rings.marker.size > _trace(figure, "mistakes").marker.size
    drawn = np.concatenate([_trace(figure, f"kind {k}").x for k in range(2)])
    assert set(drawn) == set(points.X[[*evenly_spaced(40, 10), *chosen], 0])


@pytest.mark.parametrize("rings", [None, np.zeros(0, int)])
def test_no_selection_draws_no_rings(rings: np.ndarray | None) -> None:
    assert "chosen" not in [trace.name for trace in _figure(3, rings=rings).data]


@pytest.mark.parametrize(("n_classes", "n_names"), [(1, 1), (3, 2)])
def test_classes_without_names_are_an_error(n_classes: int, n_names: int) -> None:
    plane = _plane(4)
    surface = np.ones((4, 4, n_classes))
    with pytest.raises(ValueError, match=f"Got {n_classes} classes and {n_names} names"):
        class_regions(plane, surface, _points(3, 1), AXES, ("a", "b")[:n_names])


def test_axes_note_and_theme(theme: ThemeName) -> None:
    figure = _figure(3, note="the others at their median", theme=theme)
    assert figure.layout.annotations == ()
    assert figure.layout.xaxis.title.text.startswith(f"{AXES[0]}<br>")
    assert "the others at their median" in figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text == AXES[1]
    assert figure.layout.xaxis.range == figure.layout.yaxis.range == (-2, 2)
    (boundary,) = (trace for trace in figure.data if getattr(trace, "mode", "") == "lines")
    assert boundary.line.color == THEMES[theme].ink == figure.layout.font.color


@pytest.mark.parametrize("n_classes", [2, 3, 10])
def test_figure_serializes_to_json(n_classes: int) -> None:
    text = _figure(n_classes, 100, 1000, n_wrong=100).to_json()
    assert len(text) < 150_000
    sent = json.loads(text)["data"][0]["z"]
    assert {type(number) for row in sent for number in row} == {int}
    assert 0 <= np.min(sent) <= np.max(sent) <= 255
