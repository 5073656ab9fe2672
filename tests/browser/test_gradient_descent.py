"""The page on gradient descent in a browser: dragging, keys, play, links, phone, axe."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from annlab import Run, RunConfig
from annlab.analysis.descent import descend
from annlab.lessons.experiments import DEFAULTS
from annlab.ui.descent.page import TABS
from annlab.ui.descent.point_sets import minimum, problem
from annlab.ui.descent.settings import DescentSettings
from tests.browser.axe import assert_accessible, themes
from tests.browser.bench import CHART, quiet
from tests.browser.conftest import Server
from tests.browser.test_descent_script import MODULE
from tests.stored import keep

pytestmark = pytest.mark.browser

LAPTOP = {"width": 1366, "height": 650}
PHONE = {"width": 390, "height": 844}
START = re.compile(r"Start at w = (\S+), b = (\S+)\. Arrow keys")


def _open(page: Page, server: Server, query: str = "") -> None:
    page.goto(f"{server.url}/gradient_descent{query}")
    page.wait_for_selector("[data-part=map] canvas")
    quiet(page)


def _start(page: Page) -> tuple[float, ...]:
    found = START.match(page.locator("[data-part=map]").get_attribute("aria-label") or "")
    assert found is not None
    return tuple(map(float, found.groups()))


def _settings(page: Page, name: str) -> str | None:
    """A setting in the address, once the page has written it."""
    page.wait_for_timeout(600)
    quiet(page)
    return parse_qs(urlparse(page.url).query).get(name, [None])[0]


def _losses(page: Page) -> list[float]:
    texts = page.locator("[data-part=result]").all_inner_texts()
    return [float(text.removeprefix("loss ").replace("−", "-")) for text in texts]


def test_the_start_follows_the_pointer_before_it_is_let_go(page: Page, server: Server) -> None:
    _open(page, server)
    losses = _losses(page)
    box = page.locator("[data-part=map]").bounding_box()
    assert box
    page.mouse.move(box["x"] + 150, box["y"] + 60)
    page.mouse.down()
    seen = []
    for k in range(1, 4):
        page.mouse.move(box["x"] + 150 + 30 * k, box["y"] + 60 + 10 * k)
        seen.append((_start(page), _losses(page)))
    page.mouse.up()
    assert len({str(entry) for entry in seen}) == 3
    assert _losses(page) != losses
    w, b = _start(page)
    assert _settings(page, "w") == f"{w:g}"
    assert _settings(page, "b") == f"{b:g}"


def test_numbers_are_those_of_the_core(page: Page, server: Server) -> None:
    _open(page, server, "?at=40&w=0.5&b=2")
    settings = DescentSettings(w=0.5, b=2.0, at=40)
    expected = [
        descend(
            problem(settings.samples, settings.loss),
            settings.training(lane),
            np.array([0.5, 2]),
            40,
        ).losses[-1]
        for lane in settings.lanes
    ]
    assert _losses(page) == pytest.approx(expected, rel=0.02)
    lowest: Any = minimum(settings.samples, settings.loss)
    limits = page.locator("[data-part=limit]").all_inner_texts()
    assert f"stable below {2 / lowest.curvatures[1]:.4f} = 2/λ" in limits[0]
    assert "2(1 + β)/λ" in limits[1]
    assert limits[2] == "No largest stable rate: it scales its steps"


def test_losses_of_all_lanes_have_as_many_decimals(page: Page, server: Server) -> None:
    _open(page, server, "?optimizers=sgd:0.001,adam:0.3&at=60")
    texts = page.locator("[data-part=result]").all_inner_texts()
    assert len({len(text.partition(".")[2]) for text in texts}) == 1, texts


def test_tiny_losses_are_drawn_at_the_bottom_and_this_is_said(page: Page, server: Server) -> None:
    _open(page, server)
    title = page.locator("[data-part=curves-title]")
    expect(title).not_to_contain_text("at the bottom")
    found = page.evaluate(
        """async ([url]) => {
          const m = await import(url);
          const race = (losses) => ({ lanes: [{ path: { losses } }] });
          return [[2, 1], [2, 1e-7]].map((losses) => m.floorText(race(losses)));
        }""",
        [MODULE],
    )
    assert found == ["", "; those below 2e−6 are drawn at the bottom"]


def test_a_rate_above_the_limit_diverges_and_is_marked(page: Page, server: Server) -> None:
    _open(page, server, "?optimizers=sgd:0.085&at=100")
    rate = page.get_by_role("slider", name="Learning rate of SGD")
    rate.focus()
    expect(page.locator("[data-part=limit]")).to_contain_text("stable below")
    for _ in range(6):
        rate.press("ArrowRight")
    expect(page.locator("[data-part=limit]")).to_contain_text("⚠ above")
    (loss,) = re.findall(r"[\d.]+", page.locator("[data-part=result]").inner_text())
    assert "diverged" in page.locator("[data-part=result]").inner_text() or float(loss) > 100


def test_the_keyboard_moves_start_steps_and_parts(page: Page, server: Server) -> None:
    _open(page, server)
    w, b = _start(page)
    area = page.locator("[data-part=map]")
    area.focus()
    area.press("ArrowRight")
    area.press("ArrowUp")
    assert _start(page)[0] > w
    assert _start(page)[1] > b
    stages = page.locator("[data-part=stages]")
    expect(stages).to_contain_text("velocity")
    page.get_by_role("radio", name="Show the parts of the step of Adam").check()
    expect(stages).to_contain_text("bias correction")
    step = page.get_by_role("slider", name="Step", exact=True)
    step.focus()
    step.press("End")
    expect(stages).to_have_text("This was the last step.")
    assert _settings(page, "at") == "100"
    assert _settings(page, "arrows") == "2"


def test_play_goes_to_the_end(page: Page, server: Server) -> None:
    _open(page, server, "?steps=10&at=2")
    page.get_by_role("button", name="▶ Play").click()
    expect(page.locator("[data-part=step-text]")).to_have_text("Step 10")
    expect(page.get_by_role("button", name="▶ Play")).to_be_visible()


def test_optimizers_come_and_go(page: Page, server: Server) -> None:
    _open(page, server)
    page.get_by_role("button", name="+ Optimizer").click()
    expect(page.locator(".lane")).to_have_count(4)
    expect(page.get_by_role("button", name="+ Optimizer")).to_be_disabled()
    page.get_by_role("combobox", name="Optimizer 4").select_option("rmsprop")
    page.get_by_role("button", name="Remove Adam").click()
    expect(page.locator(".lane")).to_have_count(3)
    found = _settings(page, "optimizers")
    assert found is not None
    assert [text.split(":")[0] for text in found.split(",")] == ["sgd", "momentum", "rmsprop"]


def test_batches_bring_noise_and_another_order_another_path(page: Page, server: Server) -> None:
    _open(page, server, "?samples=overlapping&optimizers=sgd:3&at=50")
    exact = _losses(page)
    order = page.get_by_role("button", name="New order")
    expect(order).to_be_disabled()
    page.get_by_role("combobox", name="Batch").select_option("1")
    first = _losses(page)
    order.click()
    assert len({str(losses) for losses in (exact, first, _losses(page))}) == 3
    expect(page.locator("[data-part=limit]")).to_contain_text("full batch")


def test_separable_classes_have_no_minimum(page: Page, server: Server) -> None:
    _open(page, server)
    page.get_by_role("combobox", name="Samples").select_option("separable")
    expect(page.locator("[data-part=facts]")).to_contain_text("it has no lowest point")
    expect(page.locator("[data-part=limit]").first).to_have_text(
        "No minimum, so no largest stable rate"
    )
    page.get_by_role("combobox", name="Loss").select_option("line")
    expect(page.locator("[data-part=facts]")).to_contain_text("Minimum at w =")


def test_the_shape_of_the_loss_is_told(page: Page, server: Server) -> None:
    shapes = {
        ("line", "line"): "a round bowl",
        ("overlapping", "squared"): "an oval bowl",
        ("shifted", "line"): "a narrow valley",
    }
    conditions = []
    for (samples, loss), shape in shapes.items():
        _open(page, server, f"?samples={samples}&loss={loss}")
        facts = page.locator("[data-part=facts]")
        expect(facts).to_contain_text(shape)
        lowest: Any = minimum(samples, loss)
        conditions.append(lowest.condition)
        for times in re.findall(r"([\d.]+) times the smallest", facts.inner_text()):
            assert float(times) == pytest.approx(lowest.condition, rel=0.01)
    assert 1 < conditions[0] < 1.5 < conditions[1] < 10 < conditions[2]


def test_a_link_shows_the_same_elsewhere_and_back_undoes(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page()
    _open(page, server)
    before = _losses(page)
    page.get_by_role("combobox", name="Samples").select_option("line")
    assert _settings(page, "samples") == "line"
    after = _losses(page)
    other = new_page()
    _open(other, server, "?" + urlparse(page.url).query)
    assert _losses(other) == after != before
    page.go_back()
    quiet(page)
    expect(page.get_by_role("combobox", name="Samples")).to_have_value("shifted")
    assert _losses(page) == before


def test_everything_that_moves_is_on_the_first_screen(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport=LAPTOP)
    _open(page, server)
    for part in ("map", "fit", "curves", "step", "lanes", "stages"):
        box = page.locator(f"[data-part={part}]").bounding_box()
        assert box
        assert box["y"] + box["height"] <= LAPTOP["height"], part


@pytest.fixture(scope="module")
def own_run(server: Server, trained: Callable[[RunConfig], Run]) -> None:
    """The default runs of a bench, stored on the server."""
    runs = [trained(config) for config in DEFAULTS["logistic_vs_mlp"].runs]
    keep(runs, server.database_url)


def test_loss_around_the_weights_of_a_run(page: Page, server: Server, own_run: None) -> None:
    _open(page, server)
    page.get_by_role("tab", name="Your own run").click()
    page.wait_for_selector(f".st-key-descent-landscape {CHART}")
    expect(page.get_by_text("of the variance of its path").first).to_be_visible()
    planes = page.get_by_role("radiogroup", name="Plane")
    planes.get_by_text("Random directions", exact=True).click()
    page.get_by_text("random direction 1").wait_for()
    assert _settings(page, "plane") == "random"
    assert _settings(page, "tab") == "Your own run"


@pytest.mark.parametrize("tab", TABS)
def test_phone_scrolls_only_down(
    new_page: Callable[..., Page], server: Server, own_run: None, tab: str
) -> None:
    page = new_page(viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark")
    _open(page, server, f"?tab={tab.replace(' ', '+')}")
    overflow = "e => e.scrollWidth - e.clientWidth"
    assert page.locator("[data-testid=stMain]").evaluate(overflow) <= 0
    # A finger moves the start and a swipe beside the map scrolls.
    before = _start(page)
    page.locator("[data-part=map]").tap(position={"x": 200, "y": 100})
    assert _start(page) != before


def test_tabs_open_one_after_another(page: Page, server: Server, own_run: None) -> None:
    _open(page, server)
    for tab in [*list(TABS)[1:], *TABS]:
        chosen = page.get_by_role("tab", name=tab)
        chosen.click()
        expect(chosen).to_have_attribute("aria-selected", "true")
        page.wait_for_selector(f"[class*=st-key-descent-] {CHART}")
        page.wait_for_timeout(300)


def test_axe_finds_nothing_in_any_tab(page: Page, server: Server, own_run: None) -> None:
    for tab in TABS:
        _open(page, server, f"?tab={tab.replace(' ', '+')}")
        page.wait_for_selector(f"[class*=st-key-descent-] {CHART}")
        for scheme in themes(page):
            assert_accessible(page, f"{tab}, {scheme}")
