"""Stage in a browser: one screen, nothing jumps, the film plays, drawn equal to the charts."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from annlab.ui.shell import PAGES
from tests.browser.bench import (
    CHART,
    RESULTS,
    SCORES,
    SLIDER,
    button,
    chart,
    metrics,
    open_bench,
    open_tab,
    quiet,
    set_number,
    wait_for_rest,
)
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = "/logistic_vs_mlp"
BENCHES = {
    "logistic_vs_mlp": "surface",
    "multiclass": "surface",
    "regression": "fit",
    "activations": "surface",
}
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
    if name != "regression":  # whose score is its loss
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


def test_sidebar_of_two_models_takes_one_and_a_half_screens(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport={"width": 1366, "height": 768})
    _open(page, server.url + BENCH)
    height = page.locator("[data-testid=stSidebarUserContent]").evaluate("e => e.scrollHeight")
    assert height <= 1.5 * 768


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


def test_film_plays_to_the_end_and_leaves_the_final_charts(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    before = metrics(page), chart(page, "surface-1")
    seen = page.evaluate_handle(
        """() => { const seen = new Set();
            const score = document.querySelector("[data-film=score-1]");
            new MutationObserver(() => seen.add(score.textContent)).observe(
                score, {childList: true, characterData: true, subtree: true});
            return seen; }"""
    )
    page.locator("[data-part=speed]").select_option("8")
    page.locator("[data-part=play]").click()
    expect(page.locator("[data-part=play]")).to_have_attribute("aria-label", "Pause")
    expect(page.locator(SLIDER)).to_have_attribute("aria-valuetext", "epoch 300")
    expect(page.locator("[data-part=play]")).to_have_attribute("aria-label", "Play")
    assert seen.evaluate("seen => seen.size") > 5  # the score moved with the film
    wait_for_rest(page)
    assert (metrics(page), chart(page, "surface-1")) == before
    assert "epoch=" not in page.url.replace("epochs=", "")
    assert _hidden_overlays(page) == 2


def _hidden_overlays(page: Page) -> int:
    """Number of pictures over which the film draws nothing."""
    return page.evaluate(
        """() => [0, 1].filter(i => { const canvas = document.querySelector(
            `.st-key-surface-${i} canvas.annlab-film`);
            return !canvas || canvas.style.visibility === "hidden"; }).length"""
    )


def test_scores_of_a_frame_are_those_of_the_server(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    slider = page.locator(SLIDER)
    slider.focus()
    slider.press("Home")
    for _ in range(6):
        slider.press("ArrowRight")
    of_film = metrics(page)
    wait_for_rest(page)
    assert re.search(r"epoch=6\b", page.url)
    assert metrics(page) == of_film
    page.reload()
    page.wait_for_selector(SLIDER)
    quiet(page)
    assert metrics(page) == of_film
    expect(page.locator(SLIDER)).to_have_attribute("aria-valuetext", "epoch 6")


def test_a_frame_looks_like_the_chart_of_its_epoch(page: Page, server: Server) -> None:
    """The canvas and Plotly's picture of the same epoch differ little in color."""
    open_bench(page, server.url + BENCH)
    slider = page.locator(SLIDER)
    slider.focus()
    slider.press("Home")
    for _ in range(10):
        slider.press("ArrowRight")
    area = page.locator(".st-key-surface-1 .nsewdrag").first.bounding_box()
    assert area
    film = page.screenshot(clip=area)
    wait_for_rest(page)
    page.mouse.move(5, 5)
    at_rest = page.screenshot(clip=area)
    a, b = _pixels(page, film), _pixels(page, at_rest)
    assert a.shape == b.shape
    differs = np.abs(a - b).max(axis=-1) > 60
    assert differs.mean() < 0.02


def _pixels(page: Page, png: bytes) -> Any:
    import base64

    data = page.evaluate(
        """async text => { const image = new Image(); image.src = "data:image/png;base64," + text;
            await image.decode(); const canvas = new OffscreenCanvas(image.width, image.height);
            const context = canvas.getContext("2d"); context.drawImage(image, 0, 0);
            const {data} = context.getImageData(0, 0, image.width, image.height);
            return [image.width, image.height, Array.from(data)]; }""",
        base64.b64encode(png).decode(),
    )
    width, height, values = data
    return np.array(values, float).reshape(height, width, 4)[..., :3]


