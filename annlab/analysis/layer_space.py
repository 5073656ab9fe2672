"""The space of each layer: axes along which its activations are drawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.nn.forward import Layers, layer_values, received

Array = NDArray[Any]

# Units that are drawn as they are: along a line, in the plane, in space.
DRAWN_AS_THEY_ARE = 3


@dataclass(frozen=True)
class LayerSpace:
    """Axes of the space of one layer.

    Attributes
    ----------
    center : ndarray, shape (n_units,)
        Point of the layer's space at the origin of the axes.
    axes : ndarray, shape (n_units, n_axes)
        Orthogonal unit vectors as columns: the units themselves for at most three units, else
        principal axes.
    share : ndarray, shape (n_axes,), or None
        Share of the variance along each principal axis; None if the axes are the units.
    """

    center: Array
    axes: Array
    share: Array | None = None

    def project(self, A: Array) -> Array:
        """Positions of activations, (n_samples, n_units), along the axes: (n_samples, n_axes)."""
        return (A - self.center) @ self.axes


def layer_spaces(
    layers: Layers, X: Array, activation: str, output_activation: str
) -> list[LayerSpace]:
    """Axes of the input and of every layer of one network.

    Fit them once, on the last epoch, and keep them for all others: what moves is then the
    network and not its picture.

    Parameters
    ----------
    layers : sequence of (weights, biases)
        Layers of one network: shapes (n_in, n_out) and (n_out,).
    X : ndarray, shape (n_samples, n_inputs)
        What the first layer receives.
    activation, output_activation : str
        Names in `annlab.nn.activations.ACTIVATIONS`.

    Returns
    -------
    list of LayerSpace
        The input first, the output last, as in `space_values`.
    """
    values = space_values(layers, X, activation, output_activation)
    return [layer_space(A) for A in values]


def space_values(
    layers: Layers, X: Array, activation: str, output_activation: str
) -> Iterator[Array]:
    """Positions of samples in the space of each layer, one at a time.

    Parameters are those of `layer_spaces`.

    Yields
    ------
    ndarray, shape (..., n_samples, n_units)
        The inputs, the activations of each hidden layer, and the output. The space before the
        output layer of a wide and deep network has the inputs behind the activations: the output
        follows from both, so only there is its boundary flat.
    """
    yield X
    values = layer_values(layers, X, activation, output_activation)
    for k, (_, a) in enumerate(values, start=1):
        yield received(layers[k][0], a, X) if k < len(layers) else a


def layer_space(A: Array) -> LayerSpace:
    """Axes of the space of activations, (n_samples, n_units): units, or two principal axes.

    References
    ----------
    Pearson (1901), On lines and planes of closest fit to systems of points in space.
    """
    n_units = A.shape[1]
    if n_units <= DRAWN_AS_THEY_ARE:
        return LayerSpace(np.zeros(n_units), np.eye(n_units))
    center = A.mean(axis=0, dtype=np.float64)
    # Of the covariance, because an SVD of thousands of images takes seconds.
    variance, directions = np.linalg.eigh((A - center).T @ (A - center))
    axes = directions[:, :-3:-1]
    # The sign of a principal axis is arbitrary: its largest component points up.
    largest = np.abs(axes).argmax(axis=0)
    axes = axes * np.where(axes[largest, [0, 1]] < 0, -1.0, 1.0)
    variance = np.maximum(variance, 0)
    total = variance.sum()
    return LayerSpace(center, axes, variance[:-3:-1] / total if total else np.zeros(2))


def boundary_space(A: Array, w: Array, b: float, across: LayerSpace | None = None) -> LayerSpace:
    """Axes that show a linear boundary ``A @ w + b = 0`` as a straight line.

    The first axis is the signed distance to the boundary; the second is the first principal axis
    of what is left of the activations, so it lies in the boundary.

    Parameters
    ----------
    A : ndarray, shape (n_samples, n_units)
    w : ndarray, shape (n_units,)
        Normal of the boundary.
    b : float
        Offset of the boundary.
    across : LayerSpace or None
        Earlier result whose second axis and center are kept, moved into this boundary; None: fit
        them.

    Returns
    -------
    LayerSpace
        Its center lies on the boundary. With zero weights there is no boundary, and the first
        axis is the first unit.
    """
    length = float(np.linalg.norm(w))
    normal = w / length if length else np.eye(len(w))[0]
    mean = A.mean(axis=0, dtype=np.float64) if across is None else across.center
    center = mean - ((mean @ w + b) / length) * normal if length else mean
    if across is not None:
        second = across.axes[:, 1]
    else:
        flat = (A - mean) - ((A - mean) @ normal)[:, None] * normal
        second = np.linalg.svd(flat, full_matrices=False)[2][0]
    second = second - (second @ normal) * normal
    size = float(np.linalg.norm(second))
    if size < 1e-9:  # the kept axis is the normal: any other direction in the boundary will do
        unit = np.eye(len(w))[int(np.abs(normal).argmin())]
        second = unit - (unit @ normal) * normal
        size = float(np.linalg.norm(second))
    second = second / size
    if second[np.abs(second).argmax()] < 0 and across is None:
        second = -second
    return LayerSpace(center, np.stack([normal, second], axis=1))


def motions(layer: tuple[Array, Array], activated: Array, A: Array) -> Sequence[Array]:
    """Positions of samples at the stops of a layer's three motions: W, then b, then f.

    Parameters
    ----------
    layer : (weights, biases)
        Shapes (n_in, n_out) and (n_out,).
    activated : ndarray, shape (n_samples, n_out)
        Activations of the layer.
    A : ndarray, shape (n_samples, n_in)
        Activations that come in.

    Returns
    -------
    list of ndarray, shape (n_samples, n_out)
        What comes in (cut, or filled with zeros, to n_out units), after the weights, after the
        biases, after the activation function.
    """
    W, b = layer
    start = np.zeros((len(A), W.shape[1]))
    n = min(W.shape)
    start[:, :n] = A[:, :n]
    return [start, A @ W, A @ W + b, activated]
