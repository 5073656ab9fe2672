"""Compact figures and their legends."""

import json

import numpy as np
import plotly.graph_objects as go

from annlab.analysis.surfaces import plane_through
from annlab.figures import compact, decision_surface, fitted_curve, legend_entries
from annlab.figures.decision_surface import SurfacePoints

X = np.array([[0.0, 0.0], [1.0, 1.0]])
PLANE = plane_through(X, resolution=5)
SURFACE = decision_surface(
    PLANE,
    np.full((5, 5, 1), 0.4),
    SurfacePoints(X, np.array([0, 1]), np.array([False, True])),
    ("x1", "x2"),
    ("no", "yes"),
)


def test_a_compact_figure_leaves_size_and_data_to_others() -> None:
    before = SURFACE.to_json()
    small = compact(SURFACE, {"epoch": 7})
    assert SURFACE.to_json() == before
    assert small.layout.height is None
    assert small.layout.meta == {"epoch": 7}
    assert json.loads(small.to_json())["data"] == json.loads(before)["data"]
    assert not small.layout.showlegend
    assert small.layout.xaxis.range == SURFACE.layout.xaxis.range
    titled = compact(SURFACE, title="Loss")
    assert titled.layout.title.text == "Loss"
    assert titled.layout.showlegend


def test_legend_names_markers_lines_and_areas() -> None:
    found = [(entry.name, entry.kind, entry.look) for entry in legend_entries(SURFACE)]
    assert found == [
        ("no", "marker", "circle"),
        ("yes", "marker", "diamond"),
        ("mistakes", "marker", "circle-open"),
    ]
    x = np.linspace(0, 1, 4)
    fit = fitted_curve(
        x,
        np.stack([x, x + 1]),
        0,
        x,
        x,
        name="A",
        color="#112233",
        truth=x,
        without_data=[(0.0, 0.2)],
        axis_names=("x", "y"),
    )
    found = [(entry.name, entry.kind, entry.look) for entry in legend_entries(fit)]
    assert found == [
        ("no data here", "marker", "square"),
        ("all 2 networks", "area", ""),
        ("training", "marker", "circle"),
        ("truth", "line", "dash"),
        ("A", "line", "solid"),
    ]
    assert [entry.name for entry in legend_entries(fit) if entry.is_model] == ["A"]


def test_traces_without_a_legend_are_left_out() -> None:
    figure = go.Figure(go.Scatter(x=[1], y=[1], name="hidden", showlegend=False))
    assert legend_entries(figure) == []
