"""Points are drawn with mouse, finger and keys, and networks learn from them."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright._impl._api_structures import Position
from playwright.sync_api import Locator, Page, expect

from annlab import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.config.links import write_bench
from annlab.datasets.own.drawing.drawn import DrawnPoint, DrawnPoints
from annlab.datasets.own.drawing.drawn_file import read_drawn_file, write_drawn_file
from annlab.datasets.own.drawing.drawn_table import drawn_table
from annlab.datasets.own.drawing.drawn_text import read_drawn, write_drawn
from tests.browser.axe import assert_accessible, themes
from tests.browser.bench import chart, quiet, wait_for_results
from tests.browser.conftest import TIMEOUT_MS, Server
from tests.datasets.own.drawing.drawings import at_random

pytestmark = pytest.mark.browser

LAPTOP = {"width": 1366, "height": 650}
PHONE = {"width": 390, "height": 844}
TAB = "/data?tab=Draw+points"
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# Two classes that a line separates.
CLOUDS = DrawnPoints(
    "classes",
    tuple(DrawnPoint(-300 + 600 * (k % 2) + 10 * k, 37 * k % 500, k % 2) for k in range(30)),
)


def _open(page: Page, server: Server, drawn: DrawnPoints | None = None) -> None:
    points = f"&points={write_drawn(drawn)}" if drawn else ""
    page.goto(f"{server.url}{TAB}{points}")
    page.wait_for_selector("[data-part=map] canvas")
    quiet(page)


def _pad(page: Page) -> Locator:
    return page.locator("[data-part=map]")


def _at(page: Page, x: float, y: float) -> Position:
    """Position of a place of the pad inside its element, in pixels."""
    box = _pad(page).locator("canvas").bounding_box()
    assert box
    side = box["width"] - 38 - 8  # edges of the picture
    return {"x": 38 + (x + 6) / 12 * side, "y": 6 + (6 - y) / 12 * side}


def _click(page: Page, x: float, y: float, **options: Any) -> None:
    _pad(page).click(position=_at(page, x, y), **options)


def _drag(page: Page, start: tuple[float, float], end: tuple[float, float], **options: Any) -> None:
    box = _pad(page).bounding_box()
    assert box
    for k, place in enumerate((start, end)):
        at = _at(page, *place)
        page.mouse.move(box["x"] + at["x"], box["y"] + at["y"], steps=4)
        if k == 0:
            page.mouse.down(**options)
    page.mouse.up(**options)


def _sent(page: Page, unlike: DrawnPoints | None = None) -> DrawnPoints:
    """Points of the pad, once they have reached the server, which writes the address."""
    n = _count(page)
    for _ in range(TIMEOUT_MS // 100):
        text = parse_qs(urlparse(page.url).query).get("points", [""])[0]
        found = read_drawn(text) if text else DrawnPoints()
        if len(found.points) == n and found != unlike:
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"the address never held {n} points")


def _count(page: Page) -> int:
    page.evaluate(TWO_FRAMES)  # the pad is drawn in the next one
    text = page.locator("[data-part=counts]").inner_text()
    return int(text.split(" ")[0].replace(",", ""))


def _expect_count(page: Page, n: int) -> None:
    expect(page.locator("[data-part=counts]")).to_have_text(f"{n} of at most 2,000 points.")


def test_the_mouse_draws_classes_and_erases(page: Page, server: Server) -> None:
    _open(page, server)
    _click(page, -2, 3)
    page.get_by_role("radio", name="class 3").check()
    _click(page, 4, -5)
    drawn = _sent(page)
    (x, y, _), (u, v, _) = drawn.points
    assert (x / 100, y / 100, u / 100, v / 100) == pytest.approx((-2, 3, 4, -5), abs=0.03)
    assert drawn.counts == (1, 0, 1, 0)
    expect(page.get_by_text("Class 1 has 1 point. Draw another one, or erase it.")).to_be_visible()
    _click(page, 4, -5, button="right")
    assert _sent(page).counts == (1, 0, 0, 0)
    page.get_by_role("radio", name="eraser").check()
    _click(page, -2, 3)
    assert _sent(page) == DrawnPoints()


def test_a_dragged_line_is_one_stroke(page: Page, server: Server) -> None:
    _open(page, server)
    _drag(page, (-5, 0), (5, 0))
    drawn = _sent(page)
    assert 30 <= len(drawn.points) <= 34
    assert {point.y for point in drawn.points} <= {-2, -1, 0, 1, 2}
    page.get_by_role("button", name="Undo").click()
    _expect_count(page, 0)
    page.get_by_role("button", name="Redo").click()
    assert _sent(page) == drawn
    _drag(page, (-5, 0), (5, 0), button="right")
    _expect_count(page, 0)


def test_the_brush_paints_clouds_that_jitter_and_clear(page: Page, server: Server) -> None:
    _open(page, server)
    page.get_by_role("slider", name="Points per click").fill("10")
    page.get_by_role("slider", name="Brush radius").fill("1.5")
    _click(page, 0, 0)
    drawn = _sent(page)
    assert len(set(drawn.points)) == len(drawn.points) == 10
    assert max(x * x + y * y for x, y, _ in drawn.points) <= 152**2
    page.get_by_role("button", name="Jitter").click()
    assert len(_sent(page, unlike=drawn).points) == 10
    page.get_by_role("button", name="Clear").click()
    assert _sent(page) == DrawnPoints()
    page.get_by_role("button", name="Undo").click()
    jittered = _sent(page)
    page.get_by_role("button", name="Undo").click()
    assert _sent(page, unlike=jittered) == drawn


def test_keys_draw_erase_and_undo(page: Page, server: Server) -> None:
    _open(page, server)
    pad = _pad(page)
    pad.focus()
    for key in ("ArrowRight", "Enter", "2", "Shift+ArrowUp", "Space", "4", "ArrowLeft", "Enter"):
        pad.press(key)
    expected = (DrawnPoint(0, 5, 3), DrawnPoint(25, 0, 0), DrawnPoint(25, 5, 1))
    assert _sent(page).points == expected
    expect(pad).to_have_accessible_name(re.compile(r"^Pad\. Cursor at x1 = 0, x2 = 0\.05\."))
    counted = page.locator("[data-part=counts]")
    for key, n in {"Delete": 0, "Control+z": 3, "Control+Z": 2, "Control+y": 3}.items():
        pad.press(key)
        expect(counted).to_have_text(f"{n} of at most 2,000 points.")
    assert _sent(page).points == expected


def test_a_curve_is_drawn_beside_the_classes(page: Page, server: Server) -> None:
    _open(page, server)
    _click(page, 1, 1)
    page.get_by_role("radio", name="Curve").check()
    _expect_count(page, 0)
    _drag(page, (-5, -4), (5, 4))
    drawn = _sent(page)
    assert drawn.mode == "curve"
    assert all(abs(y - 0.8 * x) < 5 for x, y, _ in drawn.points)
    expect(page.get_by_role("button", name="Use in Regression")).to_be_enabled()
    page.get_by_role("radio", name="Classes").check()
    _expect_count(page, 1)


def test_a_finger_draws_and_does_not_scroll(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark")
    _open(page, server)
    _pad(page).scroll_into_view_if_needed()
    _pad(page).tap(position=_at(page, -3, 3))
    _expect_count(page, 1)
    box = _pad(page).bounding_box()
    assert box
    session = page.context.new_cdp_session(page)
    for k in range(9):
        at = _at(page, -4, 4 - k)
        touch = {"x": box["x"] + at["x"], "y": box["y"] + at["y"]}
        kind = "touchMove" if k else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [touch]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert _count(page) >= 25
    assert _pad(page).bounding_box() == box
    ys = [point.y for point in _sent(page).points if point.x < -350]
    assert min(ys) < -350
    assert max(ys) > 350
    overflow = "e => e.scrollWidth - e.clientWidth"
    assert page.locator("[data-testid=stMain]").evaluate(overflow) <= 0


def test_a_full_pad_says_so(page: Page, server: Server) -> None:
    _open(page, server)
    file = write_drawn_file(at_random(1998))
    page.get_by_role("button", name="Load a file").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "points.csv", "mimeType": "text/csv", "buffer": file}
    )
    expect(page.locator("[data-part=counts]")).to_have_text("1,998 of at most 2,000 points.")
    page.keyboard.press("Escape")
    expect(page.get_by_text("A link holds up to 500")).to_be_visible()
    page.get_by_role("slider", name="Points per click").fill("5")
    _click(page, 0, 0)
    expect(page.locator("[data-part=counts]")).to_contain_text("2,000 points: the pad is full.")
    quiet(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    assert len(read_drawn_file(download.value.path().read_bytes()).points) == 2000


def test_another_file_is_refused_in_a_sentence(page: Page, server: Server) -> None:
    _open(page, server, CLOUDS)
    page.get_by_role("button", name="Load a file").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "points.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"}
    )
    expect(page.get_by_text("This is not a file of drawn points")).to_be_visible()
    assert _sent(page) == CLOUDS


def test_a_built_in_set_starts_a_drawing_that_undo_takes_back(page: Page, server: Server) -> None:
    _open(page, server, CLOUDS)
    page.get_by_role("button", name="Fill pad").click()
    expect(page.locator("[data-part=counts]")).to_have_text("200 of at most 2,000 points.")
    page.get_by_role("button", name="Undo").click()
    assert _sent(page) == CLOUDS


def test_points_survive_tabs_reload_and_other_browsers(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page()
    _open(page, server, CLOUDS)
    _click(page, 0, 5.5)
    drawn = _sent(page)
    assert len(drawn.points) == len(CLOUDS.points) + 1
    page.get_by_role("tab", name="A file").click()
    quiet(page)
    page.get_by_role("tab", name="Draw points").click()
    page.wait_for_selector("[data-part=map] canvas")
    page.get_by_role("button", name="Undo").click()
    assert _sent(page) == CLOUDS
    page.get_by_role("button", name="Redo").click()
    assert _sent(page) == drawn
    page.reload()
    page.wait_for_selector("[data-part=map] canvas")
    _expect_count(page, len(drawn.points))
    other = new_page()
    other.goto(page.url)
    other.wait_for_selector("[data-part=map] canvas")
    assert _sent(other) == drawn


def test_a_new_theme_keeps_points_and_undo(page: Page, server: Server) -> None:
    _open(page, server, CLOUDS)
    _click(page, 0, 5.5)
    drawn = _sent(page)
    page.emulate_media(color_scheme="dark")
    quiet(page)
    assert _sent(page) == drawn
    _click(page, 0, -5.5)
    for n in (31, 30, 0):
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("[data-part=counts]")).to_have_text(f"{n} of at most 2,000 points.")


def test_a_bench_opens_on_the_points(page: Page, server: Server) -> None:
    _open(page, server, CLOUDS)
    page.get_by_role("button", name="Use in Logistic vs MLP").click()
    page.wait_for_url(f"**/logistic_vs_mlp?*own={write_drawn(CLOUDS)}*")


def test_networks_learn_from_the_points_of_a_link(page: Page, server: Server) -> None:
    data = DatasetConfig.suggested("own", drawn_table(CLOUDS).own)
    training = TrainingConfig(max_epochs=2)
    models = ModelConfig(hidden_sizes=()), ModelConfig(hidden_sizes=(3,))
    runs = [RunConfig(dataset=data, model=model, training=training) for model in models]
    page.goto(f"{server.url}/logistic_vs_mlp?{urlencode(write_bench(runs))}")
    wait_for_results(page)
    traces = chart(page, "surface-0")
    assert {"class 1", "class 2"} <= {trace["name"] for trace in traces}
    expect(page.get_by_text(f"Accuracy on {data.sizes().test} test samples").first).to_be_visible()


@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_pad_fits_on_the_screen(
    new_page: Callable[..., Page], server: Server, viewport: dict[str, int]
) -> None:
    page = new_page(viewport=viewport)
    _open(page, server, CLOUDS)
    box = _pad(page).bounding_box()
    use = page.get_by_role("button", name="Use in Logistic vs MLP").bounding_box()
    assert box
    assert use
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= viewport["width"]
    if viewport == LAPTOP:
        assert use["y"] + use["height"] <= viewport["height"]


def test_axe_finds_nothing(page: Page, server: Server) -> None:
    _open(page, server, CLOUDS)
    for _ in themes(page):
        assert_accessible(page)
