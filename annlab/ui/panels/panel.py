"""What a panel is, and what it is given to draw."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from annlab.datasets import Dataset, Part
from annlab.run import Run


@dataclass(frozen=True)
class Shown:
    """What the results show at the moment.

    Attributes
    ----------
    runs : list of Run
        The models, A first.
    dataset : Dataset
        Their points.
    part : str
        The part they are scored on.
    epoch : int
        Where the scrubber stands.
    epochs : list of int
        The checkpoint of each run that this means.
    seed : int
        Index of the network that is drawn.
    axes : tuple of int
        The features along x and y.
    evaluations : list of Evaluation
        Scores of each run at its checkpoint.
    """

    runs: list[Run]
    dataset: Dataset
    part: Part
    epoch: int
    epochs: list[int]
    seed: int
    axes: tuple[int, int]
    evaluations: list[Any]

    @property
    def n_seeds(self) -> int:
        """Networks of a run."""
        return self.runs[0].n_seeds


@dataclass(frozen=True)
class Panel:
    """A tab below the results."""

    title: str
    draw: Callable[[Shown], None]
