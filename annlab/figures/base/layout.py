"""The house's look, with which every chart begins."""

from typing import Any

from annlab.figures.base.builder import Draft
from annlab.figures.base.theme import THEMES, ThemeName

FONT = '"Source Sans", sans-serif'


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


def blank(height: int, theme: ThemeName) -> Draft:
    """A draft of nothing yet, with the house's margins, fonts and interaction."""
    look = THEMES[theme]
    return Draft(
        {
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
