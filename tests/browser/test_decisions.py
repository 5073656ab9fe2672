"""Tab Decisions in a browser: a threshold moves counts and scores without the server."""

import re
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig
from annlab.analysis.decision_costs import Costs, cheapest_thresholds
from annlab.analysis.decisions import LogOdds, counts_at, odds_of_all, odds_of_one
from annlab.analysis.label_decisions import label_scores_at
from annlab.config.links import write_bench
from annlab.formatting import number
from annlab.ui.text.decisions_text import rule_text, threshold_number
from tests.browser.bench import CHART, open_bench, open_tab, quiet
from tests.browser.conftest import Server
from tests.stored import keep

pytestmark = pytest.mark.browser

CONFIGS = [
    RunConfig(
        dataset=DatasetConfig(noise=0.3, test_fraction=0.25, validation_fraction=0.2),
        model=ModelConfig(hidden_sizes=sizes),
        training=TrainingConfig(max_epochs=5, learning_rate=0.01),
    )
    for sizes in ((), (4, 2))
]
SLIDER = "[aria-label^='Threshold on']"


def cells(page: Page, model: int) -> list[int]:
    """Counts in a model's confusion matrix: hits, misses, false alarms, and the rest."""
    texts = page.locator("[data-part=cards] table").nth(model).locator("td").all_inner_texts()
    return [int(text.split()[0].replace(",", "")) for text in texts]


def counts_of(odds: LogOdds, threshold: float) -> list[int]:
    """The same counts by the analysis."""
    counts = counts_at(odds, [threshold])
    return [
        int(of[0, 0])
        for of in (
            counts.true_positive,
            counts.false_negative,
            counts.false_positive,
            counts.true_negative,
        )
    ]


def test_class_weights_find_more_of_a_rare_class(page: Page, server: Server) -> None:
    page.goto(
        f"{server.url}/logistic_vs_mlp?data=rare&samples=2000&test=0.25&scaling=standard&lr=0.01"
        "&epochs=30&seeds=3&b.class_weights=balanced&tab=Report"
    )
    page.wait_for_selector(CHART)
    quiet(page)
    expect(page.locator(".st-key-said")).to_contain_text(re.compile("class weights"))
    rows = page.get_by_role("tabpanel").locator("tr").all_inner_texts()
    (start,) = [k for k, row in enumerate(rows) if row.startswith("rare, ")]
    a, b = (float(row.split("\t")[3].split()[0]) for row in rows[start : start + 2])
    assert b > a + 0.2  # recall


@pytest.mark.parametrize("width", [1366, 390])
def test_a_threshold_moves_counts_and_scores(
    new_page: Callable[..., Page],
    server: Server,
    trained: Callable[[RunConfig], Run],
    width: int,
) -> None:
    runs = [trained(config) for config in CONFIGS]
    keep(runs, server.database_url)
    page = new_page(viewport={"width": width, "height": 800})
    open_bench(page, f"{server.url}/logistic_vs_mlp?{urlencode(write_bench(CONFIGS))}")
    open_tab(page, "Decisions")
    page.wait_for_selector(f".st-key-decisions-roc {CHART}")
    slider = page.locator(SLIDER)
    expect(slider).to_have_attribute("aria-valuetext", "0.50")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "0.40")
    for i, run in enumerate(runs):
        odds = odds_of_one(run, positive=1, split="test")
        counts = counts_at(odds, [0.4])
        assert cells(page, i) == counts_of(odds, 0.4)
        row = page.locator("[data-part=scores] tbody tr").nth(i).inner_text()
        assert re.findall(r"\d\.\d{3}", row) == [
            number(float(of[0, 0]))
            for of in (counts.precision, counts.recall, counts.f1, counts.accuracy)
        ]
    assert page.locator(".st-key-decisions-roc canvas.annlab-mark").count() == 1
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    # The threshold stays while costs change.
    page.get_by_label("A false alarm costs").fill("3")
    page.get_by_label("A false alarm costs").press("Enter")
    quiet(page)
    expect(slider).to_have_attribute("aria-valuetext", "0.40")
    page.get_by_role("button", name="0.5", exact=True).click()
    expect(slider).to_have_attribute("aria-valuetext", "0.50")
    # Each model's own cheapest threshold, which lies between the even steps.
    for i, run in enumerate(runs):
        choosing = odds_of_one(run, positive=1, split="validation")
        odds = odds_of_one(run, positive=1, split="test")
        (cheapest,) = cheapest_thresholds(choosing, Costs(10, 3))
        page.get_by_role("button", name=f"{'AB'[i]}: cheapest").click()
        expect(slider).to_have_attribute("aria-valuetext", threshold_number(cheapest))
        expect(page.locator("[data-part=rule]")).to_have_text(rule_text("class 1", cheapest))
        assert cells(page, i) == counts_of(odds, cheapest)
    # The address names threshold and costs; the pressed button keeps the focus meanwhile.
    page.wait_for_url(f"**threshold={float(cheapest)!r}*")
    quiet(page)
    expect(page.get_by_role("button", name="B: cheapest")).to_be_focused()
    page.reload()
    page.wait_for_selector(f".st-key-decisions-roc {CHART}")
    expect(slider).to_have_attribute("aria-valuetext", threshold_number(cheapest))
    assert cells(page, len(runs) - 1) == counts_of(odds, cheapest)
    expect(page.get_by_label("A false alarm costs")).to_have_value("3")


