"""Wide and deep networks in a browser: switched on, trained, and drawn in every tab."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import chart, open_bench, open_tab, quiet, wait_for_change
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = "/logistic_vs_mlp?data=moons&samples=200&lr=0.05&epochs=12&a.hidden=3&b.hidden=3-2"
B = "section[aria-label='Model B']"
# Lines from the inputs straight to the output.
SKIPPING = f"{B} [data-weight='2,2,0'], {B} [data-weight='2,3,0']"


@pytest.fixture
def bench(page: Page, server: Server) -> Page:
    open_bench(page, f"{server.url}{BENCH}&b.wide=True")
    return page


def test_it_is_switched_on_and_trained(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    before = chart(page, "surface-1")
    page.locator(".st-key-logistic-more-model summary").click()
    page.locator(".st-key-logistic-b-wide").get_by_text("Wide and deep").locator(
        "xpath=ancestor::label"
    ).click()
    quiet(page)
    page.get_by_role("button", name=re.compile("^Train")).first.click()
    wait_for_change(page, "surface-1", before)
    quiet(page)
    assert "b.wide=True" in page.url
    expect(page.get_by_text("Wide and deep 3-2, ReLU").first).to_be_visible()


def test_a_model_without_hidden_layers_does_not_offer_it(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH.replace("a.hidden=3", "a.hidden="))
    page.locator(".st-key-logistic-more-model summary").click()
    page.wait_for_selector(".st-key-logistic-b-wide")
    assert page.locator(".st-key-logistic-a-wide").count() == 0


def test_weights_from_the_inputs_are_drawn_and_changed(bench: Page) -> None:
    open_tab(bench, "Inside")
    bench.wait_for_selector(f"{B} .unit")
    expect(bench.locator(SKIPPING)).to_have_count(2)
    expect(bench.locator(f"{B} .net")).to_contain_text("2 inputs straight to the output")
    expect(bench.locator(f"{B} .formula")).to_have_text(re.compile(r"h2\.2 .*·x1 .*·x2 "))
    bench.locator(f"{B} [data-weight='2,2,0']").dispatch_event("pointerenter")
    expect(bench.locator(f"{B} .news")).to_contain_text(re.compile(r"^x1 → P\(class 1\): "))
    weight = bench.locator(B).get_by_label("Weight from x1", exact=True)
    weight.fill("2.5")
    weight.press("Enter")
    expect(bench.locator(f"{B} .news")).to_contain_text("with your change")
    bench.get_by_role("button", name="Space", exact=True).click()
    expect(bench.locator(B)).to_contain_text("Layer 2 and inputs: 2 units and 2 inputs")


def test_one_update_goes_both_ways(bench: Page) -> None:
    open_tab(bench, "Step by step")
    bench.get_by_test_id("stButtonGroup").get_by_role("radio", name="B").click()
    net = bench.locator("[data-part=net]")
    expect(net).to_contain_text("inputs straight to the output")
    expect(net.locator(".line")).to_have_count(2 * 3 + 3 * 2 + 4)
    net.locator("[data-choice='2,3,0']").dispatch_event("click")
    expect(bench.locator("[data-part=weight] option:checked")).to_have_text("x2 → P(class 1)")
    expect(bench.locator("[data-part=equations]")).to_contain_text("what came in")


def test_the_graph_counts_both_ways(bench: Page) -> None:
    open_tab(bench, "Network")
    expect(bench.get_by_text("(2 + 2) × 1 + 1 = 5")).to_be_visible()
    expect(bench.get_by_text("inputs straight to the output").first).to_be_visible()
