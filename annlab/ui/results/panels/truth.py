"""Scores against the function that the samples come from, where it is known."""

import streamlit as st

from annlab.analysis.truth import has_truth, score_against_truth
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.view import ResultsView
from annlab.ui.shell import table
from annlab.ui.text.wording import letter, model_title, with_spread


def draw_truth(view: ResultsView) -> None:
    """A table of all models: their errors inside the samples, in the gap, and outside."""
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


def truth_in_short(view: ResultsView, i: int) -> None:
    """The same errors of one model, as a line below its picture."""
    run = view.runs[i]
    if not has_truth(run):
        return
    found = cached(score_against_truth)(run, view.weights[i])
    said = [
        f"{region} {with_spread(values[found.counted])}"
        for region, values in (
            ("inside", found.inside),
            ("in the gap", found.gap),
            ("outside", found.outside),
        )
        if values is not None
    ]
    st.caption(f"**Error against the true function (RMSE):** {', '.join(said)}")


def _table(view: ResultsView) -> str:
    scores = [cached(score_against_truth)(run, view.weights[i]) for i, run in enumerate(view.runs)]
    has_gap = scores[0].gap is not None
    regions = ["inside", "in the gap", "outside"] if has_gap else ["inside", "outside"]
    lines = [f"| | {' | '.join(regions)} |", "|---" * (len(regions) + 1) + "|"]
    for i, (run, found) in enumerate(zip(view.runs, scores, strict=True)):
        cells = [
            with_spread(values[found.counted])
            for values in (found.inside, found.gap, found.outside)
            if values is not None
        ]
        title = f"{letter(view.places[i])} {model_title(run.config)}"
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)
