"""Notes tab: what to notice about each model at the end of its training."""

import streamlit as st

from annlab.analysis.diagnosis import diagnose
from annlab.ui.results.cached_figures import cached
from annlab.ui.results.panels.of_each import draw_of_each
from annlab.ui.results.view import ResultsView


def draw_diagnosis(view: ResultsView) -> None:
    """Draw the findings of every run at its end, whichever epoch is shown."""
    draw_of_each(_findings)(view)
    if any(run.n_seeds > 1 for run in view.runs):
        st.caption("In these sentences, scores and losses are medians over the networks.")


def _findings(view: ResultsView, i: int) -> None:
    run = view.runs[i]
    found = cached(diagnose)(run, dataset=view.dataset)
    best = ", with the best weights" if run.stops_early else ""
    st.markdown(
        f"At the end of training{best}:\n" + "\n".join(f"- {finding.text}" for finding in found)
        if found
        else "No rule has found anything unusual."
    )
