"""A rare class on the Logistic vs MLP page: its control, and what the report says about it."""

import re

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import accuracy_score, balanced_accuracy_score, log_loss, recall_score
from streamlit.testing.v1 import AppTest

from annlab import load_dataset, train
from annlab.analysis.prediction import predict
from annlab.formatting import number
from annlab.ui.services import Services
from annlab.ui.text.scores_text import with_spread
from tests.ui.visitor import (
    LOGISTIC,
    address,
    open_logistic,
    open_tab,
    results,
    settings,
    text_of,
    unfold,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

RARE = {
    "data": "rare",
    "samples": "400",
    "test": "0.4",
    "epochs": "8",
    "seeds": "2",
    "lr": "0.05",
    "b.class_weights": "balanced",
}


def _rows(visitor: AppTest, head: str) -> list[list[str]]:
    """Cells of the table with that head, without colors and marks."""
    (table,) = (block.value for block in visitor.markdown if f"\n{head}" in block.value)
    lines = re.sub(r":\w+\[([^\]]*)\]", r"\1", table).replace("*", "").splitlines()
    rows = [line for line in lines if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in rows]


def test_the_report_shows_what_accuracy_hides(idle: Services) -> None:
    visitor = open_tab(results(LOGISTIC, idle, **RARE), "logistic", "Report")
    assert settings(visitor)[1].training.class_weights == "balanced"
    *models, common = _rows(visitor, "| model | accuracy | balanced accuracy | log loss")
    data = load_dataset(settings(visitor)[0].dataset)
    for row, config in zip(models, settings(visitor), strict=True):
        run = train(config)
        pairs = []
        for X, y in (data.split("test"), data.split("train")):
            called = predict(config, run.layers(), data, X)
            pairs.append([balanced_accuracy_score(y, one) for one in called])
        assert row[2] == f"{with_spread(np.array(pairs[0]))} ({number(float(np.mean(pairs[1])))})"
    assert models[0][2] != models[1][2]
    constant = DummyClassifier(strategy="prior").fit(data.X_train, data.y_train)
    cells = []
    for score, call in (
        (accuracy_score, constant.predict),
        (balanced_accuracy_score, constant.predict),
        (log_loss, constant.predict_proba),
    ):
        on_test, on_train = (
            number(float(score(y, call(X)))) for X, y in (data.split("test"), data.split("train"))
        )
        cells.append(f"{on_test} ({on_train})")
    assert common[0] == "most common class"
    assert common[1:4] == cells
    assert cells[1] == "0.500 (0.500)"
    assert common[4] == "–"  # it minimizes no loss


def test_the_report_shows_that_the_most_common_class_finds_no_rare_sample(idle: Services) -> None:
    visitor = open_tab(results(LOGISTIC, idle, **RARE), "logistic", "Report")
    rows = _rows(visitor, "| class | model |")
    n_rare = int(np.sum(load_dataset(settings(visitor)[0].dataset).y_test == 1))
    start = next(i for i, row in enumerate(rows) if row[0] == f"rare, {n_rare:,} samples")
    of_rare = rows[start : start + 3]
    assert [row[1] for row in of_rare] == ["A", "B", "most common class"]
    assert of_rare[2][3] == "0.000 (0.000)"
    data = load_dataset(settings(visitor)[0].dataset)
    X, y = data.split("test")
    for row, config in zip(of_rare, settings(visitor), strict=False):
        called = predict(config, train(config).layers(), data, X)
        assert row[3].startswith(with_spread(np.array([recall_score(y, one) for one in called])))


def test_a_share_of_the_second_class_is_set(idle: Services) -> None:
    visitor = unfold(open_logistic(data="moons", samples="200"), "data")
    slider = visitor.slider(key="logistic-rare")
    assert slider.value == 0.5
    slider.set_value(0.05).run()
    assert not visitor.exception
    assert not visitor.error
    assert address(visitor)["rare"] == "0.05"
    for config in settings(visitor):
        assert config.dataset.rare_fraction == 0.05
        assert np.mean(load_dataset(config.dataset).y_train == 1) == pytest.approx(0.05)


def test_a_share_with_too_few_samples_is_refused() -> None:
    visitor = unfold(
        open_logistic(data="moons", samples="50", test="0.2", validation="0.2"), "data"
    )
    visitor.slider(key="logistic-rare").set_value(0.04).run()
    assert not visitor.exception
    assert "class “class 1” would have 2 samples" in text_of(visitor.error)


@pytest.mark.parametrize(
    ("data", "offered"), [("rare", True), ("gaussians", True), ("circles", False)]
)
def test_the_share_is_offered_where_a_class_can_be_rare(data: str, offered: bool) -> None:
    visitor = unfold(open_logistic(data=data), "data")
    assert ("logistic-rare" in {slider.key for slider in visitor.slider}) is offered
