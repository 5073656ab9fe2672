"""The perceptron rule in the plane of its weights."""

import numpy as np
import pytest

from annlab.figures import ThemeName
from annlab.figures.base.theme import MISTAKE_COLOR, THEMES
from annlab.figures.perceptron import cycle_path, weight_plane
from annlab.nn.boolean_functions import BOOLEAN_FUNCTIONS, INPUTS
from annlab.nn.perceptron import PerceptronTraining, train_perceptron


def _training(name: str) -> PerceptronTraining:
    return train_perceptron(INPUTS, np.array(BOOLEAN_FUNCTIONS[name].outputs))


AND, XOR = _training("and"), _training("xor")


def _trace(figure, name: str):
    (found,) = (trace for trace in figure.data if trace.name == name)
    return found


@pytest.mark.parametrize("n_done", range(AND.n_steps + 1))
def test_last_update_is_an_arrow_from_tail_to_tip(n_done: int) -> None:
    figure = weight_plane(AND, n_done)
    now = _trace(figure, "now")
    assert (now.x[0], now.y[0]) == tuple(AND.weights[n_done, :2])
    arrows = [note for note in figure.layout.annotations if note.showarrow]
    moves = n_done > 0 and AND.change(n_done - 1)[:2].any()
    assert len(arrows) == moves
    for arrow in arrows:
        assert (arrow.ax, arrow.ay) == tuple(AND.weights[n_done - 1, :2])
        assert (arrow.x, arrow.y) == tuple(AND.weights[n_done, :2])
        assert arrow.arrowcolor == MISTAKE_COLOR
    assert figure.layout.xaxis.range[1] > np.abs(AND.weights[:, :2]).max()


def test_axes_stay_while_the_weights_move() -> None:
    assert len({weight_plane(AND, k).layout.xaxis.range for k in range(AND.n_steps)}) == 1


def test_solutions_hold_the_weights_at_the_end() -> None:
    figure = weight_plane(AND, AND.n_steps)
    region = _trace(figure, "solutions")
    x, y = np.array(region.x), np.array(region.y)
    w1, w2, _ = AND.weights[-1]
    turns = (x - np.roll(x, 1)) * (w2 - np.roll(y, 1)) - (y - np.roll(y, 1)) * (w1 - np.roll(x, 1))
    assert (turns > 0).all()
    assert any(note.text == "b = −4" for note in figure.layout.annotations)


def test_xor_has_no_solutions() -> None:
    figure = weight_plane(XOR, 2)
    assert len(_trace(figure, "solutions").x) == 0
    assert any("no solution" in note.text for note in figure.layout.annotations)


def test_sample_is_the_line_of_weights_with_sum_zero(theme: ThemeName) -> None:
    step = 3  # sample (1, 1)
    line = _trace(weight_plane(AND, step + 1, theme=theme), "sample: sum 0")
    bias = AND.weights[step + 1, 2]
    np.testing.assert_allclose(np.array(line.x) + np.array(line.y) + bias, 0, atol=1e-6)
    assert line.line.color == THEMES[theme].ink


def test_cycle_is_a_closed_path() -> None:
    figure = cycle_path(XOR)
    (path,) = figure.data
    np.testing.assert_array_equal(np.column_stack([path.x, path.y]), XOR.weights[:, :2])
    assert (path.x[0], path.y[0]) == (path.x[-1], path.y[-1])
    assert [note.text for note in figure.layout.annotations] == [""] * 3  # one step moves b alone
    assert list(path.text) == ["b = 0", "b = −1", "b = 0", "b = 1", "b = 0"]
