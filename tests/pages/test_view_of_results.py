"""View of the results: scores, weights, curves, matrix cells, diverged networks."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import Run, evaluate
from annlab.analysis.median_network import median_network
from annlab.datasets import load_run_dataset
from annlab.formatting import number
from annlab.ui.services import Services
from annlab.ui.text.networks_text import epochs_in_words
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
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

PAGE = "pages/logistic_vs_mlp.py"
SPLIT = {
    "data": "moons",
    "samples": "200",
    "noise": "0.3",
    "test": "0.2",
    "validation": "0.25",
    "epochs": "4",
    "seeds": "3",
    "b.hidden": "6",
}
EARLY = {**SPLIT, "epochs": "60", "patience": "2", "lr": "0.1", "seeds": "5"}


def _runs(server: Services, visitor: AppTest) -> list[Run]:
    found = [server.repository.run(config) for config in runs_in_address(visitor)]
    assert all(found)
    return [run for run in found if run]


def _names(visitor: AppTest, metric: str = "loss") -> set[str]:
    traces = charts(visitor)[f"curves-{metric}"]["data"]
    return {trace["name"] for trace in traces if trace.get("name")}


def test_training_score_is_beside_the_held_out_score(idle: Services) -> None:
    visitor = results(PAGE, idle, **SPLIT)
    for run, metric in zip(_runs(idle, visitor), heads(visitor), strict=True):
        assert metric.value == with_spread(evaluate(run, split="test").accuracy)
        assert "on 40 test" in metric.label
        training = evaluate(run, split="train")
        assert f"training {number(training.accuracy.mean())}" in metric.label


def test_score_is_on_the_validation_split_without_a_test_split(idle: Services) -> None:
    visitor = results(PAGE, idle, **{**SPLIT, "test": "0"})
    for run, metric in zip(_runs(idle, visitor), heads(visitor), strict=True):
        assert "on 50 validation" in metric.label
        assert metric.value == with_spread(evaluate(run, split="validation").accuracy)


def test_test_curve_is_off_by_default_with_a_validation_split(idle: Services) -> None:
    visitor = results(PAGE, idle, **SPLIT)
    assert {"A training", "A validation"} <= _names(visitor)
    assert "A test" not in _names(visitor)
    visitor.toggle(key="logistic-testcurve").set_value(True).run()
    assert not visitor.exception
    assert "A test" in _names(visitor)
    assert "B test" in _names(visitor, "accuracy")
    assert address(visitor)["testcurve"] == "1"
    traces = {trace.get("name"): trace for trace in charts(visitor)["curves-loss"]["data"]}
    run = _runs(idle, visitor)[0]
    np.testing.assert_allclose(
        np.array(traces["A test"]["y"]), run.history["test_loss"].mean(axis=1), rtol=1e-5
    )
    assert traces["A test"]["line"]["dash"] == "dot"


def test_test_curve_is_on_by_default_without_a_validation_split(idle: Services) -> None:
    query = {**SPLIT, "validation": "0"}
    visitor = results(PAGE, idle, **query)
    assert "A test" in _names(visitor)
    assert "testcurve" not in address(visitor)
    visitor.toggle(key="logistic-testcurve").set_value(False).run()
    assert "A test" not in _names(visitor)
    assert address(visitor)["testcurve"] == "0"
    again = results(PAGE, idle, **query, testcurve="0")
    assert "A test" not in _names(again)


def test_test_curve_toggle_is_missing_without_a_test_split(idle: Services) -> None:
    visitor = results(PAGE, idle, **{**SPLIT, "test": "0"})
    assert "logistic-testcurve" not in {toggle.key for toggle in visitor.toggle}


def test_best_weights_are_the_default_and_last_weights_can_be_selected(idle: Services) -> None:
    visitor = open_tab(results(PAGE, idle, **EARLY), "logistic", "Confusion matrix")
    runs = _runs(idle, visitor)
    dataset = load_run_dataset(runs[0].config)
    switch = visitor.segmented_control(key="logistic-weights")
    assert switch.value == "best"
    for which in ("best", "last"):
        if which == "last":
            visitor.segmented_control(key="logistic-weights").set_value("last").run()
            assert not visitor.exception
            assert address(visitor)["weights"] == "last"
        else:
            assert "weights" not in address(visitor)
        scores = [evaluate(run, epoch=which, dataset=dataset) for run in runs]
        assert [m.value for m in heads(visitor)] == [with_spread(s.accuracy) for s in scores]
        for run in runs:
            epochs = run.best_epochs if which == "best" else run.epochs_trained
            assert f"Weights: {which}, {epochs_in_words(epochs)}" in all_html(visitor)
        drawn = median_network(runs)
        for i, score in enumerate(scores):
            cells = charts(visitor)[f"confusion-{i}"]["data"][0]["text"]
            counts = [[int(cell[3 : cell.index("</b>")]) for cell in row] for row in cells]
            np.testing.assert_array_equal(counts, score.confusion[drawn])
        markers = [t for t in charts(visitor)["curves-loss"]["data"] if t["mode"] == "markers"]
        expected = runs[0].best_epochs if which == "best" else runs[0].epochs_trained
        assert markers[0]["x"] == expected.tolist()
    best, last = (evaluate(runs[1], split="validation", epoch=e).loss for e in ("best", "last"))
    assert (best <= last).all()
    assert (best < last).any()
    again = results(PAGE, idle, **EARLY, weights="last")
    assert [m.value for m in heads(again)] == [m.value for m in heads(visitor)]


def test_selected_epoch_overrides_the_weights_control(idle: Services) -> None:
    visitor = results(PAGE, idle, **EARLY)
    runs = _runs(idle, visitor)
    move_epoch(visitor, "logistic", 1)
    assert [m.value for m in heads(visitor)] == [
        with_spread(evaluate(run, epoch=1).accuracy) for run in runs
    ]
    assert visitor.segmented_control(key="logistic-weights").disabled
    assert "Weights:" not in all_html(visitor)


def test_weights_control_is_missing_without_early_stopping(idle: Services) -> None:
    visitor = results(PAGE, idle, **SPLIT)
    assert "logistic-weights" not in {c.key for c in visitor.segmented_control}


def test_cell_is_selected_by_name(idle: Services) -> None:
    visitor = open_tab(results(PAGE, idle, **SPLIT), "logistic", "Confusion matrix")
    runs = _runs(idle, visitor)
    counts = evaluate(runs[0]).confusion[median_network(runs)]
    box = visitor.selectbox(key="cell-0")
    assert box.value is None
    assert box.label == "Cell of the confusion matrix of model A"
    n = counts[1, 0]
    assert n > 0
    assert f"“class 1” → “class 0”: {n}" in box.options
    assert len(box.options) == np.count_nonzero(counts)
    box.set_value(2).run()
    assert not visitor.exception
    assert (
        f"Selected: {'the one sample' if n == 1 else f'the {n} samples'} of “class 1” that A"
        in text_of(visitor.caption)
    )
    traces = {trace.get("name"): trace for trace in charts(visitor)["surface-0"]["data"]}
    assert len(traces["chosen"]["x"]) == n
    # The newest selection counts, whichever matrix it is in.
    visitor.selectbox(key="cell-1").set_value(0).run()
    assert visitor.selectbox(key="cell-0").value is None
    assert "that B classified as “class 0”" in text_of(visitor.caption)
    visitor.selectbox(key="cell-1").set_value(None).run()
    assert not visitor.exception
    assert "Selected:" not in text_of(visitor.caption)


REGRESSION = "pages/regression.py"
# One network of model B diverges.
DIVERGES = {
    "data": "diabetes",
    "test": "0.2",
    "scaling": "standard",
    "target_scaling": "standard",
    "epochs": "6",
    "seeds": "6",
    "a.optimizer": "sgd",
    "b.optimizer": "sgd",
    "a.lr": "0.01",
    "b.lr": "0.3",
    "b.hidden": "8",
}


def test_diverged_network_is_named_and_left_out(idle: Services) -> None:
    visitor = results(REGRESSION, idle, **DIVERGES)
    _, run = _runs(idle, visitor)
    assert np.flatnonzero(~run.counted).tolist() == [3]
    score = evaluate(run)
    assert heads(visitor)[1].value == with_spread(score.mse[run.counted])
    assert heads(visitor)[1].value != with_spread(score.mse)
    assert "1 of 6 networks diverged and is left out" in heads(visitor)[1].label
    assert "network 4" in text_of(visitor.warning)
    assert "median" in str(visitor.selectbox(key="regression-network").options)
    assert visitor.selectbox(key="regression-network").value != 3
    curves = charts(visitor)["curves-loss"]
    assert curves["layout"]["annotations"][0]["text"] == "B: 1 of 6 networks diverged, left out"
    line = {t.get("name"): t for t in curves["data"]}["B training"]
    kept = run.history["train_loss"][:, run.counted]
    np.testing.assert_allclose(np.array(line["y"]), kept.mean(axis=1), rtol=1e-5)
    # The report also leaves the network out.
    texts = text_of(open_tab(visitor, "regression", "Report").markdown)
    assert with_spread(score.mae[run.counted]) in texts
    assert with_spread(score.mae) not in texts


@pytest.mark.parametrize("target_scaling", ["none", "standard"])
def test_data_of_the_plotted_network_are_drawn(idle: Services, target_scaling: str) -> None:
    visitor = results(
        REGRESSION,
        idle,
        data="function_1d",
        samples="60",
        test="0.25",
        scaling="standard",
        target_scaling=target_scaling,
        resample="split",
        epochs="20",
        seeds="4",
        **{"b.hidden": "6", "b.lr": "0.05"},
    )
    runs = _runs(idle, visitor)
    run = runs[1]
    whole = load_run_dataset(run.config)
    assert len(whole.networks) == 4
    for i, one in enumerate(runs):
        assert heads(visitor)[i].value == with_spread(evaluate(one, dataset=whole).mse)
    assert "15 test" in heads(visitor)[0].label
    assert f"each ({run.n_distinct['test']} different)" in heads(visitor)[0].label
    for drawn in (median_network(runs), 2):
        visitor.selectbox(key="regression-network").set_value(drawn).run()
        assert not visitor.exception
        traces = {t.get("name"): t for t in charts(visitor)["fit-1"]["data"]}
        np.testing.assert_allclose(
            np.sort(traces["training"]["x"]), np.sort(whole.of(drawn).X_train[:, 0]), atol=1e-5
        )
        # The plot uses the scaling of the plotted network; the other networks' outputs are computed
        # here from raw values.
        x = np.array(traces["B"]["x"])
        scales = run.preprocessing
        raw = (x - scales.shift[drawn]) / scales.factor[drawn]
        lines = np.array([_from_raw(run, k, raw) for k in range(4)])
        np.testing.assert_allclose(np.array(traces["B"]["y"]), lines[drawn], rtol=1e-3, atol=1e-3)
        band = np.array(traces["all 4 networks"]["y"]).reshape(2, -1)
        np.testing.assert_allclose(band[0], lines.max(axis=0), rtol=1e-3, atol=1e-3)
        np.testing.assert_allclose(band[1][::-1], lines.min(axis=0), rtol=1e-3, atol=1e-3)
    visitor.session_state["regression-panel"] = "Data"
    visitor.run()
    assert not visitor.exception
    assert "Each network has its own split; these are the data of network 3." in text_of(
        visitor.caption
    )


def _from_raw(run: Run, k: int, raw: np.ndarray) -> np.ndarray:
    """Output of network k for raw inputs, computed by hand; ReLU, one hidden layer."""
    scales = run.preprocessing
    assert scales is not None
    assert run.config.model.activation == "relu"
    (W1, b1), (W2, b2) = ((W[k], b[k]) for W, b in run.layers())
    hidden = np.maximum((raw * scales.factor[k] + scales.shift[k])[:, None] @ W1 + b1, 0)
    of = k if len(scales.target_mean) > 1 else 0
    return (hidden @ W2 + b2)[:, 0] * scales.target_scale[of] + scales.target_mean[of]


def test_shared_data_are_not_called_own(idle: Services) -> None:
    visitor = results(PAGE, idle, **SPLIT)
    visitor.session_state["logistic-panel"] = "Data"
    visitor.run()
    assert "its own" not in text_of(visitor.caption)
    assert "different)" not in heads(visitor)[0].label


def test_a_link_names_the_open_tab(idle: Services) -> None:
    visitor = results(PAGE, idle, **SPLIT)
    assert "tab" not in address(visitor)  # the first
    open_tab(visitor, "logistic", "Range test")
    assert address(visitor)["tab"] == "Range test"
    elsewhere = results(PAGE, idle, **address(visitor))
    assert elsewhere.session_state["logistic-panel"] == "Range test"
    # Nobody has run it yet.
    assert elsewhere.button(key="range-test-start-0").label == "Run the range test"
    open_tab(elsewhere, "logistic", "Notes")
    assert "tab" not in address(elsewhere)


def test_a_tab_that_does_not_apply_leaves_the_first_open(idle: Services) -> None:
    visitor = results(PAGE, idle, **SPLIT, tab="Residuals")
    assert not visitor.warning
    assert "tab" not in address(visitor)
