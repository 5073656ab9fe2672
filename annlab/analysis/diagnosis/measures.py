"""Score by which the diagnosis judges the runs of each kind of target."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from annlab.analysis.baselines import baseline_score
from annlab.analysis.diagnosis.simple_models import constant_loss, regression_loss
from annlab.config import RunConfig
from annlab.datasets import Dataset, Split
from annlab.nn.losses import LOSSES
from annlab.nn.tasks import TargetKind, as_columns

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
    constant_of_loss : str or None
        Display name of the constant prediction by which the loss is judged; None: the task's
        `constant_model`.
    of_constant : callable
        ``(dataset, split, loss)`` to the score of the task's constant prediction, where `loss`
        is the name of the loss that training minimized.
    of_prediction : callable
        ``(dataset, split, loss, prediction)`` to the score of predictions of the first samples,
        of shape (n,), or (n, n_targets) for several targets.
    """

    column: str
    name: Callable[[RunConfig], str]
    perfect: float
    constant_of_loss: str | None
    of_constant: Callable[[Dataset, Split, str], float]
    of_prediction: Callable[[Dataset, Split, str, Array], float]


def _headline(dataset: Dataset, split: Split, loss: str, prediction: Array) -> float:
    y = dataset.targets(split)[: len(prediction)]
    return float(dataset.task.headline.of_prediction(y, as_columns(prediction)).mean())


def _name_of_headline(config: RunConfig) -> str:
    return config.task.headline.label.lower()


def _name_of_loss(config: RunConfig) -> str:
    name = LOSSES[config.loss].label.lower()
    if config.dataset.target_scaling == "none":
        return name
    return f"{name} of the scaled target{'s' if config.dataset.spec.n_targets > 1 else ''}"


_ACCURACY = Measure(
    column="accuracy",
    name=_name_of_headline,
    perfect=1.0,
    constant_of_loss="always predicting the class frequencies",
    of_constant=lambda dataset, split, loss: baseline_score(dataset, split),
    of_prediction=_headline,
)
# The minimized loss, because a robust fit must not be blamed for ignoring outliers.
_LOSS = Measure(
    column="loss",
    name=_name_of_loss,
    perfect=0.0,
    constant_of_loss=None,
    of_constant=constant_loss,
    of_prediction=regression_loss,
)
_LABEL_ACCURACY = replace(
    _ACCURACY,
    column="label_accuracy",
    constant_of_loss="always predicting the share of each label",
)

MEASURES: dict[TargetKind, Measure] = {
    "class": _ACCURACY,
    "values": _LOSS,
    "labels": _LABEL_ACCURACY,
}
