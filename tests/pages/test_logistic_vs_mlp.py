"""The page on logistic regression and MLPs, visited without a browser.

The tests share one server, which has the default experiment in its store.
"""

import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from annlab import Run, RunConfig, evaluate
from annlab.experiments import EXPERIMENTS, Experiment, experiments_of
from annlab.exports.lightning import lightning_script
from annlab.figures.theme import MODEL_COLOURS
from annlab.jobs import Jobs
from annlab.links import read_bench
from annlab.ui.wording import with_spread
from tests.ui.visitor import (
    LOGISTIC,
    address,
    array,
    charts,
    said,
    settle,
    type_into,
    visit,
    wait_for,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

OFFERED = experiments_of("logistic_vs_mlp")
BEFORE = "before your changes"
# Trained in a moment.
QUICK = {"data": "xor", "samples": "100", "epochs": "3", "seeds": "2"}


def _open(**query: str) -> AppTest:
    visitor = visit(LOGISTIC, **query)
    assert not visitor.exception
    return visitor


def _settings(visitor: AppTest) -> tuple[RunConfig, ...]:
    """What the address says."""
    query = {k: v for k, v in address(visitor).items() if k not in ("epoch", "network", "x", "y")}
    runs, problems = read_bench(query, (RunConfig(), RunConfig()))
    assert problems == []
    return runs


# --- opening -----------------------------------------------------------------------------------


def test_it_opens_with_stored_results_and_trains_nothing(
    server: Jobs, default_runs: list[Run]
) -> None:
    began = server._n_submitted
    visitor = _open()
    assert server._n_submitted == began
    assert not visitor.error
    assert not visitor.warning
    assert [metric.value for metric in visitor.metric] == [
        with_spread(evaluate(run, split="train").accuracy) for run in default_runs
    ]
    assert _settings(visitor) == EXPERIMENTS["E4"].runs


def test_the_charts_show_the_stored_runs(default_runs: list[Run]) -> None:
    found = charts(_open())
    for i, run in enumerate(default_runs):
        evaluation = evaluate(run, split="train")
        counts = evaluation.confusion[0]
        matrix, _ = found[f"confusion-{i}"]["data"]
        cells = [int(cell[3 : cell.index("</b>")]) for row in matrix["text"] for cell in row]
        assert cells == counts.ravel().tolist()
        traces = {trace.get("name"): trace for trace in found[f"surface-{i}"]["data"]}
        n_mistakes = counts.sum() - counts.trace()
        assert len(array(traces["mistakes"]["x"])) == n_mistakes
        assert len(array(traces["class 0"]["x"])) == counts[0].sum()
        curves = {trace.get("name"): trace for trace in found["curves-loss"]["data"]}
        line = curves[f"{'AB'[i]} training"]
        np.testing.assert_allclose(array(line["y"]), run.history["train_loss"].mean(axis=1))
        assert line["line"]["color"] == MODEL_COLOURS[i]
    assert "curves-accuracy" in found
    assert "logistic-preview" in found


def test_what_differs_and_who_is_better_are_said() -> None:
    visitor = _open()
    texts = said(visitor.markdown)
    assert "What differs" in texts
    for words in ("hidden layers", "activation", "learning rate"):
        assert words in texts
    assert "**B is better in 20 of 20 networks**" in texts


def test_an_address_opens_its_experiment(server: Jobs) -> None:
    visitor = _open(**QUICK, **{"b.hidden": "3", "b.activation": "selu"})
    settle(visitor, server)
    assert not visitor.exception
    a, b = _settings(visitor)
    assert (a.dataset.name, a.dataset.n_samples, a.training.n_seeds) == ("xor", 100, 2)
    assert (a.model.hidden_sizes, b.model.hidden_sizes) == ((), (3,))
    assert len(visitor.metric) == 2
    for config in (a, b):
        run = server.run(config)
        assert run is not None
        assert run.n_epochs == 3


def test_nonsense_in_the_address_is_told() -> None:
    visitor = _open(lr="fast", zzz="1", **{"b.hidden": "4-2"})
    warnings = said(visitor.warning)
    assert "Learning rate" in warnings
    assert "zzz" in warnings
    assert _settings(visitor)[1].model.hidden_sizes == (4, 2)


def test_a_data_set_of_another_page_is_told() -> None:
    visitor = _open(data="iris")
    assert "Iris" in said(visitor.warning)
    assert _settings(visitor) == EXPERIMENTS["E4"].runs


def test_an_address_cannot_put_pictures_on_the_page() -> None:
    warnings = said(_open(**{"![](https://example.org/x.png)": "1"}).warning)
    assert "example.org" in warnings
    assert "![](" not in warnings


# --- controls ----------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", OFFERED, ids=lambda entry: entry.name)
def test_choosing_an_experiment_sets_every_control(entry: Experiment, server: Jobs) -> None:
    start = next(other for other in OFFERED if other is not entry)
    began = server._n_submitted
    visitor = _open()
    visitor.selectbox(key="logistic-experiment").set_value(start.title).run()
    visitor.selectbox(key="logistic-experiment").set_value(entry.title).run()
    assert not visitor.exception
    assert not visitor.error
    assert _settings(visitor) == entry.runs
    assert entry.question in said(visitor.caption)
    # What was not touched stays so when the page is drawn again.
    visitor.run()
    assert _settings(visitor) == entry.runs
    assert visitor.selectbox(key="logistic-experiment").value == entry.title
    assert server._n_submitted == began  # choosing is not training


def test_a_changed_control_trains_nothing_and_keeps_the_results(server: Jobs) -> None:
    visitor = _open()
    before = [metric.value for metric in visitor.metric]
    assert BEFORE not in said(visitor.info)
    began = server._n_submitted
    visitor.number_input(key="logistic-epochs").set_value(50).run()
    assert server._n_submitted == began
    assert [metric.value for metric in visitor.metric] == before
    assert BEFORE in said(visitor.info)
    assert "epochs 100 → 50" in said(visitor.info)
    assert [run.training.max_epochs for run in _settings(visitor)] == [50, 50]
    # At once: a name that is shown late is a choice that the browser still reports later.
    assert visitor.selectbox(key="logistic-experiment").value == "Your own settings"
    # Taking the change back takes the remark back.
    visitor.number_input(key="logistic-epochs").set_value(100).run()
    assert visitor.selectbox(key="logistic-experiment").value == EXPERIMENTS["E4"].title
    assert BEFORE not in said(visitor.info)


def test_the_remark_names_the_model_that_was_changed() -> None:
    visitor = _open()
    visitor.selectbox(key="logistic-b-lr").set_value("0.1").run()
    info = said(visitor.info)
    assert "**B:** learning rate 0.01 → 0.1" in info
    assert "**A:**" not in info


@pytest.mark.parametrize(
    ("key", "typed", "label"),
    [
        ("logistic-a-lr", "abc", "Learning rate"),
        ("logistic-a-lr", "nan", "Learning rate"),
        ("logistic-b-lr", "1000", "Learning rate"),
        ("logistic-b-hidden", "4-x", "Hidden layers"),
        ("logistic-b-hidden", "-".join("2" * 14), "Hidden layers"),
        ("logistic-a-l2", "-1", "L2"),
        ("logistic-batch", "1.5", "Batch size"),
    ],
)
def test_what_makes_no_sense_is_said_and_cannot_be_trained(
    key: str, typed: str, label: str, server: Jobs
) -> None:
    visitor = _open()
    before = [metric.value for metric in visitor.metric]
    type_into(visitor, key, typed)
    assert not visitor.exception
    assert label in said(visitor.error)
    assert visitor.button(key="logistic-train").disabled
    assert [metric.value for metric in visitor.metric] == before
    # The address stays at the last settings that made sense.
    assert _settings(visitor) == EXPERIMENTS["E4"].runs
    visitor.selectbox(key="logistic-experiment").set_value(EXPERIMENTS["E1"].title).run()
    assert not visitor.error
    assert not visitor.button(key="logistic-train").disabled


def test_too_much_work_is_said() -> None:
    visitor = _open()
    visitor.number_input(key="logistic-epochs").set_value(10_000).run()
    type_into(visitor, "logistic-b-hidden", "1024-1024")
    assert "work that is allowed" in said(visitor.error)
    assert visitor.button(key="logistic-train").disabled


def test_a_value_of_ones_own_may_be_typed() -> None:
    visitor = _open()
    type_into(visitor, "logistic-b-hidden", "7-3-1")
    type_into(visitor, "logistic-b-lr", "0.0042")
    assert not visitor.error
    _, b = _settings(visitor)
    assert (b.model.hidden_sizes, b.training.learning_rate) == ((7, 3, 1), 0.0042)


def test_a_model_without_hidden_layers_stays_one_however_often_the_page_is_drawn() -> None:
    visitor = _open()
    visitor.selectbox(key="logistic-b-hidden").set_value("none").run()
    for _ in range(3):
        visitor.run()
        assert not visitor.error
        assert [run.model.hidden_sizes for run in _settings(visitor)] == [(), ()]
    visitor.selectbox(key="logistic-b-hidden").set_value("4-2").run()
    assert _settings(visitor) == EXPERIMENTS["E4"].runs  # with its activation, tanh


def test_momentum_comes_and_goes_with_its_optimizers() -> None:
    visitor = _open()
    visitor.selectbox(key="logistic-b-optimizer").set_value("momentum").run()
    visitor.slider(key="logistic-b-momentum").set_value(0.5).run()
    assert _settings(visitor)[1].training.momentum == 0.5
    visitor.selectbox(key="logistic-b-optimizer").set_value("adam").run()
    visitor.run()
    assert not visitor.error
    visitor.selectbox(key="logistic-b-optimizer").set_value("nesterov").run()
    assert visitor.slider(key="logistic-b-momentum").value == 0.5


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"optimizer": "momentum", "momentum": "0.999"}),
        pytest.param({"lr": "0.0123456789"}),
        {"noise": "0.123456789"},
        {"data": "gaussians", "noise": "3.0"},
        {"test": "0.33", "validation": "0.9", "samples": "2000"},
        {"b.hidden": "2", "b.dropout": "0.9", "batch": "100000"},
        {"seed": "2147483647", "data_seed": "2147483647", "split_seed": "0"},
        {"patience": "10000", "loss": "mse", "output": "sigmoid"},
    ],
    ids=lambda query: "&".join(query),
)
def test_the_controls_hold_whatever_an_address_may_say(query: dict[str, str]) -> None:
    visitor = visit(LOGISTIC, **{**QUICK, **query})
    assert not visitor.exception
    assert not visitor.error
    wanted, _ = read_bench({**QUICK, **query}, (RunConfig(), RunConfig()))
    assert _settings(visitor) == wanted


