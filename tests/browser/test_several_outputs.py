"""Page Several outputs in a browser: curve in the plane and label surfaces, in the film too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from annlab.ui import shell
from tests.browser.axe import assert_accessible, themes
from tests.browser.bench import CHART, SLIDER, chart, quiet, wait_for_rest
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

EIGHT = "several_outputs?data=plane_curve&samples=80&epochs=30&seeds=2&b.hidden=6&lr=0.03"
LABELS = "several_outputs?data=labels&samples=120&epochs=30&seeds=2&b.hidden=6&lr=0.03"
SCALED = "scaling=standard&target_scaling=standard"  # else all predictions start far off the axes
LINNERUD = f"several_outputs?data=linnerud&test=0.4&{SCALED}&epochs=30&seeds=2&b.hidden=6&lr=0.03"
PAGES = {"plane-curve": EIGHT, "label-surfaces": LABELS, "targets": LINNERUD}
# Hash of the pixels that the film draws over each panel of a chart.
FILM = """key => [...document.querySelectorAll(`.st-key-${key} canvas.annlab-film`)].map(canvas => {
    const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((hash, value) => (31 * hash + value) | 0, 0);
})"""
FITS = """() => [...document.querySelectorAll("[data-testid=stMain], body")]
    .every(element => element.scrollWidth <= element.clientWidth)"""


def _open(page: Page, server: Server, picture: str) -> None:
    page.goto(f"{server.url}/{PAGES[picture]}")
    for i in (0, 1):
        page.wait_for_selector(f".st-key-{picture}-{i} {CHART}")
    page.wait_for_selector(SLIDER)
    quiet(page)


@pytest.mark.parametrize("picture", PAGES)
def test_the_film_moves_the_picture(page: Page, server: Server, picture: str) -> None:
    _open(page, server, picture)
    key = f"{picture}-1"
    at_end = chart(page, key)
    slider = page.locator(SLIDER)
    slider.focus()
    slider.press("Home")
    wait_for_rest(page)
    at_start = chart(page, key)
    assert at_start != at_end
    frames = []
    for presses in (3, 9):
        for _ in range(presses):
            slider.press("ArrowRight")
        frames.append(page.evaluate(FILM, key))
        wait_for_rest(page)
    first, second = frames
    assert len(first) == (3 if picture == "targets" else 1)
    assert all(a != b for a, b in zip(first, second, strict=True))
    assert all(first + second)  # an empty canvas has the hash 0
    # At rest, Plotly alone draws.
    visible = page.locator(f".st-key-{key} canvas.annlab-film").evaluate_all(
        "all => all.filter(canvas => canvas.style.visibility === 'visible').length"
    )
    assert visible == 0


def test_train_draws_the_curve_of_the_last_epoch(page: Page, server: Server) -> None:
    _open(page, server, "plane-curve")
    before = chart(page, "plane-curve-1")
    box = page.get_by_label("Epochs", exact=True)
    box.fill("31")
    box.press("Enter")
    quiet(page)
    page.locator(".st-key-several_outputs-train button:visible").click()
    expect(page.locator(SLIDER)).to_have_attribute("aria-valuetext", "epoch 31")
    wait_for_rest(page)
    drawn = chart(page, "plane-curve-1")
    assert drawn != before
    names = [trace["name"] for trace in drawn]
    assert {"B", "truth", "training", "1 other network"} <= set(names)


@pytest.mark.parametrize("picture", PAGES)
def test_the_pictures_fit_on_a_phone(
    new_page: Callable[..., Page], server: Server, picture: str
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    _open(page, server, picture)
    assert page.evaluate(FITS)
    a, b, slider = (
        page.locator(selector).first.bounding_box()
        for selector in (f".st-key-{picture}-0", f".st-key-{picture}-1", SLIDER)
    )
    assert a
    assert b
    assert slider
    assert a["y"] == b["y"]
    assert a["x"] + a["width"] <= b["x"]
    assert b["x"] + b["width"] <= 390
    assert slider["y"] + slider["height"] <= 844


def test_axe_finds_nothing_beside_labels(page: Page, server: Server) -> None:
    _open(page, server, "label-surfaces")
    for _ in themes(page):
        assert_accessible(page)


def test_no_title_of_a_page_is_cut(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/several_outputs")
    titles = page.locator(".st-key-pages a p")
    expect(titles).to_have_count(len(shell.PAGES))
    quiet(page)
    cut = titles.evaluate_all(
        "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"
    )
    assert cut == []
