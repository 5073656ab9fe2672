"""Errors against the true function, if it is known."""

import streamlit as st

from annlab.analysis.true_function import has_truth, score_against_truth
from annlab.ui.layout import table
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import letter
from annlab.ui.text.scores_text import with_spread
from annlab.ui.text.settings_text import model_title


def draw_truth(view: ResultsView) -> None:
    """Draw a table of errors inside the samples, in the gap, and outside."""
    if not has_truth(view.runs[0]):
        return
    st.markdown("**Against the true function**")
    table(_table(view))
    gap = "in the gap between them, " if view.runs[0].config.dataset.gap else ""
    spread = (
        " Mean ± standard deviation over the networks."
        if any(found.counted.sum() > 1 for found in view.evaluations)
        else ""
    )
    st.caption(
        "Root mean squared error against the function itself, without its noise and outliers: "
        f"where samples lie, {gap}and beyond them as far as the picture shows.{spread}"
    )


def _table(view: ResultsView) -> str:
    scores = [cached(score_against_truth)(run, view.weights[i]) for i, run in enumerate(view.runs)]
    has_gap = scores[0].gap is not None
    regions = ["inside", "in the gap", "outside"] if has_gap else ["inside", "outside"]
    lines = [f"| model | {' | '.join(regions)} |", "|---" * (len(regions) + 1) + "|"]
    for i, (run, found) in enumerate(zip(view.runs, scores, strict=True)):
        cells = [
            with_spread(values[found.counted])
            for values in (found.inside, found.gap, found.outside)
            if values is not None
        ]
        title = f"{letter(view.places[i])} {model_title(run.config)}"
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)
