"""Logistic vs MLP page, tested without a browser.

The tests share one server with the default experiment in its store.
"""

import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import DatasetConfig, Run, RunConfig, evaluate, load_dataset
from annlab.analysis.median_network import median_network
from annlab.analysis.prediction import predict
from annlab.datasets import Dataset
from annlab.datasets.load import load_for_display
from annlab.exports.lightning import lightning_script
from annlab.figures.base.subsample import MAX_POINTS, evenly_spaced
from annlab.figures.base.theme import MODEL_COLORS
from annlab.lessons.experiments import EXPERIMENTS
from annlab.ui.services import Services
from annlab.ui.text.scores_text import with_spread
from tests.ui.visitor import (
    BEFORE,
    QUICK,
    address,
    charts,
    heads,
    move_epoch,
    open_logistic,
    open_tab,
    settings,
    settle,
    shown_epoch,
    text_of,
    unfold,
    verdict_texts,
    wait_for,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


# --- opening -----------------------------------------------------------------------------------


def test_stored_results_open_without_training(server: Services, default_runs: list[Run]) -> None:
    began = server.queue.n_started
    visitor = open_logistic()
    assert server.queue.n_started == began
    assert not visitor.error
    assert not visitor.warning
    assert [metric.value for metric in heads(visitor)] == [
        with_spread(evaluate(run, split="train").accuracy) for run in default_runs
    ]
    assert settings(visitor) == EXPERIMENTS["E4"].runs


def test_charts_show_the_stored_runs(default_runs: list[Run]) -> None:
    visitor = open_logistic()
    assert "logistic-preview" not in charts(visitor)
    found = charts(open_tab(unfold(visitor, "about"), "logistic", "Confusion matrix"))
    dataset = load_dataset(default_runs[0].config.dataset)
    median = median_network(default_runs)
    for i, run in enumerate(default_runs):
        evaluation = evaluate(run, split="train")
        counts = evaluation.confusion[median]
        matrix, _ = found[f"confusion-{i}"]["data"]
        cells = [int(cell[3 : cell.index("</b>")]) for row in matrix["text"] for cell in row]
        assert cells == counts.ravel().tolist()
        traces = {trace.get("name"): trace for trace in found[f"surface-{i}"]["data"]}
        wrong = predict(run.config, run.layers(), dataset, dataset.X_train)[median]
        wrong = wrong != dataset.y_train
        assert wrong.sum() == counts.sum() - counts.trace()
        drawn = np.union1d(evenly_spaced(len(wrong), MAX_POINTS), np.flatnonzero(wrong))
        assert len(traces["mistakes"]["x"]) == wrong[drawn].sum()
        assert len(traces["class 0"]["x"]) == (dataset.y_train[drawn] == 0).sum()
        curves = {trace.get("name"): trace for trace in found["curves-loss"]["data"]}
        line = curves[f"{'AB'[i]} training"]
        loss = run.history["train_loss"].mean(axis=1)
        np.testing.assert_allclose(np.array(line["y"]), loss, rtol=1e-5)
        assert line["line"]["color"] == MODEL_COLORS[i]
    assert "curves-accuracy" in found
    assert "logistic-preview" in found


def test_differences_and_verdict_are_shown() -> None:
    visitor = open_logistic()
    texts = text_of(visitor.markdown)
    assert "What differs" in texts
    for words in ("hidden layers", "activation", "learning rate"):
        assert words in texts
    line, _ = verdict_texts(visitor)
    assert "1,000 samples they were trained on" in line
    assert "B] is ahead of " in line


def test_link_opens_its_experiment(server: Services) -> None:
    visitor = open_logistic(**QUICK, **{"b.hidden": "3", "b.activation": "selu"})
    settle(visitor, server)
    assert not visitor.exception
    a, b = settings(visitor)
    assert (a.dataset.name, a.dataset.n_samples, a.training.n_seeds) == ("xor", 100, 2)
    assert (a.model.hidden_sizes, b.model.hidden_sizes) == ((), (3,))
    assert len(heads(visitor)) == 2
    for config in (a, b):
        run = server.repository.run(config)
        assert run is not None
        assert run.n_epochs == 3


def test_invalid_link_values_are_named() -> None:
    visitor = open_logistic(lr="fast", zzz="1", **{"b.hidden": "4-2"})
    warnings = text_of(visitor.warning)
    assert "Learning rate" in warnings
    assert "zzz" in warnings
    assert settings(visitor)[1].model.hidden_sizes == (4, 2)


def test_data_set_of_another_page_is_named() -> None:
    visitor = open_logistic(data="iris")
    assert "Iris" in text_of(visitor.warning)
    assert settings(visitor) == EXPERIMENTS["E4"].runs


def test_link_cannot_insert_images() -> None:
    warnings = text_of(open_logistic(**{"![](https://example.org/x.png)": "1"}).warning)
    assert "example.org" in warnings
    assert "![](" not in warnings


# --- training ----------------------------------------------------------------------------------


def test_train_trains_and_shows_the_current_settings(server: Services) -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-samples").set_value("120").run()
    visitor.text_input(key="logistic-epochs").set_value("4").run()
    visitor.text_input(key="logistic-seeds").set_value("3").run()
    wanted = settings(visitor)
    assert server.repository.run(wanted[0]) is None
    visitor.button(key="logistic-train").click().run()
    assert not visitor.exception
    settle(visitor, server)
    assert not visitor.exception
    assert BEFORE not in text_of(visitor.info)
    runs = [server.repository.run(config) for config in wanted]
    assert [metric.value for metric in heads(visitor)] == [
        with_spread(evaluate(run, split="train").accuracy) for run in runs
    ]
    assert "120" in heads(visitor)[0].label
    assert visitor.button(key="logistic-stop").disabled
    # A later session finds the result.
    later = open_logistic(**address(visitor))
    assert [m.value for m in heads(later)] == [m.value for m in heads(visitor)]


def test_stop_ends_a_training_and_keeps_the_result(server: Services) -> None:
    # Trains for minutes unless stopped.
    visitor = open_logistic(data="xor", samples="100", batch="1", epochs="10000")
    visitor.button(key="logistic-train").click().run()  # a link does not start so much

    def moves() -> bool:
        visitor.run()
        return "logistic-live-loss" in charts(visitor)

    wait_for(moves)
    assert not visitor.exception
    assert len(heads(visitor)) == 0  # no run has finished
    stop = visitor.button(key="logistic-stop")
    assert not stop.disabled
    began = time.monotonic()
    stop.click().run()
    settle(visitor, server)
    assert time.monotonic() - began < 20
    assert not visitor.exception
    assert len(heads(visitor)) == 2
    assert "topped" in text_of(visitor.warning)
    curves = charts(visitor)["curves-loss"]["data"]
    assert 1 <= len(curves[0]["x"]) < 10_000


def test_invalid_changes_also_mark_results_as_old(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1e8")
    visitor = open_logistic()
    assert BEFORE not in text_of(visitor.info)
    visitor.text_input(key="logistic-epochs").set_value("10000").run()
    assert "compute this server allows" in text_of(visitor.error)
    assert BEFORE in text_of(visitor.info)
    assert len(heads(visitor)) == 2


# --- looking at results ------------------------------------------------------------------------


def test_epoch_slider_moves_all_results(default_runs: list[Run]) -> None:
    visitor = open_logistic()
    move_epoch(visitor, "logistic", 0)
    assert not visitor.exception
    found = [evaluate(run, split="train", epoch=0) for run in default_runs]
    assert [m.value for m in heads(visitor)] == [with_spread(s.accuracy) for s in found]
    drawn = charts(open_tab(visitor, "logistic", "Confusion matrix"))
    assert drawn["surface-0"]["layout"]["meta"]["epoch"] == 0
    matrix, _ = drawn["confusion-1"]["data"]
    median = median_network(default_runs)
    assert f"<b>{found[1].confusion[median, 0, 0]}</b>" in matrix["text"][0][0]
    assert address(visitor)["epoch"] == "0"
    move_epoch(visitor, "logistic", 100)
    assert "epoch" not in address(visitor)


@pytest.mark.parametrize("stored", [True, False])
def test_new_training_is_shown_at_its_last_epoch(stored: bool, server: Services) -> None:
    visitor = open_logistic(**QUICK)
    settle(visitor, server)
    move_epoch(visitor, "logistic", 1)
    assert address(visitor)["epoch"] == "1"
    if not stored:
        visitor.text_input(key="logistic-epochs").set_value("5").run()
        assert address(visitor)["epoch"] == "1"  # the earlier results are still shown
    visitor.button(key="logistic-train").click().run()
    settle(visitor, server)
    assert "epoch" not in address(visitor)
    assert shown_epoch(visitor) == (3 if stored else 5)


def test_median_network_is_plotted_and_named(default_runs: list[Run]) -> None:
    visitor = open_logistic()
    median = median_network(default_runs)
    # Independent check: the network nearest to the median training loss of both models.
    ranks = [np.argsort(np.argsort(run.history["train_loss"][-1])) for run in default_runs]
    assert median == np.abs(np.array(ranks) - 9.5).sum(axis=0).argmin()
    box = visitor.selectbox(key="logistic-network")
    assert (box.label, box.value) == ("Plots", median)
    assert box.options[median] == f"network {median + 1} (seed {median}), the median"
    assert sum("median" in option for option in box.options) == 1
    assert "network" not in address(visitor)


def test_selected_network_is_plotted(default_runs: list[Run]) -> None:
    visitor = open_logistic()
    open_tab(visitor, "logistic", "Confusion matrix")
    visitor.selectbox(key="logistic-network").set_value(3).run()
    counts = evaluate(default_runs[0], split="train").confusion[3]
    matrix, _ = charts(visitor)["confusion-0"]["data"]
    assert f"<b>{counts[0, 1]}</b>" in matrix["text"][0][1]
    assert address(visitor)["network"] == "3"
    visitor.selectbox(key="logistic-network").set_value(median_network(default_runs)).run()
    assert "network" not in address(visitor)


def test_selected_median_stays_the_median(server: Services) -> None:
    visitor = settle(open_logistic(**QUICK | {"seeds": "8", "lr": "0.05", "b.hidden": "4"}), server)
    runs = [server.repository.run(config) for config in settings(visitor)]
    assert visitor.selectbox(key="logistic-network").value == median_network(runs)
    medians = {median_network(runs)}
    for n_epochs in (1, 60, 200):
        visitor.text_input(key="logistic-epochs").set_value(str(n_epochs)).run()
        visitor.button(key="logistic-train").click().run()
        settle(visitor, server)
        runs = [server.repository.run(config) for config in settings(visitor)]
        assert visitor.selectbox(key="logistic-network").value == median_network(runs)
        medians.add(median_network(runs))
    assert len(medians) > 1  # not the same network by chance


def test_log_scale_applies_to_the_loss_only() -> None:
    visitor = open_logistic()
    visitor.toggle(key="logistic-log").set_value(True).run()
    found = charts(visitor)
    assert found["curves-loss"]["layout"]["yaxis"]["type"] == "log"
    assert found["curves-accuracy"]["layout"]["yaxis"]["type"] == "linear"
    assert address(visitor)["log"] == "1"


def test_link_restores_the_view() -> None:
    visitor = open_logistic(epoch="0", network="3", log="1")
    assert shown_epoch(visitor) == 0
    assert visitor.selectbox(key="logistic-network").value == 3
    assert visitor.toggle(key="logistic-log").value is True
    assert not visitor.warning


@pytest.mark.parametrize("query", [{"epoch": "7777"}, {"network": "-1"}, {"epoch": "<b>"}])
def test_unknown_view_in_a_link_is_reported(query: dict[str, str]) -> None:
    visitor = open_logistic(**query)
    assert next(iter(query)) in text_of(visitor.warning)
    assert shown_epoch(visitor) == 100
    median = visitor.selectbox(key="logistic-network").value
    assert "median" in visitor.selectbox(key="logistic-network").options[median]


@pytest.mark.parametrize(
    ("query", "over"),
    [({}, "epoch"), ({"time": "1"}, "seconds"), ({"over": "steps"}, "steps")],
)
def test_curves_are_drawn_over_epochs_steps_or_seconds(query: dict[str, str], over: str) -> None:
    visitor = open_logistic(**query)
    assert visitor.segmented_control(key="logistic-over").value == over
    assert not visitor.warning
    kept = {name: value for name, value in address(visitor).items() if name in ("over", "time")}
    assert kept == ({} if over == "epoch" else {"over": over})
    x = np.array(charts(visitor)["curves-loss"]["data"][0]["x"])
    last = {"epoch": 100, "steps": 100 * 32, "seconds": x.max()}[over]
    assert x.max() == last


def test_unknown_axis_is_refused_alone() -> None:
    visitor = open_logistic(over="banana", log="1")
    assert "banana" in text_of(visitor.warning)
    assert visitor.segmented_control(key="logistic-over").value == "epoch"
    assert visitor.toggle(key="logistic-log").value is True


def _panel(title: str) -> AppTest:
    visitor = open_logistic()
    visitor.session_state["logistic-panel"] = title
    visitor.run()
    assert not visitor.exception
    return visitor


def test_report_has_the_scores_of_each_class(default_runs: list[Run]) -> None:
    texts = text_of(_panel("Report").markdown)
    for run in default_runs:
        evaluation = evaluate(run, split="train")
        for k in range(2):
            for values in (evaluation.precision, evaluation.recall, evaluation.f1):
                assert with_spread(values[:, k]) in texts
        for values in (
            *(evaluation.accuracy, evaluation.log_loss),
            *(evaluation.weighted_precision, evaluation.weighted_recall, evaluation.weighted_f1),
        ):
            assert with_spread(values) in texts


def test_network_tab_has_parameter_counts_and_graph() -> None:
    visitor = _panel("Network")
    texts = text_of(visitor.markdown)
    for arithmetic in ("2 × 1 + 1 = 3", "2 × 4 + 4 = 12", "4 × 2 + 2 = 10", "**25**"):
        assert arithmetic in texts
    assert {"graph-0", "graph-1"} <= set(charts(visitor))


def test_data_tab_has_counts_and_a_plot() -> None:
    visitor = _panel("Data")
    assert "| class 0 | 500 | 0 | 0 |" in text_of(visitor.markdown)
    assert "| *samples* | 1,000 | 0 | 0 |" in text_of(visitor.markdown)
    traces = charts(visitor)["data-points"]["data"]
    assert sum(len(trace["x"]) for trace in traces) == 1000


def test_partly_loaded_data_set_is_named(server: Services, default_runs: list[Run]) -> None:
    config = default_runs[0].config.dataset
    thinned = load_for_display(config, max_numbers=400)
    server.repository._datasets[config.digest] = thinned, frozenset()
    try:
        visitor = _panel("Data")
        assert "| class 0 | 500 | 0 | 0 |" not in text_of(visitor.markdown)
        assert "from all 1,000 training samples; the plot and the counts use one in 5" in text_of(
            visitor.caption
        )
        assert "| *samples* | 1,000 | 0 | 0 |" in text_of(visitor.markdown)
        assert "on 200 of 1,000 training" in heads(visitor)[0].label
    finally:
        server.repository._datasets.discard(config.digest)
    assert "counted by class" not in text_of(_panel("Data").caption)


def test_data_that_cannot_be_unscaled_is_shown_scaled(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = settle(open_logistic(scaling="minmax", epochs="2", seeds="1", samples="60"), server)
    made = server.datasets.load_if_ready

    def not_here(config: DatasetConfig | RunConfig) -> Dataset | None:
        if isinstance(config, DatasetConfig) and config.scaling == "none":
            raise ValueError("the file is not on this machine")
        return made(config)

    monkeypatch.setattr(server.datasets, "load_if_ready", not_here)
    visitor.session_state["logistic-panel"] = "Data"
    visitor.run()
    assert not visitor.exception
    assert "Showing scaled values" in text_of(visitor.caption)
    assert "data-points" in charts(visitor)


def test_code_tab_has_the_scripts_of_the_runs(default_runs: list[Run]) -> None:
    scripts = [element.value for element in _panel("Code").code]
    for run in default_runs:
        assert lightning_script(run.config).strip() in [script.strip() for script in scripts]


def test_axes_are_selected_among_all_features(server: Services) -> None:
    visitor = settle(
        open_logistic(data="breast_cancer", test="0.2", scaling="minmax", epochs="2", seeds="1"),
        server,
    )
    assert "114 test samples" in heads(visitor)[0].label
    visitor.selectbox(key="logistic-x-breast_cancer").set_value(5).run()
    visitor.selectbox(key="logistic-y-breast_cancer").set_value(7).run()
    assert not visitor.exception
    surface = charts(visitor)["surface-0"]["layout"]
    assert "28 other features" in surface["xaxis"]["title"]["text"]
    assert surface["xaxis"]["title"]["text"].startswith("mean compactness (scaled)<br>")
    assert surface["yaxis"]["title"]["text"] == "mean concave points (scaled)"
    assert address(visitor) | {"x": "5", "y": "7"} == address(visitor)
    # The page refuses the same feature for both axes.
    visitor.selectbox(key="logistic-y-breast_cancer").set_value(5).run()
    assert not visitor.exception
    surface = charts(visitor)["surface-0"]["layout"]
    assert surface["xaxis"]["title"] != surface["yaxis"]["title"]
    # Another data set has other features.
    visitor.selectbox(key="logistic-data").set_value("random_labels").run()
    visitor.button(key="logistic-train").click().run()
    settle(visitor, server)
    assert visitor.selectbox(key="logistic-x-random_labels").value == 0
    assert visitor.selectbox(key="logistic-y-random_labels").value == 1
    assert "x" not in address(visitor)