def test_another_data_set_brings_its_own_settings() -> None:
    visitor = _open()
    visitor.selectbox(key="logistic-data").set_value("breast_cancer").run()
    assert not visitor.exception
    a, b = _settings(visitor)
    assert a.dataset == b.dataset == EXPERIMENTS["E9"].runs[0].dataset  # split and scaled
    assert b.model == EXPERIMENTS["E4"].runs[1].model
    visitor.selectbox(key="logistic-data").set_value("moons").run()
    assert _settings(visitor) == EXPERIMENTS["E4"].runs


def test_visitors_do_not_disturb_each_other() -> None:
    one, other = _open(), _open()
    one.number_input(key="logistic-epochs").set_value(50).run()
    other.run()
    assert _settings(other) == EXPERIMENTS["E4"].runs
    assert one.session_state["session_id"] != other.session_state["session_id"]


# --- training ----------------------------------------------------------------------------------


def test_train_trains_what_the_controls_say_and_shows_it(server: Jobs) -> None:
    visitor = _open()
    visitor.number_input(key="logistic-samples").set_value(120).run()
    visitor.number_input(key="logistic-epochs").set_value(4).run()
    visitor.number_input(key="logistic-seeds").set_value(3).run()
    wanted = _settings(visitor)
    assert server.run(wanted[0]) is None
    visitor.button(key="logistic-train").click().run()
    assert not visitor.exception
    settle(visitor, server)
    assert not visitor.exception
    assert BEFORE not in said(visitor.info)
    runs = [server.run(config) for config in wanted]
    assert [metric.value for metric in visitor.metric] == [
        with_spread(evaluate(run, split="train").accuracy) for run in runs
    ]
    assert "120" in visitor.metric[0].label
    assert visitor.button(key="logistic-stop").disabled
    # Whoever comes later finds it.
    later = _open(**address(visitor))
    assert [m.value for m in later.metric] == [m.value for m in visitor.metric]


