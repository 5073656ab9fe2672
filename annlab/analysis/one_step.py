"""One update of one network by one sample, with every number on the way."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.prediction import forward_pass
from annlab.config import RunConfig
from annlab.datasets import Dataset, Split
from annlab.nn.backward import LayerGradients, backward
from annlab.nn.forward import Layers
from annlab.nn.losses import LOSSES
from annlab.nn.optimizer_steps import Stage, optimizer_step
from annlab.nn.optimizers import OPTIMIZERS
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
    """

    incoming: Array
    z: Array
    a: Array
    slope: Array
    arriving: Array | None
    delta: Array
    weights: ParameterUpdate
    biases: ParameterUpdate

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
        return CANCELED_SLOPE if self.arriving is None else MIXED_SLOPE


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
        without L2.
    layers : tuple of LayerUpdate
        Hidden layers first, the output layer last.
    """

    target: Array
    output: Array
    loss: float
    loss_after: float
    train_loss: float
    train_loss_after: float
    layers: tuple[LayerUpdate, ...]


@dataclass(frozen=True)
class GradientFactors:
    """Factors of the gradient of one weight: how wrong × how responsive × what came in.

    Attributes
    ----------
    error : float
        How wrong: the error that arrives at the unit from ahead; the error of the unit itself
        where `slope` is None.
    slope : float or None
        How responsive: slope of the activation function at the unit's sum. None if the error
        already includes it, for the reason in `note`.
    incoming : float
        What came in through the weight: 1 for a bias.
    note : str
        Why there is no slope; else empty.
    """

    error: float
    slope: float | None
    incoming: float
    note: str = ""

    @property
    def gradient(self) -> float:
        """Product of the factors."""
        return self.error * (1.0 if self.slope is None else self.slope) * self.incoming

    @property
    def words(self) -> tuple[tuple[str, float], ...]:
        """Name and value of each factor, for display."""
        slope = () if self.slope is None else (("how responsive", self.slope),)
        return (("how wrong", self.error), *slope, ("what came in", self.incoming))


CANCELED_SLOPE = "The slopes of loss and output activation cancel, which leaves output − target."
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
) -> OneStep:
    """Compute one update of one network by one sample, in float64 and without dropout.

    The update is a fresh step from here: checkpoints hold weights only, so the optimizer's memory
    of earlier gradients is empty, as in the first step of a training. The batch is one sample.

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

    Returns
    -------
    OneStep

    Raises
    ------
    ValueError
        If the run has no such network, no checkpoint at that epoch, or the split no such sample.
    """
    config = run.config
    _check("network", network, run.n_seeds)
    layers = [(_exact(W[network]), _exact(b[network])) for W, b in run.layers(epoch)]
    own = dataset.of(network)
    X, _ = own.split(split)
    _check("sample", sample, len(X))
    x = _exact(X[sample : sample + 1])
    target = _targets(config, own, split)[sample : sample + 1]
    passed = _backward(config, layers, x, target)
    mean_gradients = _training_gradients(config, layers, own)
    updates = tuple(
        _layer_update(config, layer, values, means)
        for layer, values, means in zip(layers, passed, mean_gradients, strict=True)
    )
    after = [(layer.weights.after, layer.biases.after) for layer in updates]
    return OneStep(
        target=target[0],
        output=passed[-1].a[0],
        loss=_loss_sum(config, layers, x, target),
        loss_after=_loss_sum(config, after, x, target),
        train_loss=_training_loss(config, layers, own),
        train_loss_after=_training_loss(config, after, own),
        layers=updates,
    )


def gradient_factors(step: OneStep, layer: int, i: int | None, j: int) -> GradientFactors:
    """Say what the gradient of one weight is made of.

    Parameters
    ----------
    step : OneStep
    layer : int
        Index in `step.layers`.
    i, j : int
        Input from which the weight comes (None: the bias), and unit to which it goes.

    Returns
    -------
    GradientFactors
        Their product is the gradient for the sample.
    """
    values = step.layers[layer]
    incoming = 1.0 if i is None else float(values.incoming[i])
    if values.factors:
        arriving, slope = values.factors
        return GradientFactors(float(arriving[j]), float(slope[j]), incoming)
    return GradientFactors(float(values.delta[j]), None, incoming, values.note)


def _check(name: str, index: int, n: int) -> None:
    if not 0 <= index < n:
        raise ValueError(f"{name}: must be from 0 to {n - 1}; got {index}")


def _exact(array: Array) -> NDArray[np.float64]:
    """Float64 copy, so that numbers on a page add up."""
    return array.astype(np.float64)


def _targets(config: RunConfig, dataset: Dataset, split: Split) -> Array:
    return _exact(dataset.encoded_targets(split, config.architecture.n_outputs))


def _backward(config: RunConfig, layers: Layers, X: Array, target: Array) -> list[LayerGradients]:
    loss = LOSSES[config.loss]
    return backward(layers, X, target, config.model.activation, config.output_activation, loss)


def _loss_sum(config: RunConfig, layers: Layers, X: Array, target: Array) -> float:
    logits, output = forward_pass(config, layers, X)
    return float(LOSSES[config.loss].value(np, target, output, logits).sum())


def _pieces_of_training_split(config: RunConfig, dataset: Dataset) -> Iterator[tuple[Array, Array]]:
    """Samples and targets of the training split, some rows at a time."""
    X, target = dataset.X_train, _targets(config, dataset, "train")
    n_rows = max(1, _NUMBERS // max(X.shape[1], config.architecture.widest))
    for i in range(0, len(X), n_rows):
        yield _exact(X[i : i + n_rows]), target[i : i + n_rows]


def _training_gradients(config: RunConfig, layers: Layers, dataset: Dataset) -> Layers:
    """Gradients of the mean loss over the training split, in the form of the layers."""
    gradients = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    for X, target in _pieces_of_training_split(config, dataset):
        share = len(X) / len(dataset.X_train)
        for (dW, db), values in zip(gradients, _backward(config, layers, X, target), strict=True):
            dW += share * values.weight_gradient
            db += share * values.bias_gradient
    return gradients


def _training_loss(config: RunConfig, layers: Layers, dataset: Dataset) -> float:
    pieces = _pieces_of_training_split(config, dataset)
    return sum(_loss_sum(config, layers, *piece) for piece in pieces) / len(dataset.X_train)


def _layer_update(
    config: RunConfig,
    layer: tuple[Array, Array],
    values: LayerGradients,
    means: tuple[Array, Array],
) -> LayerUpdate:
    (W, b), (mean_dW, mean_db) = layer, means
    return LayerUpdate(
        incoming=values.incoming[0],
        z=values.z[0],
        a=values.a[0],
        slope=values.slope[0],
        arriving=None if values.arriving is None else values.arriving[0],
        delta=values.delta[0],
        weights=_update(config, W, values.weight_gradient, mean_dW, decays=True),
        biases=_update(config, b, values.bias_gradient, mean_db, decays=False),
    )


def _update(
    config: RunConfig, before: Array, gradient: Array, mean_gradient: Array, decays: bool
) -> ParameterUpdate:
    stages = OPTIMIZERS[config.training.optimizer].stages
    step = optimizer_step(stages, config.training, before, gradient, decays=decays)
    return ParameterUpdate(before, step.parameter, gradient, mean_gradient, step.stages)
