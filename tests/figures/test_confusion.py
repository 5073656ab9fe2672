"""The confusion matrix shows counts and row percents."""

import numpy as np
import pytest

from annlab import Run, evaluate
from annlab.figures import MODEL_COLORS, ThemeName, confusion_matrix
from annlab.figures.base.theme import THEMES, rgba

COUNTS = np.array([[30, 10, 0], [1, 2, 0], [5, 0, 995]])
NAMES = ("ant", "bee", "cat")


def test_cells_hold_counts_and_row_percents() -> None:
    matrix, _ = confusion_matrix(COUNTS, NAMES, MODEL_COLORS[0]).data
    assert [list(row) for row in matrix.text] == [
        ["<b>30</b><br>75.0%", "<b>10</b><br>25.0%", "<b>0</b><br>0.0%"],
        ["<b>1</b><br>33.3%", "<b>2</b><br>66.7%", "<b>0</b><br>0.0%"],
        ["<b>5</b><br>0.5%", "<b>0</b><br>0.0%", "<b>995</b><br>99.5%"],
    ]
    assert matrix.texttemplate == "%{text}"


def test_cell_shade_is_the_row_share() -> None:
    matrix, _ = confusion_matrix(COUNTS, NAMES, MODEL_COLORS[0]).data
    np.testing.assert_array_equal(matrix.z, [[75, 25, 0], [33, 67, 0], [0, 0, 100]])
    # Matrices side by side share one color scale.
    assert (matrix.zmin, matrix.zmax) == (0, 100)


def test_rows_are_true_classes_from_the_top_and_columns_predicted_ones() -> None:
    figure = confusion_matrix(COUNTS, NAMES, MODEL_COLORS[0])
    matrix, _ = figure.data
    assert tuple(matrix.x) == tuple(matrix.y) == NAMES
    assert figure.layout.xaxis.title.text == "predicted"
    assert figure.layout.yaxis.title.text == "true"
    assert figure.layout.yaxis.range == (2.5, -0.5)


def test_digit_class_names_stay_categories() -> None:
    names = tuple("0123456789")
    figure = confusion_matrix(np.eye(10, dtype=int), names, MODEL_COLORS[0])
    assert figure.layout.xaxis.type == figure.layout.yaxis.type == "category"
    assert tuple(figure.data[0].x) == names


def test_empty_class_gives_no_division_by_zero() -> None:
    with np.errstate(all="raise"):
        figure = confusion_matrix(np.array([[0, 0], [3, 1]]), NAMES[:2], MODEL_COLORS[0])
    assert list(figure.data[0].text[0]) == ["<b>0</b><br>0.0%"] * 2
    np.testing.assert_array_equal(figure.data[0].z, [[0, 0], [75, 25]])


@pytest.mark.parametrize("color", MODEL_COLORS)
def test_the_color_is_that_of_the_model(color: str) -> None:
    matrix, _ = confusion_matrix(COUNTS, NAMES, color).data
    (low, lightest), (high, darkest) = matrix.colorscale
    assert (low, high) == (0, 1)
    assert (lightest, darkest) == (rgba(color, 0.04), rgba(color, 0.7))


def test_the_default_experiment(default_runs: list[Run], theme: ThemeName) -> None:
    evaluation = evaluate(default_runs[0], split="train")
    counts = evaluation.confusion[3]
    figure = confusion_matrix(counts, ("class 0", "class 1"), MODEL_COLORS[0], theme=theme)
    assert len(figure.to_json()) < 120_000
    assert figure.data[0].textfont.color == THEMES[theme].ink == figure.layout.font.color
    said = [int(cell[3 : cell.index("</b>")]) for row in figure.data[0].text for cell in row]
    assert said == counts.ravel().tolist()
    assert sum(said) == 1000


def test_every_cell_can_be_selected() -> None:
    figure = confusion_matrix(COUNTS, NAMES, MODEL_COLORS[0])
    cells = figure.data[1]
    assert [*zip(cells.y, cells.x, strict=True)] == [(t, p) for t in NAMES for p in NAMES]
    assert "75.0%" in cells.customdata[0]
    assert figure.layout.clickmode == "event+select"
    # The invisible markers must not hide the text below.
    assert cells.marker.opacity == cells.selected.marker.opacity == 0


def test_long_names_have_room_at_the_left() -> None:
    def left(*names: str) -> int:
        counts = np.eye(len(names), dtype=int)
        return confusion_matrix(counts, names, MODEL_COLORS[0]).layout.margin.l

    assert left("a", "b", "c") == 60  # the usual room
    assert left("a", "b", "a very long name of a class") > 6 * len("a very long name of a class")
    # Of two classes, names stand along the edge.
    assert left("a", "a very long name of a class") == 60


def test_many_classes_show_only_counts() -> None:
    names = tuple("0123456789")
    figure = confusion_matrix(np.eye(10, dtype=int), names, MODEL_COLORS[0])
    assert list(figure.data[0].text[0]) == ["1", *"000000000"]
    assert figure.layout.height > 350
