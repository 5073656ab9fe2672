"""By which score the diagnosis judges the runs of each task."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from annlab.analysis.baselines import baseline_score
from annlab.analysis.diagnosis.simple_models import constant_loss, regression_loss
from annlab.config import RunConfig
from annlab.datasets import Dataset, Split
from annlab.nn.losses import LOSSES
from annlab.nn.tasks import TaskName

Array = NDArray[Any]


@dataclass(frozen=True)
class Measure:
    """A score with its best value, and how models simpler than a network are measured by it.

    Attributes
    ----------
    column : str
        Its name in histories and evaluations.
    name : callable
        A RunConfig to what it is called in sentences.
    perfect : float
        The best value there is.
    of_constant : callable
        ``(dataset, split, loss)`` to its value for the task's constant prediction, where `loss`
        is the name of the loss that was minimized.
    of_prediction : callable
        ``(dataset, split, loss, prediction)`` to its value for predictions of the first samples.
    """

    column: str
    name: Callable[[RunConfig], str]
    perfect: float
    of_constant: Callable[[Dataset, Split, str], float]
    of_prediction: Callable[[Dataset, Split, str, Array], float]


def _share_that_is_right(dataset: Dataset, split: Split, loss: str, prediction: Array) -> float:
    return float((prediction == dataset.split(split)[1][: len(prediction)]).mean())


def _name_of_loss(config: RunConfig) -> str:
    scaled = config.dataset.target_scaling != "none"
    return f"{LOSSES[config.loss].label.lower()}{' of the scaled target' if scaled else ''}"


_ACCURACY = Measure(
    column="accuracy",
    name=lambda config: "accuracy",
    perfect=1.0,
    of_constant=lambda dataset, split, loss: baseline_score(dataset, split),
    of_prediction=_share_that_is_right,
)
# The loss that was minimized, so that a fit that leaves outliers alone is not blamed for them.
_LOSS = Measure(
    column="loss",
    name=_name_of_loss,
    perfect=0.0,
    of_constant=constant_loss,
    of_prediction=regression_loss,
)

MEASURES: dict[TaskName, Measure] = {
    "binary": _ACCURACY,
    "multiclass": _ACCURACY,
    "regression": _LOSS,
}
