"""Places: a place in the plane of several charts, chosen by a click or by its coordinates."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from annlab.ui.components.sources import javascript, source

Place = tuple[float, float]
# No coordinate of a place is this large.
_FAR = 1e30

_places = st.components.v2.component(
    "annlab_places",
    html=source("places.html"),
    css=source("places.css"),
    js=javascript("drawing", "overlay", "places"),
)


@dataclass(frozen=True)
class Marked:
    """A chart with linear axes in whose plane a place is marked.

    Attributes
    ----------
    key : str
        Key of the chart on the page.
    color : str
        Color of the polygon.
    polygon : sequence of (x, y)
        Corners of the polygon around the place; empty for none.
    """

    key: str
    color: str
    polygon: Sequence[Sequence[float]] = ()


def places_view(
    charts: Sequence[Marked],
    key: str,
    *,
    place: Place | None,
    names: tuple[str, str],
    ranges: tuple[Place, Place],
    ink: str,
    on_place: Callable[[Place | None], None],
) -> None:
    """Draw the coordinates of a place, and mark the place in some charts.

    Parameters
    ----------
    charts : sequence of Marked
    key : str
        Unique key on the page.
    place : tuple of float or None
        Marked place; None for none.
    names : tuple of str
        Names of the axes.
    ranges : tuple of (low, high)
        Ends of both axes, between which a place can be chosen.
    ink : str
        Color of the ring around the place.
    on_place : callable
        Called with a newly chosen place, or None, before the page reruns.
    """

    def report() -> None:
        chosen = _read(st.session_state[key].get("place"))
        if chosen is not None:
            on_place(chosen or None)

    data: Mapping[str, Any] = {
        "charts": [
            {"key": chart.key, "color": chart.color, "polygon": [list(at) for at in chart.polygon]}
            for chart in charts
        ],
        "place": place,
        "names": names,
        "ranges": ranges,
        "ink": ink,
    }
    # As text: Streamlit imports pandas to look for tables among lists.
    _places(key=key, data={"places": json.dumps(data)}, on_place_change=report)


def _read(sent: Any) -> Place | tuple[()] | None:
    """Place that a browser sends, () for none; None for anything else, because it may send that."""
    if not isinstance(sent, list | tuple):
        return None
    if not sent:
        return ()
    if len(sent) != 2 or not all(isinstance(x, int | float) and abs(x) < _FAR for x in sent):
        return None
    return float(sent[0]), float(sent[1])
