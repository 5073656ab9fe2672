"""What the results show: the arguments of everything that draws them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.analysis.evaluation import evaluate
from annlab.analysis.scores import Evaluation
from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import Dataset, DatasetSpec, Split
from annlab.figures import MODEL_NAMES
from annlab.formatting import number
from annlab.nn.forward import Layers
from annlab.runs.run import Epoch, Run
from annlab.ui.results.cached_figures import cached
from annlab.ui.services import services
from annlab.ui.shell import theme
from annlab.ui.text.wording import in_a_row, model_title, with_spread


@dataclass(frozen=True)
class Group:
    """Runs with the same data and scaling.

    Attributes
    ----------
    runs : list of Run
    dataset : Dataset
        Their data: of all networks, where each has its own.
    places : tuple of int
        The place of each run among the letters and colors.
    """

    runs: list[Run]
    dataset: Dataset
    places: tuple[int, ...] = tuple(range(len(MODEL_NAMES)))


@dataclass(frozen=True)
class ConfusionCell:
    """A cell of a confusion matrix.

    Attributes
    ----------
    model : int
        Whose matrix.
    true, predicted : int
        Classes.
    """

    model: int
    true: int
    predicted: int


@dataclass(frozen=True)
class ResultsView:
    """What the results show at the moment: runs, weights, network, samples.

    Attributes
    ----------
    runs : list of Run
        The models, A first.
    dataset : Dataset
        The data of all networks.
    split : str
        The split they are scored on.
    epoch : int
        Where the scrubber stands.
    epochs : list of int
        The epoch of each run after which the network that is drawn had the weights shown.
    network : int
        Index of the network that is drawn: the same for all runs, which share seed and split.
    axes : tuple of int
        The features along x and y.
    evaluations : list of Evaluation
        Scores of each run on `split`, with the weights shown.
    cell : ConfusionCell or None
        The cell of a confusion matrix that was clicked.
    places : tuple of int
        The place of each model among letters and colors.
    narrow : bool
        Whether there is little room for each model.
    run_names : mapping of str
        The names that users gave to runs, by fingerprint.
    link : str
        The address that shows exactly this.
    weights : sequence of (int, "best" or "last")
        Whose weights are shown of each run, as `Run.layers` takes it; by default those of
        `epochs`.
    is_median : bool
        Whether the network that is drawn is the median one.
    verdicts : sequence of str
        The verdicts that the page has drawn, in Markdown.
    elsewhere : sequence of ResultsView
        The page's other models, whose data or scaling differ.
    """

    runs: list[Run]
    dataset: Dataset
    split: Split
    epoch: int
    epochs: list[int]
    network: int
    axes: tuple[int, int]
    evaluations: list[Evaluation]
    cell: ConfusionCell | None = None
    places: tuple[int, ...] = tuple(range(len(MODEL_NAMES)))
    narrow: bool = False
    run_names: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    weights: Sequence[Epoch] = ()
    is_median: bool = False
    verdicts: Sequence[str] = ()
    elsewhere: Sequence["ResultsView"] = ()

    def __post_init__(self) -> None:
        if not self.weights:
            object.__setattr__(self, "weights", list(self.epochs))

    @property
    def network_data(self) -> Dataset:
        """The data of the network that is drawn."""
        return self.dataset.of(self.network)

    @cached_property
    def train_evaluations(self) -> list[Evaluation]:
        """Scores of each run on the training split, with the weights shown."""
        if self.split == "train":
            return self.evaluations
        return [
            cached(evaluate)(run, split="train", epoch=at, dataset=self.dataset)
            for run, at in zip(self.runs, self.weights, strict=True)
        ]

    def figure(self, draw: Callable[..., go.Figure], i: int, **options: Any) -> go.Figure:
        """A picture of one model: of the weights and of the network that are shown, and kept.

        Parameters
        ----------
        draw : callable
            A function of `annlab.figures.of_run` that takes a run and its data.
        i : int
            Index of the model.
        **options
            For `draw`, beside those that all of them take.
        """
        return cached(draw)(
            self.runs[i],
            self.dataset,
            epoch=self.weights[i],
            network=self.network,
            theme=theme(),
            **options,
        )

    def layers(self, i: int) -> Layers:
        """The weights and biases of the network that is drawn of one model."""
        k = self.network
        return [(W[k], b[k]) for W, b in self.runs[i].layers(self.weights[i])]

    def cell_of(self, i: int) -> tuple[int, int] | None:
        """The cell that was clicked, as true and predicted class, if it is this model's."""
        if self.cell is None or self.cell.model != i:
            return None
        return self.cell.true, self.cell.predicted

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
Score = Callable[[Evaluation], NDArray[Any]]


def with_training(view: ResultsView, i: int, score: Score) -> str:
    """A score on the split that is shown, and in parentheses on the training split."""
    evaluation = view.evaluations[i]
    said = with_spread(score(evaluation)[evaluation.counted])
    if view.split == "train":
        return said
    training = score(view.train_evaluations[i])[evaluation.counted]
    return f"{said} :gray[({number(float(training.mean(dtype=np.float64)))})]"


def networks_of(view: ResultsView) -> tuple[list[str], list[NDArray[np.bool_]]]:
    """The letters of the models, and of each the networks that count in means."""
    names = [view.name(i) for i in range(len(view.runs))]
    return names, [evaluation.counted for evaluation in view.evaluations]


def of_the_same_data(view: ResultsView) -> str:
    """Which runs tabs and report are about, where the page compares others too."""
    names = in_a_row([view.name(i) for i in range(len(view.runs))])
    return f"only the runs with the same data and scaling as the baseline: {names}"


def unscaled(view: ResultsView) -> Dataset:
    """The same samples in their original units once these are loaded; until then as shown."""
    run = view.runs[0].config
    points = run.dataset.model_copy(update={"scaling": "none"})
    config: DatasetConfig | RunConfig = points
    if points.resample != "none":
        config = run.model_copy(update={"dataset": points})
    try:
        dataset = services().datasets.load_if_ready(config)
        return dataset.of(view.network) if dataset else view.network_data
    except ValueError:  # what the page has is from elsewhere: they cannot be made here
        return view.network_data
