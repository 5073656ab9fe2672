"""Losses of models with two parameters: a weight w for one feature, and a bias b."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.nn.activations import ACTIVATIONS
from annlab.nn.backward import backward
from annlab.nn.forward import Layers, forward
from annlab.nn.losses import LOSSES

Array = NDArray[Any]

# Step of the central differences of the Hessian; the gradient itself is exact.
_STEP = 1e-5


@dataclass(frozen=True, eq=False)
class TwoParameterLoss:
    """Mean loss of ``f(w x + b)`` on samples with one feature, as a function of (w, b).

    Attributes
    ----------
    x, y : ndarray, shape (n_samples,)
        Feature and target; classes are 0 and 1.
    output_activation : {"linear", "sigmoid"}
        f: "linear" for linear regression, "sigmoid" for logistic regression.
    loss : {"mse", "binary_cross_entropy"}
        Loss of one sample; the cross-entropy needs "sigmoid".

    Examples
    --------
    >>> line = TwoParameterLoss(np.array([0.0, 1.0]), np.array([1.0, 3.0]), "linear", "mse")
    >>> float(line.value(np.array([2.0, 0.0])))  # both predictions are too low by 1
    1.0
    >>> line.gradient(np.array([2.0, 0.0])).tolist()
    [-1.0, -2.0]
    """

    x: Array
    y: Array
    output_activation: str
    loss: str

    def value(self, parameters: Array) -> Array:
        """Mean loss at some parameters.

        Parameters
        ----------
        parameters : ndarray, shape (..., 2)
            w and b.

        Returns
        -------
        ndarray, shape (...)
        """
        X, target = self.x[:, None], self.y[:, None]
        passed = forward(_layers(parameters), X, "linear", self.output_activation)
        losses: Array = LOSSES[self.loss].value(np, target, passed.output, passed.logits)
        return losses.mean(axis=-1)

    def gradient(self, parameters: Array, rows: Array | None = None) -> Array:
        """Gradient of the mean loss of all samples, or of one batch.

        Parameters
        ----------
        parameters : ndarray, shape (..., 2)
        rows : ndarray of int or None
            Indices of the samples in the batch; None: all samples.

        Returns
        -------
        ndarray, shape (..., 2)
            Derivatives with respect to w and b.
        """
        x, y = (self.x, self.y) if rows is None else (self.x[rows], self.y[rows])
        (layer,) = backward(
            _layers(parameters),
            x[:, None],
            y[:, None],
            "linear",
            self.output_activation,
            LOSSES[self.loss],
        )
        return np.concatenate([layer.weight_gradient[..., 0], layer.bias_gradient], axis=-1)

    def hessian(self, parameters: Array) -> Array:
        """Second derivatives of the mean loss, shape (2, 2), by differences of the gradient."""
        steps = _STEP * np.eye(2)
        ahead, behind = self.gradient(parameters + steps), self.gradient(parameters - steps)
        found = (ahead - behind) / (2 * _STEP)
        return (found + found.T) / 2

    def predict(self, parameters: Array, x: Array) -> Array:
        """Output of the model along a feature: shapes (2,) and (n,) to (n,)."""
        w, b = parameters
        return ACTIVATIONS[self.output_activation].f(w * x + b)

    def surface(self, w: Array, b: Array) -> Array:
        """Mean loss over a grid: axes of shapes (n_w,) and (n_b,) to (n_b, n_w)."""
        return self.value(np.stack(np.meshgrid(w, b), axis=-1))


def _layers(parameters: Array) -> Layers:
    return [(parameters[..., :1, None], parameters[..., 1:])]
