"""Networks with several outputs learn as an independent loop of torch does."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, hamming_loss, mean_squared_error

from annlab import Run, RunConfig, evaluate, load_dataset, train
from annlab.analysis.prediction import predict
from annlab.datasets import load_run_dataset
from annlab.nn.tasks import TASKS
from annlab.runs.train_on import train_on
from tests.training.torch_loop import weights_by_torch

STANDARD = {"scaling": "standard", "target_scaling": "standard"}
DATA: dict[str, dict[str, Any]] = {
    "plane_curve": {"name": "plane_curve", "n_samples": 100},
    "linnerud": {"name": "linnerud", **STANDARD},
    "labels": {"name": "labels", "n_samples": 100, "scaling": "standard"},
}
# Samples, splits or folds of their own; with standardized targets where a task has them.
OWN: dict[str, dict[str, Any]] = {
    "split of numbers": {**DATA["linnerud"], "resample": "split", "test_fraction": 0.25},
    "sample of numbers": {**DATA["plane_curve"], **STANDARD, "resample": "sample"},
    "folds of numbers": {**DATA["linnerud"], "resample": "folds", "validation_fraction": 0.2},
    "split of labels": {**DATA["labels"], "resample": "split", "test_fraction": 0.25},
    "sample of labels": {**DATA["labels"], "resample": "sample", "test_fraction": 0.25},
    "folds of labels": {**DATA["labels"], "resample": "folds"},
}
SETTINGS: dict[str, dict[str, Any]] = {
    "adam": {},
    "momentum": {"training": {"optimizer": "momentum"}},
    "dropout": {"model": {"dropout": 0.3}},
    "wide": {"model": {"wide": True, "dropout": 0.2}},
    "no hidden layer": {"model": {"hidden_sizes": ()}},
    "weight decay": {"training": {"weight_decay": 0.1}},
    "clipping": {"training": {"clip_norm": 0.2, "optimizer": "momentum"}},
}
SCORES = {
    "mse": mean_squared_error,
    "label_accuracy": lambda y, found: 1 - hamming_loss(y, found),
    "subset_accuracy": accuracy_score,
}
PREFIXES = {"train": "train", "validation": "val", "test": "test"}


def config_of(
    dataset: dict[str, Any], model: dict[str, Any] | None = None, **training: Any
) -> RunConfig:
    # Odd batches: with as many errors above 0 as below, the absolute error has a bias gradient
    # of 0, whose rounding Adam's first step would enlarge.
    shared = {"learning_rate": 0.01, "batch_size": 11, "max_epochs": 5, "n_seeds": 2, "seed": 3}
    return RunConfig.model_validate(
        {
            "dataset": dataset,
            "model": {"hidden_sizes": (6, 4), "activation": "tanh", **(model or {})},
            "training": {**shared, **training},
        }
    )


def check(run: Run) -> None:
    """Compare all networks of a run with plain torch; each must have moved."""
    for k in range(run.config.training.n_seeds):
        for layer, (V, c) in zip(run.layers(), weights_by_torch(run, k), strict=True):
            np.testing.assert_allclose(layer[0][k], V, rtol=1e-6, atol=1e-6)
            np.testing.assert_allclose(layer[1][k], c, rtol=1e-6, atol=1e-6)
        assert np.abs(run.layers()[-1][0][k] - run.layers(0)[-1][0][k]).max() > 0.01


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        (name, loss)
        for name, task in (
            ("plane_curve", "multioutput_regression"),
            ("linnerud", "multioutput_regression"),
            ("labels", "multilabel"),
        )
        for loss in TASKS[task].losses
    ],
)
@pytest.mark.parametrize("settings", SETTINGS)
def test_training_equals_an_independent_loop(settings: str, name: str, loss: str) -> None:
    given = SETTINGS[settings]
    training = {"loss": loss, **given.get("training", {})}
    run = train(config_of(DATA[name], given.get("model"), **training))
    check(run)
    if settings == "clipping":
        assert run.history["clipped"][1:].max() > 0


@pytest.mark.parametrize("own", OWN)
def test_networks_with_their_own_samples_equal_an_independent_loop(own: str) -> None:
    check(train(config_of(OWN[own])))


@pytest.mark.parametrize("data", [*DATA, *OWN])
def test_recorded_history_is_that_of_evaluate_and_of_scikit_learn(data: str) -> None:
    settings = (
        {"test_fraction": 0.2, "validation_fraction": 0.25, **DATA[data]}
        if (data in DATA)
        else OWN[data]
    )
    run = train(config_of(settings, {"dropout": 0.2}, record_gradients=True))
    dataset = load_run_dataset(run.config)
    splits = run.config.sizes.splits
    assert len(splits) > 1 or data == "sample of numbers"
    for split in splits:
        found = evaluate(run, split=split, dataset=dataset)
        recorded = {
            name.removeprefix(f"{PREFIXES[split]}_"): values[-1]
            for name, values in run.history.items()
            if name.startswith(f"{PREFIXES[split]}_")
        }
        assert set(recorded) == {"loss", *(score.name for score in run.config.task.scores)}
        for name, values in recorded.items():
            np.testing.assert_allclose(getattr(found, name), values, rtol=1e-5, err_msg=name)
            if name == "loss":
                continue
            for k in range(2):
                X, y = dataset.of(k).split(split)
                own = predict(run.config, run.layers(), dataset.of(k), X)[k]
                assert SCORES[name](y, own) == pytest.approx(values[k], rel=1e-5)
    names = [name for name in run.history if name.startswith("gradient")]
    assert len(names) == 3
    assert all((run.history[name] > 0).all() for name in names)


@pytest.mark.parametrize("data", ["plane_curve", "labels", "folds of numbers"])
def test_each_network_stops_at_its_own_time(data: str) -> None:
    settings = {"validation_fraction": 0.3, **(DATA | OWN)[data]}
    config = config_of(
        settings, max_epochs=60, n_seeds=4, early_stopping_patience=2, learning_rate=0.1
    )
    run = train(config)
    assert run.ending == "early"
    assert len(set(run.epochs_trained.tolist())) > 1
    monitored = run.history["val_loss"]
    for k, last in enumerate(run.epochs_trained):
        best = int(run.best_epochs[k])
        assert best == 1 + monitored[1 : last + 1, k].argmin()
        assert last == best + 2 or last == run.config.training.max_epochs
        found = evaluate(run, split="validation")
        np.testing.assert_allclose(found.loss[k], monitored[best, k], rtol=1e-5)


@pytest.mark.parametrize("data", ["plane_curve", "linnerud", "labels"])
def test_a_run_can_be_trained_on(data: str) -> None:
    first = train(config_of(DATA[data]))
    second = train(train_on(first, network=1))
    loss = evaluate(first, split="train").loss[1]
    np.testing.assert_allclose(second.history["train_loss"][0], loss, rtol=1e-5)
    check(second)


def test_scaled_targets_are_scored_in_their_own_units() -> None:
    # Each target is standardized by its own deviation, which the scores undo.
    run = train(config_of(DATA["linnerud"]))
    dataset = load_dataset(run.config)
    deviations = dataset.y_train.std(0)
    np.testing.assert_allclose(dataset.target_scale, deviations, rtol=1e-6)
    assert deviations.max() > 5 * deviations.min()
    predicted = predict(run.config, run.layers(), dataset, dataset.X_train)
    errors = ((predicted - dataset.y_train) ** 2).mean(1)  # (n_seeds, n_targets)
    np.testing.assert_allclose(run.history["train_mse"][-1], errors.mean(1), rtol=1e-5)
    np.testing.assert_allclose(
        run.history["train_loss"][-1], (errors / deviations**2).mean(1), rtol=1e-5
    )
