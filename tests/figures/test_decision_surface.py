"""The decision surface shows the given probabilities and samples."""

import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab import Run
from annlab.analysis.surfaces import Plane, output_surface, plane_through
from annlab.datasets import Dataset
from annlab.figures import SurfacePoints, ThemeName, decision_surface
from annlab.figures.base.subsample import MAX_POINTS, evenly_spaced
from annlab.figures.base.theme import CLASS_COLORS, CLASS_SYMBOLS, MISTAKE_COLOR, THEMES
from annlab.figures.decision_surface import MAX_LARGE_RINGS, MAX_MISTAKES

N_X, N_Y = 7, 5
PLANE = Plane(
    (0, 1),
    np.linspace(-1, 2, N_X, dtype=np.float32),
    np.linspace(0, 10, N_Y, dtype=np.float32),
    np.zeros(3),
)
PROBABILITY = np.random.default_rng(0).random((N_Y, N_X, 1), dtype=np.float32)


def _points(n: int, n_wrong: int = 0) -> SurfacePoints:
    random = np.random.default_rng(1)
    X = random.random((n, 3), dtype=np.float32)
    wrong = np.zeros(n, dtype=bool)
    wrong[random.permutation(n)[:n_wrong]] = True
    return SurfacePoints(X, np.arange(n) % 2, wrong)


def _figure(points: SurfacePoints, plane: Plane = PLANE, theme: ThemeName = "light") -> go.Figure:
    return decision_surface(
        plane, PROBABILITY, points, ("width", "length"), ("no", "yes"), theme=theme
    )


def _trace(figure: go.Figure, name: str) -> go.Scatter:
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


def _of_type(figure: go.Figure, kind: type) -> list[Any]:
    return [trace for trace in figure.data if isinstance(trace, kind)]


def test_the_shade_holds_whole_percents() -> None:
    (shade,) = _of_type(_figure(_points(10)), go.Heatmap)
    assert shade.z.shape == (N_Y, N_X)
    assert shade.z.dtype == np.uint8
    np.testing.assert_array_equal(shade.z, np.rint(100 * PROBABILITY[..., 0]))
    np.testing.assert_array_equal(shade.x, PLANE.x)
    np.testing.assert_array_equal(shade.y, PLANE.y)
    assert (shade.zmin, shade.zmax) == (0, 100)
    assert shade.colorbar.title.text == "P(yes)"


def test_probabilities_0_and_1_fit_into_a_byte() -> None:
    certain = np.array([0.0, 1.0, 0.004, 0.996, 0.5] * N_X, dtype=np.float32)
    figure = decision_surface(
        PLANE, certain.reshape(N_Y, N_X, 1), _points(4), ("a", "b"), ("no", "yes")
    )
    (shade,) = _of_type(figure, go.Heatmap)
    assert sorted(set(shade.z.ravel().tolist())) == [0, 50, 100]


def test_the_boundary_is_drawn_at_one_half() -> None:
    (boundary,) = _of_type(_figure(_points(10)), go.Contour)
    assert boundary.contours.start == boundary.contours.end
    # In the units of z, `start` is the probability 1/2.
    doubled = boundary.z / boundary.contours.start
    np.testing.assert_allclose(doubled, 2 * PROBABILITY[..., 0], atol=2e-4)
    assert boundary.contours.coloring == "none"
    assert len(np.unique(boundary.z)) == N_X * N_Y  # whole percents would make the line jagged
    np.testing.assert_array_equal(boundary.x, PLANE.x)
    np.testing.assert_array_equal(boundary.y, PLANE.y)


def test_points_have_positions_and_class_colors() -> None:
    points = _points(60)
    figure = _figure(points)
    for k, name in enumerate(("no", "yes")):
        trace = _trace(figure, name)
        np.testing.assert_array_equal(trace.x, points.X[points.y == k, 0])
        np.testing.assert_array_equal(trace.y, points.X[points.y == k, 1])
        assert trace.marker.color == CLASS_COLORS[k]
        assert trace.marker.symbol == CLASS_SYMBOLS[k]


