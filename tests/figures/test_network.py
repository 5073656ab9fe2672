"""The graph of a network shows all its units, weights and biases."""

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import Run
from annlab.figures import ThemeName, network_graph
from annlab.figures.base.theme import NEGATIVE, POSITIVE, THEMES
from annlab.figures.network import MAX_UNITS
from annlab.nn.forward import Layers

SIZES = (3, 4, 2)


def _layers(sizes: tuple[int, ...]) -> Layers:
    random = np.random.default_rng(len(sizes))
    return [
        (
            random.normal(size=(n_in, n_out)).astype(np.float32),
            random.normal(size=n_out).astype(np.float32),
        )
        for n_in, n_out in pairwise(sizes)
    ]


def _wide(sizes: tuple[int, ...]) -> Layers:
    """A network whose inputs also go straight to the output layer."""
    *hidden, (W, b) = _layers(sizes)
    return [*hidden, (np.concatenate([W, _layers((sizes[0], sizes[-1]))[0][0]]), b)]


def _curves(figure: go.Figure) -> list[list[tuple[float, float]]]:
    """Points of each drawn line that is not straight."""
    found = []
    for trace in figure.data:
        if trace.mode == "lines" and trace.name is None:
            points: list[tuple[float, float]] = []
            for x, y in zip(trace.x, trace.y, strict=True):
                if x is not None:
                    points.append((x, y))
                elif len(points) > 2:
                    found.append(points)
                points = [] if x is None else points
    return found


def _graph(layers: Layers, **options: Any) -> go.Figure:
    n_in, n_out = len(layers[0][0]), len(layers[-1][1])
    inputs = [f"feature {i}" for i in range(n_in)]
    outputs = [f"class {k}" for k in range(n_out)]
    return network_graph(layers, inputs, outputs, **options)


def _units(figure: go.Figure) -> list[go.Scatter]:
    """One trace of markers for each layer of units."""
    return [t for t in figure.data if "markers" in t.mode and t.marker.symbol is None]


def _bias_units(figure: go.Figure) -> list[go.Scatter]:
    return [t for t in figure.data if "markers" in t.mode and t.marker.symbol == "square"]


def _lines(figure: go.Figure, color: str) -> Counter[tuple[float, ...]]:
    """The ends of all line segments of one color: x0, y0, x1, y1."""
    ends: Counter[tuple[float, ...]] = Counter()
    for trace in figure.data:
        if trace.mode == "lines" and trace.line.color == color and trace.name is None:
            assert all(x is None for x in trace.x[2::3])  # the pen is lifted
            segments = zip(trace.x[::3], trace.y[::3], trace.x[1::3], trace.y[1::3], strict=True)
            ends.update(tuple(round(float(end), 9) for end in segment) for segment in segments)
    return ends


def _expected(figure: go.Figure, layers: Layers, positive: bool) -> Counter[tuple[float, ...]]:
    """Expected lines for all weights of one sign, from the drawn positions of the units."""
    ends: Counter[tuple[float, ...]] = Counter()
    units, ones = _units(figure), _bias_units(figure)
    for (W, b), left, right, one in zip(layers, units, units[1:], ones, strict=False):
        starts = [*zip(left.x, left.y, strict=True), (one.x[0], one.y[0])]
        weights = np.vstack([W[: len(left.x)], b])
        for (x0, y0), row in zip(starts, weights, strict=True):
            for x1, y1, w in zip(right.x, right.y, row, strict=False):
                if (w > 0) == positive:
                    ends[tuple(round(float(end), 9) for end in (x0, y0, x1, y1))] += 1
    return ends


@pytest.mark.parametrize("sizes", [(3, 4, 2), (2, 5, 4, 3, 1), (20, 3, 30)])
def test_inputs_that_skip_the_hidden_units_are_drawn_below_them(sizes: tuple[int, ...]) -> None:
    figure = _graph(_wide(sizes))
    units = _units(figure)
    assert [len(trace.x) for trace in units] == [min(n, MAX_UNITS) for n in sizes]
    curves = _curves(figure)
    ends = {(start, end) for start, *_, end in curves}
    firsts, lasts = (set(zip(of.x, of.y, strict=True)) for of in (units[0], units[-1]))
    assert len(curves) == len(ends)
    assert ends == {(start, end) for start in firsts for end in lasts}
    lowest_unit = min(min(of.y) for of in units)
    low, _ = figure.layout.yaxis.range
    for curve in curves:
        assert low < min(y for _, y in curve) < lowest_unit
    assert "inputs straight to the output" in {a.text for a in figure.layout.annotations}
    assert not _curves(_graph(_layers(sizes)))


@pytest.mark.parametrize("sizes", [(2, 1), (3, 4, 2), (2, 5, 4, 3, 1), (12, 12, 12)])
def test_every_unit_is_drawn(sizes: tuple[int, ...]) -> None:
    figure = _graph(_layers(sizes))
    assert [len(trace.x) for trace in _units(figure)] == list(sizes)
    for column, trace in enumerate(_units(figure)):
        assert set(trace.x) == {column}
        assert len(set(trace.y)) == len(trace.y)
    assert len(_bias_units(figure)) == len(sizes) - 1


