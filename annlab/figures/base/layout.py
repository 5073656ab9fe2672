"""Default layout of all figures."""

from collections.abc import Iterable
from typing import Any

from annlab.figures.base.builder import FigureBuilder
from annlab.figures.base.plain_text import as_shown
from annlab.figures.base.theme import THEMES, ThemeName

FONT = '"Source Sans", sans-serif'
TEXT_SIZE = 13  # pixels
LEFT_MARGIN = 60  # pixels
_LETTER = 6.5  # pixels of the width of a letter at a tick


def axis_style(theme: ThemeName, *, lines: bool) -> dict[str, Any]:
    """Style of an axis, with or without grid lines, for `update_xaxes` and `update_yaxes`."""
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


def margin_of_names(names: Iterable[str], beside: int = 0) -> int:
    """Left margin in pixels with room for the names at the ticks of a vertical axis.

    Compact figures keep it: they are too small for Plotly's automatic margins.

    Parameters
    ----------
    names : iterable of str
    beside : int
        Pixels for everything else left of the plot, such as a title.
    """
    longest = max((len(as_shown(name)) for name in names), default=0)
    return max(LEFT_MARGIN, round(beside + _LETTER * longest))


def new_figure(height: int, theme: ThemeName) -> FigureBuilder:
    """Start an empty figure with annlab's margins, fonts and interaction."""
    look = THEMES[theme]
    return FigureBuilder(
        {
            "height": height,
            # Plotly renders twice if titles and legend need more room than the margins give.
            "margin": {"l": LEFT_MARGIN, "r": 22, "t": 42, "b": 54, "pad": 6},
            "font": {"color": look.ink, "size": TEXT_SIZE, "family": FONT},
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
