"""Range test: from the button to the result, Stop, and a rate that is taken over."""

import re

import pytest
from playwright.sync_api import Page, expect

from annlab.search.range_test import RULES
from tests.browser.bench import open_bench, open_tab, quiet, runs_of_address, train
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = "/logistic_vs_mlp?data=moons&samples=150&b.hidden=3&activation=tanh&epochs=5&seeds=2"
SAID = "Which rule chooses well?"


def test_a_rule_is_taken_over_into_a_model(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    open_tab(page, "Range test")
    page.get_by_role("button", name="Run the range test").click()
    said = page.get_by_text(SAID)
    said.wait_for(timeout=60_000)
    expect(page.locator(".st-key-range-test-0 .js-plotly-plot")).to_be_visible()
    rule = re.compile(r"Half of the largest stable: ([\d.e-]+)")
    line = page.get_by_text(rule).first  # arrives after the chart
    line.wait_for()
    (rate,) = rule.findall(line.inner_text())
    before = runs_of_address(page)
    assert before[1].training.learning_rate != float(rate)
    page.locator("[class*=st-key-range-test-stable-0-1] button").click()
    toast = page.get_by_test_id("stToast")
    expect(toast).to_contain_text(f"Model B: learning rate {float(rate):g}. Press Train.")
    expect(page).to_have_url(re.compile("b.lr="))
    after = runs_of_address(page)
    assert after[1].training.learning_rate == float(rate)
    assert after[0] == before[0]
    expect(said).to_be_visible()  # nothing of the test is lost
    train(page)
    # The new results come with the tab that was open, and the test does not depend on the rate.
    expect(page.locator(".st-key-said")).to_contain_text("learning rate")
    expect(page.get_by_role("tab", name="Range test")).to_have_attribute("aria-selected", "true")
    expect(said).to_be_visible()
    quiet(page)


def test_the_other_model_has_its_own_test(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    open_tab(page, "Range test")
    page.locator(".st-key-range-test-model").get_by_text("B", exact=True).click()
    page.locator(".st-key-range-test-start-1 button").click()
    page.get_by_text(SAID).wait_for(timeout=60_000)
    for rule in RULES.values():
        expect(page.get_by_text(rule.label).first).to_be_visible()


def test_a_long_test_can_be_stopped_and_starts_again(page: Page, server: Server) -> None:
    slow = BENCH.replace("samples=150", "samples=2000").replace("b.hidden=3", "b.hidden=64-64")
    open_bench(page, server.url + slow)
    open_tab(page, "Range test")
    page.locator(".st-key-range-test-model").get_by_text("B", exact=True).click()
    page.locator(".st-key-range-test-start-1 button").click()
    page.locator("[class*=st-key-computation-][class*=-stop] button").click()
    page.get_by_text(re.compile("stopped at")).wait_for(timeout=30_000)
    expect(page.get_by_role("button", name="Start again")).to_be_visible()
