"""Default layout of all figures."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from annlab.figures import feature_histograms, softmax_bars
from annlab.figures.base.builder import StaticFigure
from annlab.figures.base.layout import new_figure
from annlab.figures.base.theme import THEMES, ThemeName


def _sent(figure: go.Figure) -> dict[str, Any]:
    return json.loads(figure.to_json())


@pytest.mark.parametrize("name", THEMES)
def test_background_is_transparent(name: ThemeName) -> None:
    layout = new_figure(321, name).build().layout
    assert layout.height == 321
    assert layout.font.color == layout.title.font.color == THEMES[name].ink
    assert layout.legend.font.color == layout.hoverlabel.font.color == THEMES[name].ink
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.hoverlabel.bgcolor == THEMES[name].paper
    for axis in (layout.xaxis, layout.yaxis):
        assert axis.tickfont.color == axis.title.font.color == THEMES[name].muted


@pytest.mark.parametrize(
    "draw",
    [
        lambda: feature_histograms(np.eye(4, 3), ["a", "b", "c"], theme="dark"),
        lambda: softmax_bars(np.array([1.0, 2.0]), 1.0, theme="dark"),
    ],
    ids=["histograms", "softmax"],
)
def test_all_axes_of_a_chart_look_alike(draw: Callable[[], go.Figure]) -> None:
    figure = draw()
    assert isinstance(figure, StaticFigure)
    muted = THEMES["dark"].muted
    axes = [axis for name, axis in _sent(figure)["layout"].items() if name[1:5] == "axis"]
    assert len(axes) > 2
    for axis in axes:
        assert axis["tickfont"]["color"] == axis["title"]["font"]["color"] == muted
