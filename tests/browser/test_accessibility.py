"""Accessibility of every page: axe-core, headings, zoom, names of charts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from annlab.ui.shell import PAGES
from tests.browser.axe import assert_accessible, themes
from tests.browser.bench import CHART, RESULTS, SLIDER, open_bench, open_tab, quiet
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


def _open(page: Page, server: Server, name: str) -> None:
    page.goto(server.url + ("/" if name == "home" else f"/{name}"))
    page.wait_for_selector("h1")
    if name == "perceptron":
        page.wait_for_selector(f".st-key-perceptron-unit {CHART}")
    elif name == "gradient_descent":
        page.wait_for_selector("[data-part=map] canvas")
    elif name == "search":
        page.wait_for_selector(f".st-key-search-lines {CHART}")
    elif name == "data":
        page.wait_for_selector("[data-testid=stFileUploader]")
    elif name != "home":
        page.wait_for_selector(f"{RESULTS} {CHART}")
        page.wait_for_selector(SLIDER)
    quiet(page)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page: Page, server: Server, name: str) -> None:
    _open(page, server, name)
    for _ in themes(page):
        assert_accessible(page)


def test_axe_finds_nothing_in_any_tab(page: Page, server: Server) -> None:
    open_bench(page, f"{server.url}/logistic_vs_mlp")
    page.locator(".st-key-verdict summary").click()
    for scheme in themes(page):
        for name in page.get_by_role("tab").all_inner_texts():
            open_tab(page, name)
            page.wait_for_timeout(300)
            assert_accessible(page, f"{name}, {scheme}")


def test_charts_are_named_and_their_numbers_are_a_table(page: Page, server: Server) -> None:
    open_bench(page, f"{server.url}/logistic_vs_mlp")
    for key in ("surface-0", "surface-1", "curves-loss", "curves-accuracy"):
        named = page.locator(f".st-key-{key} [aria-label], .st-key-{key}[aria-label]")
        assert named.first.get_attribute("aria-label"), key
    open_tab(page, "Numbers")
    box = page.get_by_role("combobox", name="Chart", exact=True)
    box.focus()
    box.press("ArrowDown")
    for _ in range(2):
        box.press("ArrowDown")
    box.press("Enter")
    quiet(page)
    rows = page.get_by_role("tabpanel").locator("table tbody tr")
    expect(rows.first).to_be_visible()
    assert rows.count() > 10


@pytest.mark.parametrize("name", ["logistic_vs_mlp", "activations"])
def test_page_works_at_a_zoom_of_200_percent(
    new_page: Callable[..., Page], server: Server, name: str
) -> None:
    # A browser that zooms has half the pixels, each twice as large.
    page = new_page(viewport={"width": 683, "height": 325}, device_scale_factor=2)
    _open(page, server, name)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    page.locator(f"{RESULTS} {CHART}").scroll_into_view_if_needed()
    box = page.locator(f"{RESULTS} {CHART}").bounding_box()
    assert box
    assert box["width"] > 200
    assert box["height"] > 90
    page.locator("[data-part=play]").click()
    expect(page.locator("[data-part=play]")).to_have_attribute("aria-label", "Pause")
