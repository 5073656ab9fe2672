"""What a chart is for the browser: plain lists, nothing from a template, one revision."""

import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio
import pytest

from annlab.figures import feature_histograms, softmax_bars
from annlab.figures.chart import blank
from annlab.figures.draft import Chart
from annlab.figures.theme import THEMES, ThemeName


def _sent(figure: go.Figure) -> dict[str, Any]:
    return json.loads(figure.to_json())


def _y(values: Any) -> Any:
    figure = blank(300, "light")
    figure.add_scatter(y=values)
    return _sent(figure.chart())["data"][0]["y"]


@pytest.mark.parametrize("name", THEMES)
def test_an_empty_figure_lets_the_page_through(name: ThemeName) -> None:
    layout = blank(321, name).chart().layout
    assert layout.height == 321
    assert layout.font.color == layout.title.font.color == THEMES[name].ink
    assert layout.legend.font.color == layout.hoverlabel.font.color == THEMES[name].ink
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert layout.hoverlabel.bgcolor == THEMES[name].paper
    for axis in (layout.xaxis, layout.yaxis):
        assert axis.tickfont.color == axis.title.font.color == THEMES[name].muted


def test_whatever_template_is_the_usual_one_nothing_of_it_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pio.templates, "default", "plotly_dark")
    layout = _sent(blank(300, "light").chart())["layout"]
    assert "template" not in layout
    # Without it, Plotly would take equal numbers for new ones.
    assert layout["datarevision"] == 0


@pytest.mark.parametrize(
    "values",
    [
        np.arange(6, dtype=np.uint8),
        np.arange(6, dtype=np.int64),
        np.array(["a", "b"]),
        np.array([True, False]),
        np.eye(3, dtype=np.uint16),
        np.array([0.5, -2.25, 0, 1e-9, 123456], np.float32),
        np.zeros((0,)),
        [1, 2.5, None, "x"],
        (3, 4),
    ],
    ids=str,
)
def test_what_is_drawn_is_sent_as_lists(values: Any) -> None:
    plain = values.tolist() if isinstance(values, np.ndarray) else list(values)
    if isinstance(values, np.ndarray) and values.dtype == np.float32:
        assert np.float32(_y(values)).tolist() == plain
    else:
        assert _y(values) == plain


@pytest.mark.parametrize("size", [1e-30, 1e-12, 1e-3, 1.0, 1e3, 1e8, 1e30])
def test_numbers_are_sent_as_they_are_and_no_longer(size: float) -> None:
    values = (np.random.default_rng(0).normal(size=200) * size).astype(np.float32)
    sent = _y(values)
    np.testing.assert_array_equal(np.float32(sent), values)
    assert max(len(json.dumps(number)) for number in sent) <= len("-0.00001234567890")


def test_gaps_stay_gaps() -> None:
    assert _y(np.array([1, np.nan, np.inf, -np.inf, 0])) == [1, None, None, None, 0]
    assert _y(np.array([[np.nan, 1], [2, 3]], np.float32)) == [[None, 1], [2, 3]]


def test_arrays_may_lie_in_memory_as_they_like() -> None:
    assert _y(np.arange(6)[::2]) == [0, 2, 4]
    assert _y(np.arange(6, dtype=np.float32).reshape(2, 3).T) == [[0, 3], [1, 4], [2, 5]]


def test_what_stands_in_a_layout_or_deep_in_a_trace_is_sent_alike() -> None:
    figure = blank(300, "dark")
    figure.add_scatter(y=[1, 2], marker={"color": np.array([0.1, 0.2], np.float32)})
    figure.update_xaxes(tickvals=np.array([0.5, 1.5], np.float32))
    figure.add_annotation(text="a", x=1, y=1)
    sent = _sent(figure.chart())
    assert sent["data"][0]["marker"]["color"] == [0.1, 0.2]
    assert sent["layout"]["xaxis"]["tickvals"] == [0.5, 1.5]
    assert sent["layout"]["annotations"][0]["text"] == "a"


@pytest.mark.parametrize(
    "figure",
    [
        feature_histograms(np.eye(4, 3), ["a", "b", "c"], theme="dark"),
        softmax_bars([1.0, 2.0], 1.0, theme="dark"),
    ],
    ids=["histograms", "softmax"],
)
def test_all_axes_of_a_chart_look_alike(figure: go.Figure) -> None:
    assert isinstance(figure, Chart)
    muted = THEMES["dark"].muted
    axes = [axis for name, axis in _sent(figure)["layout"].items() if name[1:5] == "axis"]
    assert len(axes) > 2
    for axis in axes:
        assert axis["tickfont"]["color"] == axis["title"]["font"]["color"] == muted


def test_it_can_be_drawn_without_us() -> None:
    figure = blank(300, "light")
    figure.add_scatter(y=np.array([1.0, np.nan, 3.0]))
    again = go.Figure(_sent(figure.chart()))
    assert again.data[0].y == (1.0, None, 3.0)
    assert again.layout.height == 300
