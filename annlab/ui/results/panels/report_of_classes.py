"""Report of a classification: accuracy, and precision and recall of each class."""

import streamlit as st

from annlab.analysis.baselines import majority_baseline
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

MAJORITY = "most common class"
_RULES = ((MAJORITY, majority_baseline),)
_OF_CLASS = ("precision", "recall", "f1")


def draw_classes(view: ResultsView) -> None:
    """Draw the scores of a classification."""
    columns = [
        ("accuracy", score("accuracy")),
        ("balanced accuracy", score("balanced_accuracy")),
        ("log loss", score("log_loss")),
        *([("loss", score("loss"))] if has_own_loss(view) else []),
    ]
    table(table_of_all(view, columns, _RULES))
    table(_of_classes(view))
    st.caption(whose_scores(view) + own_numbers(view))
    st.caption(
        "Precision: of the samples predicted as this class, the share that is correct. Recall: "
        "of the samples in this class, the share that was found. F1: their harmonic mean. "
        "*Mean* counts every class once, *weighted mean* every class by its samples. Balanced "
        "accuracy: mean recall of the classes. Log loss: mean negative logarithm of the "
        f"probability of the true class. *{MAJORITY.capitalize()}*: the same answer for every "
        "sample, which can look accurate where a class is rare; its log loss is that of the class "
        "shares of the training samples as probabilities."
    )


def _of_classes(view: ResultsView) -> str:
    """Table of precision, recall and F1 of every class, and their means."""
    support = view.evaluations[0].confusion[view.network].sum(axis=1)
    rows = [
        (f"{escape_markdown(label)}, {n:,} samples", [score_of(name, k) for name in _OF_CLASS])
        for k, (label, n) in enumerate(zip(view.dataset.class_names, support, strict=True))
    ]
    rows.append(("*mean*", [mean_score(name) for name in _OF_CLASS]))
    rows.append(("*weighted mean*", [score(f"weighted_{name}") for name in _OF_CLASS]))
    return table_of_each(view, "class", ("precision", "recall", "F1"), rows, _RULES)
