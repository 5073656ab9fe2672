"""Training with class weights against a plain PyTorch loop, in history and evaluation."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from annlab import RunConfig, evaluate, load_dataset, train
from annlab.analysis.one_step import one_step
from annlab.config.settings import SETTINGS
from annlab.datasets import DATASETS, load_run_dataset

N_STEPS = 100


def config_of(name="moons", weights="balanced", dataset=None, **training):
    return RunConfig.model_validate(
        {
            "dataset": {"name": name, "scaling": "standard", "test_fraction": 0.2}
            | (dataset or {}),
            "model": {"hidden_sizes": (5,), "activation": "tanh"},
            "training": {
                "optimizer": "sgd",
                "learning_rate": 0.05,
                "class_weights": weights,
                "n_seeds": 2,
                **training,
            },
        }
    )


@pytest.mark.parametrize("loss", [None, "mse"])
@pytest.mark.parametrize(("name", "weights"), [("moons", (1.0, 7.0)), ("iris", (3.0, 0.5, 1.0))])
def test_a_hundred_steps_match_pytorch(name, weights, loss):
    # One batch for each epoch, so that 100 epochs are 100 steps.
    config = config_of(name, weights, batch_size=100_000, max_epochs=N_STEPS, loss=loss)
    run = train(config)
    data = load_dataset(config.dataset)
    X, y = torch.tensor(data.X_train), torch.tensor(data.y_train)
    factors = torch.tensor(weights)
    first = [torch.tensor(p[1]) for pair in run.layers(0) for p in pair]
    W1, b1, W2, b2 = (p.clone().requires_grad_() for p in first)
    for _ in range(N_STEPS):
        z = torch.tanh(X @ W1 + b1) @ W2 + b2
        if name == "moons":
            target = y[:, None].float()
            entropy = functional.binary_cross_entropy_with_logits(
                z, target, weight=factors[y][:, None]
            )
            squares = factors[y] * ((torch.sigmoid(z) - target) ** 2).mean(-1)
        else:
            target = torch.eye(3)[y]
            # PyTorch divides by the sum of the weights, annlab by the number of samples.
            entropy = functional.cross_entropy(z, y, weight=factors) * factors[y].mean()
            squares = factors[y] * ((torch.softmax(z, -1) - target) ** 2).mean(-1)
        mean = squares.mean() if loss else entropy
        for p, g in zip((W1, b1, W2, b2), torch.autograd.grad(mean, (W1, b1, W2, b2)), strict=True):
            p.data -= 0.05 * g
    found = [p[1] for pair in run.layers("last") for p in pair]
    for ours, theirs in zip(found, (W1, b1, W2, b2), strict=True):
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("resample", ["none", "split"])
def test_the_recorded_loss_has_the_weights_on_every_split(resample):
    config = config_of(
        "iris", dataset={"resample": resample, "validation_fraction": 0.2}, max_epochs=3
    )
    run = train(config)
    for split, prefix in (("train", "train"), ("validation", "val"), ("test", "test")):
        scores = evaluate(run, split=split)
        np.testing.assert_allclose(run.history[f"{prefix}_loss"][-1], scores.loss, rtol=1e-5)
    weights = (1.0, 5.0, 0.2)
    run = train(config_of("iris", weights, dataset={"resample": resample}, max_epochs=3))
    scores = evaluate(run)
    for k in range(2):
        X, y = load_dataset(run.config, k).split("test")
        (W1, b1), (W2, b2) = ((W[k], b[k]) for W, b in run.layers())
        z = torch.tensor(np.tanh(X @ W1 + b1) @ W2 + b2)
        each = functional.cross_entropy(z, torch.tensor(y), reduction="none").numpy()
        assert scores.log_loss[k] == pytest.approx(each.mean(), rel=1e-5)
        assert scores.loss[k] == pytest.approx((np.array(weights)[y] * each).mean(), rel=1e-5)


def test_equal_weights_of_one_change_nothing():
    plain, ones = (train(config_of(weights=w, max_epochs=3)) for w in ("none", (1.0, 1.0)))
    for ours, theirs in zip(plain.layers(), ones.layers(), strict=True):
        np.testing.assert_allclose(ours[0], theirs[0], rtol=1e-6)
    assert plain.config.digest != ones.config.digest


def test_one_step_has_the_weight_of_its_sample():
    runs = [train(config_of(weights=w, max_epochs=1, n_seeds=1)) for w in ("none", (1.0, 4.0))]
    data = load_run_dataset(runs[0].config)
    sample = int(np.flatnonzero(data.y_train == 1)[0])
    plain, heavy = (one_step(run, data, sample=sample, network=0, epoch=0) for run in runs)
    assert (plain.class_weight, heavy.class_weight) == (1, 4)
    assert heavy.loss == pytest.approx(4 * plain.loss)
    for one, other in zip(plain.layers, heavy.layers, strict=True):
        np.testing.assert_allclose(other.weights.gradient, 4 * one.weights.gradient)


def test_settings_are_checked_and_linked():
    config = config_of(weights=(1.0, 2.5))
    assert RunConfig.from_url(config.to_url()) == config
    assert "class_weights=1-2.5" in config.to_url()
    with pytest.raises(ValueError, match="class_weights: 3 classes need 3 weights, such as 1-1-5"):
        config_of("iris", (1.0, 2.0))
    with pytest.raises(ValueError, match="class_weights: a regression has no classes"):
        config_of("diabetes", "balanced")
    with pytest.raises(ValueError, match="class_weights: several labels have no classes"):
        config_of("labels", "balanced")
    with pytest.raises(ValueError, match="class_weights: several numbers have no classes"):
        config_of("linnerud", (1.0, 2.0))
    assert RunConfig.model_validate({"training": {"class_weights": "none"}}) == RunConfig()


@pytest.mark.parametrize(
    ("name", "applies"),
    [("moons", True), ("iris", True), ("diabetes", False), ("labels", False), ("linnerud", False)],
)
def test_only_classes_have_the_setting(name: str, applies: bool) -> None:
    setting = SETTINGS["class_weights"]
    values = {"task": DATASETS[name].task}
    assert setting.applies is not None
    assert setting.applies(values) == applies


def test_initial_weights_are_those_without_class_weights():
    plain, heavy = (train(config_of(weights=w, max_epochs=1)) for w in ("none", "balanced"))
    for one, other in zip(plain.layers(0), heavy.layers(0), strict=True):
        np.testing.assert_array_equal(one[0], other[0])