def test_the_axes_of_the_plane_are_those_of_the_points() -> None:
    points = _points(20)
    plane = Plane((2, 0), PLANE.x, PLANE.y, PLANE.rest)
    figure = _figure(points, plane)
    trace = _trace(figure, "no")
    np.testing.assert_array_equal(trace.x, points.X[points.y == 0, 2])
    np.testing.assert_array_equal(trace.y, points.X[points.y == 0, 0])
    assert figure.layout.xaxis.title.text == "width"
    assert figure.layout.yaxis.title.text == "length"
    assert figure.layout.xaxis.range == (PLANE.x[0], PLANE.x[-1])
    assert figure.layout.yaxis.range == (PLANE.y[0], PLANE.y[-1])


@pytest.mark.parametrize("n_wrong", [0, 1, 17])
def test_every_mistake_is_ringed_and_nothing_else(n_wrong: int) -> None:
    points = _points(50, n_wrong)
    rings = _trace(_figure(points), "mistakes")
    assert len(rings.x) == len(rings.y) == n_wrong
    np.testing.assert_array_equal(rings.x, points.X[points.wrong, 0])
    np.testing.assert_array_equal(rings.y, points.X[points.wrong, 1])
    assert rings.marker.symbol == "circle-open"
    assert rings.marker.color == MISTAKE_COLOR


