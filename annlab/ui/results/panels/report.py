"""The report: every score of every model, on held-out samples and on training samples."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.baselines import linear_baseline, mean_baseline
from annlab.analysis.scores import Evaluation
from annlab.datasets import Dataset, Split
from annlab.formatting import network_name, number
from annlab.nn.tasks import TaskName
from annlab.ui.results.panels.truth import draw_truth
from annlab.ui.results.view import ResultsView, Score, with_training
from annlab.ui.shell import table
from annlab.ui.text.wording import (
    PART_NAMES,
    epochs_in_words,
    left_out,
    letter,
    model_title,
    plain,
    with_spread,
)

# A target whose standard deviation is less than this share of its mean is almost constant.
ALMOST_CONSTANT = 0.01


def draw_report(view: ResultsView) -> None:
    """The scores of every model, in full."""
    _TABLES[view.dataset.task.name](view)
    for i in range(len(view.runs)):
        st.caption(_about(view, i))
    draw_truth(view)


def _draw_classes(view: ResultsView) -> None:
    table(_summary(view))
    table(_of_classes(view))
    own = ""
    if view.dataset.networks:
        own = f" The samples of a class are counted in the split of {network_name(view.network)}."
    st.caption(_whose(view) + own)
    st.caption(
        "Precision: of the samples predicted as this class, the share that is correct. Recall: "
        "of the samples in this class, the share that was found. F1: their harmonic mean. "
        "*Mean* counts every class once, *weighted mean* every class by its samples. Log loss: "
        "mean negative logarithm of the probability of the true class."
    )


def _draw_values(view: ResultsView) -> None:
    table(_errors(view))
    st.caption(_whose(view))
    st.caption(
        "RMSE and MAE are in the target's own unit: "
        f"{view.spec.target_name}. Least squares is the best straight fit to the training "
        "samples, solved at once. R² compares a model's squared error with that of these "
        "samples' own mean: 1 is perfect, 0 no better."
    )
    if said := about_r2(view.network_data.split(view.split)[1]):
        st.info(said, icon=":material/info:")


_TABLES: dict[TaskName, Callable[[ResultsView], None]] = {
    "binary": _draw_classes,
    "multiclass": _draw_classes,
    "regression": _draw_values,
}


def about_r2(y: NDArray[Any]) -> str:
    """Explain R² where a target hardly varies.

    Parameters
    ----------
    y : ndarray, shape (n_samples,)
        The true values that R² was computed on.

    Returns
    -------
    str
        Empty for a target that varies.
    """
    mean, deviation = float(y.mean(dtype=np.float64)), float(y.std(dtype=np.float64))
    if deviation == 0:
        return (
            "All targets are equal on these samples, so there is no variance that R² could "
            "explain: it is 1 for a perfect prediction and 0 for any other. Read RMSE or MAE "
            "instead."
        )
    if deviation >= ALMOST_CONSTANT * abs(mean):
        return ""
    return (
        f"The target hardly varies on these samples: its mean is {number(mean)}, its standard "
        f"deviation {number(deviation)}. R² divides by this small variance, so even a small error "
        "makes it strongly negative. Read RMSE or MAE instead."
    )


def _whose(view: ResultsView) -> str:
    """What the numbers of a table are of."""
    said = f"On the {PART_NAMES[view.split]}"
    if view.split != "train":
        n, n_all = len(view.network_data.y_train), view.network_data.n_train_samples
        some = f"{n:,} of {n_all:,}" if n < n_all else "the"
        said += f", and in parentheses on {some} {PART_NAMES['train']}"
    said += "."
    if any(found.counted.sum() > 1 for found in view.evaluations):
        own = ", each scored on its own samples" if view.dataset.networks else ""
        said += f" Mean ± standard deviation over the networks{own}."
    return said


def _about(view: ResultsView, i: int) -> str:
    """How one model came to its scores."""
    run, evaluation = view.runs[i], view.evaluations[i]
    counted = evaluation.counted
    of = "network" if run.n_seeds == 1 else "networks"
    said = (
        f"{view.title(i)}: after {epochs_in_words(evaluation.epochs[counted])}; "
        f"{run.n_seeds} {of} of {run.n_parameters:,} parameters, trained in "
        f"{run.duration_seconds:.2f} s on {plain(run.accelerator)}."
    )
    return f"{said} {left_out(counted)}." if left_out(counted) else said


def _score(name: str) -> Score:
    return attrgetter(name)


def _of_class(name: str, k: int) -> Score:
    return lambda evaluation: getattr(evaluation, name)[:, k]


def _mean_of_classes(name: str) -> Score:
    return lambda evaluation: getattr(evaluation, name).mean(axis=1)


def _name(view: ResultsView, i: int) -> str:
    return f"{letter(view.places[i])} {model_title(view.runs[i].config)}"


def _summary(view: ResultsView) -> str:
    """Accuracy and log loss; the loss that was minimized, where it is another one."""
    columns = [("accuracy", "accuracy"), ("log loss", "log_loss")]
    task = view.runs[0].config.task
    if any(run.config.loss != task.losses[0] for run in view.runs):
        columns.append(("loss", "loss"))
    lines = [
        "| | " + " | ".join(label for label, _ in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for i in range(len(view.runs)):
        cells = [with_training(view, i, _score(name)) for _, name in columns]
        lines.append(f"| {_name(view, i)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _of_classes(view: ResultsView) -> str:
    """Precision, recall and F1 of every class, and their means."""
    names = ("precision", "recall", "f1")
    lines = ["| class | | precision | recall | F1 |", "|---|---|---|---|---|"]
    support = view.evaluations[0].confusion[view.network].sum(axis=1)
    rows = [
        (f"{label}, {n:,} samples", [_of_class(name, k) for name in names])
        for k, (label, n) in enumerate(zip(view.dataset.class_names, support, strict=True))
    ]
    rows.append(("*mean*", [_mean_of_classes(name) for name in names]))
    rows.append(("*weighted mean*", [_score(f"weighted_{name}") for name in names]))
    for label, scores in rows:
        for i in range(len(view.runs)):
            cells = [with_training(view, i, score) for score in scores]
            first = "" if i else label
            lines.append(f"| {first} | {letter(view.places[i])} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _errors(view: ResultsView) -> str:
    """Errors of every model, of a straight line through the data, and of the mean."""
    names = ("mse", "rmse", "mae", "r2")
    lines = ["| | MSE | RMSE | MAE | R² |", "|---|---|---|---|---|"]
    for i in range(len(view.runs)):
        cells = [with_training(view, i, _score(name)) for name in names]
        lines.append(f"| {_name(view, i)} | " + " | ".join(cells) + " |")
    for label, rule in (
        ("least squares", linear_baseline),
        ("the training mean, always", mean_baseline),
    ):
        cells = [_pair_of_rule(view, rule, _score(name)) for name in names]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _pair_of_rule(
    view: ResultsView, rule: Callable[[Dataset, Split], Evaluation], score: Score
) -> str:
    """The same of a simple rule, on the data of every network."""

    def values(part: Split) -> NDArray[Any]:
        datasets = view.dataset.networks or (view.dataset,)
        return np.concatenate([score(rule(dataset, part)) for dataset in datasets])

    said = with_spread(values(view.split))
    if view.split == "train":
        return said
    return f"{said} :gray[({number(float(values('train').mean()))})]"
