"""The page on the first neuron in a browser: gates, steps, board, machines, phone, axe."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from annlab.ui.perceptron.by_hand import AT_FIRST, GATES, STEP
from annlab.ui.perceptron.page import TABS
from tests.browser.axe import assert_accessible, themes
from tests.browser.bench import CHART, chart, quiet
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

LAPTOP = {"width": 1366, "height": 650}
PHONE = {"width": 390, "height": 844}
# A chart of each tab.
SHOWN = {
    "By hand": "perceptron-unit",
    "The rule": "perceptron-weights",
    "16 functions": "perceptron-board",
    "Four machines": "perceptron-mlp",
}


def _open(page: Page, server: Server, tab: str = "By hand") -> None:
    page.goto(f"{server.url}/perceptron?tab={tab.replace(' ', '+')}")
    page.wait_for_selector(f".st-key-{SHOWN[tab]} {CHART}")
    quiet(page)


def _choose(page: Page, gate: str) -> None:
    page.get_by_role("radiogroup").get_by_text(gate, exact=True).click()
    quiet(page)


def test_every_gate_is_solved_with_the_keyboard(page: Page, server: Server) -> None:
    _open(page, server)
    for gate, entry in GATES.items():
        if not entry.entry.is_separable:
            continue
        _choose(page, gate)
        expect(page.get_by_text("Solved:")).to_have_count(0)
        for label, start, end in zip(
            ("Weight w₁", "Weight w₂", "Bias b"), AT_FIRST, entry.entry.weights, strict=True
        ):
            if label == "Weight w₂" and entry.n_inputs == 1:
                continue
            slider = page.get_by_role("slider", name=label)
            slider.focus()
            n_presses = round((end - start) / STEP)
            for _ in range(abs(n_presses)):
                slider.press("ArrowRight" if n_presses > 0 else "ArrowLeft")
            quiet(page)
        expect(page.get_by_text(f"the unit computes {gate}.")).to_be_visible()
    _choose(page, "XOR")
    expect(page.get_by_text("No line can do this.")).to_be_visible()


def test_xor_is_solved_from_three_gates(page: Page, server: Server) -> None:
    _open(page, server)
    _choose(page, "XOR from three gates")
    page.wait_for_selector(f".st-key-perceptron-three-gates {CHART}")
    box = page.get_by_label("out: b", exact=True)
    box.fill("-1.5")
    box.press("Enter")
    expect(page.get_by_text("two lines do what one cannot.")).to_be_visible()


def test_ten_networks_find_xor_or_not(page: Page, server: Server) -> None:
    _open(page, server)
    _choose(page, "XOR by an MLP")
    page.get_by_role("button", name="Train 10 networks").click()
    page.wait_for_selector(f".st-key-perceptron-xor-networks {CHART}")
    text = page.get_by_text(re.compile(r"\d+ of 10 networks found XOR"))
    expect(text).to_be_visible()
    n_found = int(text.inner_text().split()[0])
    titles = page.locator(".st-key-perceptron-xor-networks .annotation-text").all_text_contents()
    assert len(titles) == 10
    assert sum("✓" in title for title in titles) == n_found


def test_steps_move_line_and_weights(page: Page, server: Server) -> None:
    _open(page, server, "The rule")

    def now() -> tuple[float, float]:
        (trace,) = (t for t in chart(page, "perceptron-weights") if t["name"] == "now")
        return trace["x"][0], trace["y"][0]

    assert now() == (0, 0)
    page.get_by_role("button", name="Next mistake").click()
    quiet(page)
    page.get_by_role("button", name="Next mistake").click()
    expect(page.get_by_text("the change is (1, 1, 1)")).to_be_visible()
    quiet(page)
    assert now() == (1, 1)
    page.get_by_role("button", name="Back").click()
    quiet(page)
    assert now() == (0, 0)
    page.get_by_role("button", name="Run to the end").click()
    expect(page.get_by_text("no mistake in epoch 9")).to_be_visible()
    expect(page.get_by_text("Mistakes: 18 of at most 51")).to_be_visible()
    slider = page.get_by_role("slider", name="Steps done")
    slider.focus()
    slider.press("Home")
    expect(page.get_by_text("All weights are 0.")).to_be_visible()


def test_all_16_run_at_once(page: Page, server: Server) -> None:
    _open(page, server, "16 functions")
    box = page.get_by_role("combobox", name=re.compile("Predict"))
    for name in ("XOR", "XNOR"):
        box.fill(name)
        page.get_by_role("option", name=name, exact=True).click()
        quiet(page)
    box.press("Escape")
    page.get_by_role("button", name="Run all 16").click()
    expect(page.get_by_text("14 stop; XOR and XNOR never do.")).to_be_visible()
    expect(page.get_by_text("Your prediction was right.")).to_be_visible()
    quiet(page)
    titles = page.locator(".st-key-perceptron-board .annotation-text").all_text_contents()
    assert titles.count("never") == 2
    assert sum(title.startswith("✓") for title in titles) == 14


@pytest.mark.parametrize("tab", TABS)
def test_link_opens_a_tab_that_fits_on_the_first_screen(
    new_page: Callable[..., Page], server: Server, tab: str
) -> None:
    page = new_page(viewport=LAPTOP)
    _open(page, server, tab)
    expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
    for chart_of_tab in page.locator(f"[data-testid=stMain] {CHART}").all():
        box = chart_of_tab.bounding_box()
        assert box
        assert box["y"] + box["height"] <= LAPTOP["height"]
        assert box["width"] > 200


@pytest.mark.parametrize("tab", TABS)
def test_phone_scrolls_only_down(new_page: Callable[..., Page], server: Server, tab: str) -> None:
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark")
    _open(page, server, tab)
    overflow = "e => e.scrollWidth - e.clientWidth"
    assert page.locator("[data-testid=stMain]").evaluate(overflow) <= 0


def test_axe_finds_nothing_in_any_tab(page: Page, server: Server) -> None:
    for tab in TABS:
        _open(page, server, tab)
        if tab == "16 functions":
            page.get_by_role("button", name="Run all 16").click()
            page.wait_for_selector(f".st-key-perceptron-cycle {CHART}")
        if tab == "The rule":
            page.get_by_role("button", name="Run to the end").click()
            quiet(page)
        _check(page, tab)
    _open(page, server)
    for gate in ("XOR", "XOR from three gates", "XOR by an MLP"):
        _choose(page, gate)
        _check(page, gate)


def _check(page: Page, what: str) -> None:
    for scheme in themes(page):
        assert_accessible(page, f"{what}, {scheme}")