@pytest.mark.parametrize("n", [MAX_POINTS, MAX_POINTS + 1, 4 * MAX_POINTS + 3])
def test_too_many_points_are_thinned_out_evenly(n: int) -> None:
    points = _points(n, n // 2)
    figure = _figure(points)
    drawn = np.concatenate([_trace(figure, name).x for name in ("no", "yes")])
    kept = evenly_spaced(n, MAX_POINTS)
    assert len(drawn) == MAX_POINTS
    assert set(drawn) == set(points.X[kept, 0])
    # Only drawn points have rings.
    rings = _trace(figure, "mistakes").x
    np.testing.assert_array_equal(rings, points.X[kept, 0][points.wrong[kept]])
    assert [note.text for note in figure.layout.annotations] == (
        [f"600 of {n:,} samples"] if n > MAX_POINTS else []
    )


@pytest.mark.parametrize("n_wrong", [0, 1, 3, MAX_MISTAKES, MAX_MISTAKES + 1])
def test_few_mistakes_are_all_drawn_among_many_points(n_wrong: int) -> None:
    n = 5 * MAX_POINTS
    points = _points(n, n_wrong)
    figure = _figure(points)
    kept = evenly_spaced(n, MAX_POINTS)
    if n_wrong <= MAX_MISTAKES:
        kept = np.union1d(kept, np.flatnonzero(points.wrong))
    drawn = np.concatenate([_trace(figure, name).x for name in ("no", "yes")])
    assert sorted(drawn) == sorted(points.X[kept, 0])
    rings = _trace(figure, "mistakes")
    np.testing.assert_array_equal(rings.x, points.X[kept, 0][points.wrong[kept]])
    (note,) = figure.layout.annotations
    assert note.text == f"{len(kept):,} of 3,000 samples"


def test_the_note_counts_chosen_points_too() -> None:
    rings = np.arange(900, 1500)
    arguments = (PLANE, PROBABILITY, _points(2000), ("width", "length"), ("no", "yes"))
    figure = decision_surface(*arguments, rings=rings)
    n_drawn = sum(len(_trace(figure, name).x) for name in ("no", "yes"))
    assert n_drawn == len(np.union1d(evenly_spaced(2000, MAX_POINTS), rings)) > MAX_POINTS
    (note,) = figure.layout.annotations
    assert note.text == f"{n_drawn:,} of 2,000 samples"


def test_empty_points_are_accepted() -> None:
    figure = _figure(_points(0))
    assert [len(_trace(figure, name).x) for name in ("no", "yes", "mistakes")] == [0, 0, 0]


def test_note_is_drawn_if_given() -> None:
    arguments = (PLANE, PROBABILITY, _points(4), ("width", "length"), ("no", "yes"))
    layout = decision_surface(*arguments, note="the others at their median").layout
    assert layout.annotations == ()
    assert "<br>" in layout.xaxis.title.text
    assert "the others at their median" in layout.xaxis.title.text
    assert decision_surface(*arguments).layout.xaxis.title.text == "width"
    both = decision_surface(*arguments, note="at their median", max_points=3).layout
    assert [note.text for note in both.annotations] == ["3 of 4 samples"]
    assert "at their median" in both.xaxis.title.text


def test_the_theme_is_that_of_the_page(theme: ThemeName) -> None:
    figure = _figure(_points(4), theme=theme)
    (boundary,) = _of_type(figure, go.Contour)
    assert boundary.line.color == THEMES[theme].ink == figure.layout.font.color
    assert _trace(figure, "no").marker.line.color == THEMES[theme].paper


@pytest.mark.parametrize("model", [0, 1])
def test_the_default_experiment(
    model: int, default_runs: list[Run], default_dataset: Dataset, theme: ThemeName
) -> None:
    run = default_runs[model]
    X, y = default_dataset.split("train")
    plane = plane_through(X)
    layers = [(W[0], b[0]) for W, b in run.checkpoints.at()]
    values = output_surface(run.config, layers, plane)
    wrong = np.arange(len(X)) < 150
    figure = decision_surface(
        plane,
        values,
        SurfacePoints(X, y, wrong),
        ("x1", "x2"),
        default_dataset.class_names,
        theme=theme,
    )
    text = figure.to_json()
    assert len(text) < 150_000
    sent = json.loads(text)["data"][0]["z"]
    np.testing.assert_array_equal(sent, np.rint(100 * values[..., 0]))
    assert all(isinstance(number, int) for row in sent for number in row)
    (shade,) = _of_type(figure, go.Heatmap)
    np.testing.assert_array_equal(shade.z, np.rint(100 * values[..., 0]))
    assert shade.z.shape == (100, 100)
    assert shade.z.min() < 10
    assert shade.z.max() > 90  # the surface is not constant


def test_selected_points_are_always_drawn_with_rings(theme: ThemeName) -> None:
    points = _points(40)
    chosen = np.array([1, 38])
    figure = decision_surface(
        PLANE, PROBABILITY, points, ("width", "length"), ("no", "yes"), theme=theme,
        max_points=10, rings=chosen,
    )  # fmt: skip
    rings = _trace(figure, "chosen")
    np.testing.assert_array_equal(rings.x, points.X[chosen, 0])
    np.testing.assert_array_equal(rings.y, points.X[chosen, 1])
    assert rings.marker.symbol == "circle-open"
    assert rings.marker.color == THEMES[theme].ink
    drawn = np.concatenate([_trace(figure, name).x for name in ("no", "yes")])
    assert set(drawn) == set(points.X[[*evenly_spaced(40, 10), *chosen], 0])


def test_rings_shrink_with_the_number_of_selected_points() -> None:
    looks = []
    for n in (1, MAX_LARGE_RINGS, 10 * MAX_LARGE_RINGS, 100 * MAX_LARGE_RINGS):
        figure = decision_surface(
            PLANE, PROBABILITY, _points(3000), ("x", "y"), ("no", "yes"), rings=np.arange(n)
        )
        rings = _trace(figure, "chosen")
        assert len(rings.x) == n
        looks.append((rings.marker.size, rings.marker.line.width, rings.marker.opacity))
    few, still_few, many, most = looks
    assert few == still_few == (14, 2, 1)
    for i in range(3):
        assert few[i] > many[i] > most[i] > 0


@pytest.mark.parametrize("rings", [None, np.zeros(0, int)])
def test_no_selection_draws_no_rings(rings: np.ndarray | None) -> None:
    figure = decision_surface(
        PLANE, PROBABILITY, _points(4), ("width", "length"), ("no", "yes"), rings=rings
    )
    assert "chosen" not in [trace.name for trace in figure.data]