def test_stop_ends_a_training_and_keeps_what_was_learned(server: Jobs) -> None:
    # Minutes, if it were not stopped.
    visitor = _open(data="xor", samples="100", batch="1", epochs="10000")

    def moves() -> bool:
        visitor.run()
        return "logistic-live-loss" in charts(visitor)

    wait_for(moves)
    assert not visitor.exception
    assert len(visitor.metric) == 0  # nothing is finished yet
    stop = visitor.button(key="logistic-stop")
    assert not stop.disabled
    began = time.monotonic()
    stop.click().run()
    settle(visitor, server)
    assert time.monotonic() - began < 20
    assert not visitor.exception
    assert len(visitor.metric) == 2
    assert "topped" in said(visitor.warning)
    curves = charts(visitor)["curves-loss"]["data"]
    assert 1 <= len(array(curves[0]["x"])) < 10_000
    assert not visitor.button(key="logistic-train").disabled


# --- looking at results ------------------------------------------------------------------------


def test_the_scrubber_moves_everything_to_its_epoch(default_runs: list[Run]) -> None:
    visitor = _open()
    visitor.select_slider(key="logistic-epoch").set_value(0).run()
    assert not visitor.exception
    scores = [evaluate(run, split="train", epoch=0) for run in default_runs]
    assert [m.value for m in visitor.metric] == [with_spread(s.accuracy) for s in scores]
    found = charts(visitor)
    (cursor,) = found["curves-loss"]["layout"]["shapes"]
    assert cursor["x0"] == 0
    matrix, _ = found["confusion-1"]["data"]
    assert f"<b>{scores[1].confusion[0, 0, 0]}</b>" in matrix["text"][0][0]
    assert address(visitor)["epoch"] == "0"
    visitor.select_slider(key="logistic-epoch").set_value(100).run()
    assert "epoch" not in address(visitor)


