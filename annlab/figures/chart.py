"""The chart that every figure begins with, and how it is written for a browser."""

from typing import Any

import plotly.graph_objects as go

from annlab.figures.theme import THEMES, ThemeName

FONT = '"Source Sans", sans-serif'


class Chart(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """A figure that a browser draws once.

    Streamlit hands every chart to Plotly three times in a row. Plotly skips the second and the
    third time if numbers are sent as plain lists, nothing comes from a template, and the layout
    has a `datarevision`. One revision is enough: Streamlit puts a changed figure into a new chart.
    With orjson installed, lists are written fast, and each number with no more digits than it has.
    """

    def to_dict(self) -> dict[str, Any]:
        """The figure for Plotly's JSON, with arrays as they are."""
        layout = self.layout.to_plotly_json()
        layout.pop("template", None)
        data = [trace.to_plotly_json() for trace in self.data]
        return {"data": data, "layout": {**layout, "datarevision": 0}}


def axis_look(theme: ThemeName, *, lines: bool) -> dict[str, Any]:
    """How an axis looks, with lines across the plot or without; for `update_xaxes` and its like."""
    look = THEMES[theme]
    return {
        "showgrid": lines,
        "zeroline": lines,
        "automargin": True,
        "ticks": "",
        "gridcolor": look.faint,
        "zerolinecolor": look.faint,
        "tickfont": {"color": look.muted, "size": 12},
        "title": {"font": {"color": look.muted, "size": 14}, "standoff": 8},
    }


def blank(height: int, theme: ThemeName) -> Chart:
    """An empty figure with the house's margins, fonts and interaction."""
    look = THEMES[theme]
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
            "xaxis": axis_look(theme, lines=False),
            "yaxis": axis_look(theme, lines=True),
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
