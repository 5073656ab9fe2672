"""Planes and lines, and the output of networks over them."""

import numpy as np
import torch
from torch import nn

from annlab import DatasetConfig, ModelConfig, RunConfig
from annlab.analysis.surfaces import (
    line_beyond,
    output_surface,
    plane_through,
    ranges_without_samples,
)

X = np.random.default_rng(0).normal(0, 2, (50, 3)).astype(np.float32)


def test_plane_covers_all_samples_with_a_margin():
    plane = plane_through(X, (0, 2), resolution=11, margin=0.1)
    for axis, side in ((0, plane.x), (2, plane.y)):
        low, high = X[:, axis].min(), X[:, axis].max()
        np.testing.assert_allclose(
            side, np.linspace(low - 0.1 * (high - low), high + 0.1 * (high - low), 11), rtol=1e-5
        )
    points = plane.points.reshape(11, 11, 3)
    for i in range(11):
        for j in range(11):
            np.testing.assert_allclose(
                points[i, j], [plane.x[j], np.median(X[:, 1]), plane.y[i]], rtol=1e-6
            )


def test_plane_of_a_constant_feature_has_a_margin():
    flat = X.copy()
    flat[:, 1] = 5
    plane = plane_through(flat, (0, 1), resolution=3)
    np.testing.assert_allclose(plane.y, [4.9, 5.0, 5.1], rtol=1e-6)


def test_output_surface_matches_the_network_on_a_grid():
    with torch.random.fork_rng():
        torch.manual_seed(1)
        model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2), nn.Softmax(-1))
    layers = [(model[i].weight.detach().numpy().T, model[i].bias.detach().numpy()) for i in (0, 2)]
    plane = plane_through(X, (1, 0), resolution=9)
    config = RunConfig(dataset=DatasetConfig(name="blobs"), model=ModelConfig(hidden_sizes=(5,)))
    surface = output_surface(config, layers, plane)
    assert surface.shape == (9, 9, 2)
    rest = float(np.median(X[:, 2]))
    for i, y in enumerate(plane.y):
        for j, x in enumerate(plane.x):
            with torch.no_grad():
                expected = model(torch.tensor([float(y), float(x), rest]))
            np.testing.assert_allclose(surface[i, j], expected, rtol=1e-5, atol=1e-5)


def test_a_line_reaches_beyond_the_samples():
    line = line_beyond(np.array([-1.0, 3.0]), resolution=9, margin=0.5)
    np.testing.assert_allclose(line, np.linspace(-3, 5, 9))


def test_ranges_without_samples_are_found():
    x = np.concatenate([np.linspace(-3, -1, 50), np.linspace(1, 3, 50)])
    line = line_beyond(x)
    (low, first), inner, (last, high) = ranges_without_samples(
        np.random.default_rng(0).permutation(x), line
    )
    assert (low, high) == (line[0], line[-1])
    assert (first, last) == (-3, 3)
    assert inner == (-1, 1)


def test_line_and_ranges_of_one_sample():
    line = line_beyond(np.array([2.0]))
    assert ranges_without_samples(np.array([2.0]), line) == [(1.5, 2.0), (2.0, 2.5)]
