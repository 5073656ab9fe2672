"""Score by which the diagnosis judges the runs of each task."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from annlab.analysis.baselines import baseline_score
from annlab.analysis.diagnosis.simple_models import constant_loss, regression_loss
from annlab.config import RunConfig
from annlab.datasets import Dataset, Split
from annlab.nn.losses import LOSSES
from annlab.nn.tasks import TargetKind

Array = NDArray[Any]


@dataclass(frozen=True)
class Measure:
    """Score with its best value, and functions that score simple models.

    Attributes
    ----------
    column : str
        Name of the score in histories and evaluations.
    name : callable
        RunConfig to the name of the score in sentences.
    perfect : float
        Best possible value.
    of_constant : callable
        ``(dataset, split, loss)`` to the score of the task's constant prediction, where `loss`
        is the name of the loss that training minimized.
    of_prediction : callable
        ``(dataset, split, loss, prediction)`` to the score of predictions of the first samples.
    """

    column: str
    name: Callable[[RunConfig], str]
    perfect: float
    of_constant: Callable[[Dataset, Split, str], float]
    of_prediction: Callable[[Dataset, Split, str, Array], float]


def _accuracy(dataset: Dataset, split: Split, loss: str, prediction: Array) -> float:
    return float((prediction == dataset.split(split)[1][: len(prediction)]).mean())


def _name_of_loss(config: RunConfig) -> str:
    scaled = config.dataset.target_scaling != "none"
    return f"{LOSSES[config.loss].label.lower()}{' of the scaled target' if scaled else ''}"


_ACCURACY = Measure(
    column="accuracy",
    name=lambda config: "accuracy",
    perfect=1.0,
    of_constant=lambda dataset, split, loss: baseline_score(dataset, split),
    of_prediction=_accuracy,
)
# The minimized loss, because a robust fit must not be blamed for ignoring outliers.
_LOSS = Measure(
    column="loss",
    name=_name_of_loss,
    perfect=0.0,
    of_constant=constant_loss,
    of_prediction=regression_loss,
)

MEASURES: dict[TargetKind, Measure] = {
    "class": _ACCURACY,
    "values": _LOSS,
}
