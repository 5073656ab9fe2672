"""View of the results: runs, weights, network, axes and scores passed to all drawing code."""

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
from annlab.runs.run import Run
from annlab.runs.run_record import Epoch
from annlab.ui.browser import theme
from annlab.ui.results.cached_figures import cached
from annlab.ui.state.own_access import load_if_ready
from annlab.ui.state.page_state import PageState
from annlab.ui.text.markdown import escape_markdown, join_names
from annlab.ui.text.model_names import model_name
from annlab.ui.text.scores_text import with_spread
from annlab.ui.text.settings_text import model_title


@dataclass(frozen=True)
class Group:
    """Runs with the same data and scaling.

    Attributes
    ----------
    runs : list of Run
    dataset : Dataset
        Data of all networks.
    places : tuple of int
        Index of each run's letter and color.
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
        Index of the model.
    true, predicted : int
        Indices of the classes.
    """

    model: int
    true: int
    predicted: int


@dataclass(frozen=True)
class ModelControls:
    """What results can change in the controls of their page; nothing is trained by it.

    Attributes
    ----------
    models : mapping of str
        Models with settings of their own: name by index.
    start : callable
        Takes a run whose model has initial weights, and the index of the model that starts from
        them.
    change : callable
        Takes the address of a setting, its new value, and the index of the model.
    """

    models: Mapping[int, str]
    start: Callable[[RunConfig, int], None]
    change: Callable[[str, Any, int], None]


@dataclass(frozen=True)
class ResultsView:
    """Current view of the results: runs, weights, network, samples.

    Attributes
    ----------
    runs : list of Run
        Models, A first.
    dataset : Dataset
        Data of all networks.
    split : str
        Split of the scores.
    epoch : int
        Epoch of the slider.
    epochs : list of int
        Epoch of the shown weights of the plotted network, for each run.
    network : int
        Index of the plotted network; the same for all runs, which share seed and split.
    axes : tuple of int
        Features along x and y.
    evaluations : list of Evaluation
        Scores of each run on `split`, with the shown weights.
    cell : ConfusionCell or None
        Selected cell of a confusion matrix.
    places : tuple of int
        Index of each model's letter and color.
    run_names : mapping of str
        User-given names of runs, by fingerprint.
    link : str
        Share link of this view.
    weights : sequence of (int, "best" or "last")
        Shown weights of each run, as arguments of `Run.layers`; by default `epochs`.
    weights_at_end : "best" or "last"
        Weights that are shown at the end of a run.
    is_median : bool
        Whether the plotted network is the median one.
    verdicts : sequence of str
        Verdicts on the page, in Markdown.
    elsewhere : sequence of ResultsView
        Views of the page's other models, with other data or scaling.
    controls : ModelControls or None
        None on a page without controls for models.
    state : PageState
        State of the page, with the view options of its address.
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
    run_names: Mapping[str, str] = field(default_factory=dict)
    link: str = ""
    weights: Sequence[Epoch] = ()
    weights_at_end: Epoch = "best"
    is_median: bool = False
    verdicts: Sequence[str] = ()
    elsewhere: Sequence["ResultsView"] = ()
    controls: ModelControls | None = None
    state: PageState = field(default_factory=lambda: PageState("results"))

    def __post_init__(self) -> None:
        if not self.weights:
            object.__setattr__(self, "weights", list(self.epochs))

    @property
    def network_data(self) -> Dataset:
        """Data of the plotted network."""
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
        """Cached figure of one model with the shown weights and network.

        Parameters
        ----------
        draw : callable
            Function of `annlab.figures.of_run` that takes a run and its data.
        i : int
            Index of the model.
        **options
            Further arguments of `draw`.
        """
        return cached(draw)(
            self.runs[i],
            self.dataset,
            epoch=self.weights[i],
            network=self.network,
            theme=theme(),
            **options,
        )

    def weights_of_frames(self, i: int) -> list[Epoch]:
        """Weights of each frame of a model's film; the last has those shown at the run's end."""
        *epochs, _ = map(int, self.runs[i].checkpoints.epochs)
        return [*epochs, self.weights_at_end]

    def layers(self, i: int) -> Layers:
        """Weights and biases of the plotted network of one model."""
        k = self.network
        return [(W[k], b[k]) for W, b in self.runs[i].layers(self.weights[i])]

    def cell_of(self, i: int) -> tuple[int, int] | None:
        """Selected cell as true and predicted class; None if it belongs to another model."""
        if self.cell is None or self.cell.model != i:
            return None
        return self.cell.true, self.cell.predicted

    def name(self, i: int) -> str:
        """Letter of a model, or its name."""
        return model_name(self.places[i])

    def title(self, i: int) -> str:
        """Letter or name, and title of a model, in Markdown."""
        return f"**{escape_markdown(self.name(i))} · {model_title(self.runs[i].config)}**"

    @property
    def spec(self) -> DatasetSpec:
        """Registry entry of the data set."""
        return self.runs[0].config.dataset.spec


def in_order(views: Sequence[ResultsView]) -> list[tuple[ResultsView, int]]:
    """Models of several views in the order of their letters: view, and index in it."""
    models = [(view, i) for view in views for i in range(len(view.runs))]
    return sorted(models, key=lambda model: model[0].places[model[1]])


# Of an evaluation, one number for each network.
Score = Callable[[Evaluation], NDArray[Any]]


def with_training(view: ResultsView, i: int, score: Score) -> str:
    """Score on the shown split, with the training score in parentheses."""
    evaluation = view.evaluations[i]
    scored = with_spread(score(evaluation)[evaluation.counted])
    if view.split == "train":
        return scored
    training = score(view.train_evaluations[i])[evaluation.counted]
    return f"{scored} :gray[({number(float(training.mean(dtype=np.float64)))})]"


def networks_of(view: ResultsView) -> tuple[list[str], list[NDArray[np.bool_]]]:
    """Letters of the models, and the networks that each model's means include."""
    names = [view.name(i) for i in range(len(view.runs))]
    return names, [evaluation.counted for evaluation in view.evaluations]


def of_the_same_data(view: ResultsView) -> str:
    """Name the runs in the tabs and the report of a comparison with other data."""
    names = join_names([view.name(i) for i in range(len(view.runs))])
    return f"only the runs with the same data and scaling as the baseline: {names}"


def unscaled(view: ResultsView) -> Dataset:
    """Samples in their original units; scaled as shown until these are loaded."""
    run = view.runs[0].config
    points = run.dataset.model_copy(update={"scaling": "none"})
    config: DatasetConfig | RunConfig = points
    if points.resample != "none":
        config = run.model_copy(update={"dataset": points})
    try:
        dataset = load_if_ready(config)
        return dataset.of(view.network) if dataset else view.network_data
    except ValueError:  # this server cannot load the data of a run from elsewhere
        return view.network_data