def test_film_is_played_with_the_keyboard(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    slider = page.locator(SLIDER)
    slider.focus()
    top = page.locator("[data-testid=stMain]").evaluate("e => e.scrollTop")
    slider.press("Space")
    expect(page.locator("[data-part=play]")).to_have_attribute("aria-label", "Pause")
    slider.press("Space")
    expect(page.locator("[data-part=play]")).to_have_attribute("aria-label", "Play")
    assert page.locator("[data-testid=stMain]").evaluate("e => e.scrollTop") == top
    slider.press("Home")
    page.locator("[data-part=forward]").focus()
    page.keyboard.press("Space")  # presses the focused button, and nothing else
    expect(slider).to_have_attribute("aria-valuetext", "epoch 1")
    expect(page.locator("[data-part=play]")).to_have_attribute("aria-label", "Play")
    page.locator("[data-part=back]").click()
    expect(slider).to_have_attribute("aria-valuetext", "epoch 0")


def _started(page: Page) -> bool:
    """Whether the film has begun to play within a second and a half."""
    for _ in range(15):
        if page.locator("[data-part=play]").get_attribute("aria-label") == "Pause":
            return True
        page.wait_for_timeout(100)
    return False


SHORT = f"{BENCH}?data=xor&samples=100&b.hidden=4"


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_short_training_is_played_once_unless_motion_is_reduced(
    new_page: Callable[..., Page], server: Server, motion: str
) -> None:
    page = new_page(reduced_motion=motion)
    epochs = {"no-preference": 31, "reduce": 32}[motion]
    page.goto(f"{server.url}{SHORT}&epochs={epochs}")
    page.wait_for_selector(SLIDER)
    assert _started(page) is (motion == "no-preference")
    page.reload()
    page.wait_for_selector(SLIDER)
    assert not _started(page)
    # The end of a training is told to screen readers.
    set_number(page, "Epochs", epochs + 5)
    button(page, "train").click()
    expect(page.locator("#annlab-news")).to_contain_text("Training has ended.")


def test_autoplay_can_be_switched_off(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page(reduced_motion="no-preference")
    page.goto(f"{server.url}{SHORT}&epochs=33")
    page.wait_for_selector(SLIDER)
    page.locator("summary[aria-label='More about the film']").click()
    page.locator("[data-part=auto]").uncheck()
    page.reload()
    page.wait_for_selector(SLIDER)
    set_number(page, "Epochs", 34)
    button(page, "train").click()
    expect(page.locator(SLIDER)).to_have_attribute("aria-valuetext", "epoch 34")
    assert not _started(page)


def test_models_of_different_length_hold_at_their_ends(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page()
    query = "runs=2&data=xor&samples=100&seeds=1&a.epochs=4&b.epochs=9&b.hidden=4"
    page.goto(f"{server.url}/compare?{query}")
    page.wait_for_selector(SLIDER)
    quiet(page)
    end = metrics(page)
    slider = page.locator(SLIDER)
    slider.focus()
    for _ in range(3):
        slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "epoch 6")
    assert metrics(page)[0] == end[0]
    wait_for_rest(page)
    assert metrics(page)[0] == end[0]


def test_the_film_follows_the_page(page: Page, server: Server) -> None:
    """After a new training, and after Back, the slider stands where the charts do."""
    open_bench(page, f"{server.url}{BENCH}?data=xor&samples=100&b.hidden=4&epochs=8")
    slider = page.locator(SLIDER)
    slider.focus()
    slider.press("Home")
    wait_for_rest(page)
    assert "epoch=0" in page.url
    button(page, "train").click()  # stored: shown at once, at the end
    expect(slider).to_have_attribute("aria-valuetext", "epoch 8")
    wait_for_rest(page)


def test_frames_and_films_are_exported(
    page: Page, new_page: Callable[..., Page], server: Server, tmp_path: Path
) -> None:
    open_bench(page, server.url + BENCH)
    slider = page.locator(SLIDER)
    slider.focus()
    slider.press("Home")
    page.locator("summary[aria-label='More about the film']").click()
    files = {}
    for kind in ("png", "svg"):
        with page.expect_download() as found:
            page.locator(f"[data-part={kind}]").click()
        files[kind] = tmp_path / found.value.suggested_filename
        found.value.save_as(files[kind])
    assert files["png"].name == "epoch-0.png"
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    assert files["png"].stat().st_size > 20_000
    svg = files["svg"].read_text()
    assert svg.startswith("<svg")
    assert "Moons, epoch 0" in svg
    page.keyboard.press("Escape")
    open_tab(page, "Export")
    with page.expect_download() as found:
        page.get_by_role("button", name="Film", exact=True).click()
    path = tmp_path / "film.html"
    found.value.save_as(path)
    alone = new_page(offline=True, viewport=LAPTOP)
    alone.goto(path.as_uri())
    alone.wait_for_selector(SLIDER)
    expect(alone.locator(SLIDER)).to_have_attribute("aria-valuetext", "epoch 300")
    assert metrics(alone) == metrics(page) or alone.locator(SCORES).count() == 2
    alone.locator("[data-part=speed]").select_option("8")
    alone.locator("[data-part=play]").click()
    alone.wait_for_timeout(300)
    shown = alone.evaluate(
        "document.querySelector('.st-key-surface-1 canvas.annlab-film').style.visibility"
    )
    assert shown == "visible"


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
    assert "models=" not in page.url


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


@pytest.mark.parametrize("name", [name for name in PAGES if name != "home"])
def test_heads_stay_in_step_whatever_their_texts(page: Page, server: Server, name: str) -> None:
    page.goto(f"{server.url}/{name}")
    page.wait_for_selector(f"{RESULTS} {CHART}")
    tops = page.locator("[class*='st-key-picture-']").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().y)"
    )
    assert len(tops) >= 2
    assert len(set(tops)) == 1
