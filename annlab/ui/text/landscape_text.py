"""Sentences about the loss around a run's weights."""

from collections.abc import Sequence

import numpy as np

from annlab.analysis.landscape import Landscape, PlanePath
from annlab.formatting import written

# Share of a path's variance below which its picture is mostly a shadow.
MOSTLY_INSIDE = 0.9
# Distances that rounding alone can make.
_ROUNDING = 1e-6


def path_sentence(path: PlanePath, name: str) -> str:
    """Say how much of a path a plane shows, and how far away the rest is.

    Parameters
    ----------
    path : PlanePath
    name : str
        Name of the network, such as "network 4".

    Returns
    -------
    str
        "**Network 4:** 81% of the variance of its path is in this plane. …".
    """
    start = f"**{name[:1].upper()}{name[1:]}:**"
    if np.isnan(path.share):
        return f"{start} its weights never moved."
    if path.share >= 1 - 1e-6:
        return f"{start} its whole path is in this plane."
    farthest = int(np.argmax(path.distances))
    shadow = (
        " The picture shows its shadow: the loss under a point is not that of the network there."
        if path.share < MOSTLY_INSIDE
        else ""
    )
    return (
        f"{start} {path.share:.0%} of the variance of its path is in this plane. It is "
        f"{_distance(path.distances[0])} away from the plane at the start, "
        f"{_distance(path.distances[-1])} at the end and at most "
        f"{_distance(path.distances[farthest])} (epoch {path.epochs[farthest]}).{shadow}"
    )


def _distance(value: float) -> str:
    return written(value, ".2g") if value > _ROUNDING else "0"


def samples_sentence(found: Landscape, of_network: str = "") -> str:
    """Say how finely a landscape was computed.

    Parameters
    ----------
    found : Landscape
    of_network : str
        Name of the network whose samples count, if each has its own; else empty.

    Returns
    -------
    str
    """
    grid = f"{len(found.x)} × {len(found.y)} networks"
    whose = f" of {of_network}" if of_network else ""
    if found.n_samples == found.n_total:
        return f"Training loss of {grid}, on all {found.n_total:,} training samples{whose}."
    return (
        f"Training loss of {grid}, on {found.n_samples:,} of {found.n_total:,} training "
        f"samples{whose}, because this network is large."
    )


def barrier_sentence(losses: Sequence[float], names: tuple[str, str]) -> str:
    """Say whether a straight way between two networks leads over a hill.

    Parameters
    ----------
    losses : sequence of float
        Losses along the straight line, both ends included.
    names : (str, str)
        Names of the networks at both ends.

    Returns
    -------
    str
    """
    ends, highest = (losses[0], losses[-1]), max(losses)
    between = f"On the straight line between {names[0]} and {names[1]}"
    if highest <= max(ends) * (1 + 1e-6):
        return f"{between}, the loss never rises above that of its ends."
    return (
        f"{between}, the loss rises to {written(highest, '.3g')}; at the ends it is "
        f"{written(ends[0], '.3g')} and {written(ends[1], '.3g')}."
    )
