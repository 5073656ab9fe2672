"""Decisions: a threshold that moves confusion matrices and scores, in the browser."""

from collections.abc import Callable

import streamlit as st

from annlab.analysis.decision_costs import NEVER
from annlab.ui.components.sources import javascript, source

DECISIONS_SCRIPT = javascript("drawing", "overlay", "decisions")

_decisions = st.components.v2.component(
    "annlab_decisions",
    html=source("decisions.html"),
    css=source("decisions.css"),
    js=DECISIONS_SCRIPT,
)


def decisions_view(data: str, key: str, on_threshold: Callable[[int, float], None]) -> None:
    """Draw the threshold, and the confusion matrices and scores of all models at it.

    Parameters
    ----------
    data : str
        JSON of a dict: ``models``, each from `annlab.ui.results.decision_data.decision_data`;
        ``threshold``, where the slider stands at first, and again whenever ``token`` is another
        text; ``index`` of this threshold; and the texts of the page.
    key : str
        Unique key on the page.
    on_threshold : callable
        Called with the index of a threshold and the value at which the slider rests, before the
        page reruns.
    """

    def report() -> None:
        # A browser sends what it likes. It names the threshold, because another label may have
        # been chosen meanwhile.
        match st.session_state[key].get("threshold"):
            case [int(index), int(threshold) | float(threshold)] if 0 <= threshold <= NEVER:
                on_threshold(index, float(threshold))

    # As text: Streamlit imports pandas to look for tables among lists.
    _decisions(key=key, data={"decisions": data}, on_threshold_change=report)
