"""Planes of weights: places, distances, shares of variance, directions."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from annlab.analysis.weight_planes import (
    flat,
    layered,
    most_moved,
    parameter_names,
    plane_of_two,
    plane_through_three,
    random_plane,
)
from annlab.nn.architecture import Architecture

SHAPE = Architecture(n_inputs=2, hidden_sizes=(4, 3), n_outputs=1)
random = np.random.default_rng(0)
START, END, OTHER = random.normal(size=(3, SHAPE.n_parameters))


def test_layers_and_vectors_are_the_same_numbers() -> None:
    vectors = random.normal(size=(5, SHAPE.n_parameters))
    layers = layered(vectors, SHAPE)
    assert [(W.shape, b.shape) for W, b in layers] == [
        ((5, n_in, n_out), (5, n_out)) for n_in, n_out in SHAPE.layers
    ]
    np.testing.assert_array_equal(flat(layers), vectors)


def test_names_follow_the_vectors() -> None:
    names = parameter_names(SHAPE, ["x1", "x2"], ["P(1)"])
    assert len(set(names)) == len(names) == SHAPE.n_parameters
    layers = layered(np.arange(SHAPE.n_parameters), SHAPE)
    assert names[layers[0][0][1, 2]] == "x2 → h1.3"
    assert names[layers[1][1][0]] == "bias → h2.1"
    assert names[layers[2][0][2, 0]] == "h2.3 → P(1)"


def test_names_tell_inputs_of_a_wide_output_layer() -> None:
    shape = Architecture(n_inputs=2, hidden_sizes=(3,), n_outputs=2, wide=True)
    names = parameter_names(shape, ["x1", "x2"], ["a", "b"])
    assert len(set(names)) == len(names) == shape.n_parameters
    (W, b) = layered(np.arange(shape.n_parameters), shape)[-1]
    assert [names[k] for k in W[2:].ravel()] == [
        *("h1.3 → a", "h1.3 → b", "x1 → a", "x1 → b", "x2 → a", "x2 → b")
    ]
    assert names[b[1]] == "bias → b"


def test_places_of_a_plane_of_two_are_the_weights() -> None:
    first, second = most_moved(START, END)
    moved = np.abs(END - START)
    assert moved[first] == moved.max()
    assert moved[second] == np.delete(moved, first).max()
    plane = plane_of_two(END, (first, second), ("a", "b"))
    places, distances = plane.project(np.stack([END, START]))
    np.testing.assert_allclose(places, [[END[first], END[second]], [START[first], START[second]]])
    assert distances[0] == pytest.approx(0, abs=1e-12)
    others = np.delete(START - END, [first, second])
    assert distances[1] == pytest.approx(np.linalg.norm(others))
    np.testing.assert_allclose(plane.networks(places[0]), END)
    with pytest.raises(ValueError, match="two different weights"):
        plane_of_two(END, (3, 3), ("a", "a"))


def test_three_networks_lie_on_their_plane_at_their_distances() -> None:
    plane = plane_through_three(START, END, OTHER, "network 2")
    networks = np.stack([START, END, OTHER])
    places, distances = plane.project(networks)
    np.testing.assert_allclose(distances, 0, atol=1e-12)
    np.testing.assert_allclose(plane.networks(places), networks)
    np.testing.assert_allclose(places, [mark[1:] for mark in plane.marks], atol=1e-12)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        apart = np.linalg.norm(networks[i] - networks[j])
        assert np.linalg.norm(places[i] - places[j]) == pytest.approx(apart)
    for third in (END, 2 * END - START):
        with pytest.raises(ValueError, match="lie on one line"):
            plane_through_three(START, END, third, "network 2")


def test_random_directions_are_as_long_as_the_weights_of_each_unit() -> None:
    plane = random_plane(END, SHAPE, seed=1)
    for direction in plane.axes:
        for (D, d), (W, _) in zip(layered(direction, SHAPE), layered(END, SHAPE), strict=True):
            np.testing.assert_allclose(np.linalg.norm(D, axis=0), np.linalg.norm(W, axis=0))
            assert not d.any()
    assert (random_plane(END, SHAPE, seed=1).axes == plane.axes).all()
    assert (random_plane(END, SHAPE, seed=2).axes != plane.axes).any()


def test_projection_is_the_nearest_place_for_oblique_axes() -> None:
    plane = random_plane(END, SHAPE, seed=3)
    assert abs(plane.axes[0] @ plane.axes[1]) > 1e-3
    (place,), (distance,) = plane.project(START[None])
    for by in ([0.01, 0], [-0.01, 0], [0, 0.01], [0, -0.01]):
        assert np.linalg.norm(plane.networks(place + by) - START) > distance


def test_share_of_variance_is_that_of_scikit_learn() -> None:
    # On the plane of the two largest principal components, the share is that of PCA.
    path = np.cumsum(random.normal(size=(30, SHAPE.n_parameters)), axis=0)
    pca = PCA(2).fit(path)
    plane = plane_of_two(END, (0, 1), ("a", "b"))
    principal = type(plane)(path.mean(axis=0), pca.components_ * 3.0, ("a", "b"))
    expected = pca.explained_variance_ratio_.sum()
    assert principal.share_of_variance(path) == pytest.approx(expected)
    assert plane.share_of_variance(path) < expected
    assert np.isnan(plane.share_of_variance(np.stack([END, END])))
