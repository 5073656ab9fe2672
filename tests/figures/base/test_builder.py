"""FigureBuilder: drawing methods, and the JSON of built figures."""

import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio
import pytest
from plotly.basedatatypes import BaseFigure

from annlab.figures.base.builder import WHOLE_NAMES, FigureBuilder, StaticFigure
from annlab.figures.base.layout import new_figure


def _sent(figure: go.Figure) -> dict[str, Any]:
    return json.loads(figure.to_json())


def test_builder_has_the_drawing_methods_of_plotly() -> None:
    ours, plotly = FigureBuilder({}), go.Figure()
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
    assert _sent(ours.build()) == _sent(StaticFigure(plotly.data, plotly.layout))


def test_builder_copies_its_arguments() -> None:
    given: dict[str, Any] = {"marker": {"size": 3}, "x": [1]}
    figure = FigureBuilder({"font": given["marker"]})
    figure.add_scatter(**given)
    figure.update_traces(marker={"size": 4}, marker_color="#123456")
    figure.update_layout(font_size=5)
    built = figure.build()
    figure.update_traces(marker_size=6)
    assert built.data[0].marker.size == 4
    built.to_dict()["data"][0]["x"].append(2)
    assert given == {"marker": {"size": 3}, "x": [1]}


def test_a_built_figure_can_be_changed_like_any_other() -> None:
    chart = new_figure(300, "light").build()
    chart.add_scatter(y=[1, 2]).update_layout(title_text="later", margin={"l": 7})
    assert (chart.data[0].y, chart.layout.title.text) == ((1, 2), "later")
    assert (chart.layout.margin.l, chart.layout.margin.r) == (7, 22)


def test_plotly_names_with_underscores_are_not_split() -> None:
    assert set(BaseFigure._valid_underscore_properties) == WHOLE_NAMES


def test_texts_used_as_keys_are_not_split() -> None:
    figure = new_figure(300, "light")
    words = {"od280/od315_of_diluted_wines": "od280…", "a_b": "a"}
    figure.update_xaxes(labelalias=words)
    assert figure.build().layout.xaxis.labelalias == words


@pytest.mark.parametrize("what", ["selector", "row", "col"])
def test_a_builder_cannot_select(what: str) -> None:
    figure = new_figure(300, "light")
    with pytest.raises(TypeError, match=f"a FigureBuilder has no {what}"):
        figure.update_xaxes(**{what: 1})


def _y(values: Any) -> Any:
    figure = new_figure(300, "light")
    figure.add_scatter(y=values)
    return _sent(figure.build())["data"][0]["y"]


def test_default_template_is_never_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pio.templates, "default", "plotly_dark")
    layout = _sent(new_figure(300, "light").build())["layout"]
    assert "template" not in layout
    # Without a revision, Plotly would treat equal numbers as changed.
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
def test_arrays_are_sent_as_lists(values: Any) -> None:
    plain = values.tolist() if isinstance(values, np.ndarray) else list(values)
    if isinstance(values, np.ndarray) and values.dtype == np.float32:
        assert np.float32(_y(values)).tolist() == plain
    else:
        assert _y(values) == plain


@pytest.mark.parametrize("size", [1e-30, 1e-12, 1e-3, 1.0, 1e3, 1e8, 1e30])
def test_numbers_are_sent_without_superfluous_digits(size: float) -> None:
    values = (np.random.default_rng(0).normal(size=200) * size).astype(np.float32)
    sent = _y(values)
    np.testing.assert_array_equal(np.float32(sent), values)
    assert max(len(json.dumps(number)) for number in sent) <= len("-0.00001234567890")


def test_gaps_stay_gaps() -> None:
    assert _y(np.array([1, np.nan, np.inf, -np.inf, 0])) == [1, None, None, None, 0]
    assert _y(np.array([[np.nan, 1], [2, 3]], np.float32)) == [[None, 1], [2, 3]]


def test_arrays_of_any_memory_layout_are_sent() -> None:
    assert _y(np.arange(6)[::2]) == [0, 2, 4]
    assert _y(np.arange(6, dtype=np.float32).reshape(2, 3).T) == [[0, 3], [1, 4], [2, 5]]


def test_nested_arrays_are_sent_as_lists() -> None:
    figure = new_figure(300, "dark")
    figure.add_scatter(y=[1, 2], marker={"color": np.array([0.1, 0.2], np.float32)})
    figure.update_xaxes(tickvals=np.array([0.5, 1.5], np.float32))
    figure.add_annotation(text="a", x=1, y=1)
    sent = _sent(figure.build())
    assert sent["data"][0]["marker"]["color"] == [0.1, 0.2]
    assert sent["layout"]["xaxis"]["tickvals"] == [0.5, 1.5]
    assert sent["layout"]["annotations"][0]["text"] == "a"


def test_figure_opens_in_plain_plotly() -> None:
    figure = new_figure(300, "light")
    figure.add_scatter(y=np.array([1.0, np.nan, 3.0]))
    again = go.Figure(_sent(figure.build()))
    assert again.data[0].y == (1.0, None, 3.0)
    assert again.layout.height == 300


def test_threads_may_use_the_same_figure_at_once() -> None:
    for k in range(20):
        builder = FigureBuilder({"title": {"text": "a"}})
        builder.add_scatter(x=list(range(500)), name=f"{k}")
        built = builder.build()
        uses = [
            lambda figure=built: figure.data[0].name,
            lambda figure=built: figure.to_dict()["data"][0]["name"],
            lambda figure=built: figure.layout.title.text,
            lambda figure=built: len(figure.to_json()) > 500,
        ]
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda use: use(), 4 * uses))
        assert found == 4 * [f"{k}", f"{k}", "a", True]


def test_a_dict_of_a_figure_is_not_the_figure() -> None:
    builder = FigureBuilder({"title": {"text": "a"}})
    builder.add_scatter(x=[1, 2], marker={"size": 3})
    built = builder.build()
    content = built.to_dict()
    content["layout"]["title"]["text"] = content["data"][0]["marker"]["size"] = 99
    assert built.to_dict()["layout"]["title"]["text"] == built.layout.title.text == "a"
    assert built.data[0].marker.size == 3


def test_a_built_figure_is_a_figure_of_plotly() -> None:
    def build() -> go.Figure:
        builder = FigureBuilder({"title": {"text": "a"}})
        builder.add_scatter(x=[1, 2], y=[3, 4])
        return builder.build()

    assert copy.deepcopy(build()) == pickle.loads(pickle.dumps(build())) == build()
    assert go.Figure(build()).data[0].y == build().data[0].y == (3, 4)
    changed = build().update_traces(name="b").update_layout(title_text="c")
    assert changed.to_dict()["data"][0]["name"] == "b"
    assert changed.to_dict()["layout"]["title"]["text"] == "c"
    assert "x" in [*build().data[0]]
    assert not hasattr(build(), "nothing")