def test_another_network_is_drawn(default_runs: list[Run]) -> None:
    visitor = _open()
    visitor.selectbox(key="logistic-network").set_value(3).run()
    counts = evaluate(default_runs[0], split="train").confusion[3]
    matrix, _ = charts(visitor)["confusion-0"]["data"]
    assert f"<b>{counts[0, 1]}</b>" in matrix["text"][0][1]
    assert address(visitor)["network"] == "3"


def test_a_log_scale_for_the_loss_alone() -> None:
    visitor = _open()
    visitor.toggle(key="logistic-log").set_value(True).run()
    found = charts(visitor)
    assert found["curves-loss"]["layout"]["yaxis"]["type"] == "log"
    assert found["curves-accuracy"]["layout"]["yaxis"]["type"] == "linear"
    assert address(visitor)["log"] == "1"


def test_the_address_of_the_view_restores_the_view() -> None:
    visitor = _open(epoch="0", network="3", log="1")
    assert visitor.select_slider(key="logistic-epoch").value == 0
    assert visitor.selectbox(key="logistic-network").value == 3
    assert visitor.toggle(key="logistic-log").value is True
    assert not visitor.warning


@pytest.mark.parametrize("query", [{"epoch": "7777"}, {"network": "-1"}, {"epoch": "<b>"}])
def test_a_view_that_is_not_there_is_told(query: dict[str, str]) -> None:
    visitor = _open(**query)
    assert next(iter(query)) in said(visitor.warning)
    assert visitor.select_slider(key="logistic-epoch").value == 100
    assert visitor.selectbox(key="logistic-network").value == 0


def _panel(title: str) -> AppTest:
    visitor = _open()
    visitor.session_state["logistic-panel"] = title
    visitor.run()
    assert not visitor.exception
    return visitor


