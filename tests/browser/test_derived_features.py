"""Derived features in a browser: chosen in the sidebar, trained, and drawn as inputs."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import chart as chart_of
from tests.browser.bench import open_bench, open_tab, quiet, surface, wait_for_change
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

CIRCLES = "/logistic_vs_mlp?data=circles&samples=300&noise=0.05&lr=0.1&epochs=30&a.hidden="
A = "section[aria-label='Model A']"


def test_a_line_with_squares_draws_a_circle(page: Page, server: Server) -> None:
    open_bench(page, server.url + CIRCLES)
    before = chart_of(page, "surface-0")
    page.locator(".st-key-logistic-more-model summary").click()
    page.locator("[class*=open-features-0] button").first.click()
    features = page.get_by_test_id("stPopoverBody")
    for name in ("x₁²", "x₂²"):  # the popover stays open
        features.get_by_role("button", name=name, exact=True).click()
        quiet(page)
    expect(page.locator("[class*=open-features-0] button").first).to_contain_text(
        "x₁, x₂, x₁², x₂²"
    )
    for name in ("x₁", "x₂"):
        features.get_by_role("button", name=name, exact=True).click()
        quiet(page)
    page.keyboard.press("Escape")
    expect(page.locator("[class*=open-features-1] button").first).to_contain_text("x₁, x₂")
    page.get_by_role("button", name=re.compile("^Train")).first.click()
    wait_for_change(page, "surface-0", before)
    quiet(page)
    assert "a.features=x1_squared-x2_squared" in page.url
    shares = surface(page, 0)
    middle, corners = shares[50][50], [shares[i][j] for i in (0, -1) for j in (0, -1)]
    assert middle > 50 > max(corners)
    expect(page.locator(".st-key-stage")).to_contain_text("Logistic regression · x₁², x₂²")
    open_tab(page, "Inside")
    page.wait_for_selector(f"{A} .unit")
    expect(page.locator(f"{A} .unit small").first).to_have_text("x1²")
    expect(page.locator(f"{A} .formula")).to_have_text(re.compile(r"σ\(.*x1².*x2²"))
    # The browser's own network says what the run says.
    loss = float(page.locator(f"{A} .news").inner_text().split(": ")[1])
    assert 0 < loss < 0.4
