"""Linear pieces: sampled points with equal patterns of units lie in the same polygon."""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from annlab.analysis import pieces as module
from annlab.analysis.piece_bounds import largest_count, typical_count
from annlab.analysis.piece_location import class_boundary, piece_at, piece_grid
from annlab.analysis.pieces import Pieces, count_pieces, linear_pieces
from annlab.analysis.polygons import SMALLEST
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.forward import Layers, layer_values

X_RANGE, Y_RANGE = (-3.0, 3.0), (-2.0, 1.0)
AREA = 18.0
SIDES = X_RANGE, Y_RANGE


def network(sizes: Sequence[int], bias: float = 0.3, seed: int = 0) -> Layers:
    """He-normal float32 weights, and biases of a standard deviation."""
    random = np.random.default_rng(seed)
    return [
        (
            random.normal(0, np.sqrt(2 / n_in), (n_in, n_out)).astype(np.float32),
            random.normal(0, bias, n_out).astype(np.float32),
        )
        for n_in, n_out in pairwise(sizes)
    ]


def grid(n: int = 100) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Random positions x and y of a grid, and all its points, row by row."""
    random = np.random.default_rng(1)
    x, y = random.uniform(*X_RANGE, n), np.sort(random.uniform(*Y_RANGE, n))
    return x, y, np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def double(layers: Layers) -> Layers:
    return [(W.astype(float), b.astype(float)) for W, b in layers]


def assert_exact(pieces: Pieces, layers: Layers, activation: str) -> None:
    """Compare with 10,000 points sent through the network, and check that the pieces tile."""
    x, y, points = grid()
    *hidden, (logits, _) = layer_values(double(layers), points, activation, "linear")
    patterns = np.zeros((len(points), 0), int)
    for z, _ in hidden:
        part = [z >= at if activation == "step" else z > at for at in _breakpoints(activation)]
        patterns = np.hstack([patterns, np.sum(part, axis=0)])
    at = piece_grid(pieces, x, y).ravel()
    np.testing.assert_array_equal(pieces.pattern[at], patterns)
    # The other direction: no two pieces have the same pattern.
    assert len(np.unique(pieces.pattern, axis=0)) == pieces.n
    found = np.einsum("ni,nio->no", points, pieces.gradients[at]) + pieces.intercepts[at]
    np.testing.assert_allclose(found, logits, atol=1e-6)
    assert pieces.areas.sum() == pytest.approx(AREA, rel=1e-9)
    assert pieces.areas.min() >= SMALLEST * AREA
    assert len(pieces.cuts) == len(pieces.cut_units) == pieces.n - 1


def _breakpoints(activation: str) -> tuple[float, ...]:
    found = ACTIVATIONS[activation].breakpoints
    assert found is not None
    return found


@pytest.fixture
def hard_tanh(monkeypatch: pytest.MonkeyPatch) -> str:
    """An activation with two breakpoints, as one more entry of the registry."""
    entry = replace(
        ACTIVATIONS["relu"],
        name="hard_tanh",
        f=lambda z: np.clip(z, -1, 1),
        derivative=lambda z: (np.abs(z) < 1).astype(z.dtype),
        breakpoints=(-1.0, 1.0),
    )
    monkeypatch.setitem(ACTIVATIONS, "hard_tanh", entry)
    return "hard_tanh"


@pytest.mark.parametrize("name", [name for name, f in ACTIVATIONS.items() if f.elementwise])
def test_breakpoints_are_where_the_slope_changes(name: str) -> None:
    entry, z = ACTIVATIONS[name], np.linspace(-7.95, 8.05, 161)
    slopes = entry.derivative(z)
    if entry.breakpoints is None:
        assert len(np.unique(slopes)) > 3
        return
    ends = [-np.inf, *entry.breakpoints, np.inf]
    values = [slopes[(low < z) & (z < high)] for low, high in pairwise(ends)]
    assert all(np.ptp(of_part) == 0 for of_part in values)
    jumps = [
        before[-1] != after[0] or entry.f(np.array(at - 1e-9)) < entry.f(np.array(at + 1e-9)) - 0.5
        for before, after, at in zip(values, values[1:], entry.breakpoints, strict=False)
    ]
    assert all(jumps)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "step"])
@pytest.mark.parametrize("bias", [0.3, 0.0])  # without biases all lines meet in one point
@pytest.mark.parametrize("sizes", [(2, 4, 2, 1), (2, 16, 3), (2, 12, 9, 7, 5, 1)])
def test_equal_pattern_means_same_polygon(
    sizes: tuple[int, ...], bias: float, activation: str
) -> None:
    layers = network(sizes, bias)
    assert_exact(linear_pieces(layers, activation, *SIDES), layers, activation)


@pytest.mark.parametrize("sizes", [(2, 6, 1), (2, 8, 5, 3)])
def test_inputs_that_go_straight_to_the_output_tilt_the_pieces(sizes: tuple[int, ...]) -> None:
    *hidden, (W, b) = network(sizes)
    skipping = network((2, sizes[-1]), seed=9)[0][0]
    layers = [*hidden, (np.concatenate([W, skipping]), b)]
    pieces = linear_pieces(layers, "relu", *SIDES)
    assert_exact(pieces, layers, "relu")
    plain = linear_pieces([*hidden, (W, b)], "relu", *SIDES)
    np.testing.assert_allclose(
        pieces.gradients, plain.gradients + skipping.astype(float), atol=1e-9
    )
    stack = [(np.stack([W] * 3), np.stack([b] * 3)) for W, b in layers]
    np.testing.assert_array_equal(count_pieces(stack, "relu", *SIDES), [plain.n] * 3)


def test_a_large_network() -> None:
    layers = network((2, 64, 64, 64, 1))
    pieces = linear_pieces(layers, "relu", *SIDES)
    assert pieces.n > 10_000
    assert_exact(pieces, layers, "relu")


def test_any_number_of_breakpoints(hard_tanh: str) -> None:
    layers = network((2, 8, 6, 2))
    pieces = linear_pieces(layers, hard_tanh, *SIDES)
    assert pieces.pattern.max() == 2
    assert_exact(pieces, layers, hard_tanh)


def test_gradients_match_autograd() -> None:
    layers = network((2, 10, 8, 3))
    pieces = linear_pieces(layers, "leaky_relu", *SIDES)
    x, y, points = grid(20)
    leaf = a = torch.tensor(points, requires_grad=True)
    for k, (W, b) in enumerate(double(layers)):
        z = (torch.nn.functional.leaky_relu(a, 0.01) if k else a) @ torch.tensor(W)
        a = z + torch.tensor(b)
    of_points = pieces.gradients[piece_grid(pieces, x, y).ravel()]
    for k in range(3):
        (expected,) = torch.autograd.grad(a[:, k].sum(), leaf, retain_graph=True)
        np.testing.assert_allclose(of_points[:, :, k], expected, atol=1e-9)


def test_polygons_are_convex_and_contain_their_points() -> None:
    pieces = linear_pieces(network((2, 9, 7, 1)), "relu", *SIDES)
    x, y, points = grid(15)
    at = piece_grid(pieces, x, y).ravel()
    for k in range(pieces.n):
        corners = pieces.polygon(k)
        sides = np.roll(corners, -1, axis=0) - corners
        inside = points[at == k]
        for corner, side in zip(corners, sides, strict=True):  # counterclockwise: on the left
            for others in (corners - corner, inside - corner):
                assert (side[0] * others[:, 1] - side[1] * others[:, 0] >= -1e-9).all()
    outside = [(-3.1, 0.0), (3.1, 0.0), (0.0, 1.1), (0.0, -2.1)]
    assert [piece_at(pieces, *point) for point in outside] == [None] * 4
    found = [piece_at(pieces, *point) for point in points]
    np.testing.assert_array_equal(found, at)
    for corner in ((-3.0, -2.0), (3.0, -2.0), (3.0, 1.0), (-3.0, 1.0)):
        k = piece_at(pieces, *corner)
        assert k is not None
        assert np.abs(pieces.polygon(k) - corner).sum(axis=1).min() < 1e-9


def test_every_cut_is_where_its_unit_bends() -> None:
    layers = network((2, 6, 5, 1))
    pieces = linear_pieces(layers, "relu", *SIDES)
    for share in (0.0, 0.4, 1.0):
        at = (1 - share) * pieces.cuts[:, 0] + share * pieces.cuts[:, 1]
        hidden = [z for z, _ in layer_values(double(layers), at, "relu", "linear")][:-1]
        z = np.hstack(hidden)[np.arange(len(at)), pieces.cut_units]
        np.testing.assert_allclose(z, 0, atol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 8, 20])
def test_lines_in_general_position_reach_the_bound(n: int) -> None:
    angles = np.arange(n) * np.pi / n + 0.1
    W = np.stack([np.cos(angles), np.sin(angles)])
    b = -0.3 - 0.01 * np.arange(n) ** 1.5  # tangents of a spiral: no three meet in a point
    layers = [(W, b), (np.ones((n, 1)), np.zeros(1))]
    wide = (-200.0, 200.0)
    assert linear_pieces(layers, "relu", wide, wide).n == largest_count((n,))


def test_bounds(hard_tanh: str) -> None:
    assert [largest_count((n,)) for n in (1, 2, 3, 8)] == [2, 4, 7, 37]
    assert largest_count(()) == 1
    assert largest_count((4, 2)) is None
    assert largest_count((3,), hard_tanh) == largest_count((6,))
    assert largest_count((3,), "linear") == 1
    assert typical_count((4, 2)) == 36


@pytest.mark.parametrize("activation", ["relu", "tanh"])  # it has no hidden units to use it
def test_no_hidden_layer_is_one_piece(activation: str) -> None:
    ((W, b),) = layers = network((2, 3))
    pieces = linear_pieces(layers, activation, *SIDES)
    assert pieces.n == 1
    np.testing.assert_allclose(pieces.gradients[0], W, rtol=1e-6)
    np.testing.assert_allclose(pieces.intercepts[0], b, rtol=1e-6)
    np.testing.assert_allclose(pieces.slopes, np.linalg.norm(W))
    assert pieces.areas[0] == pytest.approx(AREA)


def test_linear_units_cut_nothing() -> None:
    layers = network((2, 5, 4, 1))
    pieces = linear_pieces(layers, "linear", *SIDES)
    assert pieces.n == 1
    (W1, _), (W2, _), (W3, _) = double(layers)
    np.testing.assert_allclose(pieces.gradients[0], W1 @ W2 @ W3)


@pytest.mark.parametrize("seed", range(8))
def test_all_lines_through_one_point(seed: int) -> None:
    layers = network((2, 64, 1), bias=0, seed=seed)
    x_range, y_range = np.random.default_rng(seed).uniform(1, 3, (2, 2)) * [-1, 1]
    pieces = linear_pieces(layers, "relu", tuple(x_range), tuple(y_range))
    assert pieces.n == 2 * 64
    assert pieces.areas.sum() == pytest.approx(np.ptp(x_range) * np.ptp(y_range), rel=1e-9)


def test_dead_and_repeated_units_cut_nothing() -> None:
    (W, b), (V, c), last = network((2, 4, 3, 1))
    alone = linear_pieces([(W, b), (V, c), last], "relu", *SIDES)
    # One unit that is always off, one without weights, and a copy of the first.
    wide = np.hstack([W, W[:, :1], 0 * W[:, :1], W[:, :1]])
    biases = np.concatenate([b, [-100.0, 0.0], b[:1]]).astype(np.float32)
    layers = [(wide, biases), (np.vstack([V, V[:3]]), c), last]
    pieces = linear_pieces(layers, "relu", *SIDES)
    assert_exact(pieces, layers, "relu")
    assert not pieces.pattern[:, 4:6].any()
    assert pieces.n > 4
    first = [
        linear_pieces([pair, (np.ones((len(pair[1]), 1)), c[:1])], "relu", *SIDES).n
        for pair in ((W, b), (wide, biases))
    ]
    assert first[0] == first[1] <= alone.n
    zeros = [(np.zeros((2, 3)), np.zeros(3)), (np.ones((3, 1)), np.zeros(1))]
    for activation, expected in (("relu", 0.0), ("step", 3.0)):
        only = linear_pieces(zeros, activation, *SIDES)
        assert only.n == 1
        assert only.intercepts[0, 0] == expected


def test_features_of_any_scale() -> None:
    layers = double(network((2, 12, 8, 1)))
    pieces = linear_pieces(layers, "relu", *SIDES)
    (W, b), *others = layers
    # The same network of x * 1e6 + 1e9 and y * 1e-6.
    moved = np.diag([1e-6, 1e6]) @ W
    far = [(moved, b - 1e9 * moved[0]), *others]
    left, right = (1e6 * x + 1e9 for x in X_RANGE)
    low, high = (1e-6 * y for y in Y_RANGE)
    same = linear_pieces(far, "relu", (left, right), (low, high))
    np.testing.assert_array_equal(same.pattern, pieces.pattern)
    np.testing.assert_allclose(same.areas, pieces.areas, rtol=1e-4)


def test_splinters_are_not_cut_off() -> None:
    W, b = np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([0.0, -1e-10])  # two lines side by side
    layers = [(W, b), (np.ones((2, 1)), np.zeros(1))]
    assert linear_pieces(layers, "relu", *SIDES).n == 2
    assert linear_pieces([(W, 100 * b), layers[1]], "relu", *SIDES).n == 3


def test_counts_of_a_stack() -> None:
    some = [network((2, 6, 4, 1), seed=seed) for seed in range(12)]
    stack = [
        tuple(np.stack([layers[k][part] for layers in some]) for part in range(2)) for k in range(3)
    ]
    by_epoch = [(W.reshape(4, 3, *W.shape[1:]), b.reshape(4, 3, -1)) for W, b in stack]
    counts = count_pieces(by_epoch, "relu", *SIDES)
    expected = [linear_pieces(layers, "relu", *SIDES).n for layers in some]
    np.testing.assert_array_equal(counts, np.reshape(expected, (4, 3)))
    assert count_pieces(some[0], "relu", *SIDES) == expected[0]
    assert count_pieces(by_epoch, "relu", *SIDES, seconds=0) is None


def test_counts_of_a_stack_in_several_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = network((2, 6, 1))
    stack = [(np.stack([W] * 7), np.stack([b] * 7)) for W, b in layers]
    monkeypatch.setattr(module, "_AT_ONCE", 3 * typical_count((6,)))
    counts = count_pieces(stack, "relu", *SIDES)
    np.testing.assert_array_equal(counts, [linear_pieces(layers, "relu", *SIDES).n] * 7)


def test_a_count_that_takes_too_long_is_given_up_early(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = network((2, 6, 1))
    stack = [(np.stack([W] * 10), np.stack([b] * 10)) for W, b in layers]
    monkeypatch.setattr(module, "_AT_ONCE", typical_count((6,)))  # one network at a time
    now, n_cut, clip = [0.0], [0], module._clip

    def slow(*arguments: Any) -> Any:
        now[0] += 1.0
        n_cut[0] += 1
        return clip(*arguments)

    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(module, "_clip", slow)
    assert count_pieces(stack, "relu", *SIDES, seconds=4.9) is None
    assert n_cut == [1]
    assert count_pieces(stack, "relu", *SIDES, seconds=10) is not None


def test_too_many_pieces_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PIECES", 20)
    layers = network((2, 12, 1))
    with pytest.raises(ValueError, match="more than 20 linear pieces"):
        linear_pieces(layers, "relu", *SIDES)
    assert count_pieces(layers, "relu", *SIDES) is None


@pytest.mark.parametrize("activation", ["tanh", "selu"])
def test_other_activations_have_no_pieces(activation: str) -> None:
    label = ACTIVATIONS[activation].label
    with pytest.raises(ValueError, match=f"activation: {label} is not piecewise linear.*ReLU"):
        linear_pieces(network((2, 3, 1)), activation, *SIDES)


def test_two_features_are_needed() -> None:
    with pytest.raises(ValueError, match="need two features; this network has 3"):
        linear_pieces(network((3, 4, 1)), "relu", *SIDES)


@pytest.mark.parametrize("n_outputs", [1, 2, 4])
def test_the_boundary_is_where_the_predicted_class_changes(n_outputs: int) -> None:
    *hidden, (W, b) = double(network((2, 10, 8, n_outputs), seed=3))
    *_, (z, _) = layer_values([*hidden, (W, b)], grid(30)[2], "relu", "linear")
    layers = [*hidden, (W, b - np.median(z, axis=0))]  # each class has its part of the plane
    pieces = linear_pieces(layers, "relu", *SIDES)
    segments = class_boundary(pieces)
    assert len(segments) > 5

    def logits(points: np.ndarray) -> np.ndarray:
        *_, (z, _) = layer_values(layers, points, "relu", "linear")
        return np.hstack([0 * z, z]) if n_outputs == 1 else z

    top = np.sort(logits(segments.mean(axis=1)), axis=1)
    np.testing.assert_allclose(top[:, -1], top[:, -2], atol=1e-9)
    # Between neighbors of different classes in a row there is a crossing.
    x = np.linspace(*X_RANGE, 400)
    n_changes = 0
    for y in np.linspace(-1.97, 0.98, 25):
        of_class = logits(np.stack([x, np.full_like(x, y)], axis=1)).argmax(axis=1)
        changes = np.flatnonzero(np.diff(of_class))
        (x0, y0), (x1, y1) = segments[:, 0].T, segments[:, 1].T
        crossed = (y0 >= y) != (y1 >= y)
        at = (x0 + (y - y0) / np.where(crossed, y1 - y0, 1) * (x1 - x0))[crossed]
        for k in changes:
            assert ((x[k] <= at + 1e-9) & (at - 1e-9 <= x[k + 1])).any()
        n_changes += len(changes)
    assert n_changes > 10


def test_without_a_boundary_there_are_no_segments() -> None:
    hidden, (W, b) = network((2, 5, 3))
    always = [hidden, (0 * W, np.array([0.0, 1.0, 0.0]))]
    assert class_boundary(linear_pieces(always, "relu", *SIDES)).shape == (0, 2, 2)
    one = [hidden, (W[:, :1], b[:1] - 100)]
    assert class_boundary(linear_pieces(one, "relu", *SIDES)).shape == (0, 2, 2)
