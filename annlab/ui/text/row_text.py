"""Predictions of one row in words."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.raw_row import Outside, RowPrediction
from annlab.formatting import with_precision
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.scores_text import with_spread

# Classes and columns that a text names at most.
MAX_CLASSES = 6
MAX_OUTSIDE = 3
_NONE_LEFT = "every network diverged"


def votes_text(
    prediction: RowPrediction, counted: NDArray[np.bool_], class_names: Sequence[str]
) -> str:
    """Say in Markdown which class the networks predict: "**benign** (9 of 10 networks)".

    Parameters
    ----------
    prediction : RowPrediction
        Of a classification.
    counted : ndarray of bool, shape (n_networks,)
        Networks that did not diverge.
    class_names : sequence of str
    """
    assert prediction.probabilities is not None
    if not counted.any():
        return _NONE_LEFT
    votes = np.bincount(prediction.probabilities[counted].argmax(axis=1))
    n, most = int(counted.sum()), int(votes.max())
    leading = [escape_markdown(class_names[k]) for k in np.flatnonzero(votes == most).tolist()]
    name = " or ".join(f"**{name}**" for name in leading)
    if n == 1:
        return name
    return f"{name} ({most}{' each' if len(leading) > 1 else ''} of {n} networks)"


def value_text(prediction: RowPrediction, counted: NDArray[np.bool_]) -> str:
    """Predicted value in Markdown, with its spread over the networks that did not diverge."""
    assert prediction.values is not None
    return f"**{with_spread(prediction.values[counted])}**" if counted.any() else _NONE_LEFT


def shown_classes(predictions: Sequence[RowPrediction], true: int | None) -> list[int]:
    """Classes of a table: the most probable ones of any model, and the true one, in order."""
    of_each = [
        np.nan_to_num(found.probabilities).max(axis=0)
        for found in predictions
        if found.probabilities is not None
    ]
    largest = np.max(of_each, axis=0)
    most = set(np.argsort(-largest, kind="stable")[:MAX_CLASSES].tolist())
    return sorted(most | ({true} if true is not None else set()))


def _apart(one: Outside) -> tuple[str, str, str]:
    """Value, low and high end with digits enough to tell the value from the end that it passes."""
    passed = max(one.low - one.value, one.value - one.high)
    value, low, high = (with_precision(x, passed, 2) for x in (one.value, one.low, one.high))
    return value, low, high


def outside_text(found: Sequence[Outside]) -> str:
    """Warn in Markdown that networks extrapolate; empty if they do not."""
    if not found:
        return ""
    named = [
        f"{escape_markdown(one.name)} is {value}, in the training samples {low} to {high}"
        for one in found[:MAX_OUTSIDE]
        for value, low, high in [_apart(one)]
    ]
    more = len(found) - len(named)
    rest = f"; and {more} more" if more else ""
    return f"Outside the training samples, so the networks extrapolate: {'; '.join(named)}{rest}."
