"""Parallel lines of a search."""

import numpy as np
import pytest

from annlab.figures import MODEL_COLORS, ThemeName
from annlab.figures.search_lines import search_lines
from tests.figures.searches import points_of


def _trace(figure, name: str):
    (trace,) = (trace for trace in figure.data if trace.name == name)
    return trace


def test_a_line_passes_through_the_settings_to_the_score(theme: ThemeName) -> None:
    points = points_of()
    figure = search_lines(points, theme=theme)
    lines = _trace(figure, "configs")
    assert np.isnan(np.reshape(lines.y, (12, 4))[:, 3]).all()  # the pen is lifted
    rate, activation, score = np.reshape(lines.y, (12, 4))[:, :3].T
    np.testing.assert_allclose(rate, np.repeat([0, 1 / 3, 2 / 3, 1], 3))
    np.testing.assert_allclose(activation, [0, 0.5, 1] * 4)
    means = points.means
    np.testing.assert_allclose(score, (means - means.min()) / (means.max() - means.min()))
    np.testing.assert_array_equal(np.reshape(lines.x, (12, 4))[0, :3], [0, 1, 2])


@pytest.mark.parametrize("higher_is_better", [True, False])
def test_the_best_score_is_on_top(higher_is_better: bool) -> None:
    points = points_of(higher_is_better=higher_is_better)
    score = np.reshape(_trace(search_lines(points), "configs").y, (12, 4))[:, 2]
    best = points.means.argmax() if higher_is_better else points.means.argmin()
    assert score.argmax() == best
    assert score[best] == 1


def test_every_axis_has_a_name_and_labeled_ticks() -> None:
    figure = search_lines(points_of())
    texts = [
        note.text.replace("<br>", " ").replace("\xa0", " ") for note in figure.layout.annotations
    ]
    for expected in ("Learning rate", "Activation", "Accuracy, mean of 3 seeds"):
        assert f"<b>{expected}</b>" in texts
    assert {"0.001", "0.01", "0.1", "1", "Tanh", "ReLU", "Sigmoid"} <= set(texts)
    assert [shape.x0 for shape in figure.layout.shapes] == [0, 1, 2]


def test_chosen_configs_are_colored_and_the_others_gray() -> None:
    figure = search_lines(points_of(), chosen=[105, 3, 101])
    assert _trace(figure, "A").line.color == MODEL_COLORS[0]
    assert _trace(figure, "C").line.color == MODEL_COLORS[2]
    heights = np.reshape(_trace(figure, "configs").y, (12, 4))
    np.testing.assert_array_equal(_trace(figure, "A").y, heights[5, :3])
    assert "128, 128, 128" in _trace(figure, "configs").line.color


def test_every_mark_tells_its_config() -> None:
    points = points_of()
    marks = _trace(search_lines(points), "settings")
    assert marks.customdata == tuple(np.repeat(points.rows, 3).tolist())
    assert marks.text[4] == points.describe(1)


def test_many_lines_are_fainter_than_few() -> None:
    def opacity(n: int) -> float:
        figure = search_lines(points_of().best(n))
        return float(_trace(figure, "configs").line.color.rstrip(")").split(",")[-1])

    assert 0.15 <= opacity(12) <= opacity(2) <= 0.7
