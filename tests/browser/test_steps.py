"""Tab Step by step in a browser: six stops, whose numbers add up."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import open_bench, open_tab, quiet
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = "/logistic_vs_mlp"
STOP = "[aria-current=step]"
NUMBERS = "[data-part=net] text:not(.name)"


@pytest.fixture
def steps(page: Page, server: Server) -> Page:
    open_bench(page, server.url + BENCH)
    open_tab(page, "Step by step")
    page.get_by_role("radio", name="B").click()
    page.wait_for_selector("[data-part=net] circle")
    quiet(page)
    return page


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_an_update_is_followed_to_its_end_and_adds_up(steps: Page) -> None:
    expect(steps.locator(STOP)).to_have_text("1 Sum")
    for name in ("Activation", "Loss", "Error at the output", "Errors of hidden units", "Update"):
        steps.locator("[data-part=steps]").press("ArrowRight")
        expect(steps.locator(STOP)).to_contain_text(name)
    expect(steps.locator("[data-part=next]")).to_be_disabled()
    steps.locator("[data-part=weight]").select_option("1,2,0")
    said = steps.locator("[data-part=equations]").inner_text()
    factors = re.search(
        r"how wrong (\S+) × how responsive (\S+) × what came in (\S+) = (\S+)", said
    )
    assert factors is not None
    wrong, slope, incoming, gradient = map(number, factors.groups())
    assert wrong * slope * incoming == pytest.approx(gradient, rel=0.1, abs=1e-4)
    found = re.search(r"weight before (\S+), after (\S+)", said)
    assert found is not None
    before, after = map(number, found.groups())
    step = number(steps.locator(".stages tr").last.locator("td").last.inner_text())
    assert after - before == pytest.approx(step, rel=0.02, abs=1e-5)
    # And back again.
    steps.get_by_role("button", name="◀ Back").click()
    expect(steps.locator(STOP)).to_contain_text("Errors of hidden units")


def test_a_replay_in_a_worker_finds_what_the_optimizer_remembers(steps: Page) -> None:
    for _ in range(5):
        steps.locator("[data-part=steps]").press("ArrowRight")
    expect(steps.locator(STOP)).to_contain_text("Update")
    button = steps.get_by_role("button", name="Replay the optimizer's memory")
    said = steps.locator("[data-part=equations]")
    expect(button.or_(said.get_by_text("remembers the gradients")).first).to_be_visible(
        timeout=30_000
    )
    if button.count():
        button.click()
    # The stop stays where it is.
    expect(said).to_contain_text("remembers the gradients of the", timeout=60_000)
    expect(steps.locator(STOP)).to_contain_text("Update")


def test_sums_and_activations_stand_in_the_network(steps: Page) -> None:
    texts = steps.locator(NUMBERS).all_text_contents()
    assert len(texts) == 2 + 4 + 2 + 1
    equations = steps.locator("[data-part=equations]").inner_text()
    assert "(1, 2) @ (2, 4) + (4,) → (1, 4)" in equations
    assert "(200, 2) @ (2, 4) + (4,) → (200, 4)" in equations
    for text in texts:
        assert text in equations
    # Rows and columns of the first layer's weights have names.
    weights = steps.locator(".matrix").nth(1)
    expect(weights.locator("th[scope=col]")).to_have_text(["h1.1", "h1.2", "h1.3", "h1.4"])
    expect(weights.locator("th[scope=row]")).to_have_text(["x1", "x2"])
    # Pointing at an entry lights up its line.
    line = steps.locator("[data-part=net] .line[data-weight='0,1,2']")
    cell = steps.locator(".matrix").nth(1).locator("tr").nth(2).locator("td").nth(2)
    cell.dispatch_event("pointerenter")
    expect(line).to_have_class("line lit")
    cell.dispatch_event("pointerleave")
    expect(line).to_have_class("line")
    steps.locator("[data-part=next]").click()
    assert steps.locator(NUMBERS).all_text_contents() != texts


def test_a_line_chooses_its_weight(steps: Page) -> None:
    steps.locator("[data-part=net] .target").nth(3).dispatch_event("click")
    expect(steps.locator(STOP)).to_contain_text("Update")
    chosen = steps.locator("[data-part=weight]").input_value()
    assert steps.locator("[data-part=net] .chosen").count() == 1
    steps.locator("[data-part=net] .target").nth(9).dispatch_event("click")
    expect(steps.locator("[data-part=weight]")).not_to_have_value(chosen)


def test_the_sample_is_the_marked_one(steps: Page) -> None:
    before = steps.locator(NUMBERS).first.text_content()
    sample = steps.get_by_label("Sample of 200 test samples")
    sample.fill("9")
    sample.press("Enter")
    expect(steps.locator(NUMBERS).first).not_to_have_text(before)
    open_tab(steps, "Inside")
    expect(steps.locator("[data-part=sample]")).to_have_value("9")


def test_a_click_counts_although_the_network_changes_meanwhile(steps: Page) -> None:
    shapes = steps.locator("[data-part=equations]")
    before = shapes.inner_text()
    # Buttons that were replaced between press and release would lose the click.
    loss = steps.get_by_role("button", name="3 Loss").element_handle()
    steps.get_by_role("radio", name="A").dispatch_event("click")
    expect(shapes).not_to_have_text(before, use_inner_text=True)
    quiet(steps)
    loss.click()
    expect(steps.locator(STOP)).to_have_text("3 Loss")
