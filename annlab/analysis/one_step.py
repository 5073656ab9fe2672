"""One update of one network by one sample, with every number on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.minimized_loss import class_weights, minimized_loss
from annlab.analysis.prediction import forward_pass
from annlab.config import RunConfig
from annlab.datasets import Dataset, Split
from annlab.nn.backward import LayerGradients, backward
from annlab.nn.clipping import network_gradient_norm
from annlab.nn.derived_features import network_inputs
from annlab.nn.forward import Layers
from annlab.nn.losses import LOSSES, Loss
from annlab.nn.optimizer_steps import EMPTY_MEMORY, Memory, Stage, optimizer_step
from annlab.nn.optimizers import OPTIMIZERS
from annlab.nn.schedules import learning_rate_after
from annlab.runs.optimizer_memory import LayerMemories
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch

Array = NDArray[Any]

# Most numbers of one layer in memory at a time, in float64: all training images would fill it.
_NUMBERS = 200_000


@dataclass(frozen=True)
class ParameterUpdate:
    """Update of the weights or of the biases of one layer, in float64.

    Attributes
    ----------
    before, after : ndarray, shape (n_in, n_out) or (n_out,)
        `after` is `before` plus the values of the last stage.
    gradient, mean_gradient : ndarray, same shape
        Gradient of the sample's loss, which the update follows, and of the mean training loss.
    stages : tuple of Stage
        From the gradient to the step.
    """

    before: Array
    after: Array
    gradient: Array
    mean_gradient: Array
    stages: tuple[Stage, ...]


@dataclass(frozen=True)
class LayerUpdate:
    """One layer in one update, in float64.

    Attributes
    ----------
    incoming : ndarray, shape (n_in,)
    z, a, slope, delta : ndarray, shape (n_out,)
    arriving : ndarray, shape (n_out,), or None
        Values of the sample, as in `LayerGradients`; the slope of softmax is (n_out, n_out).
    weights, biases : ParameterUpdate
    n_averaged : int
        Number of outputs whose losses are averaged, which divides their errors; else 1.
    """

    incoming: Array
    z: Array
    a: Array
    slope: Array
    arriving: Array | None
    delta: Array
    weights: ParameterUpdate
    biases: ParameterUpdate
    n_averaged: int = 1

    @property
    def factors(self) -> tuple[Array, Array] | None:
        """Error that arrives at each unit, and its slope; None if `delta` cannot be divided."""
        if self.arriving is None or self.slope.ndim > 1:
            return None
        return self.arriving, self.slope

    @property
    def note(self) -> str:
        """Why there are no factors; else empty."""
        if self.factors:
            return ""
        if self.arriving is not None:
            return MIXED_SLOPE
        return CANCELED_SLOPE if self.n_averaged == 1 else CANCELED_SLOPES.format(self.n_averaged)


@dataclass(frozen=True)
class OneStep:
    """One update of one network by one sample.

    Attributes
    ----------
    target, output : ndarray, shape (n_outputs,)
        Ideal output, and the output before the update; standardized where training standardizes
        targets.
    loss, loss_after, train_loss, train_loss_after : float
        Loss of the sample, and mean loss over the training split, before and after the update;
        without L1 and L2.
    learning_rate : float
        That of the next step, by the schedule.
    gradient_norm : float
        Norm of the gradient of the sample's loss with L1 over all weights and biases, before it is
        clipped.
    layers : tuple of LayerUpdate
        Hidden layers first, the output layer last.
    output_losses : ndarray, shape (n_outputs,), or None
        Losses of the outputs, without `class_weight`, if the loss of the sample is the mean of
        several; else None.
    class_weight : float
        Factor of the sample's loss and errors.
    """

    target: Array
    output: Array
    loss: float
    loss_after: float
    train_loss: float
    train_loss_after: float
    learning_rate: float
    gradient_norm: float
    layers: tuple[LayerUpdate, ...]
    output_losses: Array | None = None
    class_weight: float = 1.0

    @property
    def n_averaged(self) -> int:
        """Number of outputs whose losses are averaged; else 1."""
        return 1 if self.output_losses is None else len(self.output_losses)


CANCELED_SLOPE = "The slopes of loss and output activation cancel, which leaves output − target."
CANCELED_SLOPES = (
    "The slopes of loss and output activation cancel, which leaves (output − target) / {}: the "
    "loss is the mean over the outputs."
)
MIXED_SLOPE = (
    "Softmax couples its outputs: how wrong sums the errors of all outputs × their slopes."
)


def one_step(
    run: Run,
    dataset: Dataset,
    *,
    sample: int,
    network: int,
    epoch: Epoch | None,
    split: Split = "train",
    memory: LayerMemories | None = None,
) -> OneStep:
    """Compute one update of one network by one sample, in float64 and without dropout.

    The batch is one sample. Checkpoints hold weights only: without `memory`, the update is a fresh
    step from here, with an optimizer that remembers nothing, as in the first step of a training.

    Parameters
    ----------
    run : Run
        Trained run.
    dataset : Dataset
        Data of all networks of the run.
    sample, network : int
        Row of the split, and index of the network.
    epoch : int, "best", "last" or None
        As for `Run.layers`.
    split : {"train", "validation", "test", "all"}
        Split of the sample. The mean gradient and the mean loss are always over the training
        split, as far as `dataset` holds it.
    memory : sequence of (Memory, Memory) or None
        What the optimizer remembers at that epoch for the weights and for the biases of each
        layer, as a replay finds it.

    Returns
    -------
    OneStep

    Raises
    ------
    ValueError
        If the run has no such network, no checkpoint at that epoch, or the split no such sample.
    """
    _check("network", network, run.n_seeds)
    config = _at_epoch(run.config, int(run.shown_epochs(epoch)[network]))
    layers = [(_exact(W[network]), _exact(b[network])) for W, b in run.layers(epoch)]
    own = dataset.of(network)
    X, _ = own.split(split)
    _check("sample", sample, len(X))
    x = _exact(X[sample : sample + 1])
    target = _targets(config, own, split)[sample : sample + 1]
    loss, weights = minimized_loss(config, own), class_weights(config, own)
    passed = _backward(config, layers, x, target, loss)
    mean_gradients = _training_gradients(config, layers, own)
    memory = memory or [(EMPTY_MEMORY, EMPTY_MEMORY)] * len(layers)
    gradients = [(values.weight_gradient, values.bias_gradient) for values in passed]
    norm = network_gradient_norm(config.training, layers, gradients)
    output_losses = _output_losses(config, layers, x, target)
    updates = tuple(
        _layer_update(config, layer, values, means, memories, norm)
        for layer, values, means, memories in zip(
            layers, passed, mean_gradients, memory, strict=True
        )
    )
    if output_losses is not None:
        updates = (*updates[:-1], replace(updates[-1], n_averaged=len(output_losses)))
    after = [(layer.weights.after, layer.biases.after) for layer in updates]
    return OneStep(
        target=target[0],
        output=passed[-1].a[0],
        loss=_loss_sum(config, layers, x, target, loss),
        loss_after=_loss_sum(config, after, x, target, loss),
        train_loss=_training_loss(config, layers, own),
        train_loss_after=_training_loss(config, after, own),
        learning_rate=config.training.learning_rate,
        gradient_norm=norm,
        layers=updates,
        output_losses=output_losses,
        class_weight=1.0 if weights is None else float(weights[int(own.split(split)[1][sample])]),
    )


def _check(name: str, index: int, n: int) -> None:
    if not 0 <= index < n:
        raise ValueError(f"{name}: must be from 0 to {n - 1}; got {index}")


def _at_epoch(config: RunConfig, epoch: int) -> RunConfig:
    """Config with the learning rate of the steps after an epoch."""
    rate = learning_rate_after(epoch, config.training)
    training = config.training.model_copy(update={"learning_rate": rate})
    return config.model_copy(update={"training": training})


def _exact(array: Array) -> NDArray[np.float64]:
    """Float64 copy, so that numbers on a page add up."""
    return array.astype(np.float64)


def _targets(config: RunConfig, dataset: Dataset, split: Split) -> Array:
    return _exact(dataset.encoded_targets(split, config.architecture.n_outputs))


def _backward(
    config: RunConfig, layers: Layers, X: Array, target: Array, loss: Loss
) -> list[LayerGradients]:
    inputs = network_inputs(X, config.model.features)
    functions = config.model.activation, config.output_activation
    return backward(layers, inputs, target, *functions, loss)


def _loss_sum(config: RunConfig, layers: Layers, X: Array, target: Array, loss: Loss) -> float:
    logits, output = forward_pass(config, layers, X)
    return float(loss.value(np, target, output, logits).sum())


def _output_losses(config: RunConfig, layers: Layers, x: Array, target: Array) -> Array | None:
    """Loss of each output of one sample, (n_outputs,), if a mean of them is the sample's loss."""
    loss, n_outputs = LOSSES[config.loss], target.shape[-1]
    if n_outputs == 1 or not loss.averages_outputs:
        return None
    logits, output = forward_pass(config, layers, x)
    # Each output as if it were a network of its own.
    alone = (values[0][:, None] for values in (target, output, logits))
    found: Array = loss.value(np, *alone)
    return found


