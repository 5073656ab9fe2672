"""Every page in a browser: opening by address, one use, and all experiments."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from annlab import Run, RunConfig, evaluate
from annlab.config.links import write_bench
from annlab.exports.history import history_csv
from annlab.lessons.experiments import DEFAULTS, experiments_of
from annlab.ui.shell import PAGES
from tests.browser.bench import (
    CHART,
    RESULTS,
    SCORES,
    SLIDER,
    chart,
    metrics,
    open_tab,
    quiet,
    wait_for_rest,
)
from tests.browser.conftest import DATASETS, ON_REAL_DATA, Server

pytestmark = pytest.mark.browser

BENCHES = {*DEFAULTS, "compare"}
PATHS = {name: "/" if name == "home" else f"/{name}" for name in PAGES}


def _wait(page: Page) -> None:
    page.wait_for_selector(f"{RESULTS} {CHART}")
    quiet(page)


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize(
    "options",
    [
        {"color_scheme": "light"},
        {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
    ],
    ids=["light desktop", "dark phone"],
)
def test_every_page_opens_in_a_new_browser(
    new_page: Callable[..., Page], server: Server, name: str, options: dict[str, object]
) -> None:
    page = new_page(**options)
    page.goto(server.url + PATHS[name])
    page.wait_for_selector("h1, h2")
    if name in BENCHES:
        _wait(page)
    quiet(page)
    # No element is wider than the window.
    overflow = "e => e.scrollWidth - e.clientWidth"
    assert page.locator("[data-testid=stMain]").evaluate(overflow) <= 0


def test_plotly_is_fetched_with_an_invisible_chart(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.wait_for_selector(f"{CHART} .main-svg", state="attached")
    assert page.locator(CHART).count() == 1
    assert page.locator(CHART).bounding_box() is None
    page.get_by_role("link", name="Open Multiclass").click()
    _wait(page)
    hidden = "charts => charts.filter(chart => !chart.checkVisibility()).length"
    assert page.locator(CHART).evaluate_all(hidden) == 0


@pytest.mark.slow
@pytest.mark.usefixtures("stored_experiments")
@pytest.mark.parametrize("name", [name for name in PAGES if experiments_of(name)])
def test_every_experiment_opens(page: Page, server: Server, name: str) -> None:
    for entry in experiments_of(name):
        if entry.name in ON_REAL_DATA and not DATASETS.is_dir():
            continue
        query = {**write_bench(entry.runs), "models": str(len(entry.runs))}
        address = "&".join(f"{key}={value}" for key, value in query.items())
        page.goto(f"{server.url}/{name}?{address}")
        _wait(page)
        expect(page.get_by_text(entry.question[:60])).to_be_visible()
        assert page.locator(SCORES).count() == len(entry.runs)
        assert page.locator("[data-testid=stAlert]").count() == 0, entry.name


def _click_cell(page: Page, model: int, true: int, called: int, n_classes: int) -> None:
    area = page.locator(f".st-key-confusion-{model} .nsewdrag").first
    area.evaluate("e => e.scrollIntoView({block: 'center'})")
    box = area.bounding_box()
    assert box
    page.mouse.click(
        box["x"] + box["width"] * (called + 0.5) / n_classes,
        box["y"] + box["height"] * (true + 0.5) / n_classes,
    )


def test_charts_are_drawn_at_most_twice(new_page: Callable[..., Page], server: Server) -> None:
    """Count drawings by point outlines: Plotly sets each one twice per drawing.

    A chart that fills its place is drawn again once it has its size.
    """
    page = new_page(again=False)
    page.add_init_script(
        """
        window.outlines = 0;
        new MutationObserver(records => {
            for (const {target} of records)
                if (target.matches('.st-key-surface-0 .point')) window.outlines++;
        }).observe(document, {subtree: true, attributeFilter: ['d']});
        """
    )
    page.goto(f"{server.url}/logistic_vs_mlp")
    _wait(page)
    n_points = page.locator(".st-key-surface-0 .point").count()
    assert n_points > 200
    assert page.evaluate("window.outlines") <= 4 * n_points


def test_cell_of_the_confusion_matrix_shows_its_samples(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/multiclass")
    _wait(page)
    open_tab(page, "Confusion matrix")
    _click_cell(page, 0, 0, 1, 3)
    text = page.get_by_text("that A classified as “class 1”")
    expect(text).to_be_visible()
    n = int(text.inner_text().split("the ")[1].split()[0])
    quiet(page)
    chosen = next(trace for trace in chart(page, "surface-0") if trace["name"] == "chosen")
    assert len(chosen["x"]) == n > 0
    # The newest click counts, whichever matrix it is in.
    _click_cell(page, 1, 1, 1, 3)
    expect(page.get_by_text("that B classified as “class 1”")).to_be_visible()
    expect(text).to_have_count(0)


def test_swipe_on_the_confusion_matrix_scrolls_and_a_tap_selects(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(f"{server.url}/multiclass?data=iris&test=0.4&epochs=3&b.hidden=4")
    _wait(page)
    open_tab(page, "Confusion matrix")
    area = page.locator(".st-key-confusion-0 .nsewdrag").first
    area.evaluate("e => e.scrollIntoView({block: 'center'})")
    box = area.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    places = [{"x": x, "y": y - 12 * k} for k in range(16)]
    for k, place in enumerate(places):
        kind = "touchMove" if k else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})
        page.wait_for_timeout(16)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function(
        "y => document.querySelector('.st-key-confusion-0 .nsewdrag')"
        ".getBoundingClientRect().y < y - 100",
        arg=box["y"],
    )
    page.wait_for_timeout(1500)  # a tap during the scroll animation only stops it
    area.evaluate("e => e.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(500)
    box = area.bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] / 6, box["y"] + box["height"] / 2)
    expect(page.get_by_text("that A classified as “setosa”")).to_be_visible()


def test_cell_of_the_confusion_matrix_is_selected_by_keyboard(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/multiclass")
    _wait(page)
    open_tab(page, "Confusion matrix")
    box = page.get_by_role("combobox", name="Cell of the confusion matrix of model B")
    box.focus()
    box.press("ArrowDown")
    box.press("Enter")
    text = page.get_by_text(re.compile("Selected: the .* that B classified as"))
    expect(text).to_be_visible()
    quiet(page)
    assert "chosen" in {trace["name"] for trace in chart(page, "surface-1")}
    # A click on a cell selects its name in the list.
    _click_cell(page, 0, 1, 1, 3)
    expect(page.get_by_text("that A classified as “class 1”")).to_be_visible()
    names = page.locator(".st-key-cell-0 input").first
    expect(names).to_have_value(re.compile("“class 1” → “class 1”"))
    expect(page.locator(".st-key-cell-1 input").first).to_have_value("")


def test_cell_shows_its_images(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/multiclass?data=digits&test=0.2&epochs=5&b.hidden=8")
    _wait(page)
    page.get_by_role("tab", name="Pictures").click()
    page.wait_for_selector(f".st-key-images {CHART}")
    counts = chart(page, "confusion-0")[0]["z"]
    true, called = next((i, j) for i in range(10) for j in range(10) if i != j and counts[i][j] > 0)
    _click_cell(page, 0, true, called, 10)
    expect(page.get_by_text("true class → predicted class")).to_be_visible()


def test_explorer_and_added_activation(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/activations")
    _wait(page)
    slider = page.locator(".st-key-explorer-z input[type=range]")
    slider.focus()
    slider.press("ArrowRight")
    expect(page.get_by_text("f(1.1)", exact=True)).to_be_visible()
    page.get_by_role("tab", name="Gradients").click()
    page.wait_for_selector(f".st-key-gradients-by-layer {CHART}")


def test_curve_moves_with_the_epoch_slider(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/regression")
    _wait(page)

    def curve() -> list[float]:
        return next(t["y"] for t in chart(page, "fit-1") if t["name"] == "B")

    last = curve()
    slider = page.locator(SLIDER)
    slider.focus()
    slider.press("Home")
    expect(page).to_have_url(re.compile("epoch=0"))
    wait_for_rest(page)
    assert curve() != last


def test_run_is_exported(page: Page, server: Server, tmp_path: Path) -> None:
    page.goto(f"{server.url}/multiclass?data=iris&test=0.2&epochs=3&b.hidden=4&seeds=2")
    _wait(page)
    shown = float(metrics(page)[1].split(" ± ")[0])
    page.get_by_role("tab", name="Export").click()
    files = {}
    for label in ("Weights and history", "History as CSV", "Settings"):
        with page.expect_download() as found:
            page.get_by_role("button", name=label, exact=True).nth(1).click()
        files[label] = tmp_path / found.value.suggested_filename
        found.value.save_as(files[label])
    run = Run.load(files["Weights and history"])
    assert files["Weights and history"].name == "model_b.safetensors"
    assert RunConfig.model_validate_json(files["Settings"].read_text()) == run.config
    assert files["History as CSV"].read_text() == history_csv(run)
    assert evaluate(run).accuracy.mean() == pytest.approx(shown, abs=6e-4)
