"""The HTML report contains all given texts, escaped."""

import re
from typing import Any

import plotly.graph_objects as go
import pytest

from annlab.figures import Report, ReportTable, report_page
from annlab.figures.base.theme import THEMES, rgba

EVIL = "</script><script>alert('x')</script><b>\"&'"
FIGURE = go.Figure(go.Scatter(y=[1, 2]))


def _report(**changes: Any) -> Report:
    given: dict[str, Any] = {
        "title": "Two moons: A and B compared",
        "models": [(0, "Logistic regression"), (1, "MLP 4-2, Tanh")],
        "verdict": ["**B is ahead of A by 15.0 points.** Not more."],
        "scores": ReportTable(["", "Accuracy"], [["A", "0.850"], ["B", "0.998"]]),
        "differing": ReportTable(["Setting", "A", "B"], [["Hidden layers", "none", "4-2"]]),
        "settings": {"Learning rate": "0.01"},
        "link": "https://annlab.example/?data=moons&seeds=5",
        "provenance": {"torch": "2.13.0"},
        "notes": ["Mean ± standard deviation."],
    }
    return Report(**{**given, **changes})


def test_report_contains_all_given_texts() -> None:
    page = report_page(_report())
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.split("</head>")[1]))
    for said in (
        "Two moons: A and B compared",
        "MLP 4-2, Tanh",
        "0.998",
        "Hidden layers none 4-2",
        "Learning rate 0.01",
        "https://annlab.example/?data=moons&amp;seeds=5",
        "torch 2.13.0",
        "Mean ± standard deviation.",
        "My conclusion",
    ):
        assert said in text
    assert "<strong>B is ahead of A by 15.0 points.</strong>" in page
    assert "Plotly" not in page  # no charts, no Plotly


def test_user_text_is_escaped() -> None:
    figure = go.Figure(go.Scatter(y=[1, 2], name=EVIL), {"title": {"text": EVIL}})
    evil = _report(
        title=EVIL,
        models=[(0, EVIL)],
        verdict=[EVIL],
        scores=ReportTable([EVIL], [[EVIL]]),
        differing=ReportTable([EVIL], [[EVIL]]),
        settings={EVIL: EVIL},
        charts=[(EVIL, figure)],
        link=EVIL,
        provenance={EVIL: EVIL},
        notes=[EVIL],
    )
    page = report_page(evil)
    tame = report_page(_report(charts=[("A line", FIGURE)]))
    assert "alert('x')</script>" not in page
    assert "<b>" not in page
    assert page.count("<script") == tame.count("<script")
    assert page.count("</script") == tame.count("</script")


def test_only_http_addresses_become_links() -> None:
    assert "<a href='https://annlab.example/?data=moons&amp;seeds=5'>" in report_page(_report())
    for link in ("javascript:alert(1)", "?data=moons", ""):
        assert "<a href" not in report_page(_report(link=link))


def test_one_model_is_not_compared() -> None:
    page = report_page(
        _report(
            models=[(0, "Logistic regression")],
            verdict=[],
            differing=ReportTable(["Setting", "A"], []),
        )
    )
    assert "<h2>Scores</h2>" in page
    assert "<h2>Settings</h2>" in page
    for said in ("Result", "What differs", "same settings", "all models"):
        assert said not in page


def test_report_of_models_with_equal_settings() -> None:
    page = report_page(_report(differing=ReportTable(["Setting", "A", "B"], [])))
    assert "The models have the same settings." in page


@pytest.mark.parametrize("with_opacity", [False, True])
def test_charts_of_a_dark_page_are_light_on_paper(with_opacity: bool) -> None:
    dark, light = THEMES["dark"], THEMES["light"]
    for name in ("ink", "paper"):
        on_dark, on_light = getattr(dark, name), getattr(light, name)
        if with_opacity:
            on_dark, on_light = rgba(on_dark, 0.7), rgba(on_light, 0.7)
        figure = go.Figure(go.Scatter(y=[1, 2], line={"color": on_dark}))
        page = report_page(_report(charts=[("A line", figure)]))
        data = page[page.rindex("Plotly.newPlot") :]
        assert on_dark not in data
        assert on_light in data


def test_report_contains_plotly_once() -> None:
    one = len(report_page(_report(charts=[("A line", FIGURE)])))
    three = len(report_page(_report(charts=[("A line", FIGURE)] * 3)))
    assert 3_000_000 < one < three < one + 100_000
