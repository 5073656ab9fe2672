"""L1, and the norm by which the gradient of a network is clipped."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.nn.forward import Layers

# As in PyTorch's `clip_grad_norm_`.
CLIP_EPSILON = 1e-6


def with_l1(training: Any, weights: NDArray[Any], gradient: NDArray[Any]) -> NDArray[Any]:
    """Add L1 to the gradient of some weights.

    Parameters
    ----------
    training : TrainingConfig
    weights, gradient : ndarray, same shape

    Returns
    -------
    ndarray, same shape
    """
    return gradient + training.l1 * np.sign(weights)


def network_gradient_norm(training: Any, layers: Layers, gradients: Layers) -> float:
    """Norm of a network's whole gradient with L1, which decides whether it is clipped.

    Parameters
    ----------
    training : TrainingConfig
    layers, gradients : list of (weights, biases)
        Of one network, and the gradient of the loss with respect to them.

    Returns
    -------
    float
        Euclidean norm over all weights and biases.
    """
    squares = 0.0
    for (W, _), (dW, db) in zip(layers, gradients, strict=True):
        squares += float(np.square(with_l1(training, W, dW)).sum() + np.square(db).sum())
    return squares**0.5
