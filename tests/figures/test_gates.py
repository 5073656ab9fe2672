"""Gates in small planes."""

import re

import numpy as np
import pytest

from annlab.figures import ThemeName
from annlab.figures.gates import (
    BAD,
    GOOD,
    function_board,
    gate_frame,
    gate_network_plane,
    network_lines,
)
from annlab.figures.two_classes import SIDE_COLORS, frame_of
from annlab.nn.boolean_functions import BOOLEAN_FUNCTIONS, INPUTS, XOR_OF_GATES, fires
from annlab.nn.forward import forward
from annlab.nn.perceptron import train_perceptron

TRAININGS = {
    name: train_perceptron(INPUTS, np.array(entry.outputs))
    for name, entry in BOOLEAN_FUNCTIONS.items()
}
XOR = BOOLEAN_FUNCTIONS["xor"].outputs


def _texts(figure) -> list[str]:
    return [re.sub("<[^>]*>", "", note.text) for note in figure.layout.annotations]


def test_frame_of_a_gate_with_one_input() -> None:
    frame = gate_frame((1, 1, 0, 0), n_inputs=1)
    assert frame.X.tolist() == [[0, 0], [1, 0]]
    assert frame.y.tolist() == [1, 0]
    assert gate_frame((0, 0, 0, 1)).X is INPUTS


def test_network_of_gates_is_drawn_where_it_fires(theme: ThemeName) -> None:
    figure = gate_network_plane(XOR_OF_GATES, XOR, theme=theme)
    heat = figure.data[0]
    x, y = np.meshgrid(heat.x, heat.y)
    grid = np.column_stack([x.ravel(), y.ravel()])
    firing = fires((1, 1, -0.5), grid) & ~fires((1, 1, -1.5), grid)
    at_edge = np.isclose(grid.sum(axis=1), 0.5) | np.isclose(grid.sum(axis=1), 1.5)
    drawn = np.array(heat.z).ravel().astype(bool)
    np.testing.assert_array_equal(drawn[~at_edge], firing[~at_edge])
    assert [trace.name for trace in figure.data][1:3] == ["h₁", "h₂"]
    (rings,) = (trace for trace in figure.data if trace.name == "mistakes")
    assert len(rings.x) == 0


def test_mistakes_of_a_network_of_gates_have_rings() -> None:
    figure = gate_network_plane(XOR_OF_GATES, BOOLEAN_FUNCTIONS["or"].outputs)
    (rings,) = (trace for trace in figure.data if trace.name == "mistakes")
    assert (rings.x[0], rings.y[0]) == (1, 1)


def test_board_before_the_training_shows_only_inputs() -> None:
    figure = function_board({}, predicted=["xor"])
    assert {trace.mode for trace in figure.data} == {"markers"}
    texts = _texts(figure)
    assert texts == [
        ("? " if e.name == "xor" else "") + e.label for e in BOOLEAN_FUNCTIONS.values()
    ]
    for k, entry in enumerate(BOOLEAN_FUNCTIONS.values()):
        axis = f"x{k + 1}" if k else "x"
        ones = {
            (x, y)
            for trace in figure.data
            if trace.xaxis == axis and trace.name == "wanted: 1"
            for x, y in zip(trace.x, trace.y, strict=True)
        }
        expected = {
            tuple(row) for row, out in zip(INPUTS.tolist(), entry.outputs, strict=True) if out
        }
        assert ones == expected


def test_board_counts_mistakes_and_names_what_never_stops(theme: ThemeName) -> None:
    figure = function_board(TRAININGS, 99, theme=theme)
    texts = _texts(figure)
    assert texts.count("never") == 2
    for training in TRAININGS.values():
        if training.ending == "separated":
            assert f"✓ {training.n_mistakes}" in texts
    colored = " ".join(note.text for note in figure.layout.annotations)
    assert colored.count(GOOD[theme]) == 14
    assert colored.count(BAD[theme]) == 2


def test_board_moves_with_the_epoch() -> None:
    n_ended = [
        sum(text.startswith(("✓", "never")) for text in _texts(function_board(TRAININGS, epoch)))
        for epoch in range(10)
    ]
    assert n_ended[0] == 0
    assert n_ended == sorted(n_ended)
    assert n_ended[-1] == 16
    ends = sorted(training.n_epochs for training in TRAININGS.values())
    assert n_ended[3] == sum(end <= 3 for end in ends)


def test_board_fills_the_sides_of_each_line() -> None:
    figure = function_board(TRAININGS, 99)
    weights = TRAININGS["and"].weights[-1]
    areas = [t for t in figure.data if t.xaxis == "x2" and t.fill == "toself"]
    assert {t.fillcolor for t in areas} == set(SIDE_COLORS)
    for area in areas:
        sums = np.column_stack([area.x, area.y]) @ weights[:2] + weights[2]
        assert (sums * (1 if area.fillcolor == SIDE_COLORS[1] else -1) > -1e-5).all()


@pytest.mark.parametrize("n_networks", [1, 5, 7])
def test_networks_have_their_lines_and_classes(n_networks: int) -> None:
    random = np.random.default_rng(0)
    shapes = ((2, 3), (3, 1))
    networks = [
        [(random.normal(size=shape), random.normal(size=shape[1])) for shape in shapes]
        for _ in range(n_networks)
    ]
    frame = frame_of(2 * INPUTS - 1, np.array(XOR), ("same", "different"))
    solved = [k % 2 == 0 for k in range(n_networks)]
    figure = network_lines(networks, "tanh", frame, solved)
    assert _texts(figure) == [
        f"network {k + 1} {'✓' if good else '✗'}" for k, good in enumerate(solved)
    ]
    for k, layers in enumerate(networks):
        axis = f"x{k + 1}" if k else "x"
        (heat,) = (t for t in figure.data if t.type == "heatmap" and (t.xaxis or "x") == axis)
        x, y = np.meshgrid(heat.x, heat.y)
        grid = np.column_stack([x.ravel(), y.ravel()])
        output = forward(layers, grid, "tanh", "sigmoid").output[:, 0]
        clear = np.abs(output - 0.5) > 1e-4
        np.testing.assert_array_equal(np.array(heat.z).ravel()[clear], output[clear] >= 0.5)
        scatters = [t for t in figure.data if t.type == "scatter" and (t.xaxis or "x") == axis]
        lines = [t for t in scatters if t.mode == "lines"]
        assert len(lines) == 3
        for unit, line in enumerate(lines):
            W, b = layers[0]
            for at in zip(line.x, line.y, strict=True):
                assert at @ W[:, unit] + b[unit] == pytest.approx(0, abs=1e-5)
