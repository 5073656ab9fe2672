"""Film in a browser: it plays, follows the page, and looks like the charts."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from annlab.figures.confusion import confusion_matrix
from annlab.figures.film import Film, cells_film, notice_film
from annlab.ui.components.film import FILM_SCRIPT
from tests.browser.bench import (
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
    wait_for_results,
)
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = "/logistic_vs_mlp"
IMAGES = "/multiclass?data=digits&test=0.2&epochs=12&b.hidden=8&seeds=1"
LAPTOP = {"width": 1366, "height": 650}


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


@pytest.mark.parametrize(
    ("address", "picture"),
    [
        (BENCH, "surface"),
        (IMAGES, "confusion"),
    ],
)
def test_a_frame_looks_like_the_chart_of_its_epoch(
    page: Page, server: Server, address: str, picture: str
) -> None:
    """The canvas and Plotly's picture of the same epoch differ little in color."""
    page.goto(server.url + address)
    wait_for_results(page, picture)
    slider = page.locator(SLIDER)
    slider.focus()
    slider.press("Home")
    if picture == "surface":
        for _ in range(10):
            slider.press("ArrowRight")
    of_film = page.locator(f".st-key-{picture}-1 canvas.annlab-film")
    expect(of_film).to_have_css("visibility", "visible")
    area = page.locator(f".st-key-{picture}-1 .nsewdrag").first.bounding_box()
    assert area
    film = page.screenshot(clip=area)
    assert of_film.evaluate("e => e.style.visibility") == "visible"  # the chart was not there yet
    wait_for_rest(page)
    expect(of_film).to_have_css("visibility", "hidden")
    page.mouse.move(5, 5)
    at_rest = page.screenshot(clip=area)
    a, b = _pixels(film), _pixels(at_rest)
    assert a.shape == b.shape
    differs = np.abs(a - b).max(axis=-1) > 60
    assert differs.mean() < 0.02
    assert np.abs(a - a[0, 0]).max() > 60  # there is something to see


@pytest.mark.parametrize(("address", "picture"), [(BENCH, "surface"), (IMAGES, "confusion")])
def test_a_picture_stays_until_the_next_one_is_drawn(
    page: Page, server: Server, address: str, picture: str
) -> None:
    page.goto(server.url + address)
    wait_for_results(page, picture)
    # After each frame: whether the film or a chart that can be seen is in the place.
    page.evaluate(
        """picture => { window.seen = []; const look = () => {
            const place = document.querySelector(`.st-key-${picture}-1`);
            const canvas = place?.querySelector("canvas.annlab-film");
            const chart = place?.querySelector(".js-plotly-plot");
            const drawn = Boolean(chart?.querySelector(".nsewdrag"))
                && getComputedStyle(chart).visibility !== "hidden";
            const film = Boolean(canvas) && canvas.style.visibility !== "hidden";
            if (!window.seen.at(-1) || window.seen.at(-1).film !== film
                || window.seen.at(-1).drawn !== drawn) window.seen.push({film, drawn});
            requestAnimationFrame(() => {
                const channel = new MessageChannel();
                channel.port1.onmessage = look;
                channel.port2.postMessage(0); }); };
            look(); }""",
        picture,
    )
    slider = page.locator(SLIDER)
    for _ in range(2):
        slider.focus()
        slider.press("ArrowLeft")
        wait_for_rest(page)
        page.wait_for_timeout(300)
    seen = page.evaluate("window.seen")
    assert {"film": True, "drawn": True} in seen
    assert {"film": False, "drawn": False} not in seen
    assert seen[-1] == {"film": False, "drawn": True}


def _pixels(png: bytes) -> Any:
    return np.array(Image.open(BytesIO(png)).convert("RGB"), float)


def _painted(page: Page, film: Film, k: int) -> list[tuple[str, float, float]]:
    """Texts that a film paints in frame k on 400 x 300 pixels, each with its place."""
    drawn: list[tuple[str, float, float]] = page.evaluate(
        """async ([source, film, k]) => {
            const script = new Blob([source], {type: "text/javascript"});
            const {paint, unpackAll} = await import(URL.createObjectURL(script));
            const context = new OffscreenCanvas(400, 300).getContext("2d");
            const drawn = [];
            context.fillText = (text, x, y) => drawn.push([text, x, y]);
            const to = {x: (v) => 100 + 200 * v, y: (v) => 75 + 150 * v};
            paint(context, await unpackAll(film), k, to, 400, 300);
            return drawn; }""",
        [FILM_SCRIPT, film, k],
    )
    return drawn


def test_cells_have_the_texts_of_the_chart(page: Page) -> None:
    # Half of these shares lie between two tenths of a percent.
    counts = np.array([[[49, 351], [25, 375]], [[1, 15], [0, 0]]])
    film = cells_film(counts, "#112233")
    for k in range(2):
        drawn = _painted(page, film, k)
        chart = confusion_matrix(counts[k], ("a", "b"), "#112233").data[0]
        lines = [re.sub("</?b>", "", text).split("<br>") for text in np.ravel(chart.text)]
        assert [text for text, _, _ in drawn] == [text for cell in lines for text in cell]
        middles = [(100, 75), (300, 75), (100, 225), (300, 225)]
        for (x, y), (_, first_x, above), (_, _, below) in zip(
            middles, drawn[::2], drawn[1::2], strict=True
        ):
            assert first_x == x
            assert above < y < below


def test_a_notice_is_written_in_the_middle(page: Page) -> None:
    (first, *one), (second, *other) = _painted(page, notice_film(2, ("No film:", "too long")), 1)
    assert (first, second) == ("No film:", "too long")
    assert one[0] == other[0] == 200
    assert one[1] < 150 <= other[1] < one[1] + 30


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
    alone = new_page(again=False, offline=True, viewport=LAPTOP)
    alone.goto(path.as_uri())
    alone.wait_for_selector(SLIDER)
    expect(alone.locator(SLIDER)).to_have_attribute("aria-valuetext", "epoch 300")
    assert metrics(alone) == metrics(page) or alone.locator(SCORES).count() == 2
    alone.locator("[data-part=speed]").select_option("8")
    alone.locator("[data-part=play]").click()
    canvas = alone.locator(".st-key-surface-1 canvas.annlab-film")
    expect(canvas).to_have_css("visibility", "visible")
    alone.locator(SLIDER).press("Home")  # the epoch of the exported charts
    expect(canvas).to_have_css("visibility", "hidden")
