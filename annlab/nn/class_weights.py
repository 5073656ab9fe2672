"""Class weights: factors of the loss of each class's samples."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.nn.losses import Loss
from annlab.validation import Range, check_between

# No weights; weights by which all classes count the same; or a weight for each class.
ClassWeights = str | tuple[float, ...]
NONE, BALANCED = "none", "balanced"
LIMITS = Range(0.001, 1000.0)
EXAMPLE = "1-19"
# `repr` writes a weight of 0.001 or more with at most 20 decimals.
_WEIGHT = re.compile(r"\d{1,9}(\.\d{0,20})?|\.\d{1,20}", re.ASCII)
_HOW = f"Write {NONE}, {BALANCED}, or a weight for each class, such as {EXAMPLE}"


def write_class_weights(weights: ClassWeights) -> str:
    """Write class weights as a text that `read_class_weights` reads."""
    if isinstance(weights, str):
        return weights
    return "-".join(f"{w:g}" if float(f"{w:g}") == w else repr(w) for w in weights)


def read_class_weights(text: str) -> ClassWeights:
    """Read class weights from a link or a text field.

    Raises
    ------
    ValueError
        If the text is neither a name nor a list of numbers.
    """
    plain = text.strip().lower()
    if plain in ("", NONE, BALANCED):
        return plain or NONE
    parts = re.split(r" ?[-;:/] ?| ", plain.replace(",", "."))
    if not all(_WEIGHT.fullmatch(part) for part in parts):
        raise ValueError(_HOW)
    return tuple(map(float, parts))


def check_class_weights(weights: ClassWeights) -> ClassWeights:
    """Return class weights; ValueError if a name is unknown or a number outside the limits."""
    if isinstance(weights, str):
        if weights not in (NONE, BALANCED):
            raise ValueError(_HOW)
        return weights
    if len(weights) < 2:
        raise ValueError(_HOW)
    return tuple(float(check_between(weight, LIMITS)) for weight in weights)


def weights_of_classes(
    weights: ClassWeights, y: NDArray[Any], n_classes: int
) -> NDArray[np.float64] | None:
    """Weight of each class.

    Parameters
    ----------
    weights : "none", "balanced" or tuple of float
    y : ndarray of int
        Training targets, of any shape.
    n_classes : int

    Returns
    -------
    ndarray, shape (n_classes,), or None
        None without weights. Balanced weights are ``n_samples / (n_classes * n_samples_of_class)``,
        as in scikit-learn: their mean over the training samples is 1. A class without samples has
        the weight 1.
    """
    if weights == NONE:
        return None
    if weights != BALANCED:
        return np.array(weights, np.float64)
    counts = np.bincount(y.ravel(), minlength=n_classes)
    return np.divide(y.size, n_classes * counts, out=np.ones(n_classes), where=counts > 0)


def weighted(loss: Loss, weights: Any) -> Loss:
    """Multiply the loss of each sample, and its gradient, by the weight of its class.

    The mean of this loss is over the samples, as with the ``class_weight`` of Keras: a batch is not
    divided by the sum of its weights.

    Parameters
    ----------
    loss : Loss
        Loss of a classification.
    weights : array, shape (n_classes,) or (n_networks, 1, n_classes)
        In the array namespace that the loss is called with.
    """

    def of_samples(target: Any) -> Any:
        if target.shape[-1] > 1:
            return (weights * target).sum(-1)
        second = target[..., 0]  # one output: the probability of the second class
        return weights[..., 0] + (weights[..., 1] - weights[..., 0]) * second

    return replace(
        loss,
        value=lambda xp, target, *output: of_samples(target) * loss.value(xp, target, *output),
        gradient=lambda xp, target, *output: (
            of_samples(target)[..., None] * loss.gradient(xp, target, *output)
        ),
    )