def test_the_report_has_the_scores_of_each_class(default_runs: list[Run]) -> None:
    texts = said(_panel("Report").markdown)
    for run in default_runs:
        evaluation = evaluate(run, split="train")
        for k in range(2):
            for values in (evaluation.precision, evaluation.recall, evaluation.f1):
                assert with_spread(values[:, k]) in texts


def test_the_network_has_its_arithmetic_and_its_graph() -> None:
    visitor = _panel("Network")
    texts = said(visitor.markdown)
    for arithmetic in ("2 × 1 + 1 = 3", "2 × 4 + 4 = 12", "4 × 2 + 2 = 10", "**25**"):
        assert arithmetic in texts
    assert {"graph-0", "graph-1"} <= set(charts(visitor))


def test_the_data_are_counted_and_drawn() -> None:
    visitor = _panel("Data")
    assert "| class 0 | 500 | 0 | 0 |" in said(visitor.markdown)
    traces = charts(visitor)["data-points"]["data"]
    assert sum(len(array(trace["x"])) for trace in traces) == 1000


def test_the_code_is_that_of_the_runs(default_runs: list[Run]) -> None:
    scripts = [element.value for element in _panel("Code").code]
    for run in default_runs:
        assert lightning_script(run.config).strip() in [script.strip() for script in scripts]


def test_more_features_than_two_can_be_chosen_as_axes(server: Jobs) -> None:
    visitor = settle(
        _open(data="breast_cancer", test="0.2", scaling="minmax", epochs="2", seeds="1"), server
    )
    assert "114 test points" in visitor.metric[0].label
    visitor.selectbox(key="logistic-x").set_value(5).run()
    visitor.selectbox(key="logistic-y").set_value(7).run()
    assert not visitor.exception
    surface = charts(visitor)["surface-0"]["layout"]
    assert "28 other features" in surface["annotations"][0]["text"]
    assert surface["xaxis"]["title"]["text"] == "mean compactness (scaled)"
    assert surface["yaxis"]["title"]["text"] == "mean concave points (scaled)"
    assert address(visitor) | {"x": "5", "y": "7"} == address(visitor)
    # The same feature twice is no plane.
    visitor.selectbox(key="logistic-y").set_value(5).run()
    assert not visitor.exception
    surface = charts(visitor)["surface-0"]["layout"]
    assert surface["xaxis"]["title"] != surface["yaxis"]["title"]


# --- settings from elsewhere -------------------------------------------------------------------


def _upload(visitor: AppTest, data: bytes) -> AppTest:
    return visitor.file_uploader(key="logistic-file").upload("mine.json", data, "").run()


def test_settings_from_a_file_fill_the_page(idle: Jobs) -> None:
    visitor = _open(**QUICK, **{"b.hidden": "3", "b.lr": "0.3"})
    config = RunConfig.from_url("data=circles&samples=100&epochs=4&hidden=5&dropout=0.1")
    _upload(visitor, config.model_dump_json().encode())
    settle(visitor, idle)
    assert not visitor.exception
    a, b = _settings(visitor)
    assert a == config
    # B keeps what is its own, on the data and with the training of the file.
    assert b.dataset == config.dataset
    assert (b.model.hidden_sizes, b.training.learning_rate) == ((3,), 0.3)
    assert b.training.max_epochs == 4
    assert idle.run(config) is not None


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"nonsense", "mine.json"), (b'{"dataset": {"name": "iris"}}', "page Multiclass")],
)
def test_a_file_that_does_not_fit_is_refused_and_changes_nothing(
    idle: Jobs, data: bytes, words: str
) -> None:
    visitor = _open()
    before = address(visitor)
    _upload(visitor, data)
    assert not visitor.exception
    assert words in said(visitor.error)
    assert address(visitor) == before


def test_the_linear_model_is_one_click_away(idle: Jobs) -> None:
    visitor = _open(**QUICK, **{"a.hidden": "2", "b.hidden": "3"})
    visitor.button(key="logistic-add-linear").click().run()
    assert address(visitor)["models"] == "3"
    assert "c.hidden" not in address(visitor)  # none at all
    # There is one now: no second is offered.
    assert "logistic-add-linear" not in {button.key for button in visitor.button}
