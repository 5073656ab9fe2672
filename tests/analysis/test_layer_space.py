"""Spaces of layers: axes agree with scikit-learn's PCA, boundaries are straight lines."""

import itertools

import numpy as np
import pytest
from sklearn.decomposition import PCA

from annlab.analysis.layer_space import (
    boundary_space,
    layer_space,
    layer_spaces,
    motions,
    space_values,
)

random = np.random.default_rng(0)
A = random.normal(size=(300, 6)) @ random.normal(size=(6, 6)) + random.normal(size=6)
w, b = random.normal(size=6), 0.7


@pytest.mark.parametrize("n", [1, 2, 3])
def test_up_to_three_units_are_drawn_as_they_are(n: int) -> None:
    space = layer_space(A[:, :n])
    assert space.share is None
    assert np.array_equal(space.project(A[:, :n]), A[:, :n])


def test_more_units_are_drawn_along_principal_axes() -> None:
    space, pca = layer_space(A), PCA(2).fit(A)
    assert space.share == pytest.approx(pca.explained_variance_ratio_)
    assert np.abs(space.project(A)) == pytest.approx(np.abs(pca.transform(A)))
    assert space.axes.T @ space.axes == pytest.approx(np.eye(2))


def test_constant_activations_have_axes_too() -> None:
    space = layer_space(np.ones((10, 5)))
    assert np.array_equal(space.share, [0, 0])
    assert np.array_equal(space.project(np.ones((10, 5))), np.zeros((10, 2)))


def test_every_layer_of_a_network_has_a_space() -> None:
    sizes = (2, 5, 1)
    layers = [
        (random.normal(size=(m, n)), random.normal(size=n)) for m, n in itertools.pairwise(sizes)
    ]
    spaces = layer_spaces(layers, A[:, :2], "tanh", "sigmoid")
    assert [space.axes.shape for space in spaces] == [(2, 2), (5, 2), (1, 1)]


def test_the_space_before_a_wide_output_layer_has_the_inputs_too() -> None:
    X = A[:, :2]
    layers = [
        (random.normal(size=shape), random.normal(size=shape[1])) for shape in ((2, 5), (7, 1))
    ]
    first, before, output = space_values(layers, X, "tanh", "sigmoid")
    np.testing.assert_array_equal(first, X)
    hidden = np.tanh(X @ layers[0][0] + layers[0][1])
    np.testing.assert_allclose(before, np.hstack([hidden, X]))
    # There the output is that of a logistic regression, so its boundary is flat.
    sums = before @ layers[1][0] + layers[1][1]
    np.testing.assert_allclose(output, 1 / (1 + np.exp(-sums)))
    spaces = layer_spaces(layers, X, "tanh", "sigmoid")
    assert [space.axes.shape for space in spaces] == [(2, 2), (7, 2), (1, 1)]


def test_the_first_axis_is_the_signed_distance_to_the_boundary() -> None:
    space = boundary_space(A, w, b)
    distance = (A @ w + b) / np.linalg.norm(w)
    assert space.project(A)[:, 0] == pytest.approx(distance)
    # The second lies in the boundary, and has the largest spread of all that do.
    assert space.axes[:, 1] @ w == pytest.approx(0, abs=1e-12)
    flat = A - np.outer(distance, w) / np.linalg.norm(w)
    spread = PCA(1).fit(flat).explained_variance_[0]
    assert space.project(A)[:, 1].var(ddof=1) == pytest.approx(spread)


def test_the_second_axis_is_kept_at_other_epochs() -> None:
    end = boundary_space(A, w, b)
    turned = w + 0.1 * random.normal(size=6)
    early = boundary_space(A, turned, 0.0, end)
    assert early.axes.T @ early.axes == pytest.approx(np.eye(2))
    assert early.axes[:, 1] @ end.axes[:, 1] > 0.98
    # What drifts along the kept axis is seen to drift.
    drifted = boundary_space(A + 3 * end.axes[:, 1], w, b, end)
    moved = drifted.project(A + 3 * end.axes[:, 1]) - end.project(A)
    assert moved == pytest.approx(np.tile([0, 3], (len(A), 1)))
    opposite = boundary_space(A, end.axes[:, 1], 0.0, end)  # it cannot be kept
    assert opposite.axes.T @ opposite.axes == pytest.approx(np.eye(2))


def test_without_weights_there_is_no_boundary() -> None:
    space = boundary_space(A, np.zeros(6), 0.3)
    assert np.isfinite(space.project(A)).all()


@pytest.mark.parametrize(("n_in", "n_out"), [(2, 2), (2, 4), (4, 2)])
def test_motions_end_with_the_activations(n_in: int, n_out: int) -> None:
    W, bias, X = random.normal(size=(n_in, n_out)), random.normal(size=n_out), A[:, :n_in]
    start, turned, moved, bent = motions((W, bias), np.tanh(X @ W + bias), X)
    n = min(n_in, n_out)
    assert np.array_equal(start[:, :n], X[:, :n])
    assert not start[:, n:].any()
    assert turned == pytest.approx(X @ W)
    assert moved == pytest.approx(X @ W + bias)
    assert bent == pytest.approx(np.tanh(X @ W + bias))
