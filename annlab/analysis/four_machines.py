"""Three machines that draw one straight line: perceptron, logistic regression, linear SVM.

An MLP, the fourth machine, is trained as a run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annlab.nn.boolean_functions import unit_sums
from annlab.nn.perceptron import train_perceptron

Array = NDArray[Any]

# The perceptron rule never stops by itself on classes that no line separates.
PERCEPTRON_EPOCHS = 50


@dataclass(frozen=True)
class LinearMachine:
    """One way to choose a line between two classes.

    Attributes
    ----------
    name, label : str
        Name in the registry, and display name.
    idea : str
        How the machine chooses its line, in one sentence.
    fit : callable
        ``(X, y)`` of shapes (n_samples, n_features) and (n_samples,), with classes 0 and 1, to
        weights and bias of shape (n_features + 1,).
    has_margin : bool
        Whether a weighted sum of −1 or 1 has a meaning: the margin.
    source : str
        Where the machine was introduced.
    """

    name: str
    label: str
    idea: str
    fit: Callable[[Array, Array], Array]
    source: str
    has_margin: bool = False

    def predict(self, weights: Array, X: Array) -> NDArray[np.int64]:
        """Predict classes, 0 or 1, of samples: shape (n_samples,)."""
        return (unit_sums(weights, X) > 0).astype(np.int64)


def _fit_perceptron(X: Array, y: Array) -> Array:
    return train_perceptron(X, y, max_epochs=PERCEPTRON_EPOCHS).weights[-1]


def _fit_logistic_regression(X: Array, y: Array) -> Array:
    # Imported late, because its import costs the web process memory.
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(X, y)
    return np.append(model.coef_[0], model.intercept_)


def _fit_linear_svm(X: Array, y: Array) -> Array:
    from sklearn.svm import SVC

    model = SVC(kernel="linear").fit(X, y)
    return np.append(model.coef_[0], model.intercept_)


_ENTRIES = (
    LinearMachine(
        name="perceptron",
        label="Perceptron",
        idea="Takes the first line without a mistake. If there is none, the line after "
        f"{PERCEPTRON_EPOCHS} epochs is as good as any other it passed.",
        fit=_fit_perceptron,
        source="Rosenblatt (1958), The perceptron",
    ),
    LinearMachine(
        name="logistic_regression",
        label="Logistic regression",
        idea="Makes the classes of all samples as probable as possible: each sample pulls, near "
        "ones most.",
        fit=_fit_logistic_regression,
        source="Cox (1958), The regression analysis of binary sequences",
    ),
    LinearMachine(
        name="linear_svm",
        label="Linear SVM",
        idea="Makes the margin (dotted) wide and the mistakes few: only samples on or inside the "
        "margin, or on the wrong side, count.",
        fit=_fit_linear_svm,
        source="Cortes & Vapnik (1995), Support-vector networks",
        has_margin=True,
    ),
)
LINEAR_MACHINES: dict[str, LinearMachine] = {entry.name: entry for entry in _ENTRIES}
