"""Stage in a browser: one screen, side by side, nothing jumps."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from annlab.lessons.experiments import DEFAULTS
from tests.browser.bench import (
    CHART,
    RESULTS,
    SCORES,
    SLIDER,
    button,
    quiet,
    set_number,
)
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = "/logistic_vs_mlp"
BENCHES = {
    "logistic_vs_mlp": "surface",
    "multiclass": "surface",
    "regression": "fit",
    "activations": "surface",
    "several_outputs": "plane-curve",
}
# Their score is their loss.
WITHOUT_SCORE_CURVE = ("regression", "several_outputs")
LAPTOP = {"width": 1366, "height": 650}
# Layout shifts that no click or key has just caused.
SHIFTS = """() => {
    window.shifts = [];
    new PerformanceObserver(list => window.shifts.push(...list.getEntries().map(
        e => e.hadRecentInput ? 0 : e.value))).observe({type: "layout-shift"});
}"""


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector(f"{RESULTS} {CHART}")
    page.wait_for_selector(SLIDER)
    quiet(page)


@pytest.mark.parametrize("name", BENCHES)
@pytest.mark.parametrize(
    "viewport", [LAPTOP, {"width": 1920, "height": 1080}], ids=["laptop", "desktop"]
)
def test_everything_that_moves_is_on_the_first_screen(
    new_page: Callable[..., Page], server: Server, name: str, viewport: dict[str, int]
) -> None:
    page = new_page(viewport=viewport)
    # Two models, also on the page whose default has three.
    _open(page, f"{server.url}/{name}" + ("?models=2" if name == "activations" else ""))
    prefix = "logistic" if name == "logistic_vs_mlp" else name
    parts = {
        "question": page.locator("h1"),
        "Train": page.locator(f".st-key-{prefix}-train button:visible"),
        "Stop": page.locator(f".st-key-{prefix}-stop button:visible"),
        "what differs": page.get_by_text("What differs"),
        "picture of A": page.locator(f".st-key-{BENCHES[name]}-0 {CHART}"),
        "picture of B": page.locator(f".st-key-{BENCHES[name]}-1 {CHART}"),
        "score of A": page.locator(SCORES).nth(0),
        "score of B": page.locator(SCORES).nth(1),
        "distance to the baseline": page.locator("[data-film^=gain-]").nth(1),
        "curves of the loss": page.locator(f"{RESULTS} {CHART}"),
        "slider": page.locator(SLIDER),
        "Play": page.locator("[data-part=play]"),
    }
    if name not in WITHOUT_SCORE_CURVE:
        parts["curves of the score"] = page.locator(f".st-key-curves-accuracy {CHART}")
    for what, locator in parts.items():
        box = locator.first.bounding_box()
        assert box, what
        assert box["y"] >= 0, what
        assert box["y"] + box["height"] <= viewport["height"], what
        assert box["x"] + box["width"] <= viewport["width"], what
    pictures = [parts[f"picture of {letter}"].bounding_box() for letter in "AB"]
    assert all(box and box["height"] > 200 and box["width"] > 250 for box in pictures)
    assert len({box["y"] for box in pictures if box}) == 1


@pytest.mark.parametrize("n_models", [3, 4])
def test_more_models_only_shrink_the_pictures(
    new_page: Callable[..., Page], server: Server, n_models: int
) -> None:
    page = new_page(viewport=LAPTOP)
    query = f"models={n_models}&data=xor&samples=100&epochs=3&b.hidden=4&c.hidden=5"
    _open(page, f"{server.url}{BENCH}?{query}")
    for locator in (
        page.locator(f".st-key-surface-{n_models - 1} {CHART}"),
        page.locator(f"{RESULTS} {CHART}"),
        page.locator(SLIDER),
    ):
        box = locator.bounding_box()
        assert box
        assert box["y"] + box["height"] <= LAPTOP["height"]
    tops = {page.locator(f".st-key-surface-{i}").bounding_box()["y"] for i in range(n_models)}
    assert len(tops) == 1


def test_phone_shows_two_pictures_side_by_side_and_the_slider(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    _open(page, server.url + BENCH)
    a, b, slider, curves = (
        page.locator(selector).first.bounding_box()
        for selector in (".st-key-surface-0", ".st-key-surface-1", SLIDER, RESULTS)
    )
    assert a
    assert b
    assert slider
    assert curves
    assert a["y"] == b["y"]
    assert a["x"] + a["width"] <= b["x"]
    assert a["y"] + a["height"] < slider["y"] + slider["height"] <= 844
    assert curves["y"] > a["y"] + a["height"]
    # The slider stays in reach when the page scrolls to the curves.
    page.mouse.move(200, 400)
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(300)
    moved = page.locator(SLIDER).bounding_box()
    assert moved
    assert moved["y"] <= 844
    field = page.evaluate(
        """() => { const field = document.querySelector(".st-key-logistic-epochs input");
            field.dispatchEvent(new FocusEvent("focusin", {bubbles: true}));
            return field.inputMode; }"""
    )
    assert field == "decimal"


def test_phone_keeps_the_fields_of_two_models_side_by_side(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    _open(page, server.url + BENCH)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.wait_for_timeout(500)  # it slides in
    for keys in (("menu-0", "menu-1"), ("a-hidden", "b-hidden")):
        a, b = (page.locator(f".st-key-logistic-{key}").bounding_box() for key in keys)
        assert a
        assert b
        assert a["y"] == b["y"]
        assert a["x"] + a["width"] <= b["x"]
        assert b["x"] + b["width"] <= 320


def test_phone_says_in_full_what_a_score_is_about(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    _open(page, server.url + BENCH)
    labels = page.locator(".annlab-label > :first-child")
    expect(labels.first).to_be_visible()
    assert labels.count() >= 2
    for about in labels.all():
        assert about.evaluate("e => e.scrollWidth <= e.clientWidth"), about.inner_text()


@pytest.mark.parametrize("epochs", [1701, 43], ids=["long", "short"])
def test_nothing_jumps_from_train_to_the_final_charts(
    new_page: Callable[..., Page], server: Server, epochs: int
) -> None:
    page = new_page(viewport=LAPTOP)
    _open(page, server.url + BENCH)
    set_number(page, "Epochs", epochs)
    page.evaluate(SHIFTS)
    button(page, "train").click()
    expect(page.get_by_text("before your changes")).to_be_hidden()
    page.wait_for_selector(f"{RESULTS} {CHART}")
    expect(page.locator(SLIDER)).to_have_attribute("aria-valuetext", f"epoch {epochs}")
    page.wait_for_timeout(500)
    assert page.evaluate("window.shifts.reduce((a, b) => a + b, 0)") <= 0.02


@pytest.mark.parametrize("name", [*DEFAULTS, "compare"])
def test_heads_stay_in_step_whatever_their_texts(page: Page, server: Server, name: str) -> None:
    page.goto(f"{server.url}/{name}")
    page.wait_for_selector(f"{RESULTS} {CHART}")
    tops = page.locator("[class*='st-key-picture-']").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().y)"
    )
    assert len(tops) >= 2
    assert len(set(tops)) == 1
