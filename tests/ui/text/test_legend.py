"""Common legend of several pictures."""

import re

from annlab.figures import LegendEntry
from annlab.ui.text.legend import legend_html

DOT = LegendEntry("class 0", "#0072b2", "marker", "circle")


def _texts(html: str) -> list[str]:
    return [re.sub("<[^>]*>", "", part) for part in re.findall("<span>(.*?)</span>", html)]


def test_each_name_is_there_once_in_its_color() -> None:
    html = legend_html([[DOT], [DOT, LegendEntry("mistakes", "#d81b60", "marker", "circle-open")]])
    assert _texts(html) == ["● class 0", "○ mistakes"]
    assert html.count("#0072b2") == 1


def test_what_differs_in_color_is_gray_and_models_are_left_out() -> None:
    legends = [
        [
            LegendEntry("A", "red", "line", is_model=True),
            LegendEntry("all 3 networks", "red", "area"),
        ],
        [
            LegendEntry("B", "blue", "line", is_model=True),
            LegendEntry("all 3 networks", "blue", "area"),
        ],
    ]
    html = legend_html(legends, "Plots: <network 1>.")
    assert _texts(html) == ["▇ all 3 networks", "Plots: &lt;network 1&gt;."]
    assert "color: gray" in html


def test_a_class_named_like_a_model_is_in_the_legend() -> None:
    legends = [[LegendEntry("A", "red", "line", is_model=True), LegendEntry("A", "blue", "marker")]]
    html = legend_html(legends)
    assert _texts(html) == ["● A"]
    assert "color: blue" in html


def test_lines_show_their_dash() -> None:
    truth = LegendEntry("truth", "#000", "line", "dash")
    assert _texts(legend_html([[truth]])) == ["╍╍ truth"]
    assert legend_html([]) == "<div class='annlab-legend'></div>"