@pytest.mark.parametrize("sizes", [(2, 1), (3, 4, 2), (2, 5, 4, 3, 1), (20, 15, 30, 1)])
def test_every_weight_and_bias_is_a_line_in_the_color_of_its_sign(sizes: tuple[int, ...]) -> None:
    layers = _layers(sizes)
    figure = _graph(layers)
    drawn = {color: _lines(figure, color) for color in (POSITIVE, NEGATIVE)}
    assert drawn[POSITIVE] == _expected(figure, layers, positive=True)
    assert drawn[NEGATIVE] == _expected(figure, layers, positive=False)
    shown = [min(size, MAX_UNITS) for size in sizes]
    n = sum((n_in + 1) * n_out for n_in, n_out in pairwise(shown))
    assert drawn[POSITIVE].total() + drawn[NEGATIVE].total() == n
    assert POSITIVE != NEGATIVE


def test_larger_weights_are_wider_lines() -> None:
    W = np.array([[0.05], [-0.3], [0.6], [1.0]], dtype=np.float32)
    figure = _graph([(W, np.zeros(1, dtype=np.float32))])
    (inputs, _) = _units(figure)
    widths = {}
    for trace in figure.data:
        if trace.mode == "lines" and trace.name is None:
            for y in trace.y[::3]:
                widths[round(float(y), 9)] = trace.line.width
    found = [widths[round(float(y), 9)] for y in inputs.y]
    assert found == sorted(found)
    assert len(set(found)) == 4


def test_zero_weights_are_drawn_without_a_warning() -> None:
    with np.errstate(all="raise"):
        figure = _graph([(np.zeros((2, 3)), np.zeros(3)), (np.zeros((3, 1)), np.zeros(1))])
    assert _lines(figure, POSITIVE).total() + _lines(figure, NEGATIVE).total() == 9 + 4


def test_hover_of_units_has_name_and_bias() -> None:
    layers = _layers(SIZES)
    inputs, hidden, outputs = _units(_graph(layers))
    assert list(inputs.hovertext) == ["feature 0", "feature 1", "feature 2"]
    assert list(inputs.text) == list(inputs.hovertext)
    assert list(hidden.hovertext) == [
        f"unit {i + 1}<br>bias {layers[0][1][i]:.3f}" for i in range(4)
    ]
    assert list(outputs.hovertext) == [f"class {k}<br>bias {layers[1][1][k]:.3f}" for k in range(2)]
    assert list(outputs.text) == ["class 0", "class 1"]


@pytest.mark.parametrize("names", [("a", "b"), ("mean concave points", "worst fractal dimension")])
def test_names_have_room_beside_their_units(names: tuple[str, ...]) -> None:
    figure = network_graph(_layers((2, 3, 1)), names, ("P(class 1)",))
    left, right = figure.layout.xaxis.range
    letters = max(map(len, names))
    # The first units stand at 0; a letter takes about 7 of some 480 pixels.
    assert -left / (right - left) >= min(0.35, 7 / 480 * letters)
    assert left < 0 < 2 < right


def test_layers_are_titled_with_their_sizes() -> None:
    titles = [note.text for note in _graph(_layers((3, 4, 5, 2))).layout.annotations]
    assert titles == ["input<br>3", "hidden 1<br>4", "hidden 2<br>5", "output<br>2"]


def test_large_layer_has_a_note_with_its_size() -> None:
    figure = _graph(_layers((MAX_UNITS + 1, 64, MAX_UNITS, 1)))
    titles = [note.text for note in figure.layout.annotations]
    assert titles == [
        f"input<br>{MAX_UNITS} of {MAX_UNITS + 1}",
        f"hidden 1<br>{MAX_UNITS} of 64",
        f"hidden 2<br>{MAX_UNITS}",
        "output<br>1",
    ]
    assert [len(trace.x) for trace in _units(figure)] == [MAX_UNITS] * 3 + [1]
    assert len(_units(figure)[0].text) == MAX_UNITS


def test_the_legend_explains_the_colors() -> None:
    named = {t.name: t.line.color for t in _graph(_layers(SIZES)).data if t.name}
    assert named == {"negative weight": NEGATIVE, "positive weight": POSITIVE}


@pytest.mark.parametrize("model", [0, 1])
def test_the_default_experiment(model: int, default_runs: list[Run], theme: ThemeName) -> None:
    layers = [(W[0], b[0]) for W, b in default_runs[model].checkpoints.at()]
    figure = network_graph(layers, ("x1", "x2"), ("P(class 1)",), theme=theme)
    assert len(figure.to_json()) < 120_000
    n_lines = _lines(figure, POSITIVE).total() + _lines(figure, NEGATIVE).total()
    assert n_lines == default_runs[model].n_parameters
    for trace in (*_units(figure), *_bias_units(figure)):
        assert trace.marker.color == THEMES[theme].paper
        assert trace.marker.line.color == THEMES[theme].ink


@pytest.mark.parametrize(
    ("n_hidden", "titles"),
    [
        (2, ["input", "hidden 1", "hidden 2", "output"]),
        (5, ["in", "1", "2", "3", "4", "5", "out"]),
    ],
)
def test_titles_of_many_layers_are_short(n_hidden: int, titles: list[str]) -> None:
    figure = _graph(_layers((2, *[3] * n_hidden, 1)))
    said = [note.text.split("<br>")[0] for note in figure.layout.annotations]
    assert said == titles
