"""What a panel is, and what it is given to draw."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from annlab.datasets import Dataset, DatasetSpec, Part
from annlab.run import Run
from annlab.ui.server import jobs


@dataclass(frozen=True)
class Cell:
    """A cell of a confusion matrix.

    Attributes
    ----------
    model : int
        Whose matrix.
    of : (int, int)
        True and predicted class.
    """

    model: int
    of: tuple[int, int]


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
    cell : Cell or None
        The cell of a confusion matrix that was clicked.
    """

    runs: list[Run]
    dataset: Dataset
    part: Part
    epoch: int
    epochs: list[int]
    seed: int
    axes: tuple[int, int]
    evaluations: list[Any]
    cell: Cell | None = None

    @property
    def spec(self) -> DatasetSpec:
        """The registry's entry of the data set."""
        return self.runs[0].config.dataset.spec

    @property
    def n_seeds(self) -> int:
        """Networks of a run."""
        return self.runs[0].n_seeds


def unscaled(shown: Shown) -> Dataset:
    """The same points in their own units, as soon as they are made."""
    config = shown.runs[0].config.dataset.model_copy(update={"scaling": "none"})
    return jobs().dataset_if_ready(config) or shown.dataset


@dataclass(frozen=True)
class Panel:
    """A tab below the results, where it applies to what is shown."""

    title: str
    draw: Callable[[Shown], None]
    applies: Callable[[Shown], bool] = lambda shown: True
