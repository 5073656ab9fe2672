"""Tables of what each model predicts for one row."""

from collections.abc import Callable, Sequence
from typing import Any

from annlab.analysis.raw_row import RowPrediction
from annlab.formatting import number
from annlab.nn.tasks import NO_AND_YES, USUAL_THRESHOLD, TargetKind
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown, letter
from annlab.ui.text.row_text import (
    label_text,
    probability_text,
    shown_classes,
    targets_table,
    value_text,
    votes_text,
)
from annlab.ui.text.settings_text import model_title

Predictions = Sequence[RowPrediction]


def prediction_tables(view: ResultsView, predictions: Predictions, true: Any | None) -> list[str]:
    """Tables in Markdown, by what the targets of the data are.

    Parameters
    ----------
    view : ResultsView
    predictions : sequence of RowPrediction
        One for each model of the view.
    true : class index, value, or ndarray of shape (n_targets,), or None
        True targets of the row; None if they are unknown.
    """
    return _TABLES[view.dataset.task.kind](view, predictions, true)


def _letters(view: ResultsView) -> list[str]:
    return [letter(place) for place in view.places[: len(view.runs)]]


def _of_class(view: ResultsView, predictions: Predictions, true: Any | None) -> list[str]:
    names = view.dataset.class_names
    said = [
        votes_text(found, evaluation.counted, names)
        for found, evaluation in zip(predictions, view.evaluations, strict=True)
    ]
    shown = None if true is None else escape_markdown(names[int(true)])
    return [
        _of_models(view, said, "true class", shown),
        _probabilities(view, predictions, None if true is None else int(true)),
    ]


def _of_models(view: ResultsView, said: Sequence[str], what: str, true: str | None) -> str:
    lines = ["| model | prediction |", "|---|---|"]
    for name, run, text in zip(_letters(view), view.runs, said, strict=True):
        lines.append(f"| {name} {model_title(run.config)} | {text} |")
    if true is not None:
        lines.append(f"| *{what}* | {true} |")
    return "\n".join(lines)


def _probabilities(view: ResultsView, predictions: Predictions, true: int | None) -> str:
    heads = _letters(view)
    lines = [f"| probability of | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for k in shown_classes(predictions, true):
        cells = []
        for found, evaluation in zip(predictions, view.evaluations, strict=True):
            assert found.probabilities is not None
            of_class = found.probabilities[evaluation.counted, k]
            cells.append(probability_text(of_class) if len(of_class) else "–")
        name = escape_markdown(view.dataset.class_names[k])
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _of_values(view: ResultsView, predictions: Predictions, true: Any | None) -> list[str]:
    said = [
        [value_text(found, evaluation.counted, k) for k in range(view.spec.n_targets)]
        for found, evaluation in zip(predictions, view.evaluations, strict=True)
    ]
    if not view.spec.target_names:
        shown = None if true is None else number(float(true))
        return [_of_models(view, [text for (text,) in said], "true value", shown)]
    return [_of_targets(view, said, None if true is None else [number(float(y)) for y in true])]


def _of_targets(
    view: ResultsView, said: Sequence[Sequence[str]], true: Sequence[str] | None
) -> str:
    return targets_table(view.spec.target_names, _letters(view), said, true)


def _of_labels(view: ResultsView, predictions: Predictions, true: Any | None) -> list[str]:
    said = []
    for found, evaluation in zip(predictions, view.evaluations, strict=True):
        assert found.labels is not None
        says_yes = view.dataset.task.decode(found.labels) == 1
        labels = range(view.spec.n_targets)
        said.append([label_text(found, evaluation.counted, k, says_yes) for k in labels])
    answers = None if true is None else [NO_AND_YES[int(y)] for y in true]
    return [_of_targets(view, said, answers)]


_TABLES: dict[TargetKind, Callable[[ResultsView, Predictions, Any | None], list[str]]] = {
    "class": _of_class,
    "values": _of_values,
    "labels": _of_labels,
}


_SAID: dict[TargetKind, list[str]] = {
    "class": [],
    "values": [],
    "labels": [f"A network says yes from a probability of {USUAL_THRESHOLD}."],
}


def about_predictions(view: ResultsView, true: Any | None) -> str:
    """Say in Markdown what the tables show."""
    sentences = [f"In {escape_markdown(view.spec.target_name)}."] if view.spec.target_name else []
    sentences += _SAID[view.dataset.task.kind]
    if any(found.counted.sum() > 1 for found in view.evaluations):
        sentences.append("Mean ± standard deviation over the networks.")
    if true is None:
        sentences.append("You changed this row, so its true answer is unknown.")
    elif view.dataset.networks:
        sentences.append(
            "Each network has its own data, so others may have learned from this sample."
        )
    return " ".join(sentences)
