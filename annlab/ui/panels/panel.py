"""What a panel is, and what it is given to draw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from annlab.datasets import Dataset, DatasetSpec, Part
from annlab.figures import MODEL_NAMES
from annlab.run import Run
from annlab.ui.server import jobs
from annlab.ui.wording import model_title


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
    places : tuple of int
        The place of each model among letters and colours.
    narrow : bool
        Whether there is little room for each model.
    baseline : int
        The model that the others are compared with.
    given : mapping of str
        The names that users gave to runs, by fingerprint.
    link : str
        The address that shows exactly this.
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
    places: tuple[int, ...] = tuple(range(len(MODEL_NAMES)))
    narrow: bool = False
    baseline: int = 0
    given: Mapping[str, str] = field(default_factory=dict)
    link: str = ""

    def name(self, i: int) -> str:
        """The letter of a model."""
        return MODEL_NAMES[self.places[i]]

    def title(self, i: int) -> str:
        """The letter of a model, and what it is, in Markdown."""
        return f"**{self.name(i)} · {model_title(self.runs[i].config)}**"

    @property
    def spec(self) -> DatasetSpec:
        """The registry's entry of the data set."""
        return self.runs[0].config.dataset.spec


def unscaled(shown: Shown) -> Dataset:
    """The same points in their own units, as soon as they are made; until then as shown."""
    config = shown.runs[0].config.dataset.model_copy(update={"scaling": "none"})
    try:
        return jobs().dataset_if_ready(config) or shown.dataset
    except ValueError:  # what the page has is from elsewhere: they cannot be made here
        return shown.dataset


@dataclass(frozen=True)
class Panel:
    """A tab below the results, where it applies to what is shown."""

    title: str
    draw: Callable[[Shown], None]
    applies: Callable[[Shown], bool] = lambda shown: True
