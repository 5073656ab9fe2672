"""Tab Pieces in a browser: a place is chosen by a click, a touch and the keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import SLIDER, open_tab, quiet
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = (
    "/logistic_vs_mlp?data=xor&samples=200&a.hidden=6&b.hidden=4-4&activation=relu&lr=0.02"
    "&epochs=10&seeds=2"
)
LIES_IN = re.compile(r"^This place lies in piece (\d+) of [\d,]+: z = .*units (?:is|are) on")


def test_a_clicked_piece_is_outlined_in_all_models(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(server.url + BENCH)
    page.wait_for_selector(SLIDER)
    quiet(page)
    open_tab(page, "Pieces")
    said = page.get_by_test_id("stCaptionContainer").filter(has_text="lies in")
    place = [page.locator(f".places [data-part={name}]") for name in "xy"]
    mark = page.locator(".st-key-pieces-1 canvas.annlab-mark")
    empty = mark.evaluate("canvas => canvas.toDataURL()")
    page.locator(".st-key-pieces-1").scroll_into_view_if_needed()
    box = page.locator(".st-key-pieces-1 .nsewdrag").bounding_box()
    assert box is not None
    page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + 0.25 * box["height"])
    expect(said).to_have_text([LIES_IN, LIES_IN])
    for input_of_axis, wanted in zip(place, (0, 0.5), strict=True):
        # The plane of XOR reaches from about -1.1 to 1.1, a little farther in a tall picture.
        assert float(input_of_axis.input_value()) == pytest.approx(wanted, abs=0.2)
    outlined = mark.evaluate("canvas => canvas.toDataURL()")
    assert outlined != empty
    # By click, and with the arrow keys of the field.
    box = page.locator(".st-key-pieces-1 .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"])
    expect(place[1]).to_have_value(re.compile("^-0|^-1"))
    before = float(place[0].input_value())
    place[0].press("ArrowDown")
    assert float(place[0].input_value()) < before
    quiet(page)
    expect(said).to_have_text([LIES_IN, LIES_IN])
    assert mark.evaluate("canvas => canvas.toDataURL()") not in (empty, outlined)
    page.get_by_role("button", name="Clear").click()
    expect(said).to_have_count(0)
    expect(place[0]).to_have_value("")
