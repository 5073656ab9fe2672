"""Code tab: standalone PyTorch Lightning and Keras scripts of each run."""

import streamlit as st

from annlab.exports import SCRIPTS
from annlab.figures import MODEL_NAMES
from annlab.ui.results.view import ResultsView


def draw_code(view: ResultsView) -> None:
    """Draw a script of each model for the selected library."""
    st.caption(
        "These scripts do the same with PyTorch Lightning or Keras alone. They draw different "
        "random numbers, so scores agree only within the spread between networks."
    )
    kinds = {script.label: script for script in SCRIPTS}
    chosen = st.segmented_control(
        "Code",
        list(kinds),
        default=SCRIPTS[0].label,
        key="code-kind",
        required=True,
        label_visibility="collapsed",
    )
    kind = kinds[chosen]
    for i, run in enumerate(view.runs):
        with st.expander(view.title(i), expanded=i == 0):
            script = kind.make(run)
            st.download_button(
                "Download",
                script,
                f"model_{MODEL_NAMES[view.places[i]].lower()}{kind.ending}",
                kind.mime,
                key=f"script-{view.places[i]}",
                icon=":material/download:",
                on_click="ignore",
            )
            st.code(script, language="python", height=480)
