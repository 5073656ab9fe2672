"""Linear pieces and their counts: shades, edges and lines show the given numbers."""

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.analysis.piece_location import class_boundary, piece_at
from annlab.analysis.pieces import Pieces, linear_pieces
from annlab.figures import SurfacePoints, ThemeName, piece_counts
from annlab.figures import linear_pieces as draw
from annlab.figures.base.theme import CLASS_COLORS, MODEL_COLORS, THEMES
from annlab.figures.pieces import RESOLUTION
from annlab.nn.forward import Layers

AXES, CLASSES = ("width", "length"), ("no", "yes")


def _layers(*sizes: int, seed: int = 0) -> Layers:
    random = np.random.default_rng(seed)
    return [
        (random.normal(0, 0.7, shape), random.normal(0, 0.4, shape[1])) for shape in pairwise(sizes)
    ]


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return linear_pieces(_layers(2, 7, 5, 1), "relu", (-3, 1), (0, 8))


def _shade(figure: go.Figure) -> tuple[go.Heatmap, np.ndarray]:
    """The heat map, and its slopes, from the codes and the ticks of the color bar."""
    shade = figure.data[0]
    top = float(shade.colorbar.ticktext[-1].removeprefix("≥ "))
    return shade, np.asarray(shade.z) / 100 * top


def _segments(trace: go.Scatter) -> np.ndarray:
    path = np.stack([trace.x, trace.y], axis=1).reshape(-1, 3, 2)
    assert np.isnan(path[:, 2]).all()
    return path[:, :2]


def _named(figure: go.Figure, name: str) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.name == name]


def test_shades_are_the_slopes_of_the_pieces(pieces: Pieces) -> None:
    shade, slopes = _shade(draw(pieces, AXES))
    assert slopes.shape == (RESOLUTION, RESOLUTION)
    top = float(np.quantile(slopes, 1))
    for i in range(0, RESOLUTION, 23):
        for j in range(0, RESOLUTION, 23):
            k = piece_at(pieces, float(shade.x[j]), float(shade.y[i]))
            expected = np.linalg.norm(pieces.gradients[k])
            assert slopes[i, j] == pytest.approx(min(expected, top), abs=0.01 * top)
    assert shade.colorbar.title.text == "slope of the output"


def test_hover_gives_the_slope_of_a_piece(pieces: Pieces) -> None:
    hover = draw(pieces, AXES, CLASSES).data[1]
    k = piece_at(pieces, float(hover.x[12]), float(hover.y[31]))
    assert hover.z[31][12] == pytest.approx(pieces.slopes[k], rel=1e-6)
    assert "slope of the logit %{z" in hover.hovertemplate
    assert "width %{x" in hover.hovertemplate


def test_one_steep_splinter_does_not_pale_the_others(pieces: Pieces) -> None:
    k = int(pieces.areas.argmin())
    gradients = pieces.gradients.copy()
    gradients[k] *= 1000
    steep = Pieces(**{**vars(pieces), "gradients": gradients})
    shade, _ = _shade(draw(steep, AXES))
    assert shade.colorbar.ticktext[-1].startswith("≥ ")
    usual, _ = _shade(draw(pieces, AXES))
    assert np.median(shade.z) == pytest.approx(np.median(usual.z), abs=3)


def test_edges_are_one_line_with_gaps(pieces: Pieces) -> None:
    figure = draw(pieces, AXES)
    assert len(figure.data) == 3
    edges = figure.data[2]
    np.testing.assert_allclose(_segments(edges), pieces.cuts, atol=1e-3)
    assert not edges.showlegend
    (note,) = figure.layout.annotations
    assert note.text == f"{pieces.n} linear pieces"


