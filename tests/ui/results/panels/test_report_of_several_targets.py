"""The Report tab of runs with several targets or labels, against scikit-learn."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import (
    accuracy_score,
    hamming_loss,
    log_loss,
    mean_absolute_error,
    mean_squared_error,
    precision_recall_fscore_support,
    r2_score,
    root_mean_squared_error,
)
from streamlit.testing.v1 import AppTest

from annlab import Run, RunConfig
from annlab.analysis.prediction import predict
from annlab.formatting import number
from annlab.ui.results.view import ResultsView
from annlab.ui.text.markdown import escape_markdown
from annlab.ui.text.scores_text import with_spread
from tests.analysis.several_targets import several
from tests.ui.results.several_targets import view_of
from tests.ui.visitor import text_of

Train = Callable[[RunConfig], Run]


def _page(view):  # AppTest runs the source alone, so no annotations
    from annlab.ui.results.panels.report import draw_report

    draw_report(view)


def opened(view: ResultsView) -> AppTest:
    page = AppTest.from_function(_page, kwargs={"view": view}, default_timeout=30).run()
    assert not page.exception
    return page


def rows(page: AppTest, head: str) -> list[list[str]]:
    """Cells of the table with that head, without colors and marks."""
    (table,) = (block.value for block in page.markdown if f"\n{head}" in f"\n{block.value}")
    lines = re.sub(r":\w+\[([^\]]*)\]", r"\1", table).replace("*", "").splitlines()
    found = [line for line in lines if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found]


def said(view: ResultsView, i: int, split: Any) -> tuple[np.ndarray, list[np.ndarray]]:
    """Targets of a split, and the predictions of every network of a model."""
    run, (X, y) = view.runs[i], view.dataset.split(split)
    return y.astype(float), list(predict(run.config, run.layers(), view.dataset, X))


def cell(view: ResultsView, i: int, score: Callable[[np.ndarray, np.ndarray], float]) -> str:
    """What a table says of a model: test score with its spread, and training score."""
    on_test, on_training = (
        np.array([score(y, one) for one in every])
        for y, every in (said(view, i, split) for split in ("test", "train"))
    )
    return f"{with_spread(on_test)} ({number(float(on_training.mean()))})"


def rule_cell(view: ResultsView, call: Callable[[Any], Any], score: Callable[..., float]) -> str:
    """What a table says of a simple prediction."""
    found = []
    for split in ("test", "train"):
        X, y = view.dataset.split(split)
        found.append(number(float(score(y.astype(float), call(X.astype(float))))))
    return f"{found[0]} ({found[1]})"


ERRORS = (mean_squared_error, root_mean_squared_error, mean_absolute_error, r2_score)


@pytest.fixture(params=["linnerud", "plane_curve"])
def numbers(request: pytest.FixtureRequest, trained: Train) -> ResultsView:
    config = several(request.param, scaling="standard")
    return view_of(trained, [several(request.param, scaling="standard", hidden_sizes=()), config])


def test_every_target_has_rows_of_its_errors(numbers: ResultsView) -> None:
    page, data = opened(numbers), numbers.dataset
    names = numbers.spec.target_names
    table = rows(page, "| target | model | MSE | RMSE | MAE | R²")
    assert [row[0] for row in table[::4]] == [escape_markdown(name) for name in names]
    X, y = data.X_train.astype(float), data.y_train.astype(float)
    rules = [LinearRegression().fit(X, y), DummyRegressor().fit(X, y)]
    assert [row[1] for row in table[:4]] == [
        "A",
        "B",
        "least squares",
        "constant: training mean",
    ]
    for k in range(len(names)):
        for j, of in enumerate(ERRORS):

            def score(y: np.ndarray, one: np.ndarray, of: Any = of, k: int = k) -> float:
                return float(of(y, one, multioutput="raw_values")[k])

            for i in range(2):
                assert table[4 * k + i][2 + j] == cell(numbers, i, score)
            for i, rule in enumerate(rules):
                assert _close(table[4 * k + 2 + i][2 + j], rule_cell(numbers, rule.predict, score))


def test_all_targets_together_have_a_table(numbers: ResultsView) -> None:
    page, data = opened(numbers), numbers.dataset
    table = rows(page, "| model | MSE | MAE | R²")
    assert [row[0] for row in table[2:]] == ["least squares", "constant: training mean"]
    X, y = data.X_train.astype(float), data.y_train.astype(float)
    rules = [LinearRegression().fit(X, y), DummyRegressor().fit(X, y)]
    for j, of in enumerate((mean_squared_error, mean_absolute_error, r2_score)):
        for i in range(2):
            assert table[i][1 + j] == cell(numbers, i, of)
            assert _close(table[2 + i][1 + j], rule_cell(numbers, rules[i].predict, of))
    said = text_of(page.caption)
    assert f"means over the {numbers.spec.n_targets} targets" in said
    assert "different units" in said


def _close(shown: str, expected: str) -> bool:
    """Whether two texts have the same numbers, but for the rounding of a number near 0."""
    one, other = (
        [float(text.replace("−", "-")) for text in re.findall(r"[-−]?[\d.]+", cell)]
        for cell in (shown, expected)
    )
    return bool(np.allclose(one, other, atol=2e-3, rtol=2e-3))


def test_a_target_that_hardly_varies_is_named(trained: Train) -> None:
    view = view_of(trained, [several("plane_curve")])
    y = view.dataset.y_test.copy()
    y[:, 1] = 100 + 0.01 * np.arange(len(y))
    page = opened(replace(view, dataset=replace(view.dataset, y_test=y)))
    (note,) = page.info
    assert note.value.startswith("**v:** The target hardly varies")


@pytest.fixture
def labels(trained: Train) -> ResultsView:
    return view_of(
        trained,
        [several("labels", scaling="standard", hidden_sizes=hidden) for hidden in ((), (8,))],
    )


def test_every_label_has_rows_of_its_scores(labels: ResultsView) -> None:
    page, data = opened(labels), labels.dataset
    table = rows(page, "| label | model | accuracy | precision | recall | F1")
    counts, n = data.y_test.sum(axis=0), len(data.y_test)
    assert [row[0] for row in table[::3]] == [
        *(f"label {k + 1}, {count:,} of {n} samples" for k, count in enumerate(counts)),
        "mean",
    ]
    assert [row[1] for row in table[:3]] == ["A", "B", "more common value"]
    common = DummyClassifier(strategy="most_frequent").fit(data.X_train, data.y_train)

    def accuracy(y: np.ndarray, one: np.ndarray) -> np.ndarray:
        return np.array([accuracy_score(y[:, k], one[:, k]) for k in range(y.shape[1])])

    def other(place: int) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
        return lambda y, one: precision_recall_fscore_support(y, one, zero_division=0)[place]

    for j, of in enumerate((accuracy, other(0), other(1), other(2))):
        for k in range(4):

            def score(y: np.ndarray, one: np.ndarray, of: Any = of, k: int = k) -> float:
                return float(of(y, one)[k] if k < 3 else of(y, one).mean())

            for i in range(2):
                assert table[3 * k + i][2 + j] == cell(labels, i, score)
            assert table[3 * k + 2][2 + j] == rule_cell(labels, common.predict, score)


def test_all_labels_together_have_a_table(labels: ResultsView) -> None:
    page, data = opened(labels), labels.dataset
    table = rows(page, "| model | label accuracy | subset accuracy | log loss")
    common = DummyClassifier(strategy="most_frequent").fit(data.X_train, data.y_train)
    prior = DummyClassifier(strategy="prior").fit(data.X_train, data.y_train)
    for j, of in enumerate((lambda y, one: 1 - hamming_loss(y, one), accuracy_score)):
        for i in range(2):
            assert table[i][1 + j] == cell(labels, i, of)
        assert table[2][1 + j] == rule_cell(labels, common.predict, of)

    def loss(y: np.ndarray, shares: list[np.ndarray]) -> float:
        return float(np.mean([log_loss(y[:, k], share) for k, share in enumerate(shares)]))

    assert table[2][0] == "more common value"
    assert table[2][3] == rule_cell(labels, prior.predict_proba, loss)
    assert "1 minus the Hamming loss" in text_of(page.caption)


def test_another_loss_of_labels_has_a_column(trained: Train) -> None:
    page = opened(view_of(trained, [several("labels", loss="mse")]))
    (model, rule) = rows(page, "| model | label accuracy | subset accuracy | log loss | loss")
    assert rule[4] == "–"
    assert float(model[4].split("\u00a0")[0]) > 0


def test_networks_with_data_of_their_own_are_scored_on_them(trained: Train) -> None:
    page = opened(view_of(trained, [several("labels", resample="split")]))
    said = text_of(page.caption)
    assert "each scored on its own samples" in said
    assert "Numbers of samples are those of network 1's split." in said
