"""One update by one sample against a plain torch loop."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig, evaluate
from annlab.analysis import one_step as module
from annlab.analysis.one_step import CANCELED_SLOPE, MIXED_SLOPE, gradient_factors, one_step
from annlab.datasets import load_run_dataset
from annlab.nn.activations import ACTIVATIONS
from annlab.nn.optimizers import OPTIMIZERS

NETWORK, SAMPLE = 1, 7
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
    "linear": RunConfig(
        dataset=DatasetConfig(name="diabetes", scaling="standard", test_fraction=0.3),
        training=TrainingConfig(optimizer="momentum", loss="huber", **SETTINGS),
    ),
}
LOSSES = {
    "binary_cross_entropy": lambda output, logits, y: functional.binary_cross_entropy_with_logits(
        logits[:, 0], y.double()
    ),
    "categorical_cross_entropy": lambda output, logits, y: functional.cross_entropy(logits, y),
    "mse": lambda output, logits, y: functional.mse_loss(output, as_outputs(y, output)),
    "huber": lambda output, logits, y: functional.huber_loss(output[:, 0], y),
}


def as_outputs(y, output):
    n_outputs = output.shape[1]
    return functional.one_hot(y, n_outputs).double() if n_outputs > 1 else y[:, None].double()


@pytest.fixture(params=list(CASES))
def case(request, trained):
    config = CASES[request.param]
    return trained(config), load_run_dataset(config)


def samples(run, dataset, split):
    """Samples of the network, and targets as the loss takes them."""
    own = dataset.of(NETWORK)
    X, y = own.split(split)
    if not own.class_names:
        y = (y.astype(np.float64) - own.target_mean) / own.target_scale
    return torch.tensor(X).double(), torch.tensor(y)


def loss_of(run, parameters, X, y):
    a = X
    for k, (W, b) in enumerate(parameters):
        z = a @ W + b
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
    optimizer.step()
    with torch.no_grad():
        for layer, (W, b) in zip(step.layers, parameters, strict=True):
            for update, parameter in ((layer.weights, W), (layer.biases, b)):
                np.testing.assert_allclose(update.gradient, parameter.grad, rtol=1e-5, atol=1e-8)
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
    for k, layer in enumerate(step.layers):
        n_in, n_out = layer.weights.gradient.shape
        for j in range(n_out):
            gradients = [*layer.weights.gradient[:, j], layer.biases.gradient[j]]
            for i, gradient in zip((*range(n_in), None), gradients, strict=True):
                factors = gradient_factors(step, k, i, j)
                assert factors.gradient == pytest.approx(gradient, rel=1e-12, abs=1e-300)
                product = np.prod([value for _, value in factors.words])
                assert product == pytest.approx(gradient, rel=1e-12, abs=1e-300)
                assert factors.incoming == (1.0 if i is None else layer.incoming[i])
                assert (factors.slope is None) == bool(factors.note)


def test_slope_of_a_hidden_unit_is_a_factor(case):
    run, dataset = case
    step = one_step(run, dataset, sample=SAMPLE, network=NETWORK, epoch=None)
    hidden = ACTIVATIONS[run.config.model.activation]
    for k, (layer, ahead) in enumerate(zip(step.layers, step.layers[1:], strict=False)):
        for j, z in enumerate(layer.z):
            factors = gradient_factors(step, k, 0, j)
            assert factors.slope == pytest.approx(float(hidden.derivative(z)), rel=1e-12)
            # The error that arrives: of every unit ahead, times the weight to it.
            arriving = sum(
                w * delta for w, delta in zip(ahead.weights.before[j], ahead.delta, strict=True)
            )
            assert factors.error == pytest.approx(arriving, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("binary", CANCELED_SLOPE),
        ("binary_mse", ""),
        ("multiclass", CANCELED_SLOPE),
        ("multiclass_mse", MIXED_SLOPE),
        ("regression", ""),
    ],
)
def test_output_without_a_slope_of_its_own_says_why(trained, name, note):
    config = CASES[name]
    step = one_step(
        trained(config), load_run_dataset(config), sample=SAMPLE, network=NETWORK, epoch=None
    )
    output = len(step.layers) - 1
    factors = gradient_factors(step, output, None, 0)
    assert factors.note == note
    assert len(factors.words) == (2 if note else 3)
    if note == CANCELED_SLOPE:
        assert factors.error == step.output[0] - step.target[0]


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
