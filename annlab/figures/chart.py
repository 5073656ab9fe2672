"""The chart that every figure begins with, and how it is written for a browser."""

from typing import Any

import plotly.graph_objects as go

from annlab.figures.theme import THEMES, ThemeName

FONT = '"Source Sans", sans-serif'


class Chart(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """A figure that a browser draws once.

    Streamlit hands every chart to Plotly three times in a row. Plotly sees that the second and
    the third are the same as the first, and leaves it as it is, if all numbers are sent as lists,
    if nothing comes from a template, and if the data have a revision. (With orjson installed,
    Plotly writes arrays as lists in no time, and each number as short as it is.)
    """

    def to_dict(self) -> dict[str, Any]:
        """The figure for Plotly's JSON, with arrays as they are."""
        layout = self.layout.to_plotly_json()
        layout.pop("template", None)
        data = [trace.to_plotly_json() for trace in self.data]
        return {"data": data, "layout": {**layout, "datarevision": 0}}


def axis_look(theme: ThemeName) -> dict[str, Any]:
    """How every axis looks; for `update_xaxes` and `update_yaxes`."""
    look = THEMES[theme]
    return {
        "automargin": True,
        "ticks": "",
        "gridcolor": look.grid,
        "zerolinecolor": look.grid,
        "tickfont": {"color": look.muted, "size": 12},
        "title": {"font": {"color": look.muted, "size": 14}, "standoff": 8},
    }


def blank(height: int, theme: ThemeName) -> Chart:
    """An empty figure with the house's margins, fonts and interaction."""
    look = THEMES[theme]
    axis = axis_look(theme)
    return Chart(
        layout={
            "height": height,
            # Room for all that usually stands around: for more, Plotly would draw once again.
            "margin": {"l": 60, "r": 22, "t": 42, "b": 54, "pad": 6},
            "font": {"color": look.ink, "size": 13, "family": FONT},
            "title": {
                "font": {"size": 14, "color": look.ink, "weight": 600},
                "x": 0.0,
                "xanchor": "left",
                "pad": {"l": 4},
            },
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": {**axis, "showgrid": False, "zeroline": False},
            "yaxis": axis,
            "legend": {
                "orientation": "h",
                "x": 0,
                "y": 1.0,
                "yanchor": "bottom",
                "font": {"size": 12, "color": look.ink},
            },
            "hoverlabel": {
                "bgcolor": look.paper,
                "bordercolor": look.faint,
                "font": {"color": look.ink, "size": 12, "family": FONT},
            },
            "hovermode": "closest",
            "dragmode": False,
        }
    )
