"""Captions of the report: R² for a target that hardly varies, and the most common class."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import log_loss, r2_score
from streamlit.testing.v1 import AppTest

from annlab import Dataset, Run, evaluate, load_dataset
from annlab.ui.results.panels.report_of_values import about_r2
from annlab.ui.results.view import ResultsView
from tests.ui.visitor import text_of


@pytest.mark.parametrize(
    ("y", "words"),
    [
        ([5.0, 5.0, 5.0], "The target is the same for all of these samples"),
        ([5.0, 5.001, 4.999], "hardly varies on these samples: its mean is 5.000"),
        ([5.0, 6.0, 4.0], ""),
        ([1e-9, -1e-9, 2e-9], ""),  # small, but varies relative to its mean
    ],
)
def test_r2_is_explained_for_almost_constant_target(y: list[float], words: str) -> None:
    text = about_r2(np.array(y))
    assert (words in text) if words else not text


def test_almost_constant_target_has_strongly_negative_r2() -> None:
    y = np.array([5.0, 5.001, 4.999])
    assert r2_score(y, y + 0.01) < -50


def _page(view):  # AppTest runs the source alone, so no annotations
    from annlab.ui.results.panels.report import draw_report

    draw_report(view)


def opened(run: Run, dataset: Dataset) -> AppTest:
    view: Any = ResultsView(
        runs=[run],
        dataset=dataset,
        split="test",
        epoch=8,
        epochs=[8],
        network=0,
        axes=(0, 1),
        evaluations=[evaluate(run, dataset=dataset)],
    )
    page = AppTest.from_function(_page, kwargs={"view": view}, default_timeout=60).run()
    assert not page.exception
    return page


def test_the_log_loss_of_the_most_common_class_is_explained(multiclass_run: Run) -> None:
    dataset = load_dataset(multiclass_run.config.dataset)
    page = opened(multiclass_run, dataset)
    shares = np.bincount(dataset.y_train) / len(dataset.y_train)
    expected = log_loss(dataset.y_test, np.tile(shares, (len(dataset.y_test), 1)))
    (row,) = [
        line
        for line in text_of(page.markdown).splitlines()
        if line.startswith("| most common class")
    ]
    assert f"{expected:.3f}" in row
    assert "its log loss is that of the class shares" in text_of(page.caption)


@pytest.mark.parametrize("constant", [False, True])
def test_report_explains_r2(regression_run: Run, constant: bool) -> None:
    dataset = load_dataset(regression_run.config.dataset)
    if constant:
        y = 100 + 0.01 * np.arange(len(dataset.y_test), dtype=np.float32)
        dataset = replace(dataset, y_test=y)
    page = opened(regression_run, dataset)
    assert ("hardly varies" in text_of(page.info)) is constant
