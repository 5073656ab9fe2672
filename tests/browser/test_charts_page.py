"""Charts as one page."""

from pathlib import Path

import plotly.graph_objects as go
import pytest
from playwright.sync_api import Browser

from annlab.figures import charts_page

pytestmark = pytest.mark.browser


def test_a_page_shows_every_chart_without_a_network(tmp_path: Path, browser: Browser) -> None:
    charts = [
        ("A line <i>", go.Figure(go.Scatter(y=[1, 2, 3]))),
        ("Bars", go.Figure(go.Bar(y=[2, 1]))),
    ]
    path = tmp_path / "charts.html"
    path.write_text(charts_page(charts, "Moons & more", theme="dark"), encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_function("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 2")
    assert page.title() == "Moons & more"
    assert page.locator("h3").all_inner_texts() == ["A line <i>", "Bars"]
    shown = page.evaluate(
        "[...document.querySelectorAll('.js-plotly-plot')].map(c => Array.from(c._fullData[0].y))"
    )
    assert shown == [[1, 2, 3], [2, 1]]
    assert errors == []
    context.close()
