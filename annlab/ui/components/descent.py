"""Gradient descent on a loss of two parameters, computed in the browser."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from annlab.ui.components.sources import javascript, source

DESCENT_SCRIPT = javascript(
    "drawing", "network", "contours", "descent_math", "descent_pictures", "descent_link", "descent"
)

_descent = st.components.v2.component(
    "annlab_descent", html=source("descent.html"), css=source("descent.css"), js=DESCENT_SCRIPT
)


def descent_view(data: str, key: str, on_settings: Callable[[Mapping[str, str]], None]) -> None:
    """Draw the loss, the paths and the controls; they follow the user without the server.

    Parameters
    ----------
    data : str
        JSON of `annlab.ui.descent.workbench_data.workbench_data`. While the data stay the same,
        they are sent once.
    key : str
        Unique key on the page.
    on_settings : callable
        Called with the settings by link name once they rest, before the page reruns.
    """

    def report() -> None:
        # A browser sends what it likes.
        try:
            settings: Any = json.loads(st.session_state[key].get("settings") or "{}")
        except (TypeError, ValueError):
            return
        if isinstance(settings, dict) and all(isinstance(v, str) for v in settings.values()):
            on_settings(settings)

    # As text: Streamlit imports pandas to look for tables among lists.
    _descent(key=key, data={"descent": data}, on_settings_change=report)
