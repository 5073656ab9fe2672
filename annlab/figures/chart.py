"""The chart that every figure begins with, and how it is written for a browser."""

from collections.abc import Mapping
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


# Of Plotly's own names these alone have underscores.
_WHOLE_NAMES = ("paper_bgcolor", "plot_bgcolor")


class Draft:
    """A chart in the making: plain dicts, to be drawn on with the methods of Plotly's figures.

    Plotly's own figures look every property up and check it whenever one is set, which takes ten
    times as long as all that a chart is computed from. What is drawn here is not checked; a name
    with underscores reaches into a dict (`title_text`), and None takes a property away.

    Attributes
    ----------
    data : list of dict
        The traces.
    layout : dict
    """

    def __init__(self, layout: Mapping[str, Any]) -> None:
        self.data: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = {}
        self.update_layout(**layout)

    def chart(self) -> Chart:
        """The finished chart."""
        return Chart(self.data, self.layout, _validate=False)

    def add_bar(self, **trace: Any) -> None:
        """Draw bars."""
        self._add("bar", trace)

    def add_contour(self, **trace: Any) -> None:
        """Draw lines of equal height."""
        self._add("contour", trace)

    def add_heatmap(self, **trace: Any) -> None:
        """Draw a colour for each position of a grid."""
        self._add("heatmap", trace)

    def add_scatter(self, **trace: Any) -> None:
        """Draw points, or lines between them."""
        self._add("scatter", trace)

    def _add(self, kind: str, trace: Mapping[str, Any]) -> None:
        self.data.append(_merged({"type": kind}, trace))

    def add_annotation(self, **annotation: Any) -> None:
        """Write words."""
        self.layout.setdefault("annotations", []).append(_merged({}, annotation))

    def add_shape(self, **shape: Any) -> None:
        """Draw a line or a rectangle."""
        self.layout.setdefault("shapes", []).append(_merged({}, shape))

    def add_vline(self, x: float, **shape: Any) -> None:
        """Draw a vertical line through the whole plot."""
        self.add_vrect(x, x, type="line", **shape)

    def add_hline(self, y: float, **shape: Any) -> None:
        """Draw a horizontal line through the whole plot."""
        across = {"x0": 0, "x1": 1, "xref": "x domain"}
        self.add_shape(**{"type": "line", **across, "y0": y, "y1": y, "yref": "y", **shape})

    def add_vrect(self, x0: float, x1: float, **shape: Any) -> None:
        """Fill the whole height of the plot between two places."""
        upright = {"y0": 0, "y1": 1, "yref": "y domain"}
        self.add_shape(**{"type": "rect", "x0": x0, "x1": x1, "xref": "x", **upright, **shape})

    def update_layout(self, **changes: Any) -> None:
        """Change what is given of the layout, however deep, and leave the rest."""
        _merged(self.layout, changes)

    def update_xaxes(self, **changes: Any) -> None:
        """Change all horizontal axes."""
        self._update("xaxis", changes)

    def update_yaxes(self, **changes: Any) -> None:
        """Change all vertical axes."""
        self._update("yaxis", changes)

    def _update(self, kind: str, changes: Mapping[str, Any]) -> None:
        for name in self.layout:
            if name.startswith(kind):
                _merged(self.layout[name], changes)

    def update_traces(self, **changes: Any) -> None:
        """Change all traces."""
        for trace in self.data:
            _merged(trace, changes)


def _merged(properties: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The same dict, with copies of what is new in it."""
    for path, value in changes.items():
        *outer, name = [path] if path in _WHOLE_NAMES else path.split("_")
        inner = properties
        for key in outer:
            inner = inner.setdefault(key, {})
        if value is None:
            inner.pop(name, None)
        elif isinstance(value, Mapping):
            _merged(inner.setdefault(name, {}), value)
        else:
            inner[name] = list(value) if isinstance(value, tuple) else value
    return properties


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