def _pieces_of_training_split(config: RunConfig, dataset: Dataset) -> Iterator[tuple[Array, Array]]:
    """Samples and targets of the training split, some rows at a time."""
    X, target = dataset.X_train, _targets(config, dataset, "train")
    n_rows = max(1, _NUMBERS // max(config.architecture.n_inputs, config.architecture.widest))
    for i in range(0, len(X), n_rows):
        yield _exact(X[i : i + n_rows]), target[i : i + n_rows]


def _training_gradients(config: RunConfig, layers: Layers, dataset: Dataset) -> Layers:
    """Gradients of the mean loss over the training split, in the form of the layers."""
    gradients = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    loss = minimized_loss(config, dataset)
    for X, target in _pieces_of_training_split(config, dataset):
        share = len(X) / len(dataset.X_train)
        found = _backward(config, layers, X, target, loss)
        for (dW, db), values in zip(gradients, found, strict=True):
            dW += share * values.weight_gradient
            db += share * values.bias_gradient
    return gradients


def _training_loss(config: RunConfig, layers: Layers, dataset: Dataset) -> float:
    pieces, loss = _pieces_of_training_split(config, dataset), minimized_loss(config, dataset)
    return sum(_loss_sum(config, layers, *piece, loss) for piece in pieces) / len(dataset.X_train)


def _layer_update(
    config: RunConfig,
    layer: tuple[Array, Array],
    values: LayerGradients,
    means: tuple[Array, Array],
    memories: tuple[Memory, Memory],
    norm: float,
) -> LayerUpdate:
    (W, b), (mean_dW, mean_db) = layer, means
    return LayerUpdate(
        incoming=values.incoming[0],
        z=values.z[0],
        a=values.a[0],
        slope=values.slope[0],
        arriving=None if values.arriving is None else values.arriving[0],
        delta=values.delta[0],
        weights=_update(config, W, values.weight_gradient, mean_dW, memories[0], norm, decays=True),
        biases=_update(config, b, values.bias_gradient, mean_db, memories[1], norm, decays=False),
    )


def _update(
    config: RunConfig,
    before: Array,
    gradient: Array,
    mean_gradient: Array,
    memory: Memory,
    norm: float,
    decays: bool,
) -> ParameterUpdate:
    stages = OPTIMIZERS[config.training.optimizer].stages
    step = optimizer_step(
        stages, config.training, before, gradient, memory, decays=decays, gradient_norm=norm
    )
    return ParameterUpdate(before, step.parameter, gradient, mean_gradient, step.stages)
