"""The chart that every figure begins with, and how it is written for a browser."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from annlab.figures.theme import THEMES, ThemeName

# Digits that are sent: float32 has seven.
SIGNIFICANT_DIGITS = 6
FONT = '"Source Sans", sans-serif'


class Chart(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """A figure that a browser draws once.

    Streamlit hands every chart to Plotly three times in a row. Plotly sees that the second and
    the third are the same as the first, and leaves it as it is, if all numbers are in lists, if
    nothing comes from a template, and if the data have a revision.
    """

    def to_dict(self) -> dict[str, Any]:
        """The figure in JSON's types; numbers with six significant digits."""
        layout = self.layout.to_plotly_json()
        layout.pop("template", None)
        layout["datarevision"] = 0
        return {
            "data": [_plain(trace.to_plotly_json()) for trace in self.data],
            "layout": _plain(layout),
        }


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return _numbers(value) if value.dtype.kind == "f" else value.tolist()
    if isinstance(value, Mapping):
        return {key: _plain(of) for key, of in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(of) for of in value]
    return value


def _numbers(values: NDArray[Any]) -> Any:
    """Rounded floating-point numbers; None, a gap, for those that are not finite."""
    values = values.astype(np.float64)
    finite = np.isfinite(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        places = SIGNIFICANT_DIGITS - 1 - np.floor(np.log10(np.abs(values)))
        # 10³⁰⁰: nothing may overflow. Of powers of ten, the first 22 are exact, so that what is
        # divided by them has few digits.
        scale = 10.0 ** np.clip(np.where(np.isfinite(places), places, 0), 0, 300)
        rounded = np.round(values * scale) / scale
    if finite.all():
        return rounded.tolist()
    with_gaps = rounded.astype(object)
    with_gaps[~finite] = None
    return with_gaps.tolist()


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
