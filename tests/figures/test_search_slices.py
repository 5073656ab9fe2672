"""Slices of a search: positions, colors, spread and the rug."""

import numpy as np
import pytest

from annlab.analysis.search_points import SearchAxis
from annlab.figures import MODEL_COLORS, ThemeName
from annlab.figures.base.subsample import MAX_POINTS
from annlab.figures.search_slices import search_slices
from tests.figures.searches import RANDOM, points_of


def _named(figure, name: str) -> list:
    return [trace for trace in figure.data if trace.name == name]


def test_each_setting_has_a_plot_with_all_configs(theme: ThemeName) -> None:
    points = points_of()
    figure = search_slices(points, theme=theme)
    rate, activation = _named(figure, "mean over the seeds")
    assert (rate.xaxis, activation.xaxis) == ("x", "x2")
    assert figure.layout.xaxis.title.text == "Learning rate"
    assert figure.layout.xaxis2.title.text == "Activation"
    np.testing.assert_allclose(rate.x, np.repeat([0, 1 / 3, 2 / 3, 1], 3))
    np.testing.assert_allclose(activation.x, [0, 0.5, 1] * 4)
    np.testing.assert_array_equal(rate.y, activation.y)
    low, high = points.scores.min(), points.scores.max()
    np.testing.assert_allclose(rate.y, (points.means - low) / (high - low))
    assert rate.customdata == tuple(range(100, 112))
    assert figure.layout.yaxis.title.text == "validation accuracy"
    assert figure.layout.xaxis.domain[1] < figure.layout.xaxis2.domain[0]


def test_the_color_is_the_rank() -> None:
    points = points_of()
    marker = _named(search_slices(points), "mean over the seeds")[0].marker
    np.testing.assert_allclose(marker.color, (points.ranks - 1) / 11)


def test_a_line_reaches_from_the_lowest_to_the_highest_network() -> None:
    points = points_of()
    spread = _named(search_slices(points), "lowest to highest network")[0]
    y = np.reshape(spread.y, (12, 3))
    low, high = points.scores.min(), points.scores.max()
    np.testing.assert_allclose(y[:, 0], (points.scores.min(axis=1) - low) / (high - low))
    np.testing.assert_allclose(y[:, 1], (points.scores.max(axis=1) - low) / (high - low))
    assert np.isnan(y[:, 2]).all()
    assert _named(search_slices(points_of(n_seeds=1)), "lowest to highest network") == []


def test_errors_are_drawn_on_a_log_scale() -> None:
    scores = np.tile(10.0 ** np.linspace(-2, 2, 12)[:, None], (1, 2))
    figure = search_slices(points_of(scores=scores, is_share=False, score_label="MSE"))
    np.testing.assert_allclose(_named(figure, "mean over the seeds")[0].y, np.linspace(0, 1, 12))
    assert "1" in figure.layout.yaxis.ticktext


def test_diverged_configs_stand_in_a_rug() -> None:
    diverged = np.zeros(12, np.int64)
    diverged[[2, 11]] = (1, 3)
    figure = search_slices(points_of(n_diverged=diverged))
    rate, activation = _named(figure, "diverged")
    np.testing.assert_allclose(rate.x, [0, 1])
    assert rate.customdata == activation.customdata == (102, 111)
    assert "3 of 3 networks diverged" in rate.text[1]
    assert rate.yaxis == "y9"
    assert figure.layout.yaxis9.domain[1] < figure.layout.yaxis.domain[0]
    assert figure.layout.yaxis9.ticktext == ("diverged",)
    without = search_slices(points_of())
    assert _named(without, "diverged") == []
    assert without.layout.yaxis.domain == (0, 1)


def test_chosen_configs_have_rings_in_the_colors_of_models() -> None:
    ring, _ = _named(search_slices(points_of(), chosen=[111, 100]), "chosen")
    np.testing.assert_allclose(ring.x, [1, 0])
    assert ring.marker.color == MODEL_COLORS[:2]
    assert _named(search_slices(points_of(), chosen=[7]), "chosen") == []


@pytest.mark.parametrize("n", [MAX_POINTS, MAX_POINTS + 1])
def test_of_many_configs_the_best_are_drawn(n: int) -> None:
    points = points_of(
        axes=(SearchAxis("L2", tuple(RANDOM.random(n).tolist())),),
        rows=np.arange(n),
        scores=RANDOM.random((n, 2)),
        n_diverged=np.zeros(n, np.int64),
        ranks=np.arange(n) + 1,
    )
    figure = search_slices(points)
    assert _named(figure, "mean over the seeds")[0].customdata == tuple(range(MAX_POINTS))
    notes = [note.text for note in figure.layout.annotations]
    assert notes == (["600 of 601 configs drawn: the best"] if n > MAX_POINTS else [])
