"""What a panel is, and what it is given to draw."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import Dataset, DatasetSpec, Split
from annlab.figures import MODEL_NAMES
from annlab.formatting import number
from annlab.nn.forward import Layers
from annlab.runs.run import Epoch, Run
from annlab.ui.results import cached_figures
from annlab.ui.services import services
from annlab.ui.text.wording import in_a_row, model_title, with_spread


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
        The data of the network that is drawn.
    part : str
        The split they are scored on.
    epoch : int
        Where the scrubber stands.
    epochs : list of int
        The epoch of each run after which the network that is drawn had the weights shown.
    seed : int
        Index of the network that is drawn: the same for all runs, which share seed and split.
    axes : tuple of int
        The features along x and y.
    evaluations : list of Evaluation
        Scores of each run on `part`, with the weights shown.
    cell : Cell or None
        The cell of a confusion matrix that was clicked.
    places : tuple of int
        The place of each model among letters and colours.
    narrow : bool
        Whether there is little room for each model.
    given : mapping of str
        The names that users gave to runs, by fingerprint.
    link : str
        The address that shows exactly this.
    weights : sequence of (int, "best" or "last")
        Whose weights are shown of each run, as `Run.layers` takes it; by default those of
        `epochs`.
    whole : Dataset
        The data of all networks, where each has its own; else the same as `dataset`.
    is_median : bool
        Whether the network that is drawn is the median one.
    said : sequence of str
        The verdicts that the page has drawn, in Markdown.
    elsewhere : sequence of Shown
        The page's other models, whose data or scaling differ.
    """

    runs: list[Run]
    dataset: Dataset
    part: Split
    epoch: int
    epochs: list[int]
    seed: int
    axes: tuple[int, int]
    evaluations: list[Any]
    cell: Cell | None = None
    places: tuple[int, ...] = tuple(range(len(MODEL_NAMES)))
    narrow: bool = False
    given: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    weights: Sequence[Epoch] = ()
    whole: Any = None
    is_median: bool = False
    said: Sequence[str] = ()
    elsewhere: Sequence["Shown"] = ()

    def __post_init__(self) -> None:
        if not self.weights:
            object.__setattr__(self, "weights", list(self.epochs))
        if self.whole is None:
            object.__setattr__(self, "whole", self.dataset)

    @cached_property
    def train_evaluations(self) -> list[Any]:
        """Scores of each run on the training split, with the weights shown."""
        if self.part == "train":
            return self.evaluations
        return [
            cached_figures.scores(run.fingerprint, at, "train", run, self.whole)
            for run, at in zip(self.runs, self.weights, strict=True)
        ]

    def layers(self, i: int) -> Layers:
        """The weights and biases of the network that is drawn of one model."""
        return [(W[self.seed], b[self.seed]) for W, b in self.runs[i].layers(self.weights[i])]

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


# Of an evaluation, one number for each network.
Score = Callable[[Any], NDArray[Any]]


def with_training(shown: Shown, i: int, score: Score) -> str:
    """A score on the split that is shown, and in parentheses on the training split."""
    evaluation = shown.evaluations[i]
    said = with_spread(score(evaluation)[evaluation.counted])
    if shown.part == "train":
        return said
    training = score(shown.train_evaluations[i])[evaluation.counted]
    return f"{said} :gray[({number(float(training.mean(dtype=np.float64)))})]"


def networks_of(shown: Shown) -> tuple[list[str], list[NDArray[np.bool_]]]:
    """The letters of the models, and of each the networks that count in means."""
    names = [shown.name(i) for i in range(len(shown.runs))]
    return names, [evaluation.counted for evaluation in shown.evaluations]


def of_the_same_data(shown: Shown) -> str:
    """Which runs tabs and report are about, where the page compares others too."""
    names = in_a_row([shown.name(i) for i in range(len(shown.runs))])
    return f"only the runs with the same data and scaling as the baseline: {names}"


def unscaled(shown: Shown) -> Dataset:
    """The same samples in their original units once these are loaded; until then as shown."""
    run = shown.runs[0].config
    points = run.dataset.model_copy(update={"scaling": "none"})
    config: DatasetConfig | RunConfig = points
    if points.resample != "none":
        config = run.model_copy(update={"dataset": points})
    try:
        dataset = services().datasets.load_if_ready(config)
        return dataset.of(shown.seed) if dataset else shown.dataset
    except ValueError:  # what the page has is from elsewhere: they cannot be made here
        return shown.dataset


@dataclass(frozen=True)
class Panel:
    """A tab below the results, where it applies to what is shown."""

    title: str
    draw: Callable[[Shown], None]
    applies: Callable[[Shown], bool] = lambda shown: True
