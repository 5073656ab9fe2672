"""Report tab: all scores of every model, on held-out and training samples."""

from collections.abc import Callable

import streamlit as st

from annlab.nn.tasks import TargetKind
from annlab.ui.results.panels.report_of_classes import draw_classes
from annlab.ui.results.panels.report_of_labels import draw_labels
from annlab.ui.results.panels.report_of_values import draw_values
from annlab.ui.results.panels.true_function import draw_truth
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.networks_text import epochs_in_words, left_out_networks


def draw_report(view: ResultsView) -> None:
    """Draw the tables of all scores."""
    _TABLES[view.dataset.task.kind](view)
    for i in range(len(view.runs)):
        st.caption(_about(view, i))
    draw_truth(view)


_TABLES: dict[TargetKind, Callable[[ResultsView], None]] = {
    "class": draw_classes,
    "values": draw_values,
    "labels": draw_labels,
}


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
