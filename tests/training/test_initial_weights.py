"""A run that starts from given weights."""

import numpy as np
import pytest
import torch

from annlab import RunConfig, evaluate, load_dataset
from annlab.training import train
from tests.training.configs import make


def flat(run, epoch, k=0):
    """Weights and biases of one network in the order of `initial_weights`."""
    return np.concatenate([part[k].ravel() for layer in run.layers(epoch) for part in layer])


def starting_from(config: RunConfig, weights, **training) -> RunConfig:
    values = config.model_dump()
    values["model"]["initial_weights"] = weights.tolist()
    values["training"] |= training
    return RunConfig.model_validate(values)


@pytest.mark.parametrize("data", [{}, {"name": "blobs", "n_classes": 3}])
def test_first_row_of_the_history_scores_the_start(data) -> None:
    first = train(make(data, n_seeds=2, seed=3))
    weights = flat(first, first.n_epochs, 1)
    second = train(starting_from(first.config, weights, n_seeds=3))
    scores = evaluate(first, split="train")
    for k in range(3):
        np.testing.assert_array_equal(flat(second, 0, k), weights)
        row = {name: second.history[f"train_{name}"][0, k] for name in ("loss", "accuracy")}
        assert row["loss"] == pytest.approx(scores.loss[1], rel=1e-5)
        assert row["accuracy"] == pytest.approx(scores.accuracy[1])
    # The order of the batches differs.
    assert len(set(second.history["train_loss"][-1].tolist())) == 3


def test_output_before_training_is_that_of_torch_with_these_weights() -> None:
    config = make(n_seeds=1, max_epochs=1)
    weights = np.random.default_rng(0).normal(size=config.n_parameters)
    run = train(starting_from(config, weights))
    layers = [torch.nn.Linear(2, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1)]
    parts = iter(torch.tensor(weights, dtype=torch.float32).split([10, 5, 5, 1]))
    for layer in (layers[0], layers[2]):
        shape = layer.in_features, layer.out_features
        layer.weight.data = next(parts).view(shape).T
        layer.bias.data = next(parts)
    data = load_dataset(config.dataset)
    with torch.no_grad():
        logits = torch.nn.Sequential(*layers)(torch.tensor(data.X_train))[:, 0]
    target = torch.tensor(data.y_train, dtype=torch.float32)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, target)
    assert run.history["train_loss"][0, 0] == pytest.approx(loss.item(), rel=1e-5)


def test_start_equal_to_the_drawn_weights_changes_nothing() -> None:
    drawn = train(make(n_seeds=1))
    again = train(starting_from(drawn.config, flat(drawn, 0)))
    np.testing.assert_array_equal(flat(again, None), flat(drawn, None))
    for name in drawn.history:
        np.testing.assert_array_equal(again.history[name], drawn.history[name])
