"""From the tab Inside to a training that starts from the weights shown there."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import (
    button,
    move_epoch,
    open_bench,
    open_tab,
    quiet,
    runs_of_address,
    train,
)
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = "/logistic_vs_mlp?data=xor&samples=200&b.hidden=3&activation=tanh&lr=0.05&epochs=20&seeds=2"
B = "section[aria-label='Model B']"


def test_training_goes_on_from_changed_weights(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    open_tab(page, "Inside")
    page.wait_for_selector(f"{B} .unit")
    bias = page.locator(B).get_by_label("Bias", exact=True)
    bias.fill("3")
    bias.press("Enter")
    formula = page.locator(f"{B} .formula")
    expect(formula).to_contain_text("+ 3.00)")
    here, loss = formula.inner_text(), page.locator(f"{B} .news").inner_text()
    # Into model B unless one chooses another.
    into = page.locator(B).get_by_label("Model that starts from here")
    expect(into).to_have_value("1")
    page.locator(B).get_by_role("button", name="Train on from here").click()
    toast = page.get_by_test_id("stToast")
    expect(toast).to_contain_text(re.compile("Model B now starts .* epoch 20, with your change"))
    # Nothing is trained yet; the page says what Train will show.
    expect(page.locator(".st-key-said")).to_contain_text("start random → your own weights")
    expect(button(page, "remove-start-1")).to_be_visible()
    _, run = runs_of_address(page)
    assert run.model.initial_weights[-1] == 3.0
    train(page)
    # The results differ in their start now.
    expect(page.locator(".st-key-said")).to_contain_text(re.compile("start A random / B your own"))
    quiet(page)
    # Epoch 0 of the new run has exactly those weights.
    open_tab(page, "Inside")
    page.wait_for_selector(f"{B} .unit")
    move_epoch(page, 20)
    expect(formula).to_have_text(here)
    with_change = re.search(r"([\d.e-]+) with your change", loss)
    assert with_change is not None
    expect(page.locator(f"{B} .news")).to_contain_text(f"training samples: {with_change[1]}")


def test_page_compare_has_no_such_button(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    page.goto(f"{server.url}/compare")
    page.wait_for_selector(".st-key-curves-loss .js-plotly-plot")
    open_tab(page, "Inside")
    page.wait_for_selector(f"{B} .unit")
    expect(page.get_by_role("button", name="Reset all").first).to_be_visible()
    expect(page.get_by_role("button", name="Train on from here")).to_have_count(0)
