"""Sidebar of a bench in a browser: models are edited, changes taken back, differences marked."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import (
    chart,
    open_bench,
    quiet,
    set_number,
)
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = "/logistic_vs_mlp"


def test_sidebar_of_two_models_takes_one_and_a_half_screens(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport={"width": 1366, "height": 768})
    open_bench(page, server.url + BENCH)
    height = page.locator("[data-testid=stSidebarUserContent]").evaluate("e => e.scrollHeight")
    assert height <= 1.5 * 768


def test_a_model_is_renamed_copied_and_removed(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 1440, "height": 1200})
    open_bench(page, f"{server.url}{BENCH}?data=xor&samples=100&epochs=3&b.hidden=4")

    def menu(model: int) -> None:
        page.locator(f".st-key-logistic-menu-{model} button").first.click()

    menu(1)
    name = page.get_by_label("Name", exact=True)
    name.fill("Bends <b>")
    name.press("Enter")
    page.wait_for_url(re.compile("names="))
    page.keyboard.press("Escape")
    quiet(page)
    expect(page.locator(".annlab-title").nth(1)).to_contain_text("Bends <b>")
    expect(page.locator(".st-key-said")).to_contain_text("Bends <b>")
    names = [trace["name"] for trace in chart(page, "curves-loss")]
    assert "Bends &lt;b> training" in names
    menu(0)
    name.fill("bends <b>")
    name.press("Enter")
    expect(page.get_by_text("“bends <b>” is another model's name.")).to_be_visible()
    expect(page.locator(".annlab-title").first).not_to_contain_text("ends")
    name.fill("Line")
    name.press("Enter")
    expect(page.locator(".annlab-title").first).to_contain_text("Line")
    expect(page.get_by_text("is another model's name.")).to_have_count(0)
    name.fill("")
    name.press("Enter")
    expect(page.locator(".annlab-title").first).not_to_contain_text("Line")
    page.get_by_role("button", name="Copy").click()
    page.wait_for_url(re.compile("models=3"))
    quiet(page)
    # The name stays with its model.
    expect(page.locator(".st-key-logistic-menu-2")).to_contain_text("Bends <b>")
    page.keyboard.press("Escape")
    menu(0)
    page.get_by_role("button", name="Remove").click()
    quiet(page)
    expect(page.locator(".st-key-logistic-menu-1")).to_contain_text("Bends <b>")
    page.wait_for_url(lambda url: "models=" not in url)


def test_settings_are_undone_one_by_one_and_reset(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    epochs = page.get_by_label("Epochs", exact=True)
    for value in (77, 78):
        set_number(page, "Epochs", value)
    undo = page.get_by_role("button", name="Undo")
    for text in ("77", "300"):
        undo.click()
        quiet(page)
        expect(epochs).to_have_value(text)
    set_number(page, "Epochs", 79)
    page.get_by_role("button", name="Reset").click()
    quiet(page)
    expect(epochs).to_have_value("300")


def test_differing_settings_are_marked_and_folds_show_their_values(
    page: Page, server: Server
) -> None:
    open_bench(page, f"{server.url}{BENCH}?data=xor&samples=100&epochs=3&b.hidden=4&b.l2=0.01")
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text("Hidden layers ≠")).to_be_visible()
    expect(sidebar.get_by_text("Learning rate ≠")).to_have_count(0)
    expect(sidebar.get_by_text("Advanced: L2 B 0.01")).to_be_visible()
