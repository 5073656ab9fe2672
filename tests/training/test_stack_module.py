"""LightningModule: optimizer and recorded gradients."""

import pytest
import pytorch_lightning as pl
import torch
from torch.nn import functional

from annlab import RunConfig, load_dataset, train
from annlab.datasets import load_for_training
from annlab.training.stack_module import StackModule


def test_small_epoch_is_one_training_step():
    config = RunConfig()
    module = StackModule(config, load_for_training(config.dataset))
    assert isinstance(module, pl.LightningModule)
    assert [tuple(bounds) for bounds in module.train_dataloader()] == [(0, 1000)]


@pytest.mark.parametrize(
    ("dataset", "columns"),
    [
        ({"name": "moons"}, ["train_loss", "train_accuracy"]),
        (
            {"name": "iris", "validation_fraction": 0.2},
            ["train_loss", "train_accuracy", "val_loss", "val_accuracy"],
        ),
        (
            {"name": "diabetes", "validation_fraction": 0.2},
            ["train_loss", "train_mse", "val_loss", "val_mse"],
        ),
    ],
)
def test_columns(dataset, columns):
    config = RunConfig(dataset=dataset, training={"n_seeds": 4})
    module = StackModule(config, load_for_training(config.dataset))
    assert module.columns == columns
    assert module.measure().shape == (len(columns), 4)


@pytest.mark.parametrize("dataset", ["moons", "iris", "diabetes"])
@pytest.mark.parametrize("hidden_sizes", [(), (7,), (5, 3)])
def test_number_of_parameters_matches_the_config(dataset, hidden_sizes):
    config = RunConfig(
        dataset={"name": dataset}, model={"hidden_sizes": hidden_sizes}, training={"n_seeds": 2}
    )
    module = StackModule(config, load_for_training(config.dataset))
    assert sum(p.numel() for p in module.parameters()) == 2 * config.n_parameters


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_weight_decay_applies_to_weights_only(weight_decay):
    config = RunConfig(
        model={"hidden_sizes": (8,)},
        dataset={"name": "blobs", "n_classes": 2},
        training={"weight_decay": weight_decay},
    )
    module = StackModule(config, load_for_training(config.dataset))
    groups = module.configure_optimizers().param_groups
    n_weights, n_biases = 2 * 8 + 8 * 2, 8 + 2
    expected = [n_weights, n_biases] if weight_decay else [n_weights + n_biases]
    assert [sum(p.numel() for p in group["params"]) for group in groups] == expected
    decays = [weight_decay, 0.0] if weight_decay else [0.0]
    assert [group["weight_decay"] for group in groups] == decays


def test_recorded_gradients_match_autograd():
    config = RunConfig(
        dataset={"name": "moons", "n_samples": 60},
        model={"hidden_sizes": (5, 3), "activation": "tanh"},
        training={"n_seeds": 2, "record_gradients": True, "max_epochs": 2},
    )
    points = load_dataset(config.dataset)
    run = train(config)
    for epoch in run.checkpoints.epochs:
        layers = run.checkpoints.at(int(epoch))
        for k in range(2):
            parameters = [
                (torch.tensor(W[k], requires_grad=True), torch.tensor(b[k])) for W, b in layers
            ]
            a = torch.tensor(points.X_train)
            for W, b in parameters[:-1]:
                a = torch.tanh(a @ W + b)
            logits = (a @ parameters[-1][0] + parameters[-1][1])[:, 0]
            target = torch.tensor(points.y_train, dtype=torch.float32)
            functional.binary_cross_entropy_with_logits(logits, target).backward()
            for layer, (W, _) in enumerate(parameters, start=1):
                recorded = run.history[f"gradient_norm_{layer}"][epoch, k]
                assert recorded == pytest.approx(W.grad.norm().item(), rel=1e-4)


def test_recording_gradients_does_not_change_the_training():
    configs = [
        RunConfig(
            dataset={"name": "iris"},
            model={"hidden_sizes": (5,)},
            training={"max_epochs": 3, "record_gradients": record},
        )
        for record in (False, True)
    ]
    plain, recorded = (train(config) for config in configs)
    assert set(recorded.history) - set(plain.history) == {
        "gradient_norm_1",
        "gradient_norm_2",
        "inactive_1",
    }
    for name, values in plain.history.items():
        assert (recorded.history[name] == values).all()
    for (W, _), (other, _) in zip(
        plain.checkpoints.layers, recorded.checkpoints.layers, strict=True
    ):
        assert (other == W).all()


@pytest.mark.parametrize(
    ("activation", "bias", "share"),
    [("relu", -100.0, 1.0), ("relu", 0.0, 0.0), ("sigmoid", 100.0, 1.0), ("tanh", 0.0, 0.0)],
)
def test_units_without_slope_are_inactive(activation, bias, share):
    config = RunConfig(
        model={"hidden_sizes": (4,), "activation": activation},
        training={"record_gradients": True},
    )
    module = StackModule(config, load_for_training(config.dataset))
    module.stack.biases[0].fill_(bias)
    row = dict(zip(module.columns, module.measure()[:, 0].tolist(), strict=True))
    assert row["inactive_1"] == share
