"""Decisions tab: positive class, costs, curves, calibration."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import (
    Dataset,
    DatasetConfig,
    Run,
    RunConfig,
    TrainingConfig,
    evaluate,
    load_dataset,
    train,
)
from annlab.analysis.decision_costs import Costs, choose_thresholds
from annlab.analysis.decisions import counts_at, odds_of_all, odds_of_one
from annlab.analysis.label_decisions import label_scores_at
from annlab.datasets import Split, load_run_dataset
from annlab.formatting import number
from annlab.ui.results.panels import decisions as panel
from annlab.ui.results.view import ResultsView
from tests.ui.visitor import text_of


def _page(view):  # AppTest runs the source alone, so no annotations
    from annlab.ui.results.panels.decisions import draw_decisions

    draw_decisions(view)


def view_of(
    run: Run, dataset: Dataset | None = None, network: int = 0, split: Split = "test"
) -> Any:
    return ResultsView(
        runs=[run, run],
        dataset=dataset or load_dataset(run.config.dataset),
        split=split,
        epoch=run.n_epochs,
        epochs=[run.n_epochs] * 2,
        network=network,
        axes=(0, 1),
        evaluations=[evaluate(run, split=split, dataset=dataset)] * 2,
    )


def opened(*args: Any, **options: Any) -> AppTest:
    kwargs = {"view": view_of(*args, **options)}
    page = AppTest.from_function(_page, kwargs=kwargs, default_timeout=30).run()
    assert not page.exception
    return page


@pytest.mark.parametrize("name", ["binary_run", "multiclass_run"])
def test_costs_are_those_of_the_analysis(request: pytest.FixtureRequest, name: str) -> None:
    run = request.getfixturevalue(name)
    page = opened(run)
    for positive, costs in ((page.selectbox[0].value, Costs(10, 1)), (0, Costs(2, 3))):
        page.selectbox[0].set_value(positive).run()
        page.number_input[0].set_value(costs.missed).run()
        page.number_input[1].set_value(costs.false_alarm).run()
        assert not page.exception
        found = choose_thresholds(
            odds_of_one(run, positive=positive, split="validation"),
            odds_of_one(run, positive=positive, split="test"),
            costs,
        )
        said = text_of(page.markdown)
        for values in (found.cost, found.usual_cost, found.constant_cost):
            assert number(100 * float(np.mean(values))) in said
        assert "validation samples; the test samples chose nothing" in text_of(page.caption)


@pytest.mark.parametrize("costs", [Costs(10, 1), Costs(500, 1), Costs(1, 500)])
def test_a_jump_to_the_cheapest_threshold_has_its_costs(
    monkeypatch: pytest.MonkeyPatch, binary_run: Run, costs: Costs
) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(panel, "decisions_view", lambda data, *_: sent.append(json.loads(data)))
    page = opened(binary_run)
    page.number_input[0].set_value(costs.missed).run()
    page.number_input[1].set_value(costs.false_alarm).run()
    found = choose_thresholds(
        odds_of_one(binary_run, positive=page.selectbox[0].value, split="validation"),
        odds_of_one(binary_run, positive=page.selectbox[0].value, split="test"),
        costs,
    )
    data = sent[-1]
    (threshold,) = {jump["threshold"] for jump in data["jumps"][1:]}
    k = data["thresholds"].index(threshold)
    for model in data["models"]:
        missed = model["n_positive"] - model["true_positive"][k]
        total = costs.missed * missed + costs.false_alarm * model["false_positive"][k]
        assert total / (model["n_positive"] + model["n_negative"]) == pytest.approx(found.cost[0])


def _pages(views):  # the number of the view is a value of the session
    import streamlit as st

    from annlab.ui.results.panels.decisions import draw_decisions

    draw_decisions(views[st.session_state.get("which", 0)])


def test_each_data_set_of_ones_own_has_its_positive_class() -> None:
    views = []
    for share in (0.2, 0.8):
        random = np.random.default_rng(0)
        y = np.where(np.arange(50) < 50 * share, "a", "b")
        dataset = Dataset.from_arrays(random.normal(size=(50, 2)), y, test_fraction=0.4)
        config = RunConfig(dataset=dataset.config, training=TrainingConfig(max_epochs=1))
        views.append(view_of(train(config, dataset=dataset), dataset))
    kwargs = {"views": views}
    page = AppTest.from_function(_pages, kwargs=kwargs, default_timeout=30).run()
    assert page.selectbox[0].value == 0
    page.session_state["which"] = 1
    page.run()
    assert not page.exception
    assert page.selectbox[0].value == 1


def test_folds_without_the_class_have_no_curves(trained: Callable[[RunConfig], Run]) -> None:
    run = trained(
        RunConfig(
            dataset=DatasetConfig(name="rare", n_samples=100, resample="folds"),
            training=TrainingConfig(max_epochs=1, n_seeds=10),
        )
    )
    dataset = load_run_dataset(run.config)
    lacking = [not data.y_test.any() for data in dataset.networks]
    shown = lacking.index(False)
    page = opened(run, dataset, shown)
    assert f"In {sum(lacking)} of 10 networks, they do not." in page.info[0].value
    # The training samples of all networks have both classes.
    assert not opened(run, dataset, shown, split="train").info


def test_the_rarest_class_is_positive(multiclass_run: Run) -> None:
    y = load_dataset(multiclass_run.config.dataset).y_train
    page = opened(multiclass_run)
    assert page.selectbox[0].value == np.bincount(y).argmin()
    assert len(page.selectbox[0].options) == 3


@pytest.fixture(scope="module")
def labels_run(trained: Callable[[RunConfig], Run]) -> Run:
    return trained(
        RunConfig(
            dataset=DatasetConfig(
                name="labels", n_samples=150, test_fraction=0.3, validation_fraction=0.2
            ),
            training=TrainingConfig(learning_rate=0.02, max_epochs=3, n_seeds=3),
        )
    )


def test_each_label_has_its_own_threshold(monkeypatch: pytest.MonkeyPatch, labels_run: Run) -> None:
    sent: list[dict[str, Any]] = []
    rests: list[float] = []  # where the slider comes to rest

    def view(data: str, key: str, on_threshold: Callable[[int, float], None]) -> None:
        sent.append(json.loads(data))
        if rests:
            on_threshold(sent[-1]["index"], rests.pop())

    monkeypatch.setattr(panel, "decisions_view", view)
    page = opened(labels_run)
    odds = odds_of_all(labels_run, split="test")
    first = page.selectbox[0].value
    assert first == np.argmin(load_dataset(labels_run.config.dataset).y_train.sum(axis=0))
    thresholds = [0.5, 0.5, 0.5]
    moves = {first: 0.3, (first + 1) % 3: 0.8, (first + 2) % 3: 0.65}
    for label, at in moves.items():
        page.selectbox[0].set_value(label).run()
        data = sent[-1]
        assert (data["index"], data["threshold"]) == (label, 0.5)
        assert (data["positive"], data["negative"]) == (
            f"label {label + 1}",
            f"not label {label + 1}",
        )
        thresholds[label] = at
        rests.append(at)
        page.run().run()
        data = sent[-1]
        assert data["threshold"] == at
        k = data["thresholds"].index(at)
        counts = counts_at(odds[label], [at])
        assert data["models"][1]["f1"][k][0] == pytest.approx(counts.f1.mean(), abs=1e-4)
        together = label_scores_at(odds, thresholds, label, [at])
        for name, values in together._asdict().items():
            assert data["models"][0][name][k][0] == pytest.approx(values.mean(), abs=1e-4)
    assert sent[-1]["together_title"].startswith("Scores for all labels together, with “label ")
    page.selectbox[0].set_value(first).run()
    assert sent[-1]["threshold"] == moves[first]


def test_classes_have_one_threshold(monkeypatch: pytest.MonkeyPatch, multiclass_run: Run) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(panel, "decisions_view", lambda data, *_: sent.append(json.loads(data)))
    page = opened(multiclass_run)
    for positive in range(3):
        page.selectbox[0].set_value(positive).run()
        assert sent[-1]["index"] == 0
        assert sent[-1]["together_title"] == ""
        assert "subset_accuracy" not in sent[-1]["models"][0]


def test_a_label_that_all_samples_have_has_no_curves(labels_run: Run) -> None:
    dataset = load_dataset(labels_run.config.dataset)
    y = dataset.y_test.copy()
    y[:, 1] = 1
    page = opened(labels_run, replace(dataset, y_test=y))
    page.selectbox[0].set_value(1).run()
    assert not page.exception
    assert page.info[0].value.startswith(
        "The test samples must contain some with “label 2” and some without it. Choose another"
    )
    page.selectbox[0].set_value(0).run()
    assert not page.info


def test_several_numbers_decide_nothing(trained: Callable[[RunConfig], Run]) -> None:
    run = trained(
        RunConfig(
            dataset=DatasetConfig(name="linnerud", test_fraction=0.2),
            training=TrainingConfig(max_epochs=1),
        )
    )
    assert not panel.decides(view_of(run))
