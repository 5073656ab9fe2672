"""Scores on the pages Several outputs and Compare: curves, tabs, table of runs, verdicts."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import RunConfig, evaluate
from annlab.analysis.diagnosis import diagnose
from annlab.formatting import number
from annlab.ui.services import Services
from annlab.ui.text.scores_text import with_spread
from tests.pages.compare_page import open_runs, runs_table
from tests.ui.visitor import address, charts, heads, open_tab, results, runs_in_address, text_of

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

PAGE = "pages/several_outputs.py"
LABELS = {"data": "labels", "test": "0.4", "epochs": "6", "seeds": "3", "lr": "0.03"}
EIGHT = {"data": "plane_curve", "test": "0.4", "epochs": "6", "seeds": "3", "lr": "0.03"}
EXERCISES = {"data": "linnerud", "test": "0.4", "epochs": "6", "seeds": "3", "scaling": "standard"}


def _run(values: dict[str, str], **changes: str) -> RunConfig:
    return RunConfig.from_url("&".join(f"{k}={v}" for k, v in {**values, **changes}.items()))


def _table(visitor: AppTest, head: str) -> list[str]:
    """Rows of the table with that head, without colors."""
    (table,) = (block.value for block in visitor.markdown if head in block.value)
    lines = re.sub(r":\w+\[([^\]]*)\]", r"\1", table).splitlines()
    return [line for line in lines if line.startswith("|")][2:]


def test_both_scores_of_labels_can_be_looked_at(idle: Services) -> None:
    visitor = results(PAGE, idle, **LABELS)
    assert {"curves-loss", "curves-label_accuracy"} <= set(charts(visitor))
    title = charts(visitor)["curves-label_accuracy"]["layout"]["yaxis"]
    assert title["tickformat"] == ".0%"
    visitor.segmented_control(key="several_outputs-score").set_value("subset_accuracy").run()
    assert not visitor.exception
    drawn = set(charts(visitor))
    assert "curves-subset_accuracy" in drawn
    assert "curves-label_accuracy" not in drawn
    assert address(visitor)["score"] == "subset_accuracy"
    again = results(PAGE, idle, **LABELS, score="subset_accuracy")
    assert "curves-subset_accuracy" in set(charts(again))
    # The Score control chooses a curve; the head keeps the score that judges the runs.
    assert all("Label accuracy" in head.label for head in heads(again))


@pytest.mark.parametrize("query", [LABELS, EIGHT, EXERCISES], ids=["labels", "eight", "exercises"])
@pytest.mark.parametrize("tab", ["Notes", "Report", "Export"])
def test_the_tabs_of_scores_open(idle: Services, query: dict[str, str], tab: str) -> None:
    visitor = open_tab(results(PAGE, idle, **query), "several_outputs", tab)
    assert not visitor.error
    if tab == "Report":
        of_all = "label accuracy | subset accuracy" if query is LABELS else "MSE | MAE | R²"
        assert len(_table(visitor, f"| model | {of_all}")) == 3 + (query is not LABELS)


def test_notes_are_those_of_the_diagnosis(idle: Services) -> None:
    slow = {**EXERCISES, "lr": "0.0001"}
    visitor = open_tab(results(PAGE, idle, **slow), "several_outputs", "Notes")
    run = idle.repository.run(runs_in_address(visitor)[0])
    (finding,) = (one for one in diagnose(run) if one.rule == "nothing learned")
    assert "The targets are not scaled (weight (lb): mean" in finding.problem
    assert finding.problem in text_of(visitor.markdown)


def test_runs_of_labels_are_compared(idle: Services) -> None:
    configs = [_run(LABELS), _run(LABELS, hidden="8")]
    visitor = open_runs(idle, *configs)
    runs = [idle.repository.run(config) for config in configs]
    scores = [evaluate(run, split="test") for run in runs]
    rows = {row["Model"]: row for row in runs_table(visitor)}
    for config, found in zip(configs, scores, strict=True):
        row = rows["MLP 8, ReLU" if config.model.hidden_sizes else "Logistic regression"]
        assert row["Label accuracy"] == pytest.approx(found.label_accuracy.mean())
        assert row["±"] == pytest.approx(found.label_accuracy.std(ddof=1), rel=1e-3)
    lines = _table(visitor, "| label accuracy | subset accuracy | loss |")
    for found, line in zip(scores, lines, strict=True):
        for values in (found.label_accuracy, found.subset_accuracy, found.loss):
            assert with_spread(values) in line
    gain = scores[1].subset_accuracy.mean() - scores[0].subset_accuracy.mean()
    assert number(abs(gain), scores[1].subset_accuracy.mean()) in lines[1]
    assert "Each sample counts with the share of its 3 labels" in text_of(visitor.markdown)


def test_runs_of_several_numbers_are_compared(idle: Services) -> None:
    configs = [_run(EXERCISES), _run(EXERCISES, hidden="4")]
    visitor = open_runs(idle, *configs)
    found = [evaluate(idle.repository.run(config), split="test") for config in configs]
    shown = sorted(row["Mean squared error"] for row in runs_table(visitor))
    np.testing.assert_allclose(shown, sorted(one.mse.mean() for one in found), rtol=1e-3)
    assert "Label accuracy" not in runs_table(visitor)[0]  # no run has one
    lines = _table(visitor, "| squared error | absolute error | R² |")
    assert "Mean over 3 targets, perhaps in different units" in text_of(visitor.markdown)
    for one, line in zip(found, lines, strict=True):
        assert with_spread(one.mae) in line
        assert with_spread(one.r2) in line
