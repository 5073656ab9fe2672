"""One update by one sample against a plain torch loop."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig, evaluate
from annlab.analysis import one_step as module
from annlab.analysis.one_step import CANCELED_SLOPE, CANCELED_SLOPES, MIXED_SLOPE, one_step
from annlab.datasets import load_run_dataset
from annlab.datasets.own import tables
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.schedules import rate_factors
from tests.own_data import mixed_table

NETWORK, SAMPLE = 1, 7
MIXED = mixed_table()
# One optimizer for each task; all of them are compared with torch in the tests of the steps.
SETTINGS = {"learning_rate": 0.05, "weight_decay": 0.02, "max_epochs": 3, "n_seeds": 2}
CASES = {
    "binary": RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=60, noise=0.2, test_fraction=0.25),
        model=ModelConfig(hidden_sizes=(4, 3), activation="tanh", dropout=0.2),
        training=TrainingConfig(optimizer="adamw", **SETTINGS),
    ),
    "binary_mse": RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=60, noise=0.2, test_fraction=0.25),
        model=ModelConfig(hidden_sizes=(4,), activation="sigmoid"),
        training=TrainingConfig(optimizer="nesterov", loss="mse", **SETTINGS),
    ),
    "multiclass": RunConfig(
        dataset=DatasetConfig(name="iris", test_fraction=0.2, scaling="standard"),
        model=ModelConfig(hidden_sizes=(5,)),
        training=TrainingConfig(optimizer="adam", **SETTINGS),
    ),
    "multiclass_mse": RunConfig(
        dataset=DatasetConfig(name="iris", test_fraction=0.2, scaling="standard"),
        model=ModelConfig(hidden_sizes=(5,), activation="gelu"),
        training=TrainingConfig(optimizer="rmsprop", loss="mse", **SETTINGS),
    ),
    # Each network has its own samples, and its own standardized target.
    "regression": RunConfig(
        dataset=DatasetConfig(
            name="diabetes",
            scaling="standard",
            target_scaling="standard",
            test_fraction=0.3,
            resample="split",
        ),
        model=ModelConfig(hidden_sizes=(4,), activation="softplus"),
        training=TrainingConfig(optimizer="adagrad", initial_accumulator=0.1, **SETTINGS),
    ),
    "clipped": RunConfig(
        dataset=DatasetConfig(name="moons", n_samples=60, noise=0.2, test_fraction=0.25),
        model=ModelConfig(hidden_sizes=(4, 3), activation="tanh"),
        training=TrainingConfig(
            optimizer="nesterov", l1=0.03, clip_norm=0.02, schedule="cosine", **SETTINGS
        ),
    ),
    "derived": RunConfig(
        dataset=DatasetConfig(name="circles", n_samples=60, test_fraction=0.25, scaling="minmax"),
        model=ModelConfig(features=("x2", "x1_squared", "sin_x1"), hidden_sizes=(3,)),
        training=TrainingConfig(optimizer="adam", **SETTINGS),
    ),
    "wide": RunConfig(
        dataset=DatasetConfig(name="iris", test_fraction=0.2, scaling="standard"),
        model=ModelConfig(hidden_sizes=(5, 3), wide=True, activation="tanh"),
        training=TrainingConfig(optimizer="adam", l1=0.01, clip_norm=0.5, **SETTINGS),
    ),
    # Categories, cells without a value, and a split of each network.
    "own": RunConfig(
        dataset=DatasetConfig(
            own=MIXED.own, scaling="standard", test_fraction=0.25, resample="split"
        ),
        model=ModelConfig(hidden_sizes=(4,)),
        training=TrainingConfig(optimizer="adam", **SETTINGS),
    ),
    # Each network has its own samples, and each of its targets is standardized.
    "numbers": RunConfig(
        dataset=DatasetConfig(
            name="linnerud",
            scaling="standard",
            target_scaling="standard",
            test_fraction=0.4,
            resample="split",
        ),
        model=ModelConfig(hidden_sizes=(4,), activation="tanh"),
        training=TrainingConfig(optimizer="adam", **SETTINGS),
    ),
    "plane": RunConfig(
        dataset=DatasetConfig(name="plane_curve", n_samples=60, test_fraction=0.25),
        model=ModelConfig(hidden_sizes=(5, 3), activation="tanh", wide=True),
        training=TrainingConfig(optimizer="nadam", loss="huber", clip_norm=0.1, **SETTINGS),
    ),
    "labels": RunConfig(
        dataset=DatasetConfig(name="labels", n_samples=60, test_fraction=0.25, scaling="standard"),
        model=ModelConfig(hidden_sizes=(4, 3)),
        training=TrainingConfig(optimizer="rmsprop", l1=0.01, **SETTINGS),
    ),
    "labels_mse": RunConfig(
        dataset=DatasetConfig(name="labels", n_samples=60, test_fraction=0.25, scaling="standard"),
        model=ModelConfig(hidden_sizes=(4,), activation="sigmoid"),
        training=TrainingConfig(optimizer="momentum", loss="mse", **SETTINGS),
    ),
    "linear": RunConfig(
        dataset=DatasetConfig(name="diabetes", scaling="standard", test_fraction=0.3),
        training=TrainingConfig(optimizer="momentum", loss="huber", **SETTINGS),
    ),
}
LOSSES = {
    "binary_cross_entropy": lambda output, logits, y: functional.binary_cross_entropy_with_logits(
        logits, as_outputs(y, logits)
    ),
    "categorical_cross_entropy": lambda output, logits, y: functional.cross_entropy(logits, y),
    "mse": lambda output, logits, y: functional.mse_loss(output, as_outputs(y, output)),
    "huber": lambda output, logits, y: functional.huber_loss(output, as_outputs(y, output)),
}


def as_outputs(y, output):
    n_outputs = output.shape[1]
    if y.ndim > 1:
        return y.double()
    return functional.one_hot(y, n_outputs).double() if n_outputs > 1 else y[:, None].double()


@pytest.fixture(params=list(CASES))
def case(request, trained):
    config = CASES[request.param]
    tables.provide(MIXED)
    return trained(config), load_run_dataset(config)


def samples(run, dataset, split):
    """Samples of the network, and targets as the loss takes them."""
    own = dataset.of(NETWORK)
    X, y = own.split(split)
    if run.config.model.features:  # those of the case "derived"
        X = np.stack([X[:, 1], X[:, 0] ** 2, np.sin(X[:, 0])], axis=1)
    if own.task.kind == "values":
        y = (y.astype(np.float64) - own.target_mean) / own.target_scale
    return torch.tensor(X).double(), torch.tensor(y)


def loss_of(run, parameters, X, y):
    a = X
    for k, (W, b) in enumerate(parameters):
        z = (torch.cat([a, X], 1) if k and len(W) > a.shape[1] else a) @ W + b
        last = k == len(parameters) - 1
        name = run.config.output_activation if last else run.config.model.activation
        a = eval(ACTIVATIONS[name].code.torch, {"nn": torch.nn})(z)
    return LOSSES[run.config.loss](a, z, y)


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("epoch", [0, 2, None])
def test_update_matches_a_plain_torch_loop(case, split, epoch):
    run, dataset = case
    step = one_step(run, dataset, sample=SAMPLE, network=NETWORK, epoch=epoch, split=split)

    parameters = [
        tuple(
            torch.tensor(array[NETWORK], dtype=torch.float64, requires_grad=True) for array in pair
        )
        for pair in run.layers(epoch)
    ]
    weights, biases = zip(*parameters, strict=True)
    training = run.config.training
    entry = OPTIMIZERS[training.optimizer]
    optimizer = getattr(torch.optim, entry.torch_class)(
        [
            {"params": weights, "weight_decay": training.weight_decay},
            {"params": biases, "weight_decay": 0.0},
        ],
        **entry.arguments(training),
    )
    X, y = samples(run, dataset, "train")
    train_loss = loss_of(run, parameters, X, y)
    assert step.train_loss == pytest.approx(train_loss.item(), rel=1e-6)
    train_loss.backward()
    for layer, (W, b) in zip(step.layers, parameters, strict=True):
        for update, parameter in ((layer.weights, W), (layer.biases, b)):
            np.testing.assert_array_equal(update.before, parameter.detach())
            np.testing.assert_allclose(update.mean_gradient, parameter.grad, rtol=1e-5, atol=1e-8)
    optimizer.zero_grad()

    x, target = (tensor[SAMPLE : SAMPLE + 1] for tensor in samples(run, dataset, split))
    loss = loss_of(run, parameters, x, target)
    assert step.loss == pytest.approx(loss.item(), rel=1e-6)
    loss.backward()
    for layer, (W, b) in zip(step.layers, parameters, strict=True):
        for update, parameter in ((layer.weights, W), (layer.biases, b)):
            np.testing.assert_allclose(update.gradient, parameter.grad, rtol=1e-5, atol=1e-8)
    (training.l1 * sum(W.abs().sum() for W in weights)).backward()
    norm = torch.nn.utils.clip_grad_norm_((*weights, *biases), training.clip_norm or torch.inf)
    assert step.gradient_norm == pytest.approx(norm.item(), rel=1e-5)
    epoch_of_step = min(3 if epoch is None else epoch, 2)  # after the last, with its rate
    rate = training.learning_rate * rate_factors(training)[epoch_of_step]
    assert step.learning_rate == pytest.approx(rate)
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    with torch.no_grad():
        for layer, (W, b) in zip(step.layers, parameters, strict=True):
            for update, parameter in ((layer.weights, W), (layer.biases, b)):
                np.testing.assert_allclose(update.after, parameter, rtol=1e-5, atol=1e-8)
        assert step.loss_after == pytest.approx(
            loss_of(run, parameters, x, target).item(), rel=1e-5
        )
        assert step.train_loss_after == pytest.approx(
            loss_of(run, parameters, X, y).item(), rel=1e-5
        )
    assert step.loss_after != step.loss


def test_factors_of_every_gradient_multiply_to_it(case):
    run, dataset = case
    step = one_step(run, dataset, sample=SAMPLE, network=NETWORK, epoch=None)
    for layer in step.layers:
        assert (layer.factors is None) == bool(layer.note)
        arriving, slope = layer.factors or (layer.delta, 1.0)
        # What came in through a bias is 1.
        for incoming, found in (
            (layer.incoming[:, None], layer.weights.gradient),
            (1.0, layer.biases.gradient),
        ):
            np.testing.assert_allclose(arriving * slope * incoming, found, rtol=1e-12, atol=1e-300)


def test_slope_of_a_hidden_unit_is_a_factor(case):
    run, dataset = case
    step = one_step(run, dataset, sample=SAMPLE, network=NETWORK, epoch=None)
    hidden = ACTIVATIONS[run.config.model.activation]
    for layer, ahead in zip(step.layers, step.layers[1:], strict=False):
        arriving, slope = layer.factors
        np.testing.assert_allclose(slope, hidden.derivative(layer.z), rtol=1e-12)
        # The error that arrives: of every unit ahead, times the weight to it.
        expected = ahead.weights.before @ ahead.delta
        np.testing.assert_allclose(arriving, expected[: len(arriving)], rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("binary", CANCELED_SLOPE),
        ("binary_mse", ""),
        ("multiclass", CANCELED_SLOPE),
        ("multiclass_mse", MIXED_SLOPE),
        ("regression", ""),
        ("numbers", ""),
        ("labels", CANCELED_SLOPES.format(3)),
        ("labels_mse", ""),
    ],
)
def test_output_without_a_slope_of_its_own_says_why(trained, name, note):
    config = CASES[name]
    step = one_step(
        trained(config), load_run_dataset(config), sample=SAMPLE, network=NETWORK, epoch=None
    )
    layer = step.layers[-1]
    assert layer.note == note
    assert (layer.factors is None) == bool(note)
    if note == CANCELED_SLOPE:
        assert layer.delta[0] == step.output[0] - step.target[0]


@pytest.mark.parametrize("name", ["plane", "numbers", "labels", "labels_mse", "multiclass_mse"])
def test_loss_of_a_sample_is_the_mean_over_its_outputs(trained, name):
    config = CASES[name]
    run, dataset = trained(config), load_run_dataset(config)
    step = one_step(run, dataset, sample=SAMPLE, network=NETWORK, epoch=None)
    layer = step.layers[-1]
    n_outputs = len(step.output)
    assert step.n_averaged == layer.n_averaged == n_outputs > 1
    assert step.loss == pytest.approx(step.output_losses.mean(), rel=1e-12)
    output, logits, target = (torch.tensor(a[None]) for a in (step.output, layer.z, step.target))
    for k in range(n_outputs):
        of_output = (values[:, k : k + 1] for values in (output, logits, target))
        alone = LOSSES[config.loss](*of_output)
        assert step.output_losses[k] == pytest.approx(alone.item(), rel=1e-9)


@pytest.mark.parametrize("name", ["binary", "binary_mse", "multiclass", "regression"])
def test_loss_of_one_output_or_of_classes_is_no_mean(trained, name):
    config = CASES[name]
    step = one_step(
        trained(config), load_run_dataset(config), sample=SAMPLE, network=NETWORK, epoch=None
    )
    assert step.output_losses is None
    assert step.n_averaged == step.layers[-1].n_averaged == 1


def test_error_of_a_label_is_divided_by_the_number_of_labels(trained):
    config = CASES["labels"]
    step = one_step(
        trained(config), load_run_dataset(config), sample=SAMPLE, network=NETWORK, epoch=None
    )
    np.testing.assert_allclose(step.layers[-1].delta, (step.output - step.target) / 3, rtol=1e-12)


def test_last_stage_leads_from_before_to_after(case):
    run, dataset = case
    step = one_step(run, dataset, sample=SAMPLE, network=NETWORK, epoch=1)
    for layer in step.layers:
        for update in (layer.weights, layer.biases):
            np.testing.assert_array_equal(update.stages[0].values, update.gradient)
            np.testing.assert_array_equal(update.after, update.before + update.stages[-1].values)
        decays = [
            sum(stage.name == "weight decay" for stage in update.stages)
            for update in (layer.weights, layer.biases)
        ]
        assert decays == [1, 0]


def test_training_loss_is_that_of_the_evaluation(case):
    run, dataset = case
    step = one_step(run, dataset, sample=0, network=NETWORK, epoch=2)
    scores = evaluate(run, split="train", epoch=2, dataset=dataset)
    assert step.train_loss == pytest.approx(scores.loss[NETWORK], rel=1e-5)


def test_pieces_of_the_training_split_add_up(case, monkeypatch):
    run, dataset = case
    whole = one_step(run, dataset, sample=SAMPLE, network=NETWORK, epoch=None)
    monkeypatch.setattr(module, "_NUMBERS", 110)
    pieces = one_step(run, dataset, sample=SAMPLE, network=NETWORK, epoch=None)
    assert pieces.train_loss == pytest.approx(whole.train_loss, rel=1e-12)
    assert pieces.train_loss_after == pytest.approx(whole.train_loss_after, rel=1e-12)
    for here, there in zip(pieces.layers, whole.layers, strict=True):
        for name in ("weights", "biases"):
            np.testing.assert_allclose(
                getattr(here, name).mean_gradient,
                getattr(there, name).mean_gradient,
                rtol=1e-10,
                atol=1e-15,
            )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"network": 2}, "network: must be from 0 to 1; got 2"),
        ({"sample": 45}, "sample: must be from 0 to 44; got 45"),
        ({"sample": 15, "split": "test"}, "sample: must be from 0 to 14; got 15"),
        ({"sample": -1}, "sample: must be from 0 to 44; got -1"),
        ({"epoch": 99}, "epoch: weights were kept at 0, 1, 2, 3; got 99"),
        ({"split": "validation"}, "no validation split"),
    ],
)
def test_what_does_not_exist_is_refused(trained, arguments, message):
    run = trained(CASES["binary"])
    with pytest.raises(ValueError, match=message):
        one_step(
            run,
            load_run_dataset(run.config),
            **{"sample": 0, "network": 0, "epoch": None, **arguments},
        )
