"""Planes through the space of all weights and biases of a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annlab.nn.architecture import Architecture
from annlab.nn.forward import Layers

Array = NDArray[Any]

# A third point nearer to the line through two others, as a share of its distance, spans no plane.
_ON_A_LINE = 1e-6


class Mark(NamedTuple):
    """Named place on a plane.

    Attributes
    ----------
    name : str
    x, y : float
    """

    name: str
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class WeightPlane:
    """Plane of networks: ``origin + x * axes[0] + y * axes[1]``.

    Attributes
    ----------
    origin : ndarray, shape (n_parameters,)
        Weights and biases of the network at (0, 0), in the order of `flat`.
    axes : ndarray, shape (2, n_parameters)
        Two independent directions.
    axis_names : (str, str)
    marks : tuple of Mark
        Networks on the plane that a picture should show.
    """

    origin: Array
    axes: Array
    axis_names: tuple[str, str]
    marks: tuple[Mark, ...] = ()

    def networks(self, places: Array) -> Array:
        """Parameters of networks on the plane: shapes (..., 2) to (..., n_parameters)."""
        return self.origin + places @ self.axes

    def project(self, parameters: Array) -> tuple[Array, Array]:
        """Nearest places on the plane.

        Parameters
        ----------
        parameters : ndarray, shape (n, n_parameters)

        Returns
        -------
        places : ndarray, shape (n, 2)
        distances : ndarray, shape (n,)
            Euclidean distance of the parameters from the plane.
        """
        away = parameters - self.origin
        places = np.linalg.lstsq(self.axes.T, away.T)[0].T
        return places, np.linalg.norm(away - places @ self.axes, axis=1)

    def share_of_variance(self, parameters: Array) -> float:
        """Share of the variance of some networks that lies in the plane, from 0 to 1.

        NaN if all networks are the same.
        """
        moved = parameters - parameters.mean(axis=0)
        total = float((moved**2).sum())
        if not total:
            return float("nan")
        basis, _ = np.linalg.qr(self.axes.T)
        return float(((moved @ basis) ** 2).sum() / total)


def flat(layers: Layers) -> Array:
    """Parameters as vectors: of each layer its weights, row by row, then its biases.

    Parameters
    ----------
    layers : sequence of (weights, biases)
        Of shapes (..., n_in, n_out) and (..., n_out).

    Returns
    -------
    ndarray of float64, shape (..., n_parameters)
    """
    leading = layers[0][1].shape[:-1]
    parts = [part.reshape(*leading, -1) for layer in layers for part in layer]
    return np.concatenate(parts, axis=-1).astype(np.float64)


def layered(parameters: Array, architecture: Architecture) -> Layers:
    """Weights and biases of each layer from vectors of shape (..., n_parameters): undoes `flat`."""
    layers, at = [], 0
    for layer in architecture.layers:
        middle, end = at + layer.n_in * layer.n_out, at + layer.n_parameters
        W = parameters[..., at:middle].reshape(*parameters.shape[:-1], layer.n_in, layer.n_out)
        layers.append((W, parameters[..., middle:end]))
        at = end
    return layers


def parameter_names(
    architecture: Architecture, input_names: Sequence[str], output_names: Sequence[str]
) -> list[str]:
    """Name of each parameter in the order of `flat`: "x1 → h1.2", "bias → h1.2"."""
    names, incoming = [], list(input_names)
    for number, layer in enumerate(architecture.layers, 1):
        is_last = number == len(architecture.layers)
        if is_last and architecture.has_skip:
            incoming = [*incoming, *input_names]
        units = [f"h{number}.{k + 1}" for k in range(layer.n_out)]
        units = list(output_names) if is_last else units
        names += [f"{name} → {unit}" for name in (*incoming, "bias") for unit in units]
        incoming = units
    return names


def most_moved(start: Array, end: Array) -> tuple[int, int]:
    """Indices of the two parameters that changed most, the larger change first."""
    first, second = np.argsort(-np.abs(end - start), kind="stable")[:2]
    return int(first), int(second)


def plane_of_two(center: Array, pair: tuple[int, int], names: tuple[str, str]) -> WeightPlane:
    """Build the plane in which two parameters vary and all others stay as in one network.

    Parameters
    ----------
    center : ndarray, shape (n_parameters,)
        The network. Places on the plane are the values of the two parameters.
    pair : (int, int)
        Indices of the two parameters.
    names : (str, str)

    Raises
    ------
    ValueError
        If both are the same parameter.
    """
    if pair[0] == pair[1]:
        raise ValueError("Choose two different weights")
    axes = np.zeros((2, len(center)))
    axes[[0, 1], list(pair)] = 1.0
    origin = center.copy()
    origin[list(pair)] = 0.0
    mark = Mark("end", float(center[pair[0]]), float(center[pair[1]]))
    return WeightPlane(origin, axes, names, (mark,))


def plane_through_three(start: Array, end: Array, other: Array, other_name: str) -> WeightPlane:
    """Build the plane through the start and the end of a network and the end of another.

    Distances on the plane are Euclidean distances between networks; the end is at (0, 0) and the
    start on the negative x axis.

    Parameters
    ----------
    start, end, other : ndarray, shape (n_parameters,)
    other_name : str

    Raises
    ------
    ValueError
        If the three lie on one line.
    """
    forth, aside = end - start, other - end
    length = float(np.linalg.norm(forth))
    first = forth / (length or 1.0)
    along = float(aside @ first)
    rest = aside - along * first
    height = float(np.linalg.norm(rest))
    if not length or height <= _ON_A_LINE * np.linalg.norm(aside):
        raise ValueError("The start, the end and the other network lie on one line, not in a plane")
    marks = (Mark("start", -length, 0.0), Mark("end", 0.0, 0.0), Mark(other_name, along, height))
    names = ("distance along start → end", "distance toward the other network")
    return WeightPlane(end, np.stack([first, rest / height]), names, marks)


def random_plane(center: Array, architecture: Architecture, seed: int) -> WeightPlane:
    """Build a plane of two random directions, scaled unit by unit to the size of the weights.

    A network with larger weights may be the same function (with ReLU, half the weights before a
    layer and twice those after it), so equal steps would mean different things. In each direction
    the weights into a unit are as long as those of the network itself; biases stay.

    Parameters
    ----------
    center : ndarray, shape (n_parameters,)
        The network at (0, 0).
    architecture : Architecture
    seed : int

    References
    ----------
    Li, Xu, Taylor, Studer & Goldstein (2018), Visualizing the loss landscape of neural nets; their
    scaling of a filter is here that of the weights into a unit.
    """
    random = np.random.default_rng(seed)
    axes = []
    for _ in range(2):
        direction = []
        for W, b in layered(center, architecture):
            D = random.normal(size=W.shape)
            D *= np.linalg.norm(W, axis=0) / np.linalg.norm(D, axis=0)
            direction.append((D, np.zeros_like(b)))
        axes.append(flat(direction))
    names = ("random direction 1", "random direction 2")
    return WeightPlane(center, np.stack(axes), names, (Mark("end", 0.0, 0.0),))
