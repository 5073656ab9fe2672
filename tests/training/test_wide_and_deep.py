"""Wide and deep networks learn as an independent loop of torch does."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, mean_squared_error

from annlab import RunConfig, evaluate, load_dataset, train
from annlab.analysis.prediction import predict
from tests.training.torch_loop import weights_by_torch

BATCH, EPOCHS = 16, 5
DATA = {
    "binary": {"name": "moons", "n_samples": 120},
    "multiclass": {"name": "iris", "scaling": "standard"},
    "regression": {"name": "diabetes", "scaling": "standard", "target_scaling": "standard"},
}
OPTIMIZERS = ("adam", "momentum")


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
    run = train(config)
    for k in range(2):
        for layer, (V, c) in zip(run.layers(), weights_by_torch(run, k), strict=True):
            np.testing.assert_allclose(layer[0][k], V, rtol=1e-6, atol=1e-6)
            np.testing.assert_allclose(layer[1][k], c, rtol=1e-6, atol=1e-6)


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
