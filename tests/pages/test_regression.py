"""The regression page: curves, errors, several losses."""

import numpy as np
import pytest

from annlab import evaluate, load_dataset, train
from annlab.analysis.diagnosis import diagnose
from annlab.analysis.prediction import predict
from annlab.analysis.true_function import score_against_truth
from annlab.datasets import FUNCTIONS
from annlab.formatting import number
from annlab.lessons.experiments import DEFAULTS
from annlab.ui.services import Services
from annlab.ui.text.scores_text import with_spread
from tests.ui.visitor import (
    address,
    all_html,
    charts,
    heads,
    move_epoch,
    open_tab,
    results,
    runs_in_address,
    text_of,
    verdict_texts,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

PAGE = "pages/regression.py"
CURVE = {"data": "function_1d", "gap": "1", "epochs": "3", "seeds": "2", "b.hidden": "8"}
MANY = {"data": "diabetes", "test": "0.2", "scaling": "standard", "epochs": "3", "b.hidden": "8"}


def test_plotted_network_and_improving_models_are_named(idle: Services) -> None:
    short = {**CURVE, "b.hidden": "16", "b.activation": "tanh"}
    visitor = results(PAGE, idle, **short)
    median = visitor.selectbox(key="regression-network").value + 1
    whose = f"Scores: mean of 2 networks. Plots: network {median}, the median."
    assert whose in all_html(visitor)
    a, b = (
        "still improving" in {finding.rule for finding in diagnose(train(run))}
        for run in runs_in_address(visitor)
    )
    assert a or b
    line, _ = verdict_texts(visitor)
    assert f"{'are' if a and b else 'is'} still falling, so more epochs" in line
    # At an earlier epoch, the remark would be pointless.
    move_epoch(visitor, "regression", 1)
    line, _ = verdict_texts(visitor)
    assert "still falling, so" not in line
    assert "scores of an earlier epoch" in line
    visitor = results(PAGE, idle, **{**CURVE, "seeds": "1"})
    assert "Plots: network" not in all_html(visitor)


@pytest.mark.parametrize("scaling", ["none", "standard"])
def test_fitted_curve_equals_the_network_output(idle: Services, scaling: str) -> None:
    visitor = results(PAGE, idle, **CURVE, target_scaling=scaling)
    run = train(runs_in_address(visitor)[1])
    dataset = load_dataset(run.config.dataset)
    traces = {trace.get("name"): trace for trace in charts(visitor)["fit-1"]["data"]}
    x = np.array(traces["B"]["x"]).astype(np.float32)
    expected = predict(run.config, run.layers(), dataset, x[:, None])
    drawn = visitor.selectbox(key="regression-network").value
    np.testing.assert_allclose(np.array(traces["B"]["y"]), expected[drawn], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(np.array(traces["truth"]["y"]), FUNCTIONS["sine"].f(x), atol=1e-4)
    # Shaded: beyond the samples on both sides, and in the gap.
    assert len(charts(visitor)["fit-1"]["layout"]["shapes"]) == 3


def test_errors_against_the_true_function_are_shown(idle: Services) -> None:
    visitor = results(PAGE, idle, **CURVE)
    found = [score_against_truth(train(run)) for run in runs_in_address(visitor)]
    texts = all_html(visitor)
    for scores in found:
        assert (
            f"inside {number(scores.inside.mean())}, gap {number(scores.gap.mean())}, "
            f"outside {number(scores.outside.mean())}" in texts
        )
    visitor.session_state["regression-panel"] = "Report"
    visitor.run()
    assert not visitor.exception
    (table,) = (block.value for block in visitor.markdown if "in the gap" in block.value)
    for scores in found:
        cells = (with_spread(v) for v in (scores.inside, scores.gap, scores.outside))
        assert f"| {' | '.join(cells)} |" in table
    # At an earlier epoch, the errors are those of its weights.
    move_epoch(visitor, "regression", 0)
    before = score_against_truth(train(runs_in_address(visitor)[0]), 0)
    assert f"inside {number(before.inside.mean())}" in all_html(visitor)


def test_errors_without_gap_or_true_function_are_left_out(idle: Services) -> None:
    without = results(PAGE, idle, **{**CURVE, "gap": "0"})
    assert "RMSE to the truth" in all_html(without)
    assert ", gap " not in all_html(without)
    assert "RMSE to the truth" not in all_html(results(PAGE, idle, **MANY))


def test_errors_are_shown_beside_simple_rules(idle: Services) -> None:
    visitor = results(PAGE, idle, **MANY)
    scores = [evaluate(train(run)) for run in runs_in_address(visitor)]
    assert {"predicted-0", "predicted-1"} <= set(charts(visitor))
    open_tab(visitor, "regression", "Residuals")
    assert {"residuals-1", "residual-histogram-1"} <= set(charts(visitor))
    open_tab(visitor, "regression", "Report")
    (table,) = (block.value for block in visitor.markdown if "RMSE" in block.value)
    assert number(scores[1].mae[0]) in table
    assert "least squares" in table
    assert [metric.value for metric in heads(visitor)] == [number(s.mse[0]) for s in scores]


def test_data_tab_describes_the_data(idle: Services) -> None:
    visitor = results(PAGE, idle, **MANY)
    visitor.session_state["regression-panel"] = "Data"
    visitor.run()
    assert not visitor.exception
    assert {"data-histograms", "data-correlation"} <= set(charts(visitor))
    assert "no missing values" in text_of(visitor.caption)


def test_three_losses_are_compared_side_by_side(idle: Services) -> None:
    query = {**CURVE, "models": "3", "hidden": "4", "b.loss": "mae", "c.loss": "huber"}
    del query["b.hidden"]
    visitor = results(PAGE, idle, **query)
    assert [run.loss for run in runs_in_address(visitor, 3)] == ["mse", "mae", "huber"]
    assert len(heads(visitor)) == 3
    assert address(visitor)["models"] == "3"
    (table,) = (block.value for block in visitor.markdown if "worst to best" in block.value)
    # The error against the true function decides, because samples may be outliers.
    found = [
        score_against_truth(run).inside
        for run in map(idle.repository.run, runs_in_address(visitor, 3))
        if run
    ]
    rows = [row for row in table.splitlines() if "-badge[" in row]
    for row, k in zip(rows, np.argsort([errors.mean() for errors in found]), strict=True):
        assert f"[{'ABC'[k]}]" in row
        assert with_spread(found[k]) in row
    assert "Ranked by the error against the true function" in table
    # Each other model is compared with A.
    assert text_of(visitor.markdown).count("- **No verdict**: on ") == 2


def test_model_is_added_and_removed(idle: Services) -> None:
    visitor = results(PAGE, idle, **CURVE)
    visitor.button(key="regression-add").click().run()
    assert not visitor.exception
    assert len(runs_in_address(visitor, 3)) == 3
    assert address(visitor)["models"] == "3"
    assert "2 → 3 models" in text_of(visitor.info)
    visitor.button(key="regression-remove-2").click().run()
    assert not visitor.exception
    assert "models" not in address(visitor)
    assert not visitor.info


def test_output_range_too_small_for_the_targets_is_reported(idle: Services) -> None:
    visitor = results(PAGE, idle, **CURVE, **{"b.output": "sigmoid"})
    assert "Sigmoid" in text_of(visitor.warning)
    assert "can only produce values from 0 to 1" in text_of(visitor.warning)
    calm = results(PAGE, idle, **CURVE)
    assert not calm.warning


def test_link_without_data_uses_the_page_default(idle: Services) -> None:
    visitor = results(PAGE, idle, **{"a.lr": "0.02", "epochs": "2", "seeds": "1"})
    assert not visitor.exception
    assert not visitor.warning
    run, _ = runs_in_address(visitor)
    assert run.dataset.name == DEFAULTS["regression"].runs[0].dataset.name
    assert (run.training.learning_rate, run.training.max_epochs) == (0.02, 2)
