"""Tabs on the inside of networks with several outputs: each target or label by itself."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import SLIDER, open_tab, quiet
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

SETTINGS = "samples=80&activation=relu&a.hidden=5&b.hidden=4-4&lr=0.02&epochs=12&seeds=2"
LABELS = f"/several_outputs?data=labels&scaling=standard&test=0.25&{SETTINGS}"
CURVE = f"/several_outputs?data=plane_curve&{SETTINGS}"
MEN = (
    "/several_outputs?data=linnerud&scaling=standard&target_scaling=standard&test=0.2"
    "&a.hidden=4&b.hidden=3&lr=0.02&epochs=12&seeds=2"
)
B = "section[aria-label='Model B']"
ANSWERS = "[data-part=answers] tbody tr"


def open_inside(page: Page, url: str, tab: str = "Inside") -> None:
    page.goto(url)
    page.wait_for_selector(SLIDER)
    quiet(page)
    open_tab(page, tab)


def drawing(page: Page, selector: str) -> str:
    found: str = page.locator(selector).first.evaluate("canvas => canvas.toDataURL()")
    return found


def test_a_sample_has_a_yes_or_no_for_each_label(page: Page, server: Server) -> None:
    open_inside(page, server.url + LABELS)
    page.wait_for_selector(f"{B} .unit")
    on_stage = ".st-key-label-surfaces-1 canvas.annlab-mark"
    unmarked = drawing(page, on_stage)
    page.locator("[data-part=sample]").fill("3")
    rows = page.locator(ANSWERS)
    expect(rows).to_have_count(3)
    for row in rows.all_inner_texts():
        assert re.fullmatch(r"label \d\s+(yes|no)(\s+(yes|no) \(\d+ %\)( ✗)?){2}\s*", row)
    assert drawing(page, on_stage) != unmarked
    # The table scrolls and takes the focus; only a sentence without numbers of the frame is live.
    answers = page.get_by_role("region", name="Predictions for the sample")
    expect(answers).to_have_attribute("tabindex", "0")
    expect(page.locator("[data-part=said]")).to_have_text("Sample 3: predictions in the table.")
    assert answers.locator("[role=status], [aria-live], output").count() == 0
    # The boundary with a changed weight is drawn beside those of the labels.
    marked = drawing(page, on_stage)
    page.get_by_label("Bias", exact=True).last.fill("2")
    page.get_by_label("Bias", exact=True).last.press("Enter")
    expect(page.locator(f"{B} .news")).to_contain_text("with your change")
    assert drawing(page, on_stage) != marked


def test_the_space_before_the_output_has_the_boundary_of_the_chosen_label(
    page: Page, server: Server
) -> None:
    open_inside(page, server.url + LABELS)
    page.locator("[data-part=space]").click()
    cell = f"{B} figure:nth-child(3)"
    expect(page.locator(f"{cell} figcaption")).to_contain_text("boundary of label 1")
    before = drawing(page, f"{cell} canvas")
    page.get_by_label("Colors").select_option("label 3")
    expect(page.locator(f"{cell} figcaption")).to_contain_text("boundary of label 3")
    assert drawing(page, f"{cell} canvas") != before
    expect(
        page.get_by_text(re.compile("In the input .* labels.* linearly separable"))
    ).to_be_visible()


def test_a_change_moves_the_curve_in_the_plane(page: Page, server: Server) -> None:
    open_inside(page, server.url + CURVE)
    page.wait_for_selector(f"{B} .unit")
    names = page.locator(f"{B} [data-unit^='2,'] small:first-of-type")
    expect(names).to_have_text(["u", "v"])
    on_stage = ".st-key-plane-curve-1 canvas.annlab-mark"
    before = drawing(page, on_stage)
    page.get_by_label("Bias", exact=True).last.fill("1")
    page.get_by_label("Bias", exact=True).last.press("Enter")
    expect(page.locator(f"{B} .news")).to_contain_text("with your change")
    assert drawing(page, on_stage) != before
    page.locator("[data-part=sample]").fill("5")
    expect(page.locator(ANSWERS)).to_have_count(2)


def test_steps_have_the_mean_over_the_outputs(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    open_inside(page, server.url + MEN, "Step by step")
    equations = page.locator("[data-part=equations]")
    page.get_by_role("button", name="3 Loss").click()
    expect(equations).to_contain_text("mean over the 3 outputs")
    expect(equations).to_contain_text(re.compile(r"waist \(in\): predicted [\d.]+, true \d+"))
    page.get_by_role("button", name="4 Error at the output").click()
    expect(equations).to_contain_text("1/3 of each output's own slope counts")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_every_label_has_its_line_in_the_pieces(page: Page, server: Server) -> None:
    open_inside(page, server.url + LABELS, "Pieces")
    chart = ".st-key-pieces-1 .js-plotly-plot"
    names = f"document.querySelector('{chart}')?._fullData?.map((trace) => trace.name)"
    page.wait_for_function(f"{names}?.includes('label 2 at 50 %')")
    quiet(page)
    page.get_by_label("Shade and lines of").click()
    page.keyboard.type("label 2")
    expect(page.locator("[role=listbox] [role=option]")).to_have_text(["label 2"])
    page.keyboard.press("Enter")
    page.wait_for_function(f"{names}?.includes('boundary') && {names}.includes('yes')")
    assert "label 2 at 50 %" not in page.evaluate(names)
