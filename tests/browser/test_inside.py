"""Tab Inside in a browser: units, samples, weights and spaces follow the student and the film."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import SLIDER, open_bench, open_tab, quiet
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = "/logistic_vs_mlp"
B = "section[aria-label='Model B']"
NEWS, FORMULA = f"{B} .news", f"{B} .formula"


@pytest.fixture
def inside(page: Page, server: Server) -> Page:
    open_bench(page, server.url + BENCH)
    open_tab(page, "Inside")
    page.wait_for_selector(f"{B} .unit")
    return page


def pixels(page: Page, selector: str) -> str:
    return page.locator(selector).first.evaluate("canvas => canvas.toDataURL()")


def test_a_unit_is_shown_large_with_its_formula(inside: Page) -> None:
    expect(inside.locator(FORMULA)).to_have_text(re.compile(r"^P\(class 1\) = σ\(.*h2\.1"))
    before = pixels(inside, f"{B} .pictures canvas")
    inside.locator(f"{B} [data-unit='0,1']").click()
    expect(inside.locator(FORMULA)).to_have_text(re.compile(r"^h1\.2 = tanh\(.*x1.*x2"))
    expect(inside.locator(f"{B} .facts")).to_contain_text("Slope:")
    assert pixels(inside, f"{B} .pictures canvas") != before
    # With the keyboard too.
    unit = inside.locator(f"{B} [data-unit='1,0']")
    unit.focus()
    unit.press("Enter")
    expect(inside.locator(FORMULA)).to_have_text(re.compile("^h2"))


def test_a_weight_is_changed_and_taken_back(inside: Page) -> None:
    trained = inside.locator(NEWS).inner_text()
    output = f"{B} [data-unit='2,0'] canvas"
    before = pixels(inside, output)
    bias = inside.get_by_label("Bias", exact=True).last
    value = bias.input_value()
    bias.fill("3")
    bias.press("Enter")
    expect(inside.locator(NEWS)).to_contain_text("with your change")
    assert pixels(inside, output) != before
    inside.locator(f"{B} [data-row] input[type=range]").first.press("ArrowRight")
    expect(inside.locator(NEWS)).to_contain_text("with your 2 changes")
    inside.locator(B).get_by_role("button", name="Undo").click()
    expect(inside.locator(NEWS)).to_contain_text("with your change")
    inside.locator(B).get_by_role("button", name="Reset all").click()
    expect(inside.locator(NEWS)).to_have_text(trained)
    expect(bias).to_have_value(value)
    assert pixels(inside, output) == before
    # The run is as it was: scores of the page have not moved.
    expect(inside.locator("[data-film=score-1]")).to_contain_text("0.95")


def test_a_sample_is_marked_everywhere(inside: Page) -> None:
    said = inside.locator("[data-part=said]")
    expect(said).to_contain_text("Click a sample")
    inside.locator(f"{B} .pictures canvas").first.click(position={"x": 60, "y": 60})
    expect(said).to_contain_text(re.compile(r"A: P\(class 1\) .*B: P\(class 1\).* true: class"))
    sample = inside.locator("[data-part=sample]")
    by_click = sample.input_value()
    inside.wait_for_timeout(400)  # the server hears of it
    quiet(inside)
    expect(sample).to_have_value(by_click)
    on_stage = ".st-key-surface-1 canvas.annlab-mark"
    first = pixels(inside, on_stage)
    sample.fill("7")
    expect(said).not_to_contain_text("Click")
    inside.wait_for_timeout(100)
    assert pixels(inside, on_stage) != first
    # A click on the picture on the stage marks too.
    inside.locator(".st-key-surface-0").scroll_into_view_if_needed()
    box = inside.locator(".st-key-surface-0 .nsewdrag").bounding_box()
    assert box is not None
    inside.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] / 3)
    expect(sample).not_to_have_value("7")


def test_units_and_spaces_follow_the_film(inside: Page) -> None:
    at_the_end = inside.locator(FORMULA).inner_text()
    inside.locator(SLIDER).focus()
    inside.locator(SLIDER).press("Home")
    expect(inside.locator(FORMULA)).not_to_have_text(at_the_end)
    inside.locator("[data-part=space]").click()
    cell = f"{B} figure:nth-child(3) canvas"
    inside.wait_for_selector(cell)
    before = pixels(inside, cell)
    inside.locator(SLIDER).press("ArrowRight")
    inside.locator(SLIDER).press("ArrowRight")
    inside.wait_for_timeout(100)
    assert pixels(inside, cell) != before
    inside.locator(SLIDER).press("End")
    inside.locator("[data-part=units]").click()
    expect(inside.locator(FORMULA)).to_have_text(at_the_end)


def test_the_motions_of_a_layer_are_played(inside: Page) -> None:
    inside.locator("[data-part=space]").click()
    cell = f"{B} figure:nth-child(3)"
    before = pixels(inside, f"{cell} canvas")
    inside.locator(f"{cell} button").click()
    expect(inside.locator(f"{cell} .motion")).to_have_text("biases b")
    assert pixels(inside, f"{cell} canvas") != before
    expect(inside.locator(f"{cell} .motion")).to_have_text("")
    assert pixels(inside, f"{cell} canvas") == before


def test_a_weight_is_read_at_its_line(inside: Page) -> None:
    line = inside.locator(f"{B} [data-weight='1,2,0']")
    line.dispatch_event("pointerenter")
    expect(inside.locator(NEWS)).to_have_text(re.compile(r"h1\.3 → h2\.1: .*, gradient "))
    line.dispatch_event("pointerleave")
    expect(inside.locator(NEWS)).to_contain_text("Loss on 640 training samples")


@pytest.mark.parametrize("page_name", ["multiclass", "regression", "activations"])
def test_every_bench_has_an_inside(
    new_page: Callable[..., Page], server: Server, page_name: str
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{server.url}/{page_name}")
    page.wait_for_selector(SLIDER)
    quiet(page)
    open_tab(page, "Inside")
    page.wait_for_selector(f"{B} .unit canvas")
    page.locator("[data-part=space]").click()
    page.wait_for_selector(f"{B} figure canvas")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_what_the_tab_sends_is_small(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page(again=False)
    received: list[int] = []
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda d: received.append(len(d)))
    )
    open_bench(page, server.url + BENCH)
    before = sum(received)
    open_tab(page, "Inside")
    page.wait_for_selector(f"{B} .unit")
    assert 0 < sum(received) - before < 700_000


def test_activations_are_downloaded(inside: Page) -> None:
    with inside.expect_download() as download:
        inside.locator("[data-part=csv]").click()
    rows = download.value.path().read_text().splitlines()
    heads = rows[0].split(",")
    assert heads == ["sample", "A P(class 1)"] + [
        f"B {name}" for name in ("h1.1", "h1.2", "h1.3", "h1.4", "h2.1", "h2.2", "P(class 1)")
    ]
    assert len(rows) == 201
    assert all(-1 <= float(value) <= 1 for value in rows[-1].split(",")[1:])


def test_changes_outlive_the_tab(inside: Page) -> None:
    inside.locator(f"{B} [data-unit='0,2']").click()
    bias = inside.locator(f"{B} [data-row='2'] input[type=number]")
    bias.fill("1e9")
    bias.press("Tab")
    note = inside.locator(f"{B} [data-part=note]")
    expect(note).to_have_text("1e9 is not used. Write a number from −1000 to 1000.")
    bias.fill("2")
    bias.press("Enter")
    expect(inside.locator(NEWS)).to_contain_text("with your change")
    expect(note).not_to_contain_text("is not used")
    open_tab(inside, "Notes")
    open_tab(inside, "Inside")
    expect(inside.locator(NEWS)).to_contain_text("with your change")
    expect(inside.locator(f"{B} h3")).to_contain_text("with your changes")
    expect(inside.locator(FORMULA)).to_have_text(re.compile("^h1.3 = .*2.00"))


def test_marks_stay_in_place_when_the_window_is_resized(inside: Page) -> None:
    inside.locator("[data-part=sample]").fill("7")
    inside.set_viewport_size({"width": 1000, "height": 650})
    inside.wait_for_timeout(1500)
    boxes = [
        inside.locator(f".st-key-surface-1 {part}").bounding_box()
        for part in ("canvas.annlab-mark", ".nsewdrag")
    ]
    assert boxes[0] is not None
    assert boxes[1] is not None
    for side in ("x", "y", "width", "height"):
        assert boxes[0][side] == pytest.approx(boxes[1][side], abs=2)


def test_a_confusion_matrix_on_the_stage_stays_clickable(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport={"width": 1366, "height": 650})
    page.goto(f"{server.url}/multiclass?data=digits&b.hidden=12&epochs=3&seeds=2&test=0.2")
    page.wait_for_selector(SLIDER)
    quiet(page)
    open_tab(page, "Inside")
    page.wait_for_selector(f"{B} .unit")
    page.locator(".st-key-confusion-0 .nsewdrag").click(position={"x": 20, "y": 20}, force=True)
    quiet(page)
    assert page.locator("[data-part=sample]").input_value() == ""
    assert page.locator("canvas.annlab-mark").count() == 0


def test_a_space_of_three_units_turns_by_keyboard(page: Page, server: Server) -> None:
    query = "?data=xor&samples=100&b.hidden=3&activation=tanh&epochs=3&seeds=2"
    open_bench(page, server.url + BENCH + query)
    open_tab(page, "Inside")
    page.locator("[data-part=space]").click()
    space = page.locator(f"{B} canvas.turns")
    expect(space).to_have_attribute("aria-label", re.compile("Layer 1: 3 units.*Arrow keys"))
    seen = {pixels(page, f"{B} canvas.turns")}
    for key in ("ArrowRight", "ArrowUp"):
        space.press(key)
        seen.add(pixels(page, f"{B} canvas.turns"))
    assert len(seen) == 3
