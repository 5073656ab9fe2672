"""Builds Plotly figures from plain dicts, ten times as fast as validated ones."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Self

import plotly.graph_objects as go

# Sessions share figures, so two of them may make the same one Plotly's own at the same time.
_MAKING = threading.RLock()


class StaticFigure(go.Figure):  # type: ignore[misc]  # Plotly has no types
    """Plotly figure that a browser renders only once in Streamlit.

    Streamlit passes every chart to Plotly three times in a row. Plotly skips the second and third
    rendering if numbers are plain lists, no template is set, and the layout has a `datarevision`.
    A constant revision is enough, because Streamlit puts a changed figure into a new chart. With
    orjson installed, lists serialize fast and numbers have no superfluous digits.

    Plotly copies all traces and the layout, number by number, when a figure is made and each time
    it is read. Most figures are only shown, so `of_plain` leaves that until Plotly's own properties
    and methods are used.
    """

    @classmethod
    def of_plain(cls, data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> Self:
        """Return a figure of plain dicts, which must not change any more."""
        figure = cls.__new__(cls)
        figure.__dict__["_plain"] = (data, layout)
        return figure

    def __getattr__(self, name: str) -> Any:
        """Make the figure Plotly's own when something of it is missed."""
        mine = self.__dict__
        with _MAKING:
            if "_making" in mine:  # Plotly asks for what it is about to set
                raise AttributeError(name)
            if "_plain" in mine:
                mine["_making"] = True
                try:
                    super().__init__(*mine["_plain"], _validate=False)
                finally:
                    del mine["_making"]
                del mine["_plain"]
        return object.__getattribute__(self, name)

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as a dict for Plotly's JSON, without a template or encoded arrays.

        Lists and arrays of numbers may be shared with the figure.
        """
        if plain := self.__dict__.get("_plain"):
            data, layout = [_copy(trace) for trace in plain[0]], _copy(plain[1])
        else:
            data = [trace.to_plotly_json() for trace in self.data]
            layout = self.layout.to_plotly_json()
        layout.pop("template", None)
        return {"data": data, "layout": {**layout, "datarevision": 0}}


# Plotly properties with an underscore in the name, which must not be split.
WHOLE_NAMES = {
    *("paper_bgcolor", "plot_bgcolor", "error_x", "error_y", "error_z"),
    *("copy_xstyle", "copy_ystyle", "copy_zstyle"),
}
# Properties whose keys are texts on the chart, not Plotly names.
_WORDS = {"labelalias"}
_REFUSED = {"selector", "row", "col"}


class FigureBuilder:
    """Figure made of plain dicts, with the drawing methods of a Plotly figure.

    Plotly figures validate every property, which takes ten times as long as computing the content
    of a chart. A builder validates nothing. An underscore in a name reaches into a dict
    (`title_text`), and None removes a property.

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

    def build(self) -> StaticFigure:
        """Return the finished figure."""
        return StaticFigure.of_plain([_copy(trace) for trace in self.data], _copy(self.layout))

    def add_bar(self, **trace: Any) -> None:
        """Add bars."""
        self._add("bar", trace)

    def add_contour(self, **trace: Any) -> None:
        """Add contour lines."""
        self._add("contour", trace)

    def add_heatmap(self, **trace: Any) -> None:
        """Add a color for each position of a grid."""
        self._add("heatmap", trace)

    def add_scatter(self, **trace: Any) -> None:
        """Add markers, or lines between them."""
        self._add("scatter", trace)

    def add_scatter3d(self, **trace: Any) -> None:
        """Add lines or markers in space."""
        self._add("scatter3d", trace)

    def add_surface(self, **trace: Any) -> None:
        """Add a surface in space over a grid."""
        self._add("surface", trace)

    def _add(self, kind: str, trace: Mapping[str, Any]) -> None:
        self.data.append(_merge({"type": kind}, trace))

    def add_annotation(self, **annotation: Any) -> None:
        """Add a text."""
        self.layout.setdefault("annotations", []).append(_merge({}, annotation))

    def add_shape(self, **shape: Any) -> None:
        """Add a line or a rectangle."""
        self.layout.setdefault("shapes", []).append(_merge({}, shape))

    def add_vline(self, x: float, **shape: Any) -> None:
        """Add a vertical line across the whole plot."""
        self.add_vrect(x, x, **{"type": "line", **shape})

    def add_hline(self, y: float, **shape: Any) -> None:
        """Add a horizontal line across the whole plot."""
        across = {"x0": 0, "x1": 1, "xref": "x domain"}
        self.add_shape(**{"type": "line", **across, "y0": y, "y1": y, "yref": "y", **shape})

    def add_vrect(self, x0: float, x1: float, **shape: Any) -> None:
        """Fill the whole height of the plot between two positions."""
        upright = {"y0": 0, "y1": 1, "yref": "y domain"}
        self.add_shape(**{"type": "rect", "x0": x0, "x1": x1, "xref": "x", **upright, **shape})

    def update_layout(self, **changes: Any) -> None:
        """Change the given properties of the layout, at any depth."""
        _merge(self.layout, changes)

    def update_xaxes(self, **changes: Any) -> None:
        """Change all horizontal axes."""
        self._update("xaxis", changes)

    def update_yaxes(self, **changes: Any) -> None:
        """Change all vertical axes."""
        self._update("yaxis", changes)

    def _update(self, kind: str, changes: Mapping[str, Any]) -> None:
        for name in self.layout:
            if name.startswith(kind):
                _merge(self.layout[name], changes)

    def update_traces(self, **changes: Any) -> None:
        """Change all traces."""
        for trace in self.data:
            _merge(trace, changes)


def _copy(value: Any) -> Any:
    """Copy dicts, at any depth, but no numbers."""
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_copy(inner) for inner in value]
    return value


def _merge(properties: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Change the given properties, at any depth, and return the same dict."""
    if refused := _REFUSED & changes.keys():
        raise TypeError(f"a FigureBuilder has no {min(refused)}: change the built figure instead.")
    for path, value in changes.items():
        *outer, name = [path] if path in WHOLE_NAMES else path.split("_")
        inner = properties
        for key in outer:
            inner = inner.setdefault(key, {})
        if value is None:
            inner.pop(name, None)
        elif name in _WORDS:
            inner[name] = dict(value)
        elif isinstance(value, Mapping):
            _merge(inner.setdefault(name, {}), value)
        else:
            inner[name] = list(value) if isinstance(value, tuple) else value
    return properties
