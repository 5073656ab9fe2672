"""Report tab: all scores of every model, on held-out and training samples."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from annlab.analysis.baselines import linear_baseline, majority_baseline, mean_baseline
from annlab.datasets import Dataset, Split
from annlab.formatting import network_name, number
from annlab.nn.class_weights import NONE
from annlab.nn.tasks import TargetKind
from annlab.ui.layout import table
from annlab.ui.results.panels.true_function import draw_truth
from annlab.ui.results.view import ResultsView, Score, with_training
from annlab.ui.text.markdown import escape_markdown, letter
from annlab.ui.text.networks_text import SPLIT_NAMES, epochs_in_words, left_out_networks
from annlab.ui.text.scores_text import with_spread
from annlab.ui.text.settings_text import model_title

# A standard deviation below this share of the mean makes a target almost constant.
ALMOST_CONSTANT = 0.01
MAJORITY = "most common class"


def draw_report(view: ResultsView) -> None:
    """Draw the tables of all scores."""
    _TABLES[view.dataset.task.kind](view)
    for i in range(len(view.runs)):
        st.caption(_about(view, i))
    draw_truth(view)


def _draw_classes(view: ResultsView) -> None:
    table(_summary(view))
    table(_of_classes(view))
    own = ""
    if view.dataset.networks:
        own = f" Numbers of samples are those of {network_name(view.network)}'s split."
    st.caption(_whose(view) + own)
    st.caption(
        "Precision: of the samples predicted as this class, the share that is correct. Recall: "
        "of the samples in this class, the share that was found. F1: their harmonic mean. "
        "*Mean* counts every class once, *weighted mean* every class by its samples. Balanced "
        "accuracy: mean recall of the classes. Log loss: mean negative logarithm of the "
        f"probability of the true class. *{MAJORITY.capitalize()}*: the same answer for every "
        "sample, which can look accurate where a class is rare; its log loss is that of the class "
        "shares of the training samples as probabilities."
    )


def _draw_values(view: ResultsView) -> None:
    table(_errors(view))
    st.caption(_whose(view))
    st.caption(
        "RMSE and MAE are in the target's own unit: "
        f"{escape_markdown(view.spec.target_name)}. Least squares is the best linear fit to the "
        "training samples, computed directly. R² compares a model's squared error with that of the "
        "samples' mean: 1 is perfect, 0 is no better than the mean."
    )
    if note := about_r2(view.network_data.split(view.split)[1]):
        st.info(note, icon=":material/info:")


_TABLES: dict[TargetKind, Callable[[ResultsView], None]] = {
    "class": _draw_classes,
    "values": _draw_values,
}


def about_r2(y: NDArray[Any]) -> str:
    """Explain R² for a target that hardly varies.

    Parameters
    ----------
    y : ndarray, shape (n_samples,)
        True values behind R².

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
    """Caption of a table: split, networks and samples of its numbers."""
    sentence = f"On the {SPLIT_NAMES[view.split]}"
    if view.split != "train":
        n, n_all = len(view.network_data.y_train), view.network_data.n_train_samples
        some = f"{n:,} of {n_all:,}" if n < n_all else "the"
        sentence += f", and in parentheses on {some} {SPLIT_NAMES['train']}"
    sentence += "."
    if any(found.counted.sum() > 1 for found in view.evaluations):
        own = ", each scored on its own samples" if view.dataset.networks else ""
        sentence += f" Mean ± standard deviation over the networks{own}."
    return sentence


def _about(view: ResultsView, i: int) -> str:
    """Epochs, networks, parameters and training time of one model."""
    run, evaluation = view.runs[i], view.evaluations[i]
    counted = evaluation.counted
    of = "network" if run.n_seeds == 1 else "networks"
    sentence = (
        f"{view.title(i)}: after {epochs_in_words(evaluation.epochs[counted])}; "
        f"{run.n_seeds} {of} of {run.n_parameters:,} parameters, trained in "
        f"{run.duration_seconds:.2f} s on {escape_markdown(run.accelerator)}."
    )
    return f"{sentence} {left_out_networks(counted)}." if left_out_networks(counted) else sentence


