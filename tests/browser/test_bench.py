"""Bench in a browser: open, train, watch, stop, move the epoch, share."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

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
# Trains for some seconds, long enough to watch.
LONG = f"{BENCH}?data=moons&samples=2000&b.hidden=30-15&batch=8&epochs=750&seeds=5"


def test_first_opening_trains_the_default_experiment_and_shows_it(
    page: Page, server: Server
) -> None:
    open_bench(page, server.url + BENCH)
    a, b = metrics(page)
    assert float(a[:5]) < 0.93 < float(b[:5])  # on samples that neither has seen
    expect(page.get_by_text("10 of 10 networks").first).to_be_visible()
    assert "b.hidden=4-2" in page.url


def test_home_page_links_to_the_bench(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_role("link", name="Open Logistic vs MLP").click()
    wait_for_results(page)
    assert BENCH in page.url


def test_curves_and_surfaces_move_before_the_end_and_stop_keeps_them(
    page: Page, server: Server
) -> None:
    open_bench(page, server.url + BENCH)
    page.goto(server.url + LONG)  # not stored, and small enough to start at once
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
    assert first <= shown < 750


def test_training_shows_the_effect_of_one_change(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    before = metrics(page)
    set_number(page, "Epochs", 5)
    # A changed setting neither trains nor removes results.
    expect(page.get_by_text("These results are from before your changes")).to_be_visible()
    assert metrics(page) == before
    train(page)
    expect(page.get_by_text("before your changes")).to_be_hidden()
    wait_for_results(page)
    assert metrics(page) != before
    assert "epochs=5" in page.url
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("5")


def test_epoch_slider_moves_both_models(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    before = surface(page, 0), surface(page, 1)
    move_epoch(page, steps_back=12)
    after = surface(page, 0), surface(page, 1)
    assert after[0] != before[0]
    assert after[1] != before[1]
    epoch = int(re.search(r"epoch=(\d+)", page.url)[1])
    assert 0 < epoch < 300
    # A repeated training is shown at its last epoch, and the slider still moves.
    train(page)
    expect(page.get_by_role("slider", name="Epoch")).to_have_attribute(
        "aria-valuetext", "epoch 300"
    )
    quiet(page)
    assert (surface(page, 0), surface(page, 1)) == before
    move_epoch(page, steps_back=12)
    assert (surface(page, 0), surface(page, 1)) == after


def test_link_shows_the_same_results_in_another_browser(
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


def test_invalid_link_values_are_named(page: Page, server: Server) -> None:
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
    expect(first.get_by_text("Someone else is running the same training")).to_be_visible()
    expect(button(second, "stop")).to_be_enabled()
    button(second, "stop").click()
    wait_for_results(second)


def test_first_page_shows_a_queued_training(new_page: Callable[..., Page], server: Server) -> None:
    live = "logistic-live-loss"
    others, page = new_page(), new_page()
    others.goto(f"{server.url}{LONG}&seed=20")
    wait_for_movement(others, live)
    page.goto(f"{server.url}{LONG}&seed=40")
    expect(
        page.get_by_text(re.compile("In the queue: . trainings? ahead of you")).first
    ).to_be_visible()
    button(others, "stop").click()
    # Now both models have a free worker.
    page.wait_for_selector(".st-key-logistic-live-surface-1 .js-plotly-plot")
    button(page, "stop").click()
    wait_for_results(page)


def test_closed_tab_does_not_lose_the_run(new_page: Callable[..., Page], server: Server) -> None:
    address = f"{server.url}{BENCH}?data=circles&b.hidden=30-15&epochs=400&seeds=5"
    page = new_page()
    page.goto(address)
    wait_for_movement(page, "logistic-live-loss")
    page.close()
    again = new_page()
    open_bench(again, address)
    curves = chart(again, "curves-loss")
    assert max(x for trace in curves for x in trace["x"] if x is not None) == 400


def test_selected_experiment_sets_the_controls(page: Page, server: Server) -> None:
    open_bench(page, server.url + BENCH)
    page.get_by_label("Experiment", exact=True).click()
    page.get_by_role("option", name=re.compile("E9")).click()
    quiet(page)
    assert "data=breast_cancer" in page.url
    train(page)
    wait_for_results(page)
    expect(page.get_by_text("the 28 other features at their median").first).to_be_visible()


def test_settings_in_closed_expanders_keep_their_values(page: Page, server: Server) -> None:
    # High enough for the whole sidebar, because an open list closes when the page scrolls.
    page.set_viewport_size({"width": 1440, "height": 2000})
    open_bench(page, server.url + BENCH)
    more = page.locator(".st-key-logistic-more-model summary")
    optimizer = page.get_by_role("combobox", name="Optimizer, B")
    momentum = page.get_by_label("Momentum, B", exact=True)

    def choose(label: str) -> None:
        optimizer.click()
        page.get_by_role("option", name=label, exact=True).click()
        quiet(page)

    more.click()
    quiet(page)
    choose("SGD with momentum")
    momentum.fill("0.999")
    momentum.press("Enter")
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


def _lr(page: Page) -> Locator:
    return page.get_by_label("Learning rate, B", exact=True)


def test_unconfirmed_typed_value_is_trained(page: Page, server: Server) -> None:
    open_bench(page, f"{server.url}{BENCH}?data=xor&samples=100&epochs=3&b.hidden=4&seeds=2")
    # The click on Train confirms the typed value.
    _lr(page).fill("0,07")
    train(page)
    page.wait_for_url(re.compile("b.lr=0.07"))
    expect(page.get_by_text("learning rate A 0.001 / B 0.07")).to_be_visible()
    expect(page.get_by_text("before your changes")).to_be_hidden()
    wait_for_results(page)
    expect(_lr(page)).to_have_value("0,07")
    # The keyboard shortcut confirms it too.
    page.get_by_label("Epochs", exact=True).fill("4")
    page.get_by_label("Epochs", exact=True).press("Control+Enter")
    page.wait_for_url(re.compile("epochs=4"))
    expect(page.get_by_text("before your changes")).to_be_hidden()
    wait_for_results(page)
    assert metrics(page)


def test_unparsable_text_is_quoted_and_stays(page: Page, server: Server) -> None:
    open_bench(page, f"{server.url}{BENCH}?data=xor&samples=100&epochs=3&b.hidden=4&seeds=2")
    before = metrics(page)
    epochs = page.get_by_label("Epochs", exact=True)
    epochs.fill("1e9")
    train(page)
    expect(page.get_by_text("“1e9” is more than 10,000.")).to_be_visible()
    expect(epochs).to_have_value("1e9")
    _lr(page).fill("0,05,1")
    _lr(page).press("Tab")
    expect(page.get_by_text("“0,05,1” is not a number. Write it like 0.05.")).to_be_visible()
    assert metrics(page) == before
    # A slow click on Train trains the corrected value.
    epochs.fill("5")
    button(page, "train").click(delay=500)
    expect(page.get_by_text("is more than")).to_be_hidden()
    _lr(page).fill(".05")
    train(page)
    page.wait_for_url(re.compile("b.lr=0.05.*epochs=5"))
    expect(page.get_by_text("before your changes")).to_be_hidden()
    wait_for_results(page)


def test_value_typed_during_training_is_kept(page: Page, server: Server) -> None:
    page.goto(f"{server.url}{LONG}&seed=60")
    wait_for_movement(page, "logistic-live-loss")
    epochs = page.get_by_label("Epochs", exact=True)
    epochs.fill("7")
    # The value survives the redraws of the live view.
    wait_for_movement(
        page, "logistic-live-loss", after=wait_for_movement(page, "logistic-live-loss")
    )
    expect(epochs).to_have_value("7")
    train(page)
    expect(page.get_by_text("your new settings will train next")).to_be_visible()
    button(page, "stop").click()
    wait_for_results(page)
    assert "epochs=7" in page.url
    assert max(x for trace in chart(page, "curves-loss") for x in trace["x"] if x is not None) == 7


def test_reload_after_stop_shows_the_stopped_run(page: Page, server: Server) -> None:
    page.goto(f"{server.url}{LONG}&seed=80")
    wait_for_movement(page, "logistic-live-loss")
    page.wait_for_selector(".st-key-logistic-live-surface-1 .js-plotly-plot")
    button(page, "stop").click()
    wait_for_results(page)
    before = metrics(page), chart(page, "curves-loss")
    page.reload()
    wait_for_results(page)
    expect(page.get_by_text("Stopped by hand after epoch").first).to_be_visible()
    assert (metrics(page), chart(page, "curves-loss")) == before
    expect(button(page, "stop")).to_be_disabled()


def test_share_link_leads_to_the_shown_runs(
    page: Page, new_page: Callable[..., Page], server: Server
) -> None:
    tracked = "fbclid=abc&utm_source=mail&_ga=1"
    open_bench(page, f"{server.url}{BENCH}?data=xor&samples=100&epochs=3&b.hidden=4&{tracked}")
    assert "fbclid" not in page.url
    expect(page.get_by_text("could not be used")).to_have_count(0)
    set_number(page, "Epochs", 9)  # not trained
    assert "epochs=9" in page.url
    page.get_by_role("button", name="Link").click()
    link = page.locator("[data-testid=stPopoverBody] code").inner_text().strip()
    assert "epochs=3" in link
    assert "utm_source" not in link
    other = new_page()
    open_bench(other, link)
    assert metrics(other) == metrics(page)
    assert chart(other, "curves-loss") == chart(page, "curves-loss")


def test_back_button_undoes_changes_one_by_one(page: Page, server: Server) -> None:
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
    expect(scrubber).to_have_attribute("aria-valuetext", "epoch 300")
    expect(epochs).to_have_value("77")
    page.go_back()
    quiet(page)
    expect(epochs).to_have_value("300")
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
        ("Confusion matrix", "A · Logistic regression"),
        ("Numbers", "x2 ↓ x1 →"),
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
    for key in ("surface-0", "surface-1", "curves-loss"):
        labeled = page.locator(f".st-key-{key} [aria-label], .st-key-{key}[aria-label]")
        assert labeled.count() > 0, key
    set_number(page, "Epochs", 4)
    page.locator("body").press("Control+Enter")
    expect(page.get_by_text("before your changes")).to_be_hidden()
    wait_for_results(page)
    assert "epochs=4" in page.url
