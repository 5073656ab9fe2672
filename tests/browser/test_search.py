"""The page on searches in a browser: clicks in the views, a stop, a link, phone, keyboard, axe."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import assert_accessible, themes
from tests.browser.bench import CHART, quiet
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

LAPTOP = {"width": 1366, "height": 650}
PHONE = {"width": 390, "height": 844}
# A search with a stack for each of twelve layer sizes, long enough to stop it.
LONG = (
    "data=moons&samples=600&noise=0.3&validation=0.3&test=0.2&epochs=150&seeds_each=3"
    "&space.hidden=" + "~".join(f"{n}-{n}" for n in range(20, 32))
)


def _open(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/search?{query}")
    page.wait_for_selector(f".st-key-search-lines {CHART}")
    quiet(page)


def _chosen(page: Page) -> str:
    return page.locator(".st-key-search-chosen p").first.inner_text()


def _row(page: Page) -> int | None:
    found = parse_qs(urlparse(page.url).query).get("row")
    return int(found[0]) if found else None


def _selected(page: Page) -> list[list[str]]:
    """Cells of the selected rows of the table, which Streamlit tells screen readers."""
    rows = page.locator(".st-key-search-table tr[aria-selected=true]")
    return [row.locator("td").all_inner_texts() for row in rows.all()]


def _click_config(page: Page, name: str, row: int) -> None:
    """Click the marker of a config in a picture, or one that covers it."""
    chart = page.locator(f".st-key-search-{name} {CHART}")
    chart.scroll_into_view_if_needed()
    x, y, rows = chart.evaluate(
        """(chart, row) => {
            for (const trace of chart._fullData) {
                const rows = Array.from(trace.customdata ?? []);
                const k = rows.indexOf(row);
                if (k < 0) continue;
                const full = chart._fullLayout;
                const x = full[trace.xaxis.replace("x", "xaxis")];
                const y = full[trace.yaxis.replace("y", "yaxis")];
                const at = i => [x._offset + x.d2p(trace.x[i]), y._offset + y.d2p(trace.y[i])];
                const near = i => Math.hypot(at(i)[0] - at(k)[0], at(i)[1] - at(k)[1]) < 8;
                return [...at(k), rows.filter((_, i) => near(i))];
            }
        }""",
        row,
    )
    chart.click(position={"x": x, "y": y})
    page.wait_for_function(
        "rows => rows.includes(Number(new URL(location).searchParams.get('row') ?? -1))", arg=rows
    )
    quiet(page)


def _start(page: Page) -> Locator:
    return page.locator(".st-key-search-start button:visible")


@pytest.mark.parametrize("name", ["heatmap", "slices", "lines"])
def test_a_click_marks_the_config_in_all_views(page: Page, server: Server, name: str) -> None:
    _open(page, server)
    best, first = _chosen(page), _selected(page)
    assert len(first) == 1
    assert _row(page) is None
    _click_config(page, name, 19)
    assert _chosen(page) != best
    (cells,) = _selected(page)
    assert cells != first[0]
    rate, l2 = cells[1:3]
    assert f"learning rate {float(rate):g}, L2 {float(l2):g}" in _chosen(page)
    page.locator(".st-key-search-best button:visible").click()
    page.wait_for_function("() => !new URL(location).searchParams.has('row')")
    quiet(page)
    assert _chosen(page) == best
    assert _selected(page) == first


def test_the_table_is_chosen_from_with_the_keyboard(page: Page, server: Server) -> None:
    _open(page, server)
    best = _chosen(page)
    box = page.locator(".st-key-search-table").bounding_box()
    assert box
    page.mouse.click(box["x"] + 150, box["y"] + 90)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    page.wait_for_function("() => new URL(location).searchParams.get('row')")
    quiet(page)
    assert _chosen(page) != best
    assert "rank 3" in _chosen(page)


def test_settings_to_result_with_the_keyboard(page: Page, server: Server) -> None:
    _open(page, server)
    levels = page.get_by_label("L2: levels")
    levels.fill("2")
    levels.press("Enter")
    quiet(page)
    expect(page.get_by_text("The results are from before your changes.")).to_be_visible()
    expect(page.get_by_text("16 configs × 5 seeds = 80 networks")).to_be_visible()
    _start(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("best of 16 configs")).to_be_visible()
    quiet(page)
    assert parse_qs(urlparse(page.url).query)["space.l2"] == ["1e-05~0.1~2"]
    page.go_back()
    expect(page.get_by_text("best of 64 configs")).to_be_visible()
    quiet(page)  # while the script runs, the fields before and after stand side by side
    expect(page.get_by_label("L2: levels")).to_have_value("8")


def test_stop_in_the_middle_and_continue_elsewhere(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page()
    page.goto(f"{server.url}/search?{LONG}")
    page.wait_for_selector(f".st-key-search-live-slices {CHART}")
    page.locator("[class*=st-key-computation--search] button:visible", has_text="Stop").click()
    go_on = page.get_by_role("button", name="Continue")
    expect(go_on).to_be_visible()
    expect(page.get_by_text(re.compile(r"best of \d+ of 12 configs so far"))).to_be_visible()
    page.wait_for_selector(f".st-key-search-lines {CHART}")
    link = page.url
    go_on.click()
    expect(page.get_by_text("best of 12 configs")).to_be_visible()
    quiet(page)
    # The link opens the same result elsewhere.
    other = new_page()
    other.goto(link)
    expect(other.get_by_text("best of 12 configs")).to_be_visible()
    assert _chosen(other) == _chosen(page)


def test_a_config_opens_on_its_bench(page: Page, server: Server) -> None:
    _open(page, server, "row=19")
    chosen = re.search(r"learning rate ([\d.e-]+)", _chosen(page))
    assert chosen is not None
    page.get_by_role("button", name="Open as B").click()
    page.wait_for_url("**/logistic_vs_mlp*")
    page.wait_for_selector(f".st-key-curves-loss {CHART}")
    quiet(page)
    query = parse_qs(urlparse(page.url).query)
    assert query["b.lr" if "b.lr" in query else "lr"] == [chosen[1]]


def test_the_answer_and_its_pictures_are_on_the_first_screen(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport=LAPTOP)
    _open(page, server)
    for place in (
        page.get_by_text("best of 64 configs"),
        page.locator(f".st-key-search-heatmap {CHART}"),
        page.locator(".st-key-search-table"),
        page.get_by_role("button", name="Open as A"),
        _start(page),
    ):
        box = place.bounding_box()
        assert box
        assert box["y"] + box["height"] <= LAPTOP["height"]


def test_phone_scrolls_only_down_and_taps_choose(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark")
    _open(page, server)
    overflow = "e => e.scrollWidth - e.clientWidth"
    assert page.locator("[data-testid=stMain]").evaluate(overflow) <= 0
    best = _chosen(page)
    page.locator(f".st-key-search-heatmap {CHART}").tap(position={"x": 130, "y": 100})
    page.wait_for_function("() => new URL(location).searchParams.get('row')")
    quiet(page)
    assert _chosen(page) != best


def test_axe_finds_nothing_in_any_tab(page: Page, server: Server) -> None:
    _open(page, server)
    for scheme in themes(page):
        for tab in ("Other strategies", "Test split", "Export"):
            page.get_by_role("tab", name=tab).click()
            quiet(page)
            assert_accessible(page, f"{tab}, {scheme}")