def test_edges_of_many_pieces_are_thin() -> None:
    widths = [
        draw(linear_pieces(_layers(2, n, 1), "relu", (-3, 3), (-3, 3)), AXES).data[2].line.width
        for n in (2, 40, 200)
    ]
    assert widths[0] > widths[1] > widths[2] > 0


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_the_boundary_of_classes_is_drawn(n_outputs: int, theme: ThemeName) -> None:
    pieces = linear_pieces(
        _layers(2, 7, 5, n_outputs, seed=n_outputs - 1), "relu", (-3, 3), (-3, 3)
    )
    names = ("a", "b", "c")[: max(2, n_outputs)]
    figure = draw(pieces, AXES, names, theme=theme)
    (boundary,) = _named(figure, "boundary")
    expected = class_boundary(pieces)
    assert len(expected)
    np.testing.assert_allclose(_segments(boundary), expected, atol=1e-3)
    assert boundary.line.color == THEMES[theme].ink == figure.layout.font.color
    assert boundary.line.width > figure.data[2].line.width
    assert not _named(draw(pieces, AXES), "boundary")  # a regression has none
    title = figure.data[0].colorbar.title.text
    assert title == ("slope of the logit" if n_outputs == 1 else "slope of the logits")


def test_samples_lie_on_top(pieces: Pieces) -> None:
    random = np.random.default_rng(1)
    X, y = random.random((50, 2)), np.arange(50) % 2
    points = SurfacePoints(X, y, np.arange(50) < 3)
    figure = draw(pieces, AXES, CLASSES, points=points, max_points=20)
    assert [trace.name for trace in figure.data[-3:]] == ["no", "yes", "mistakes"]
    assert len(figure.data[-1].x) == 3
    assert figure.data[-3].marker.color == CLASS_COLORS[0]
    assert "of 50 samples" in figure.layout.annotations[0].text
    assert figure.layout.xaxis.range == (-3, 1)
    assert figure.layout.yaxis.range == (0, 8)
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == AXES


@pytest.mark.parametrize("activation", ["relu", "step"])
def test_one_piece_and_slopes_of_zero(activation: str) -> None:
    flat = [(np.zeros((2, 3)), np.zeros(3)), (np.ones((3, 1)), np.ones(1))]
    pieces = linear_pieces(flat, activation, (0, 1), (0, 1))
    with np.errstate(all="raise"):
        figure = draw(pieces, AXES, CLASSES)
    shade, _ = _shade(figure)
    assert not np.any(shade.z)
    assert len(figure.data[2].x) == 0
    (note,) = figure.layout.annotations
    assert note.text == "1 linear piece"


def test_a_large_network_is_sent_in_few_bytes() -> None:
    pieces = linear_pieces(_layers(2, 64, 64, 1), "relu", (-3, 3), (-3, 3))
    assert pieces.n > 5000
    assert len(draw(pieces, AXES, CLASSES).to_json()) < 80 * pieces.n


EPOCHS = np.array([0, 1, 5, 20])
COUNTS = np.array([[4, 8, 6], [5, 5, 5], [9, 3, 9], [7, 8, 9]])


def test_counts_are_drawn_as_mean_and_band(theme: ThemeName) -> None:
    figure = piece_counts(EPOCHS, COUNTS, name="B", cursor=5, theme=theme)
    (mean,) = _named(figure, "B")
    np.testing.assert_array_equal(mean.x, EPOCHS)
    np.testing.assert_allclose(mean.y, [6, 5, 7, 8])
    assert mean.line.color == MODEL_COLORS[1]
    (band,) = (trace for trace in figure.data if trace.fill == "toself")
    np.testing.assert_array_equal(band.y, [8, 5, 9, 9, 7, 3, 5, 4])
    assert figure.layout.shapes[0].x0 == 5
    assert figure.layout.yaxis.rangemode == "tozero"
    assert figure.layout.font.color == THEMES[theme].ink


def test_one_network_has_no_band() -> None:
    figure = piece_counts(EPOCHS, COUNTS[:, :1])
    (mean,) = figure.data
    np.testing.assert_array_equal(mean.y, COUNTS[:, 0])


def test_bounds_stand_beside_the_counts() -> None:
    figure = piece_counts(EPOCHS, COUNTS, bound=11, typical=1600)
    (exact,), (rough,) = (
        _named(figure, "at most: 11"),
        _named(figure, "order of magnitude, units²: 1,600"),
    )
    assert list(exact.x) == list(rough.x) == [0, 20]
    assert (list(exact.y), list(rough.y)) == ([11, 11], [1600, 1600])
    assert exact.line.dash != rough.line.dash
