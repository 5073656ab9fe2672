"""Charts in the making: plain dicts, drawn on like Plotly's figures."""

import json
from typing import Any

import plotly.graph_objects as go
import pytest
from plotly.basedatatypes import BaseFigure

from annlab.figures.chart import blank
from annlab.figures.draft import WHOLE_NAMES, Chart, Draft


def _sent(figure: go.Figure) -> dict[str, Any]:
    return json.loads(figure.to_json())


def test_a_draft_is_drawn_on_as_a_figure_of_plotly() -> None:
    ours, plotly = Draft({}), go.Figure()
    for figure in (ours, plotly):
        figure.update_layout(xaxis={"range": (0, 4)}, yaxis={"type": "log"})
        figure.add_scatter(x=[1, 2], y=[3, 4], marker={"size": 3, "line": {"width": 1}}, name="a")
        figure.add_bar(x=[1], y=[2], marker_line_width=2)
        figure.add_heatmap(z=[[1]], showscale=False)
        figure.add_contour(z=[[1, 2], [3, 4]])
        figure.add_annotation(text="words", x=1, y=2)
        figure.add_shape(type="rect", x0=0, x1=1, y0=2, y1=3)
        figure.add_vline(x=1, line={"color": "#123456", "dash": "dot"}, layer="below")
        figure.add_hline(y=2)
        figure.add_vrect(x0=1, x1=2, fillcolor="#123456")
        figure.update_layout(xaxis2={"anchor": "y"})
        figure.update_xaxes(title_text="x", title_font_size=9)
        figure.update_yaxes(title={"text": "y"}, type=None)
        figure.update_traces(opacity=0.5)
        figure.update_layout(paper_bgcolor="#ffffff", margin={"l": 3}, margin_r=4)
        figure.update_layout(margin={"l": None})
    assert _sent(ours.chart()) == _sent(Chart(plotly.data, plotly.layout))


def test_what_is_given_is_copied() -> None:
    given: dict[str, Any] = {"marker": {"size": 3}, "x": [1]}
    figure = Draft({"font": given["marker"]})
    figure.add_scatter(**given)
    figure.update_traces(marker={"size": 4}, marker_color="#123456")
    figure.update_layout(font_size=5)
    chart = figure.chart()
    figure.update_traces(marker_size=6)
    assert chart.data[0].marker.size == 4
    chart.to_dict()["data"][0]["x"].append(2)
    assert given == {"marker": {"size": 3}, "x": [1]}


def test_a_finished_chart_can_be_changed_like_any_other() -> None:
    chart = blank(300, "light").chart()
    chart.add_scatter(y=[1, 2]).update_layout(title_text="later", margin={"l": 7})
    assert (chart.data[0].y, chart.layout.title.text) == ((1, 2), "later")
    assert (chart.layout.margin.l, chart.layout.margin.r) == (7, 22)


def test_no_name_of_plotly_is_taken_apart() -> None:
    assert set(BaseFigure._valid_underscore_properties) == WHOLE_NAMES


def test_words_that_are_keys_stay_whole() -> None:
    figure = blank(300, "light")
    words = {"od280/od315_of_diluted_wines": "od280…", "a_b": "a"}
    figure.update_xaxes(labelalias=words)
    assert figure.chart().layout.xaxis.labelalias == words


@pytest.mark.parametrize("what", ["selector", "row", "col"])
def test_a_draft_cannot_select(what: str) -> None:
    figure = blank(300, "light")
    with pytest.raises(TypeError, match=f"a draft knows no {what}"):
        figure.update_xaxes(**{what: 1})
