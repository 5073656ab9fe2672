"""Wide and deep networks learn as an independent loop of torch does."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, mean_squared_error
from torch import nn

from annlab import RunConfig, evaluate, load_dataset, train
from annlab.analysis.prediction import predict
from annlab.training.stack import generators

BATCH, EPOCHS = 16, 5
DATA = {
    "binary": {"name": "moons", "n_samples": 120},
    "multiclass": {"name": "iris", "scaling": "standard"},
    "regression": {"name": "diabetes", "scaling": "standard", "target_scaling": "standard"},
}
LOSSES: dict[str, Callable[..., torch.Tensor]] = {
    "binary": nn.functional.binary_cross_entropy_with_logits,
    "multiclass": nn.functional.cross_entropy,
    "regression": nn.functional.mse_loss,
}
OPTIMIZERS = {
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=0.01),
    "momentum": lambda parameters: torch.optim.SGD(parameters, lr=0.01, momentum=0.9),
}


class WideAndDeep(nn.Module):
    """The network in torch's own words: dropout is drawn by the caller, to repeat ours."""

    def __init__(self, n_inputs: int, hidden_sizes: tuple[int, ...], n_outputs: int) -> None:
        super().__init__()
        self.hidden = nn.ModuleList(
            nn.Linear(*sizes) for sizes in pairwise((n_inputs, *hidden_sizes))
        )
        self.last = nn.Linear(hidden_sizes[-1] + n_inputs, n_outputs)

    def forward(self, x: torch.Tensor, masks: list[torch.Tensor]) -> torch.Tensor:
        deep = x
        for layer, mask in zip(self.hidden, masks, strict=True):
            deep = torch.tanh(layer(deep)) * mask
        output: torch.Tensor = self.last(torch.cat([deep, x], dim=1))
        return output


def config_of(task: str, *, dropout: float = 0.0, **training: object) -> RunConfig:
    shared = {"learning_rate": 0.01, "batch_size": BATCH, "max_epochs": EPOCHS, "n_seeds": 2}
    return RunConfig.model_validate(
        {
            "dataset": DATA[task],
            "model": {
                "hidden_sizes": (6, 4),
                "activation": "tanh",
                "wide": True,
                "dropout": dropout,
            },
            "training": {**shared, "seed": 3, **training},
        }
    )


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("task", DATA)
def test_training_equals_an_independent_loop(task: str, optimizer: str, dropout: float) -> None:
    config = config_of(task, optimizer=optimizer, dropout=dropout)
    run, dataset = train(config), load_dataset(config)
    X = torch.tensor(dataset.X_train, dtype=torch.float64)
    y = torch.tensor(dataset.y_train)
    target = nn.functional.one_hot(y).double() if task == "multiclass" else y.double()[:, None]
    if task == "regression":
        target = (target - dataset.target_mean) / dataset.target_scale
    seeds = [3, 4]
    orders, dropouts = generators(seeds, "order"), generators(seeds, "dropout")
    for k in range(2):
        network = WideAndDeep(X.shape[1], (6, 4), target.shape[1]).double()
        linears = [*network.hidden, network.last]
        for layer, (W, b) in zip(linears, run.layers(0), strict=True):
            layer.weight.data = torch.tensor(W[k].T).double()
            layer.bias.data = torch.tensor(b[k]).double()
        step = OPTIMIZERS[optimizer](network.parameters())
        for _ in range(EPOCHS):
            order = torch.randperm(len(X), generator=orders[k])
            masks = [torch.ones(n, len(X), dtype=torch.float64) for n in (6, 4)]
            if dropout:
                for mask in masks:
                    drawn = torch.empty(mask.shape)
                    drawn.bernoulli_(1 - dropout, generator=dropouts[k])
                    mask.copy_(drawn / (1 - dropout))
            for first in range(0, len(X), BATCH):
                rows = order[first : first + BATCH]
                step.zero_grad()
                logits = network(X[rows], [mask[:, first : first + BATCH].T for mask in masks])
                LOSSES[task](logits, target[rows]).backward()
                step.step()
        for layer, (W, b) in zip(linears, run.layers(), strict=True):
            np.testing.assert_allclose(W[k].T, layer.weight.detach(), rtol=1e-6, atol=1e-6)
            np.testing.assert_allclose(b[k], layer.bias.detach(), rtol=1e-6, atol=1e-6)


def test_scores_are_those_of_scikit_learn() -> None:
    for task, score in (
        ("binary", accuracy_score),
        ("multiclass", accuracy_score),
        ("regression", mean_squared_error),
    ):
        run = train(config_of(task))
        dataset = load_dataset(run.config)
        predicted = predict(run.config, run.layers(), dataset, dataset.X_train)
        expected = [score(dataset.y_train, own) for own in predicted]
        np.testing.assert_allclose(evaluate(run, split="train").headline, expected, rtol=1e-6)


@pytest.mark.parametrize("task", DATA)
def test_recorded_scores_are_those_of_the_forward_pass(task: str) -> None:
    run = train(config_of(task, record_gradients=True))
    found = evaluate(run, split="train")
    np.testing.assert_allclose(found.loss, run.history["train_loss"][-1], rtol=1e-5)
    for name in (score.name for score in run.config.task.scores):
        recorded = run.history[f"train_{name}"][-1]
        np.testing.assert_allclose(getattr(found, name), recorded, rtol=1e-5)


def test_networks_with_their_own_samples_are_measured_on_them() -> None:
    values = config_of("binary").model_dump()
    values["dataset"] |= {"resample": "split", "test_fraction": 0.3}
    run = train(RunConfig.model_validate(values))
    found = evaluate(run, split="test")
    np.testing.assert_allclose(found.loss, run.history["test_loss"][-1], rtol=1e-5)
