"""Tasks: what a network predicts, and all that follows from it.

A task owns how targets are encoded and outputs decoded, its losses and scores, its nouns, and
which pictures there are. Whoever does something else for each task keeps a registry by its name.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
TaskName = Literal["binary", "multiclass", "regression"]
Picture = Literal["surface", "confusion", "fit", "residuals"]


@dataclass(frozen=True)
class Score:
    """How good predictions are: the mean of a value per sample.

    Attributes
    ----------
    name, label : str
        Name in histories and evaluations, and the one shown to people.
    higher_is_better : bool
    is_share : bool
        Whether it is a share of samples, whose differences are given in points.
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


@dataclass(frozen=True)
class Task:
    """What a network is asked to do.

    Attributes
    ----------
    name, label : str
        Name in configs and for people.
    linear_model : str
        What a network without hidden layers is called.
    constant_model : str
        What `constant` does, for people.
    losses, output_activations : tuple of str
        What can be chosen; the default stands first.
    scores : tuple of Score
        Recorded in a run's history beside the loss; a run is judged by the first.
    pictures : frozenset of str
        What can be drawn of a trained network.
    target_type : type
        Of targets: class indices are int64, values float32.
    stratified : bool
        Whether every split keeps the shares of the classes.
    scales_target : bool
        Whether targets can be standardized while a network learns.
    n_outputs : callable
        Number of classes (0: none) to number of output units.
    encode : callable
        ``(y, n_outputs)``, targets of shape (n_samples, n_targets), to float32 outputs as they
        should be, of shape (n_samples, n_outputs).
    decode : callable
        Outputs of shape (..., n_outputs) to predictions of shape (..., n_targets): class
        indices, or values.
    constant : callable
        Targets of shape (n_samples, n_targets) to the best prediction that looks at no feature,
        of shape (n_targets,).
    """

    name: TaskName
    label: str
    linear_model: str
    constant_model: str
    losses: tuple[str, ...]
    output_activations: tuple[str, ...]
    scores: tuple[Score, ...]
    pictures: frozenset[Picture]
    target_type: type[np.generic]
    stratified: bool
    scales_target: bool
    n_outputs: Callable[[int], int]
    encode: Callable[[Array, int], NDArray[np.float32]]
    decode: Callable[[Array], Array]
    constant: Callable[[Array], Array]

    @property
    def headline(self) -> Score:
        """The score that a run is judged by."""
        return self.scores[0]

    # By its name: its functions cannot be pickled, and it stays the registry's own.
    def __reduce__(self) -> tuple[Callable[[str], "Task"], tuple[str]]:
        return _task_of_name, (self.name,)

    def draws(self, picture: Picture) -> bool:
        """Whether there is such a picture of a trained network."""
        return picture in self.pictures


# Named functions: a score is pickled with the comparisons that a page keeps.


def _same_class(xp: Any, target: Any, output: Any) -> Any:
    return xp.argmax(output, -1) == xp.argmax(target, -1)


def _same_side(xp: Any, target: Any, output: Any) -> Any:
    return ((output >= 0.5) == (target >= 0.5))[..., 0]


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
MEAN_SQUARED_ERROR = Score(
    name="mse",
    label="Mean squared error",
    higher_is_better=False,
    is_share=False,
    of_output=_squared_error_of_output,
    of_prediction=_squared_error,
)


def _most_common(y: Array) -> Array:
    return np.bincount(y[:, 0]).argmax(0, keepdims=True)


def _as_they_are(y: Array, n_outputs: int) -> NDArray[np.float32]:
    return y.astype(np.float32)


_MOST_COMMON_CLASS = "always predicting the most common class"
_OF_CLASSES: frozenset[Picture] = frozenset({"surface", "confusion"})

_ENTRIES = (
    Task(
        name="binary",
        label="Two classes",
        linear_model="Logistic regression",
        constant_model=_MOST_COMMON_CLASS,
        losses=("binary_cross_entropy", "mse"),
        output_activations=("sigmoid",),
        scores=(_ACCURACY_OF_ONE_OUTPUT,),
        pictures=_OF_CLASSES,
        target_type=np.int64,
        stratified=True,
        scales_target=False,
        n_outputs=lambda n_classes: 1,
        encode=_as_they_are,
        decode=lambda output: (output >= 0.5).astype(np.int64),
        constant=_most_common,
    ),
    Task(
        name="multiclass",
        label="Several classes",
        linear_model="Softmax regression",
        constant_model=_MOST_COMMON_CLASS,
        losses=("categorical_cross_entropy", "mse"),
        output_activations=("softmax",),
        scores=(ACCURACY,),
        pictures=_OF_CLASSES,
        target_type=np.int64,
        stratified=True,
        scales_target=False,
        n_outputs=lambda n_classes: n_classes,
        encode=lambda y, n_outputs: np.eye(n_outputs, dtype=np.float32)[y[:, 0]],
        decode=lambda output: output.argmax(-1, keepdims=True),
        constant=_most_common,
    ),
    Task(
        name="regression",
        label="Regression",
        linear_model="Linear regression",
        constant_model="always predicting the mean",
        losses=("mse", "mae", "huber"),
        output_activations=("linear", "relu", "softplus", "sigmoid", "tanh"),
        scores=(MEAN_SQUARED_ERROR,),
        pictures=frozenset({"fit", "residuals"}),
        target_type=np.float32,
        stratified=False,
        scales_target=True,
        n_outputs=lambda n_classes: 1,
        encode=_as_they_are,
        decode=lambda output: output,
        constant=lambda y: y.T.mean(-1, dtype=np.float64),
    ),
)

TASKS: dict[str, Task] = {entry.name: entry for entry in _ENTRIES}


def _task_of_name(name: str) -> Task:
    return TASKS[name]


def as_columns(y: Array) -> Array:
    """Targets of shape (n_samples,), or already (n_samples, n_targets), as the latter."""
    return y[:, None] if y.ndim == 1 else y
