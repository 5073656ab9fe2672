"""Step by step: one update of a network by one sample, in the browser."""

import streamlit as st

from annlab.ui.components.sources import javascript, source

_steps = st.components.v2.component(
    "annlab_steps",
    html=source("steps.html"),
    css=source("steps.css"),
    js=javascript("drawing", "steps"),
)


def steps_view(data: str, key: str) -> None:
    """Draw the stops of one update, with keys to go forward and back.

    Parameters
    ----------
    data : str
        JSON of `annlab.ui.results.step_data.step_data`.
    key : str
        Unique key on the page.
    """
    # As text: Streamlit imports pandas to look for tables among lists.
    _steps(key=key, data={"steps": data})
