"""The layout that every figure starts from."""

from typing import Any

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.theme import THEMES, ThemeName

FONT = '"Source Sans", sans-serif'


def axis_style(theme: ThemeName, *, lines: bool) -> dict[str, Any]:
    """Style of an axis, with grid lines or without; for `update_xaxes` and its like."""
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


def new_figure(height: int, theme: ThemeName) -> FigureBuilder:
    """Start an empty figure with annlab's margins, fonts and interaction."""
    look = THEMES[theme]
    return FigureBuilder(
        {
            "height": height,
            # Room for the usual titles and legend: if they need more, Plotly draws a second time.
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
            "xaxis": axis_style(theme, lines=False),
            "yaxis": axis_style(theme, lines=True),
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