def _score(name: str) -> Score:
    return attrgetter(name)


def _of_class(name: str, k: int) -> Score:
    return lambda evaluation: getattr(evaluation, name)[:, k]


def _mean_of_classes(name: str) -> Score:
    return lambda evaluation: getattr(evaluation, name).mean(axis=1)


def _name(view: ResultsView, i: int) -> str:
    return f"{letter(view.places[i])} {model_title(view.runs[i].config)}"


def _summary(view: ResultsView) -> str:
    """Table of accuracy and log loss, and of the minimized loss if it differs."""
    columns = [
        ("accuracy", "accuracy"),
        ("balanced accuracy", "balanced_accuracy"),
        ("log loss", "log_loss"),
    ]
    task = view.runs[0].config.task
    own_loss = any(
        run.config.loss != task.losses[0] or run.config.training.class_weights != NONE
        for run in view.runs
    )
    if own_loss:
        columns.append(("loss", "loss"))
    lines = [
        "| model | " + " | ".join(label for label, _ in columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for i in range(len(view.runs)):
        cells = [with_training(view, i, _score(name)) for _, name in columns]
        lines.append(f"| {_name(view, i)} | " + " | ".join(cells) + " |")
    cells = [
        "–" if name == "loss" else _pair_of_rule(view, majority_baseline, _score(name))
        for _, name in columns
    ]
    lines.append(f"| {MAJORITY} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _of_classes(view: ResultsView) -> str:
    """Table of precision, recall and F1 of every class, and their means."""
    names = ("precision", "recall", "f1")
    lines = ["| class | model | precision | recall | F1 |", "|---|---|---|---|---|"]
    support = view.evaluations[0].confusion[view.network].sum(axis=1)
    rows = [
        (f"{escape_markdown(label)}, {n:,} samples", [_of_class(name, k) for name in names])
        for k, (label, n) in enumerate(zip(view.dataset.class_names, support, strict=True))
    ]
    rows.append(("*mean*", [_mean_of_classes(name) for name in names]))
    rows.append(("*weighted mean*", [_score(f"weighted_{name}") for name in names]))
    for label, scores in rows:
        for i in range(len(view.runs)):
            cells = [with_training(view, i, score) for score in scores]
            first = "" if i else label
            lines.append(f"| {first} | {letter(view.places[i])} | {' | '.join(cells)} |")
        cells = [_pair_of_rule(view, majority_baseline, score) for score in scores]
        lines.append(f"| | *{MAJORITY}* | {' | '.join(cells)} |")
    return "\n".join(lines)


def _errors(view: ResultsView) -> str:
    """Table of the errors of every model, of least squares, and of the training mean."""
    names = ("mse", "rmse", "mae", "r2")
    lines = ["| model | MSE | RMSE | MAE | R² |", "|---|---|---|---|---|"]
    for i in range(len(view.runs)):
        cells = [with_training(view, i, _score(name)) for name in names]
        lines.append(f"| {_name(view, i)} | " + " | ".join(cells) + " |")
    for label, rule in (
        ("least squares", linear_baseline),
        ("constant: training mean", mean_baseline),
    ):
        cells = [_pair_of_rule(view, rule, _score(name)) for name in names]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _pair_of_rule(view: ResultsView, rule: Callable[[Dataset, Split], Any], score: Score) -> str:
    """Score and training score of a simple rule, on the data of every network."""

    def values(part: Split) -> NDArray[Any]:
        datasets = view.dataset.networks or (view.dataset,)
        return np.concatenate([score(rule(dataset, part)) for dataset in datasets])

    scored = with_spread(values(view.split))
    if view.split == "train":
        return scored
    return f"{scored} :gray[({number(float(values('train').mean()))})]"
