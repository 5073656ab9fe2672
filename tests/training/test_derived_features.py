"""Networks learn from derived features: the same as torch on samples that scikit-learn expands."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.preprocessing import PolynomialFeatures
from torch import nn

from annlab import RunConfig, evaluate, load_dataset, train
from annlab.datasets import load_run_dataset

# In the order of scikit-learn's polynomials of degree 2.
QUADRATIC = ("x1", "x2", "x1_squared", "x1_x2", "x2_squared")
# Each epoch is one step on all samples, so that their order does not matter.
TRAINING = {"optimizer": "sgd", "learning_rate": 0.3, "batch_size": 200, "max_epochs": 20}
# Position of each quadratic feature in the order of the registry, in which networks have it.
PLACES = [0, 1, 2, 4, 3]


def config_of(dataset: dict[str, object], **model: object) -> RunConfig:
    return RunConfig.model_validate({"dataset": dataset, "model": model, "training": TRAINING})


@pytest.mark.parametrize("hidden_sizes", [(), (4,)])
def test_training_equals_torch_on_expanded_samples(hidden_sizes: tuple[int, ...]) -> None:
    data = {"name": "circles", "n_samples": 200, "scaling": "standard"}
    config = config_of(data, features=QUADRATIC, hidden_sizes=hidden_sizes, activation="tanh")
    run, dataset = train(config), load_dataset(config)
    X = PolynomialFeatures(degree=2, include_bias=False).fit_transform(dataset.X_train)
    X = torch.tensor(X[:, PLACES])
    sizes = (5, *hidden_sizes, 1)
    linear = [nn.Linear(n_in, n_out) for n_in, n_out in pairwise(sizes)]
    for layer, (W, b) in zip(linear, run.layers(0), strict=True):
        layer.weight.data, layer.bias.data = torch.tensor(W[0].T), torch.tensor(b[0])
    steps = [module for layer in linear for module in (layer, nn.Tanh())][:-1]
    network = nn.Sequential(*steps)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.3)
    target = torch.tensor(dataset.y_train, dtype=torch.float32)[:, None]
    for _ in range(20):
        optimizer.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(network(X), target)
        loss.backward()
        optimizer.step()
    for layer, (W, b) in zip(linear, run.layers(), strict=True):
        np.testing.assert_allclose(W[0].T, layer.weight.detach(), rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(b[0], layer.bias.detach(), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("resample", ["none", "split"])
def test_recorded_scores_are_those_of_the_forward_pass(resample: str) -> None:
    data = {"name": "circles", "n_samples": 300, "test_fraction": 0.3, "resample": resample}
    values = config_of(data, features=("x1", "sin_x2", "x1_x2"), hidden_sizes=(3,)).model_dump()
    values["training"] |= {"n_seeds": 3, "record_gradients": True, "batch_size": 16}
    run = train(RunConfig.model_validate(values))
    dataset = load_run_dataset(run.config)
    for split in ("train", "test"):
        found = evaluate(run, dataset=dataset, split=split)
        np.testing.assert_allclose(found.loss, run.history[f"{split}_loss"][-1], rtol=1e-4)
        np.testing.assert_allclose(found.accuracy, run.history[f"{split}_accuracy"][-1], rtol=1e-6)


def test_squares_let_a_linear_model_separate_the_circles() -> None:
    data = {"name": "circles", "test_fraction": 0.2}
    training = {"learning_rate": 0.05, "max_epochs": 50}
    runs = [
        train(
            RunConfig.model_validate(
                {"dataset": data, "model": {"features": features}, "training": training}
            )
        )
        for features in ((), ("x1_squared", "x2_squared"))
    ]
    plain, squared = (float(evaluate(run).accuracy[0]) for run in runs)
    assert plain < 0.7
    assert squared > 0.99


def test_a_line_with_powers_is_the_least_squares_polynomial() -> None:
    data = {"name": "function_1d", "function": "sine", "n_samples": 60, "noise": 0.1}
    values = config_of({**data, "scaling": "standard"}, features=("x", "x_squared")).model_dump()
    values["training"] |= {"learning_rate": 0.1, "batch_size": 60, "max_epochs": 400}
    run = train(RunConfig.model_validate(values))
    dataset = load_dataset(run.config)
    fitted = np.polyfit(dataset.X_train[:, 0], dataset.y_train, 2)
    best = float(np.mean((np.polyval(fitted, dataset.X_train[:, 0]) - dataset.y_train) ** 2))
    assert float(evaluate(run, split="train").mse[0]) == pytest.approx(best, rel=1e-3)
