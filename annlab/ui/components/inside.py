"""Inside: units, weights and spaces of networks, computed in the browser in step with the film."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from annlab.ui.components.sources import javascript, source

INSIDE_SCRIPT = javascript(
    "arrays",
    "drawing",
    "overlay",
    "network",
    "contours",
    "inside_model",
    "inside_pictures",
    "inside_units",
    "inside_detail",
    "inside_geometry",
    "inside_axes",
    "inside_space",
    "inside_answers",
    "inside_stage",
    "inside",
)

_inside = st.components.v2.component(
    "annlab_inside", html=source("inside.html"), css=source("inside.css"), js=INSIDE_SCRIPT
)


def inside_view(
    data: str,
    key: str,
    on_sample: Callable[[int], None],
    targets: Mapping[int, str],
    on_start: Callable[[Mapping[str, Any], int], None],
) -> None:
    """Draw the inside of several networks; it follows the film of the page.

    Parameters
    ----------
    data : str
        JSON of a dict: ``look``, colors of the page; ``models``, each as made by
        `annlab.figures.of_run.inside`, with ``name``, ``title``, ``color``, ``epochs`` of its
        frames, and ``picture`` and ``axes``: key and features of its chart on the stage. While
        the data stay the same, they are sent once.
    key : str
        Unique key on the page.
    on_sample : callable
        Called with the position of the marked sample in its split, or -1 for none, before the
        page reruns.
    targets : mapping of str
        Models that can start from the shown weights: name by index; empty: none.
    on_start : callable
        Called before the page reruns with what a student sends to start from, and the index of the
        target. The browser sends ``model``, its index in `data`; ``frame``; and ``changes``, a list
        of [layer, row, unit, value]: all of it untrusted.
    """

    def report() -> None:
        sample = st.session_state[key].get("sample")
        if isinstance(sample, int | float):  # a browser sends what it likes
            on_sample(int(sample))

    def start() -> None:
        sent = st.session_state[key].get("start")
        target = sent.get("target") if isinstance(sent, Mapping) else None
        if isinstance(target, int) and target in targets:
            on_start(sent, target)

    # As text: Streamlit imports pandas to look for tables among lists.
    _inside(
        key=key,
        data={"inside": data, "targets": json.dumps(list(targets.items()))},
        on_sample_change=report,
        on_start_change=start,
    )
