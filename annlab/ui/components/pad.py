"""A pad on which points are drawn with mouse, finger or keys."""

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from annlab.datasets.own.drawing.drawn import (
    CLASS_NAMES,
    MAX_POINTS,
    MODES,
    PER_UNIT,
    REACH,
    DrawnPoint,
    DrawnPoints,
)
from annlab.figures.base.theme import CLASS_COLORS, CLASS_SYMBOLS, ThemeName, look
from annlab.ui.components.sources import javascript, source

_pad = st.components.v2.component(
    "annlab_pad",
    html=source("pad.html"),
    css=source("pad.css"),
    js=javascript("drawing", "pad_points", "pad_picture", "pad"),
)


def pad_view(
    drawn: DrawnPoints,
    key: str,
    *,
    edition: str,
    theme: ThemeName,
    on_points: Callable[[DrawnPoints], None],
) -> None:
    """Draw the pad; its points follow the user without the server.

    Parameters
    ----------
    drawn : DrawnPoints
        Points that the pad takes over once for each edition; afterwards its own count.
    key : str
        Unique key on the page.
    edition : str
        Name of these points, unlike any earlier one of this or another session.
    theme : {"light", "dark"}
    on_points : callable
        Called with all points after each stroke, before the page reruns.
    """

    def report() -> None:
        found = _read(st.session_state[key].get("points"), edition)
        if found is not None:
            on_points(found)

    data = {
        "edition": edition,
        "mode": drawn.mode,
        "points": drawn.points,
        "reach": REACH,
        "per_unit": PER_UNIT,
        "most": MAX_POINTS,
        "modes": {
            name: {
                "label": mode.label,
                "axis_names": mode.axis_names,
                "has_classes": mode.label_bits > 0,
            }
            for name, mode in MODES.items()
        },
        "classes": [
            {"name": name, "color": color, "symbol": symbol}
            for name, color, symbol in zip(CLASS_NAMES, CLASS_COLORS, CLASS_SYMBOLS, strict=False)
        ],
        "look": look(theme),
    }
    # As text: Streamlit imports pandas to look for tables among lists.
    _pad(key=key, data={"pad": json.dumps(data)}, on_points_change=report)


def _read(sent: Any, edition: str) -> DrawnPoints | None:
    """Points that a browser sends; None for anything else, because it may send that."""
    try:
        values = json.loads(sent)
        if values["edition"] != edition:
            return None
        points = values["points"][: MAX_POINTS + 1]
        return DrawnPoints(values["mode"], tuple(DrawnPoint(*point) for point in points))
    except (TypeError, ValueError, KeyError, RecursionError):
        return None
