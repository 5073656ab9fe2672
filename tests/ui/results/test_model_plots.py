"""Plots of one model, and what is written below them."""

from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from annlab import Dataset, ModelConfig, RunConfig, TrainingConfig, evaluate, train
from annlab.ui.results.view import ConfusionCell, ResultsView
from tests.ui.visitor import text_of


def _page(view):  # AppTest runs the source alone, so no annotations
    from annlab.ui.results.model_plots import draw_confusion

    draw_confusion(view, 0)


def test_names_of_classes_are_no_markup_below_the_confusion_matrix() -> None:
    X = np.random.default_rng(0).normal(size=(40, 2))
    y = np.array(["**[a](b)**", "$x$"])[np.arange(40) % 2]
    dataset = Dataset.from_arrays(X, y, test_fraction=0.25)
    config = RunConfig(
        dataset=dataset.config,
        model=ModelConfig(hidden_sizes=()),
        training=TrainingConfig(max_epochs=1),
    )
    run = train(config, dataset=dataset)
    view: Any = ResultsView(
        runs=[run],
        dataset=dataset,
        split="test",
        epoch=1,
        epochs=[1],
        network=0,
        axes=(0, 1),
        evaluations=[evaluate(run, dataset=dataset)],
        cell=ConfusionCell(0, 1, 0),
    )
    page = AppTest.from_function(_page, kwargs={"view": view}, default_timeout=30).run()
    assert not page.exception
    said = text_of(page.caption)
    assert r"of “\*\*\[a\]\(b\)\*\*” that A classified as “\$x\$”" in said
