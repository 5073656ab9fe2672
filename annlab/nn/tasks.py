"""Tasks: classification and regression, with one target or with several.

A task owns the encoding of targets, the decoding of outputs, its losses and scores, its nouns
and its plots. Other modules that differ by task keep a registry by the kind of its targets, or
by the name of the task.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
TaskName = str  # a key of `TASKS`
TargetKind = Literal["class", "values", "labels"]
# Probability from which a network predicts the second class, or that a sample has a label.
USUAL_THRESHOLD = 0.5
# What a label says: names of 0 and 1.
NO_AND_YES = ("no", "yes")
Picture = Literal[
    "surface", "confusion", "fit", "residuals", "plane_curve", "targets", "label_surfaces"
]


@dataclass(frozen=True)
class Score:
    """Score of predictions: the mean of a value per sample.

    Attributes
    ----------
    name, label : str
        Name in histories and evaluations, and display name.
    higher_is_better : bool
    is_share : bool
        Whether the score is a share of samples, or of their labels; differences are then given
        in points.
    averages_targets : bool
        Whether the value of a sample is a mean over its targets.
    of_output : callable
        ``(xp, target, output)``, each of shape (..., n_outputs), to the value per sample, shape
        (...). `xp` is the array namespace: NumPy here, torch inside the training engine.
    of_prediction : callable
        ``(y, prediction)``, each of shape (..., n_targets), to the value per sample, shape (...).
    """

    name: str
    label: str
    higher_is_better: bool
    is_share: bool
    of_output: Callable[[Any, Any, Any], Any]
    of_prediction: Callable[[Array, Array], Array]
    averages_targets: bool = False

    def steps(self, n_samples: int, n_targets: int) -> int:
        """Number of equal steps from 0 to 1 of a share: samples, or labels of all samples."""
        return n_samples * n_targets if self.averages_targets else n_samples


@dataclass(frozen=True)
class Task:
    """One kind of prediction task: encoding, losses, scores and plots.

    Attributes
    ----------
    name, label : str
        Name in configs, and display name.
    kind : {"class", "values", "labels"}
        What the targets of a sample are: one of several classes, numbers, or a yes or no for
        each of several labels.
    linear_model : str
        Display name of a network without hidden layers.
    constant_model : str
        Description of `constant`, for display.
    losses, output_activations : tuple of str
        Names that can be chosen; the first is the default.
    scores : tuple of Score
        Recorded in a run's history beside the loss; the first score judges a run.
    pictures : frozenset of str
        Plots that exist for a trained network.
    target_type : type
        Type of the targets: int64 for class indices, float32 for values.
    stratified : bool
        Whether every split keeps the class shares of the whole data set.
    scales_target : bool
        Whether targets can be standardized for training.
    n_outputs : callable
        ``(n_classes, n_targets)``, with 0 classes for none, to the number of output units.
    encode : callable
        ``(y, n_outputs)``, targets of shape (n_samples, n_targets), to the ideal float32 outputs,
        of shape (n_samples, n_outputs).
    decode : callable
        Outputs of shape (..., n_outputs) to predictions of shape (..., n_targets): class
        indices, or values.
    constant : callable
        Targets of shape (n_samples, n_targets) to the best prediction without features, of
        shape (n_targets,).
    """

    name: TaskName
    label: str
    kind: TargetKind
    linear_model: str
    constant_model: str
    losses: tuple[str, ...]
    output_activations: tuple[str, ...]
    scores: tuple[Score, ...]
    pictures: frozenset[Picture]
    target_type: type[np.generic]
    stratified: bool
    scales_target: bool
    n_outputs: Callable[[int, int], int]
    encode: Callable[[Array, int], NDArray[np.float32]]
    decode: Callable[[Array], Array]
    constant: Callable[[Array], Array]

    @property
    def headline(self) -> Score:
        """Score that judges a run."""
        return self.scores[0]

    # By its name: its functions cannot be pickled, and it stays the registry's own.
    def __reduce__(self) -> tuple[Callable[[str], "Task"], tuple[str]]:
        return _task_of_name, (self.name,)

    def draws(self, picture: Picture) -> bool:
        """Whether a plot exists for trained networks of this task."""
        return picture in self.pictures


# Named functions: a score is pickled with the comparisons that a page keeps.


def _same_class(xp: Any, target: Any, output: Any) -> Any:
    return xp.argmax(output, -1) == xp.argmax(target, -1)


def _same_sides(xp: Any, target: Any, output: Any) -> Any:
    return (output >= USUAL_THRESHOLD) == (target >= USUAL_THRESHOLD)


def _same_side(xp: Any, target: Any, output: Any) -> Any:
    return _same_sides(xp, target, output)[..., 0]


def _share_of_labels_of_output(xp: Any, target: Any, output: Any) -> Any:
    return (1.0 * _same_sides(xp, target, output)).mean(-1)


def _all_labels_of_output(xp: Any, target: Any, output: Any) -> Any:
    return 1.0 * _same_sides(xp, target, output).all(-1)


def _share_of_labels(y: Array, prediction: Array) -> Array:
    return (y == prediction).mean(-1)


def _equal(y: Array, prediction: Array) -> Array:
    return (y == prediction).all(-1)


def _squared_error_of_output(xp: Any, target: Any, output: Any) -> Any:
    return ((output - target) ** 2).mean(-1)


def _squared_error(y: Array, prediction: Array) -> Array:
    return ((prediction - y) ** 2).mean(-1)


ACCURACY = Score(
    name="accuracy",
    label="Accuracy",
    higher_is_better=True,
    is_share=True,
    of_output=_same_class,
    of_prediction=_equal,
)
# The same for one output, the probability of the second class.
_ACCURACY_OF_ONE_OUTPUT = replace(ACCURACY, of_output=_same_side)
LABEL_ACCURACY = Score(
    name="label_accuracy",
    label="Label accuracy",
    higher_is_better=True,
    is_share=True,
    of_output=_share_of_labels_of_output,
    of_prediction=_share_of_labels,
    averages_targets=True,
)
SUBSET_ACCURACY = Score(
    name="subset_accuracy",
    label="Subset accuracy",
    higher_is_better=True,
    is_share=True,
    of_output=_all_labels_of_output,
    of_prediction=_equal,
)
MEAN_SQUARED_ERROR = Score(
    name="mse",
    label="Mean squared error",
    higher_is_better=False,
    is_share=False,
    of_output=_squared_error_of_output,
    of_prediction=_squared_error,
    averages_targets=True,
)


def _most_common_class_of(y: Array) -> Array:
    return np.bincount(y[:, 0]).argmax(0, keepdims=True)


def _most_common_of_each(y: Array) -> Array:
    return (2 * y.sum(0) > len(y)).astype(np.int64)


def _mean(y: Array) -> Array:
    mean: Array = y.T.mean(-1, dtype=np.float64)
    return mean


def _as_float32(y: Array, n_outputs: int) -> NDArray[np.float32]:
    return y.astype(np.float32)


def _is_yes(output: Array) -> Array:
    return (output >= USUAL_THRESHOLD).astype(np.int64)


_LOSSES_OF_VALUES = ("mse", "mae", "huber")
_OUTPUTS_OF_VALUES = ("linear", "relu", "softplus", "sigmoid", "tanh")
_MOST_COMMON_CLASS = "always predicting the most common class"
_OF_CLASSES: frozenset[Picture] = frozenset({"surface", "confusion"})

_ENTRIES = (
    Task(
        name="binary",
        label="Two classes",
        kind="class",
        linear_model="Logistic regression",
        constant_model=_MOST_COMMON_CLASS,
        losses=("binary_cross_entropy", "mse"),
        output_activations=("sigmoid",),
        scores=(_ACCURACY_OF_ONE_OUTPUT,),
        pictures=_OF_CLASSES,
        target_type=np.int64,
        stratified=True,
        scales_target=False,
        n_outputs=lambda n_classes, n_targets: 1,
        encode=_as_float32,
        decode=_is_yes,
        constant=_most_common_class_of,
    ),
    Task(
        name="multiclass",
        label="Several classes",
        kind="class",
        linear_model="Softmax regression",
        constant_model=_MOST_COMMON_CLASS,
        losses=("categorical_cross_entropy", "mse"),
        output_activations=("softmax",),
        scores=(ACCURACY,),
        pictures=_OF_CLASSES,
        target_type=np.int64,
        stratified=True,
        scales_target=False,
        n_outputs=lambda n_classes, n_targets: n_classes,
        encode=lambda y, n_outputs: np.eye(n_outputs, dtype=np.float32)[y[:, 0]],
        decode=lambda output: output.argmax(-1, keepdims=True),
        constant=_most_common_class_of,
    ),
    Task(
        name="regression",
        label="Regression",
        kind="values",
        linear_model="Linear regression",
        constant_model="always predicting the mean",
        losses=_LOSSES_OF_VALUES,
        output_activations=_OUTPUTS_OF_VALUES,
        scores=(MEAN_SQUARED_ERROR,),
        pictures=frozenset({"fit", "residuals"}),
        target_type=np.float32,
        stratified=False,
        scales_target=True,
        n_outputs=lambda n_classes, n_targets: 1,
        encode=_as_float32,
        decode=lambda output: output,
        constant=_mean,
    ),
    Task(
        name="multioutput_regression",
        label="Several numbers",
        kind="values",
        linear_model="Linear regression",
        constant_model="always predicting the means",
        losses=_LOSSES_OF_VALUES,
        output_activations=_OUTPUTS_OF_VALUES,
        scores=(MEAN_SQUARED_ERROR,),
        pictures=frozenset({"plane_curve", "targets"}),
        target_type=np.float32,
        stratified=False,
        scales_target=True,
        n_outputs=lambda n_classes, n_targets: n_targets,
        encode=_as_float32,
        decode=lambda output: output,
        constant=_mean,
    ),
    Task(
        name="multilabel",
        label="Several labels",
        kind="labels",
        linear_model="Logistic regression",
        constant_model="always predicting the more common value of each label",
        losses=("binary_cross_entropy", "mse"),
        output_activations=("sigmoid",),
        scores=(LABEL_ACCURACY, SUBSET_ACCURACY),
        pictures=frozenset({"label_surfaces"}),
        target_type=np.int64,
        stratified=False,
        scales_target=False,
        n_outputs=lambda n_classes, n_targets: n_targets,
        encode=_as_float32,
        decode=_is_yes,
        constant=_most_common_of_each,
    ),
)

TASKS: dict[str, Task] = {entry.name: entry for entry in _ENTRIES}


def _task_of_name(name: str) -> Task:
    return TASKS[name]


def as_columns(y: Array) -> Array:
    """Reshape targets of shape (n_samples,) to (n_samples, 1); leave two axes as they are."""
    return y[:, None] if y.ndim == 1 else y
