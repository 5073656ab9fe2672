"""Homework report: download and print."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.config.links import write_bench
from tests.browser.bench import metrics, open_bench
from tests.browser.conftest import Server
from tests.stored import keep

pytestmark = pytest.mark.browser

CONFIGS = [
    RunConfig(
        dataset=DatasetConfig(test_fraction=0.25),
        model=ModelConfig(hidden_sizes=sizes),
        training=TrainingConfig(max_epochs=5, n_seeds=3, learning_rate=0.01),
    )
    for sizes in ((), (4, 2))
]
# A4 with margins of 14 mm, in CSS pixels.
PAPER_WIDTH = round((210 - 28) / 25.4 * 96)


@pytest.fixture
def report(
    page: Page, server: Server, tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> tuple[Path, str, list[str]]:
    """Downloaded report, the page's address, and its scores."""
    runs = [trained(config) for config in CONFIGS]
    keep(runs, server.database_url)
    open_bench(page, f"{server.url}/logistic_vs_mlp?{urlencode(write_bench(CONFIGS))}")
    page.get_by_role("tab", name="Export").click()
    with page.expect_download() as found:
        page.get_by_role("button", name="Report", exact=True).click()
    path = tmp_path / found.value.suggested_filename
    found.value.save_as(path)
    return path, page.url, metrics(page)


def test_report_is_complete_offline(report: tuple[Path, str, list[str]], browser: Browser) -> None:
    path, address, scores = report
    context = browser.new_context(offline=True, viewport={"width": 900, "height": 1200})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    charts = page.locator("figure").count()
    page.wait_for_function(
        f"document.querySelectorAll('figure .js-plotly-plot .main-svg').length >= {charts}"
    )
    assert charts >= 6  # surfaces, confusion matrices, loss, accuracy
    text = page.locator("body").inner_text().replace("\xa0", " ")
    for score in scores[:2]:
        assert score.replace("\xa0", " ") in text
    link = page.locator("a[href]").get_attribute("href") or ""
    opened = set(re.split("[?&]", address)) - {"tab=Export"}
    assert set(re.split("[?&]", link)) == opened
    assert {"Result", "Scores", "What differs", "Charts"} <= set(
        page.locator("h2").all_inner_texts()
    )
    assert "torch 2." in text
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER_WIDTH, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER_WIDTH
    assert page.evaluate(
        "[...document.querySelectorAll('figure, table')].every("
        "e => getComputedStyle(e).breakInside === 'avoid')"
    )
    drawn = page.evaluate(
        "[...document.querySelectorAll('figure')].map(f => "
        "[f.clientWidth, f.querySelector('.main-svg').clientWidth])"
    )
    assert all(inner <= outer for outer, inner in drawn)
    assert errors == []
    context.close()
