"""Predictions of one row in words."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from annlab.analysis.raw_row import Outside, RowPrediction
from annlab.formatting import with_precision
from annlab.nn.tasks import NO_AND_YES
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


def value_text(prediction: RowPrediction, counted: NDArray[np.bool_], target: int = 0) -> str:
    """Predicted value of a target in Markdown, with its spread over the networks that count."""
    assert prediction.values is not None
    if not counted.any():
        return _NONE_LEFT
    return f"**{with_spread(prediction.values[counted, target])}**"


def label_text(
    prediction: RowPrediction, counted: NDArray[np.bool_], label: int, says_yes: NDArray[np.bool_]
) -> str:
    """Say in Markdown whether a row has a label: "**yes** (9 of 10)", and its probability below.

    Parameters
    ----------
    prediction : RowPrediction
        Of labels.
    counted : ndarray of bool, shape (n_networks,)
        Networks that did not diverge.
    label : int
        Index of the label.
    says_yes : ndarray of bool, shape (n_networks, n_labels)
        What each network decides.
    """
    assert prediction.labels is not None
    n = int(counted.sum())
    if not n:
        return _NONE_LEFT
    n_yes = int(says_yes[counted, label].sum())
    most = max(n_yes, n - n_yes)
    no, yes = NO_AND_YES
    said = " or ".join(
        f"**{answer}**" for answer, votes in ((yes, n_yes), (no, n - n_yes)) if votes == most
    )
    votes = "" if n == 1 else f" ({most}{' each' if 2 * most == n else ''} of {n})"
    # In a line of its own, because a table on a phone has no room beside it.
    return f"{said}{votes}<br>{probability_text(prediction.labels[counted, label])}"


def probability_text(values: NDArray[np.float64]) -> str:
    """Mean and standard deviation of a probability over networks: "0.973 ± 0.004"."""
    mean = float(values.mean())
    if len(values) == 1:
        return f"{mean:.3f}"
    return f"{mean:.3f}\u00a0±\u00a0{float(np.std(values, ddof=1)):.3f}"


def targets_table(
    names: Sequence[str],
    models: Sequence[str],
    said: Sequence[Sequence[str]],
    true: Sequence[str] | None,
) -> str:
    """Markdown table of what each model predicts for each target.

    Parameters
    ----------
    names : sequence of str
        Names of the targets, with their units; texts from users.
    models : sequence of str
        Letters of the models.
    said : sequence of sequence of str
        By model and by target, in Markdown.
    true : sequence of str or None
        True value of each target; None if they are unknown.
    """
    heads = ["predicted", *models, *(["*true*"] if true is not None else [])]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for k, name in enumerate(names):
        cells = [escape_markdown(name), *(of_model[k] for of_model in said)]
        lines.append(f"| {' | '.join([*cells, *([true[k]] if true is not None else [])])} |")
    return "\n".join(lines)


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
