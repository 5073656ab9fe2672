"""The report explains R² where a target hardly varies."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import r2_score
from streamlit.testing.v1 import AppTest

from annlab import Run, evaluate, load_dataset
from annlab.ui.results.panels.report import about_r2
from annlab.ui.results.view import ResultsView
from tests.ui.visitor import said


@pytest.mark.parametrize(
    ("y", "words"),
    [
        ([5.0, 5.0, 5.0], "All targets are equal"),
        ([5.0, 5.001, 4.999], "hardly varies on these samples: its mean is 5.000"),
        ([5.0, 6.0, 4.0], ""),
        ([1e-9, -1e-9, 2e-9], ""),  # small, but of its own size it varies
    ],
)
def test_r2_is_explained_where_the_target_hardly_varies(y: list[float], words: str) -> None:
    text = about_r2(np.array(y))
    assert (words in text) if words else not text


def test_such_a_target_has_a_strongly_negative_r2() -> None:
    y = np.array([5.0, 5.001, 4.999])
    assert r2_score(y, y + 0.01) < -50


def _page(view):  # its source is run by itself: no annotations
    from annlab.ui.results.panels.report import draw_report

    draw_report(view)


@pytest.mark.parametrize("constant", [False, True])
def test_the_report_says_so(regression_run: Run, constant: bool) -> None:
    dataset = load_dataset(regression_run.config.dataset)
    if constant:
        y = 100 + 0.01 * np.arange(len(dataset.y_test), dtype=np.float32)
        dataset = replace(dataset, y_test=y)
    view: Any = ResultsView(
        runs=[regression_run],
        dataset=dataset,
        split="test",
        epoch=8,
        epochs=[8],
        network=0,
        axes=(0, 1),
        evaluations=[evaluate(regression_run, dataset=dataset)],
    )
    page = AppTest.from_function(_page, kwargs={"view": view}).run()
    assert not page.exception
    assert ("hardly varies" in said(page.info)) is constant
