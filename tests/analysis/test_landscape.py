"""The loss around a run's weights equals `evaluate` where the run has been."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, evaluate
from annlab.analysis.landscape import (
    FEWEST_SAMPLES,
    GRIDS,
    MOST_WORK,
    Effort,
    effort_for,
    landscape,
    losses_on_plane,
)
from annlab.analysis.weight_planes import (
    flat,
    layered,
    most_moved,
    plane_of_two,
    plane_through_three,
    random_plane,
)
from annlab.datasets import load_run_dataset


def ends(run: Run, network: int) -> tuple[np.ndarray, np.ndarray]:
    """Parameters of a network before and after training."""
    start, end = (flat(run.checkpoints.at(epoch))[network] for epoch in (0, None))
    return start, end


def test_loss_equals_evaluate_at_three_networks(run: Run) -> None:
    dataset = load_run_dataset(run.config)
    start, end = ends(run, 0)
    plane = plane_through_three(start, end, ends(run, 1)[1], "network 2")
    places = np.array([mark[1:] for mark in plane.marks])
    found = losses_on_plane(run.config, dataset.of(0), plane, places)
    at_start, at_end = (evaluate(run, split="train", epoch=epoch).loss for epoch in (0, "last"))
    np.testing.assert_allclose(found, [at_start[0], at_end[0], at_end[1]], rtol=1e-4)


@pytest.mark.parametrize("name", ["labels", "linnerud"])
def test_loss_of_several_outputs_is_that_of_torch(
    trained: Callable[[RunConfig], Run], name: str
) -> None:
    run = trained(
        RunConfig(
            dataset=DatasetConfig.suggested(name).model_copy(update={"resample": "none"}),
            model=ModelConfig(hidden_sizes=(4,), activation="tanh"),
            training=TrainingConfig(max_epochs=3, n_seeds=2, learning_rate=0.01),
        )
    )
    data = load_run_dataset(run.config)
    start, end = ends(run, 0)
    plane = plane_through_three(start, end, ends(run, 1)[1], "network 2")
    found = landscape(run, data, plane, [0, 1], Effort(5, len(data.X_train)))
    place = np.array([[found.x[1], found.y[3]]])
    ((W1, W2), (b1, b2)) = zip(
        *[
            (torch.tensor(W[0]), torch.tensor(b[0]))
            for W, b in layered(plane.networks(place), run.config.architecture)
        ],
        strict=True,
    )
    hidden = torch.tanh(torch.tensor(data.X_train, dtype=torch.float64) @ W1 + b1)
    output = hidden @ W2 + b2
    if name == "labels":
        y = torch.tensor(data.y_train, dtype=torch.float64)
        expected = torch.nn.functional.binary_cross_entropy_with_logits(output, y)
    else:
        y = torch.tensor((data.y_train - data.target_mean) / data.target_scale)
        expected = torch.nn.functional.mse_loss(output, y)
    assert found.losses[3, 1] == pytest.approx(expected.item(), rel=1e-5)
    for k, epoch in enumerate(found.paths[1].epochs):
        own = evaluate(run, split="train", epoch=int(epoch)).loss[1]
        assert found.paths[1].losses[k] == pytest.approx(own, rel=1e-4)


def test_grid_and_path(binary_run: Run) -> None:
    dataset = load_run_dataset(binary_run.config)
    start, end = ends(binary_run, 1)
    pair = most_moved(start, end)
    plane = plane_of_two(end, pair, ("a", "b"))
    found = landscape(binary_run, dataset, plane, [1, 0])
    assert found.losses.shape == (GRIDS[0], GRIDS[0])
    assert found.n_samples == found.n_total == len(dataset.X_train)
    corner = np.array([[found.x[-1], found.y[0]]])
    expected = losses_on_plane(binary_run.config, dataset.of(1), plane, corner)
    assert found.losses[0, -1] == pytest.approx(expected[0])
    path = found.paths[0]
    np.testing.assert_allclose(path.places[0], start[list(pair)])
    np.testing.assert_allclose(path.places[-1], end[list(pair)])
    assert path.distances[-1] == pytest.approx(0, abs=1e-9)
    assert path.distances[0] > 0
    assert 0 < path.share < 1
    assert found.paths[1].network == 0
    # The loss of the network itself, also where it is off the plane.
    for k, epoch in enumerate(path.epochs):
        own = evaluate(binary_run, split="train", epoch=int(epoch)).loss[1]
        assert path.losses[k] == pytest.approx(own, rel=1e-4)
    for some in (path.places, found.paths[1].places):
        assert (some.min(axis=0) > [found.x[0], found.y[0]]).all()
        assert (some.max(axis=0) < [found.x[-1], found.y[-1]]).all()


def test_fewer_samples_are_spread_over_the_split(multiclass_run: Run) -> None:
    dataset = load_run_dataset(multiclass_run.config)
    start, end = ends(multiclass_run, 0)
    plane = random_plane(end, multiclass_run.config.architecture, seed=0)
    found = landscape(multiclass_run, dataset, plane, [0], Effort(5, 40))
    assert (found.n_samples, found.n_total) == (40, len(dataset.X_train))
    whole = landscape(multiclass_run, dataset, plane, [0], Effort(5, found.n_total))
    np.testing.assert_allclose(found.losses, whole.losses, rtol=0.5)
    assert (found.losses != whole.losses).any()
    assert start.shape == end.shape


def test_a_network_that_overflows_has_an_infinite_loss(regression_run: Run) -> None:
    dataset = load_run_dataset(regression_run.config)
    plane = random_plane(ends(regression_run, 0)[1], regression_run.config.architecture, seed=0)
    places = np.array([[0.0, 0.0], [1e30, 1e30]])
    found = losses_on_plane(regression_run.config, dataset.of(0), plane, places)
    assert np.isfinite(found[0])
    assert found[1] == np.inf


def test_effort_shrinks_with_the_network() -> None:
    assert effort_for(25, 800) == Effort(GRIDS[0], 800)
    large = effort_for(8_000, 800)
    assert large.grid == GRIDS[0]
    assert FEWEST_SAMPLES <= large.n_samples < 800
    assert large.grid**2 * large.n_samples * 8_000 <= MOST_WORK
    assert effort_for(20_000, 60_000).grid == GRIDS[1]
    with pytest.raises(ValueError, match=r"has 101,770 weights and biases\. A landscape is drawn"):
        effort_for(101_770, 60_000)
