"""Tab Predict a row in a browser: a typed number changes the predictions of both models."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import open_bench, open_tab, quiet
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = "/logistic_vs_mlp"
FIELD = "x1"


def test_a_typed_row_is_predicted_by_both_models(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    open_tab(page, "Predict a row")
    panel = page.get_by_role("tabpanel").filter(has=page.locator(".st-key-row-sample"))
    predictions = panel.locator("table").first
    expect(predictions).to_contain_text("true class")
    before = panel.locator("table").last.inner_text()
    field = page.locator(".st-key-row-fields").get_by_label(FIELD, exact=True)
    expect(field).not_to_have_value("")  # until the browser has drawn it
    shown = field.input_value()
    field.fill("25")
    field.press("Enter")
    expect(predictions).not_to_contain_text("true class")
    expect(panel.get_by_text("x1 is 25.00, in the training samples")).to_be_visible()
    assert panel.locator("table").last.inner_text() != before
    page.get_by_role("button", name="Reset row").click()
    expect(field).to_have_value(shown)
    expect(predictions).to_contain_text("true class")
    # Another sample, from the keyboard.
    sample = page.locator(".st-key-row-sample input")
    sample.fill("3")
    sample.press("Enter")
    expect(field).not_to_have_value(shown)
    quiet(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
