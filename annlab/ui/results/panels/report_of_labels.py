"""Report of several labels: scores of all labels together, and of each label."""

import streamlit as st

from annlab.analysis.baselines import common_labels_baseline
from annlab.ui.layout import table
from annlab.ui.results.panels.report_tables import (
    has_own_loss,
    mean_score,
    own_numbers,
    score,
    score_of,
    table_of_all,
    table_of_each,
    whose_scores,
)
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown

COMMON = "more common value"
_RULES = ((COMMON, common_labels_baseline),)
_OF_LABEL = ("accuracy_of_labels", "precision", "recall", "f1")


def draw_labels(view: ResultsView) -> None:
    """Draw the scores of several labels."""
    columns = [
        ("label accuracy", score("label_accuracy")),
        ("subset accuracy", score("subset_accuracy")),
        ("log loss", score("log_loss")),
        *([("loss", score("loss"))] if has_own_loss(view) else []),
    ]
    table(table_of_all(view, columns, _RULES))
    table(_of_labels(view))
    st.caption(whose_scores(view) + own_numbers(view))
    st.caption(
        "Label accuracy: share of all labels of all samples that are predicted correctly, which "
        "is 1 minus the Hamming loss. Subset accuracy: share of samples whose labels are all "
        "correct. Log loss: mean negative logarithm of the probability of the true yes or no, "
        "over all labels. Precision: of the samples predicted to have this label, the share that "
        "has it. Recall: of the samples that have this label, the share that was found. F1: their "
        "harmonic mean. *Mean* counts every label once. "
        f"*{COMMON.capitalize()}*: for each label, the same yes or no for every sample, whichever "
        "is more common in the training samples; its log loss is that of the label shares of the "
        "training samples as probabilities."
    )


def _of_labels(view: ResultsView) -> str:
    """Table of accuracy, precision, recall and F1 of every label, and their means."""
    confusion = view.evaluations[0].confusion[view.network]  # (n_labels, 2, 2)
    names = view.spec.names_of_targets()
    rows = [
        (
            f"{escape_markdown(label)}, {int(cells[1].sum()):,} of {int(cells.sum()):,} samples",
            [score_of(name, k) for name in _OF_LABEL],
        )
        for k, (label, cells) in enumerate(zip(names, confusion, strict=True))
    ]
    rows.append(("*mean*", [mean_score(name) for name in _OF_LABEL]))
    heads = ("accuracy", "precision", "recall", "F1")
    return table_of_each(view, "label", heads, rows, _RULES)