def choose_label(page: Page, name: str) -> None:
    page.get_by_role("combobox", name="Label", exact=True).click()
    page.get_by_role("option", name=name).click()
    quiet(page)


def test_each_label_keeps_its_threshold(
    page: Page, server: Server, trained: Callable[[RunConfig], Run]
) -> None:
    # High enough for the whole page, because an open list closes when the page scrolls.
    page.set_viewport_size({"width": 1440, "height": 3000})
    data = DatasetConfig(name="labels", n_samples=150, test_fraction=0.3, scaling="standard")
    training = TrainingConfig(max_epochs=5, learning_rate=0.02)
    configs = [
        RunConfig(dataset=data, model=ModelConfig(hidden_sizes=sizes), training=training)
        for sizes in ((), (4, 2))
    ]
    runs = [trained(config) for config in configs]
    keep(runs, server.database_url)
    page.goto(f"{server.url}/several_outputs?{urlencode(write_bench(configs))}&tab=Decisions")
    page.wait_for_selector(f".st-key-decisions-roc {CHART}")
    quiet(page)
    slider = page.locator(SLIDER)
    odds = [odds_of_all(run, split="test") for run in runs]
    thresholds = [0.5, 0.5, 0.5]
    for label, n_steps in ((0, 10), (2, 25)):
        choose_label(page, f"label {label + 1}")
        expect(slider).to_have_attribute(
            "aria-label", f"Threshold on the probability of label {label + 1}"
        )
        expect(slider).to_have_attribute("aria-valuetext", "0.50")
        slider.focus()
        for _ in range(n_steps):
            slider.press("ArrowRight")
        thresholds[label] = 0.5 + n_steps / 100
        # At once, without the server: the counts of the label, and the scores of all labels.
        expect(slider).to_have_attribute("aria-valuetext", f"{thresholds[label]:.2f}")
        for i, of_model in enumerate(odds):
            assert cells(page, i) == counts_of(of_model[label], thresholds[label])
            row = page.locator("[data-part=together] tbody tr").nth(i).inner_text()
            scores = label_scores_at(of_model, thresholds, label, [thresholds[label]])
            assert re.findall(r"\d\.\d{3}", row) == [f"{of[0, 0]:.3f}" for of in scores]
        page.wait_for_url(f"**threshold={'_'.join(map(str, thresholds))}*")
        quiet(page)
    choose_label(page, "label 1")
    expect(slider).to_have_attribute("aria-valuetext", "0.60")
    page.reload()
    page.wait_for_selector(f".st-key-decisions-roc {CHART}")
    choose_label(page, "label 3")
    expect(slider).to_have_attribute("aria-valuetext", "0.75")
