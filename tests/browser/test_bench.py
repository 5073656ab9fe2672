"""A student at the bench: opens, trains, watches, stops, scrubs, shares."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.bench import (
    button,
    chart,
    metrics,
    move_epoch,
    open_bench,
    quiet,
    set_number,
    surface,
    train,
    wait_for_change,
    wait_for_movement,
    wait_for_results,
)
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser

BENCH = "/logistic_vs_mlp"
# Trains for some seconds, so that there is something to watch.
LONG = f"{BENCH}?data=moons&samples=2000&b.hidden=30-15&batch=8&epochs=1000&seeds=5"


def test_first_opening_trains_the_default_experiment_and_shows_it(
    page: Page, server: Server
) -> None:
    open_bench(page, server.url + BENCH)
    a, b = metrics(page)
    assert float(a[:5]) < 0.93 < float(b[:5])  # on samples that neither has seen
    expect(page.get_by_text("10 of 10 networks")).to_be_visible()
    assert "b.hidden=4-2" in page.url


def test_home_leads_to_the_bench(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_role("link", name="Open Logistic vs MLP").click()
    wait_for_results(page)
    assert BENCH in page.url


def test_curves_and_surfaces_move_before_the_end_and_stop_keeps_them(
    page: Page, server: Server
) -> None:
    open_bench(page, server.url + BENCH)
    page.goto(server.url + LONG)  # nobody has trained this: it begins at once
    live = "logistic-live-loss"
    first = wait_for_movement(page, live)
    page.wait_for_selector(".st-key-logistic-live-surface-1 .js-plotly-plot")
    before = chart(page, "logistic-live-surface-1")
    wait_for_movement(page, live, after=first)
    wait_for_change(page, "logistic-live-surface-1", before)
    button(page, "stop").click()
    wait_for_results(page)
    expect(page.get_by_text("Stopped by hand after epoch").first).to_be_visible()
    epochs = [x for trace in chart(page, "curves-loss") for x in trace["x"] if x is not None]
    shown = max(epochs)
    assert first <= shown < 1000


def test_training_shows_what_one_change_does(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    before = metrics(page)
    set_number(page, "Epochs", 5)
    # A changed setting neither trains nor throws away.
    expect(page.get_by_text("These are the results before your changes")).to_be_visible()
    assert metrics(page) == before
    train(page)
    expect(page.get_by_text("before your changes")).to_be_hidden()
    wait_for_results(page)
    assert metrics(page) != before
    assert "epochs=5" in page.url
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("5")


def test_the_scrubber_moves_both_models(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    before = surface(page, 0), surface(page, 1)
    move_epoch(page, steps_back=12)
    after = surface(page, 0), surface(page, 1)
    assert after[0] != before[0]
    assert after[1] != before[1]
    epoch = int(re.search(r"epoch=(\d+)", page.url)[1])
    assert 0 < epoch < 100
    # A training, though nothing is new about it, is looked at from its end; and can be moved.
    train(page)
    expect(page.get_by_role("slider", name="Epoch")).to_have_attribute("aria-valuetext", "100")
    quiet(page)
    assert (surface(page, 0), surface(page, 1)) == before
    move_epoch(page, steps_back=12)
    assert (surface(page, 0), surface(page, 1)) == after


def test_a_link_shows_the_same_picture_in_another_browser(
    page: Page, new_page: Callable[..., Page], server: Server
) -> None:
    open_bench(page, server.url + BENCH)
    move_epoch(page, steps_back=8)
    other = new_page()
    open_bench(other, page.url)
    assert metrics(other) == metrics(page)
    for model in (0, 1):
        assert surface(other, model) == surface(page, model)
    assert chart(other, "curves-loss") == chart(page, "curves-loss")


def test_nonsense_in_an_address_is_named(page: Page, server: Server) -> None:
    open_bench(page, f"{server.url}{BENCH}?data=moons&b.hidden=4-2&b.lr=fast&epoch=banana&evil=1")
    for text in ("Learning rate", "evil", "banana"):
        expect(page.get_by_text(text).first).to_be_visible()


def test_two_browsers_watch_one_training(new_page: Callable[..., Page], server: Server) -> None:
    address = server.url + LONG.replace("seeds=5", "seeds=6")
    first, second = new_page(), new_page()
    first.goto(address)
    second.goto(address)
    for page in (first, second):
        wait_for_movement(page, "logistic-live-loss")
    button(first, "stop").click()
    expect(first.get_by_text("Others are watching this training")).to_be_visible()
    expect(button(second, "stop")).to_be_enabled()
    button(second, "stop").click()
    wait_for_results(second)


def test_a_first_page_watches_a_training_that_waits_for_others(
    new_page: Callable[..., Page], server: Server
) -> None:
    live = "logistic-live-loss"
    others, page = new_page(), new_page()
    others.goto(f"{server.url}{LONG}&seed=20")
    wait_for_movement(others, live)
    page.goto(f"{server.url}{LONG}&seed=40")
    expect(page.get_by_text(re.compile("waiting, . trainings? ahead")).first).to_be_visible()
    button(others, "stop").click()
    # Now there is room for both of its models.
    page.wait_for_selector(".st-key-logistic-live-surface-1 .js-plotly-plot")
    button(page, "stop").click()
    wait_for_results(page)


def test_closing_the_tab_does_not_lose_the_run(
    new_page: Callable[..., Page], server: Server
) -> None:
    address = f"{server.url}{BENCH}?data=circles&b.hidden=30-15&epochs=400&seeds=5"
    page = new_page()
    page.goto(address)
    wait_for_movement(page, "logistic-live-loss")
    page.close()
    again = new_page()
    open_bench(again, address)
    curves = chart(again, "curves-loss")
    assert max(x for trace in curves for x in trace["x"] if x is not None) == 400


def test_choosing_an_experiment_sets_the_controls(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    page.get_by_label("Experiment", exact=True).click()
    page.get_by_role("option", name=re.compile("E9")).click()
    quiet(page)
    assert "data=breast_cancer" in page.url
    train(page)
    wait_for_results(page)
    expect(page.get_by_text("the 28 other features at their median").first).to_be_visible()


def test_settings_that_are_folded_away_keep_what_they_say(page: Page, server: Server) -> None:
    # High enough for all of the sidebar: a list that has opened closes again when the page moves.
    page.set_viewport_size({"width": 1440, "height": 2000})
    open_bench(page, server.url + BENCH)
    more = page.get_by_text("More about model B")
    optimizer = page.get_by_role("combobox", name="Optimizer")
    momentum = page.get_by_role("slider", name="Momentum")

    def choose(label: str) -> None:
        optimizer.click()
        page.get_by_role("option", name=label, exact=True).click()
        quiet(page)

    more.click()
    quiet(page)
    choose("SGD with momentum")
    momentum.press("End")
    page.wait_for_url(re.compile("b.optimizer=momentum.*b.momentum=0.999"))
    choose("Adam")
    expect(momentum).to_have_count(0)
    choose("SGD with momentum")
    expect(momentum).to_have_value("0.999")
    more.click()
    expect(optimizer).to_have_count(0)
    set_number(page, "Epochs", 77)
    assert re.search("b.optimizer=momentum.*b.momentum=0.999.*epochs=77", page.url)
    more.click()
    expect(optimizer).to_have_value("SGD with momentum")
    expect(momentum).to_have_value("0.999")


def test_back_undoes_one_change_after_the_other(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_role("link", name="Logistic vs MLP").first.click()
    wait_for_results(page)
    epochs = page.get_by_label("Epochs", exact=True)
    set_number(page, "Epochs", 77)
    before = expect(page.get_by_text("before your changes"))
    before.to_be_visible()
    move_epoch(page, 1)
    page.wait_for_url(re.compile("epochs=77.*epoch="))
    page.go_back()
    quiet(page)
    scrubber = page.get_by_role("slider", name="Epoch")
    expect(scrubber).to_have_attribute("aria-valuetext", "100")
    expect(epochs).to_have_value("77")
    page.go_back()
    quiet(page)
    expect(epochs).to_have_value("100")
    before.to_have_count(0)
    page.go_back()  # to the address without any settings
    quiet(page)
    page.go_back()
    expect(page.get_by_role("link", name="Open Multiclass")).to_be_visible()
    for _ in range(3):
        page.go_forward()
        quiet(page)
    expect(epochs).to_have_value("77")
    before.to_be_visible()


def test_every_panel_opens(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    for name, text in (
        ("Network", "2 × 4 + 4 = 12"),
        ("Data", "Two half circles"),
        ("Code", "import pytorch_lightning as pl"),
        ("Report", "precision"),
    ):
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_text(text).first).to_be_visible()


def test_controls_and_charts_have_names_and_the_keyboard_trains(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, input, [role=slider], [role=combobox]')]
            .filter(e => e.offsetParent !== null)
            .filter(e => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')
                || e.innerText || e.title || (e.labels && e.labels.length)))
            .map(e => e.outerHTML.slice(0, 200))"""
    )
    assert unnamed == []
    for key in ("surface-0", "confusion-1", "curves-loss"):
        labelled = page.locator(f".st-key-{key} [aria-label], .st-key-{key}[aria-label]")
        assert labelled.count() > 0, key
    set_number(page, "Epochs", 4)
    page.locator("body").press("Control+Enter")
    expect(page.get_by_text("before your changes")).to_be_hidden()
    wait_for_results(page)
    assert "epochs=4" in page.url
