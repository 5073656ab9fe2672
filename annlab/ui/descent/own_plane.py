"""What the tab "Your own run" shows of a run: a plane of networks, and the loss on it."""

from typing import NamedTuple

import numpy as np

from annlab.analysis.landscape import (
    MOST_WORK,
    Effort,
    Landscape,
    evenly_spaced_rows,
    landscape,
    losses_on_plane,
)
from annlab.analysis.landscape_losses import read_losses
from annlab.analysis.weight_planes import (
    WeightPlane,
    flat,
    parameter_names,
    plane_of_two,
    plane_through_three,
    random_plane,
)
from annlab.datasets import Dataset
from annlab.figures.of_run.one_network import one_network
from annlab.formatting import network_name
from annlab.runs.run import Run

# Points on the straight line between two networks.
_ON_LINE = 41


class View(NamedTuple):
    """What the tab shows of a run: a hashable key of the cache.

    Attributes
    ----------
    kind : str
        "two", "three" or "random".
    network, other : int
        Indices of networks; `other` only matters for a plane through three.
    pair : (int, int)
        Indices of two parameters.
    seed : int
        Seed of the random directions.
    """

    kind: str
    network: int
    other: int = 0
    pair: tuple[int, int] = (0, 1)
    seed: int = 0

    @property
    def networks(self) -> list[int]:
        """Networks whose paths are drawn."""
        return [self.network, self.other] if self.kind == "three" else [self.network]

    def query(self) -> dict[str, int]:
        """Choices by link name, as far as they matter."""
        of_kind = {
            "two": {"x": self.pair[0], "y": self.pair[1]},
            "three": {"other": self.other},
            "random": {"seed": self.seed},
        }
        return {"network": self.network, **of_kind[self.kind]}


def ends_of(run: Run, network: int) -> tuple[np.ndarray, np.ndarray]:
    """Parameters of a network before and after training."""
    start, end = (flat(run.checkpoints.at(epoch))[network] for epoch in (0, None))
    return start, end


def plane_of(run: Run, dataset: Dataset, view: View) -> WeightPlane:
    """Plane of a view.

    Raises
    ------
    ValueError
        If three networks lie on one line.
    """
    start, end = ends_of(run, view.network)
    if view.kind == "three":
        name = f"end of {network_name(view.other)}"
        return plane_through_three(start, end, ends_of(run, view.other)[1], name)
    if view.kind == "random":
        return random_plane(end, run.config.architecture, view.seed)
    one = one_network(run, dataset, None, view.network)
    names = parameter_names(run.config.architecture, one.input_names, one.output_names)
    return plane_of_two(end, view.pair, (names[view.pair[0]], names[view.pair[1]]))


def landscape_of(
    run: Run, dataset: Dataset, view: View, effort: Effort, losses: bytes = b""
) -> Landscape:
    """Landscape of a view, with the paths of the networks it is about."""
    known = read_losses(losses) if losses else None
    return landscape(run, dataset, plane_of(run, dataset, view), view.networks, effort, known)


def barrier_of(run: Run, dataset: Dataset, view: View, n_samples: int) -> list[float]:
    """Training losses along the straight line between the ends of two networks.

    Over as many samples as the landscape's; empty where that takes a page too long.
    """
    data = dataset.of(view.network)
    if _ON_LINE * run.n_parameters * n_samples > MOST_WORK or n_samples > len(data.X_train):
        return []
    plane = plane_of(run, dataset, view)
    places = np.linspace(0, 1, _ON_LINE)[:, None] * np.array(plane.marks[-1][1:])
    rows = evenly_spaced_rows(len(data.X_train), n_samples)
    return [float(v) for v in losses_on_plane(run.config, data, plane, places, rows)]
