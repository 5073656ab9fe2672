"""Sidebar controls, tested on the Logistic vs MLP page."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from annlab import RunConfig
from annlab.config.links import read_bench
from annlab.config.settings import SETTINGS
from annlab.datasets.config import EACH_NETWORK_GETS
from annlab.lessons.experiment import Experiment
from annlab.lessons.experiments import EXPERIMENTS, experiments_of
from annlab.ui.services import Services
from tests.ui.visitor import (
    BEFORE,
    LOGISTIC,
    QUICK,
    address,
    heads,
    open_logistic,
    runs_in_address,
    settings,
    settle,
    text_of,
    unfold,
    visit,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

OFFERED = experiments_of("logistic_vs_mlp")


def experiment(visitor: AppTest) -> Selectbox:
    """The selectbox of experiments; its key changes with its value."""
    return next(box for box in visitor.selectbox if box.label == "Experiment")


@pytest.mark.parametrize("entry", OFFERED, ids=lambda entry: entry.name)
def test_selected_experiment_sets_every_control(entry: Experiment, server: Services) -> None:
    start = next(other for other in OFFERED if other is not entry)
    began = server.queue.n_started
    visitor = open_logistic()
    experiment(visitor).set_value(start.title).run()
    experiment(visitor).set_value(entry.title).run()
    assert not visitor.exception
    assert not visitor.error
    assert settings(visitor) == entry.runs
    assert _asked(visitor, entry) == 1
    # Untouched controls keep their values in a rerun.
    visitor.run()
    assert settings(visitor) == entry.runs
    assert experiment(visitor).value == entry.title
    assert server.queue.n_started == began  # selecting an experiment does not train it


def _asked(visitor: AppTest, entry: Experiment) -> int:
    """Number of times that the page shows an experiment's question."""
    texts = (visitor.caption, visitor.info, visitor.markdown)
    return "\n".join(text_of(elements) for elements in texts).count(entry.question)


def test_experiment_question_is_shown_once(
    server: Services,
) -> None:
    visitor = open_logistic()
    before, entry = EXPERIMENTS["E4"], EXPERIMENTS["E1"]
    assert _asked(visitor, before) == 1
    experiment(visitor).set_value(entry.title).run()
    # The page marks the results of the other experiment as old.
    assert "Press **Train** to find out." in text_of(visitor.main.info)
    assert entry.question in text_of(visitor.main.info)
    assert BEFORE in text_of(visitor.main.info)
    assert (_asked(visitor, entry), _asked(visitor, before)) == (1, 0)
    visitor.button(key="logistic-train").click().run()
    assert (_asked(visitor, entry), _asked(visitor, before)) == (1, 0)
    settle(visitor, server)
    assert (_asked(visitor, entry), _asked(visitor, before)) == (1, 0)
    assert entry.question in text_of(visitor.main.caption)


def _keep_as_seen(visitor: AppTest) -> None:
    """Make every control report its drawn value, like a browser that has no newer state.

    AppTest by default reports the value in the session.
    """
    kinds: list[Any] = [visitor.selectbox, visitor.slider, visitor.text_input]
    for kind in (*kinds, visitor.select_slider):
        for control in kind:
            control.set_value(control.value)


def test_late_browser_messages_are_no_selection() -> None:
    visitor = open_logistic()
    start = settings(visitor)[0].dataset.noise
    _keep_as_seen(visitor)
    seen = visitor.slider(key="logistic-noise")
    for noise in (start + 0.01, start + 0.02, start + 0.03):
        seen.set_value(noise).run()
        assert [run.dataset.noise for run in settings(visitor)] == [noise, noise]
        assert visitor.slider(key="logistic-noise").value == noise
        assert experiment(visitor).value == "Custom"


@pytest.mark.parametrize("in_one_message", [True, False])
def test_train_right_after_selecting_an_experiment_trains_it(
    in_one_message: bool, server: Services
) -> None:
    visitor = open_logistic()
    entry = EXPERIMENTS["E1"]
    _keep_as_seen(visitor)
    chosen, train = experiment(visitor), visitor.button(key="logistic-train")
    chosen.set_value(entry.title)
    if not in_one_message:
        chosen.run()
    train.click().run()  # the other controls still report their earlier values
    assert settings(visitor) == entry.runs
    settle(visitor, server)
    assert experiment(visitor).value == entry.title
    assert _asked(visitor, entry) == 1
    assert BEFORE not in text_of(visitor.info)


def test_changed_control_trains_nothing_and_keeps_the_results(server: Services) -> None:
    visitor = open_logistic()
    before = [metric.value for metric in heads(visitor)]
    assert BEFORE not in text_of(visitor.info)
    began = server.queue.n_started
    visitor.text_input(key="logistic-epochs").set_value("50").run()
    assert server.queue.n_started == began
    assert [metric.value for metric in heads(visitor)] == before
    assert BEFORE in text_of(visitor.info)
    assert "epochs 100 → 50" in text_of(visitor.info)
    assert [run.training.max_epochs for run in settings(visitor)] == [50, 50]
    assert experiment(visitor).value == "Custom"
    # Undoing the change removes the remark.
    visitor.text_input(key="logistic-epochs").set_value("100").run()
    assert experiment(visitor).value == EXPERIMENTS["E4"].title
    assert BEFORE not in text_of(visitor.info)


def test_remark_names_the_changed_model() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-b-lr").set_value("0.1").run()
    info = text_of(visitor.info)
    assert "**B:** learning rate 0.01 → 0.1" in info
    assert "**A:**" not in info


@pytest.mark.parametrize(
    ("key", "typed", "label"),
    [
        ("logistic-a-lr", "abc", "Learning rate"),
        ("logistic-a-lr", "nan", "Learning rate"),
        ("logistic-b-lr", "1000", "Learning rate"),
        ("logistic-b-hidden", "4-x", "Model B: **Hidden layers:** “4-x” is not"),
        ("logistic-epochs", "1e9", "**Epochs:** “1e9” is more than 10,000."),
        ("logistic-seeds", "", "Networks"),
        ("logistic-b-hidden", "-3", "Hidden layers"),
        ("logistic-b-hidden", "4--2", "Hidden layers"),
        ("logistic-b-hidden", "-".join("2" * 14), "Hidden layers"),
        ("logistic-a-l2", "-1", "L2"),
        ("logistic-batch", "1.5", "Batch size"),
    ],
)
def test_invalid_value_is_reported_and_not_trained(
    key: str, typed: str, label: str, server: Services
) -> None:
    visitor = unfold(open_logistic(), "model")
    before, began = [metric.value for metric in heads(visitor)], server.queue.n_started
    visitor.text_input(key=key).set_value(typed).run()
    assert not visitor.exception
    assert label in text_of(visitor.error)
    visitor.button(key="logistic-train").click().run()
    assert label in text_of(visitor.error)
    assert server.queue.n_started == began
    assert visitor.text_input(key=key).value == typed
    assert [metric.value for metric in heads(visitor)] == before
    # The address keeps the last valid settings.
    assert settings(visitor) == EXPERIMENTS["E4"].runs
    experiment(visitor).set_value(EXPERIMENTS["E1"].title).run()
    assert not visitor.error


def test_exceeded_budget_is_reported() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-epochs").set_value("10000").run()
    visitor.text_input(key="logistic-b-hidden").set_value("512-512").run()
    assert "compute this server allows" in text_of(visitor.error)


def test_stored_results_beyond_the_budget_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1")
    visitor = open_logistic()  # its default is stored
    assert not visitor.error
    assert len(heads(visitor)) == 2
    visitor.text_input(key="logistic-epochs").set_value("3").run()
    assert "compute this server allows" in text_of(visitor.error)


def test_typed_values_are_used() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-b-hidden").set_value("7-3-1").run()
    visitor.text_input(key="logistic-b-lr").set_value("0.0042").run()
    assert not visitor.error
    _, b = settings(visitor)
    assert (b.model.hidden_sizes, b.training.learning_rate) == ((7, 3, 1), 0.0042)


def test_value_that_arrives_with_the_click_on_train_is_trained(server: Services) -> None:
    visitor = open_logistic(**QUICK)
    settle(visitor, server)
    visitor.text_input(key="logistic-b-lr").set_value("0,07")
    visitor.text_input(key="logistic-b-hidden").set_value("(5,)")
    visitor.text_input(key="logistic-epochs").set_value("2")
    visitor.button(key="logistic-train").click().run()
    settle(visitor, server)
    assert not visitor.error
    assert BEFORE not in text_of(visitor.info)
    b = settings(visitor)[1]
    assert (b.training.learning_rate, b.model.hidden_sizes) == (0.07, (5,))
    run = server.repository.run(b)
    assert run
    assert run.n_epochs == 2
    # The field keeps the typed text.
    assert visitor.text_input(key="logistic-b-lr").value == "0,07"


def test_unparsable_text_survives_a_new_data_set_and_model() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-b-lr").set_value("0,05,1").run()
    visitor.selectbox(key="logistic-data").set_value("circles").run()
    visitor.button(key="logistic-add").click().run()
    assert not visitor.exception
    assert visitor.text_input(key="logistic-b-lr").value == "0,05,1"
    assert "“0,05,1” is not a number" in text_of(visitor.error)
    assert {run.dataset.name for run in runs_in_address(visitor)} == {"circles"}
    assert len(runs_in_address(visitor)) == 3


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ("moons", ["none", "split", "sample", "folds"]),
        ("breast_cancer", ["none", "split", "folds"]),
    ],
)
def test_resampling_options_depend_on_the_data_set(data: str, options: list[str]) -> None:
    visitor = open_logistic()
    visitor.selectbox(key="logistic-data").set_value(data).run()
    box = visitor.selectbox(key="logistic-resample")
    assert box.options == [EACH_NETWORK_GETS[name].capitalize() for name in options]
    for name in options:
        visitor.selectbox(key="logistic-resample").set_value(name).run()
        assert not visitor.exception
        if name != "split" or settings(visitor)[0].dataset.test_fraction:
            assert not visitor.error
            assert settings(visitor)[0].dataset.resample == name
        else:
            assert "set Test split or Validation split above 0" in text_of(visitor.error)


def test_folds_replace_the_test_split() -> None:
    visitor = open_logistic()
    unfold(visitor, "data")
    visitor.slider(key="logistic-test").set_value(0.2).run()
    visitor.selectbox(key="logistic-resample").set_value("folds").run()
    assert not visitor.error
    assert "Networks is the number of folds" in text_of(visitor.caption)
    assert "logistic-test" not in {slider.key for slider in visitor.slider}
    data = settings(visitor)[0].dataset
    assert (data.resample, data.test_fraction) == ("folds", 0)
    visitor.text_input(key="logistic-seeds").set_value("1").run()
    assert "at least 2 networks" in text_of(visitor.error)
    # Without folds, the earlier test split is back.
    visitor.text_input(key="logistic-seeds").set_value("5").run()
    visitor.selectbox(key="logistic-resample").set_value("split").run()
    assert not visitor.error
    assert settings(visitor)[0].dataset.test_fraction == 0.2


def test_optimizer_settings_show_keras_defaults_in_the_help() -> None:
    visitor = unfold(open_logistic(), "model")
    for optimizer, url, here, keras in (
        ("rmsprop", "rho", "0.99", "0.9"),
        ("adagrad", "accumulator", "0", "0.1"),
    ):
        visitor.selectbox(key="logistic-b-optimizer").set_value(optimizer).run()
        field = visitor.text_input(key=f"logistic-b-{url}")
        assert field.value == here
        helps = [block.proto.help for block in visitor.markdown]
        assert any(f"PyTorch {here}, Keras {keras}" in text for text in helps)
        field.set_value(keras).run()
        assert not visitor.error
        assert SETTINGS[url].get(settings(visitor)[1]) == float(keras)
    keys = {field.key for field in visitor.text_input}
    assert not {"logistic-b-rho", "logistic-b-momentum", "logistic-a-rho"} & keys


def test_selu_note_names_missing_settings() -> None:
    visitor = unfold(open_logistic(), "model", "data")
    needs = "SELU needs"
    assert needs not in text_of(visitor.caption)
    visitor.selectbox(key="logistic-b-activation").set_value("selu").run()
    assert f"{needs} LeCun normal" in text_of(visitor.caption)
    visitor.selectbox(key="logistic-b-init").set_value("lecun_normal").run()
    assert f"{needs} standard scaling" in text_of(visitor.caption)
    visitor.selectbox(key="logistic-scaling").set_value("standard").run()
    assert needs not in text_of(visitor.caption)
    assert not visitor.error


def test_linear_model_stays_linear_over_reruns() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-b-hidden").set_value("none").run()
    for _ in range(3):
        visitor.run()
        assert not visitor.error
        assert [run.model.hidden_sizes for run in settings(visitor)] == [(), ()]
    visitor.text_input(key="logistic-b-hidden").set_value("4-2").run()
    assert settings(visitor) == EXPERIMENTS["E4"].runs  # with its activation, tanh


def test_momentum_control_follows_the_optimizer() -> None:
    visitor = unfold(open_logistic(), "model")
    visitor.selectbox(key="logistic-b-optimizer").set_value("momentum").run()
    visitor.text_input(key="logistic-b-momentum").set_value("0.5").run()
    assert settings(visitor)[1].training.momentum == 0.5
    visitor.selectbox(key="logistic-b-optimizer").set_value("adam").run()
    visitor.run()
    assert not visitor.error
    visitor.selectbox(key="logistic-b-optimizer").set_value("nesterov").run()
    assert visitor.text_input(key="logistic-b-momentum").value == "0.5"


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
def test_controls_accept_every_valid_link(query: dict[str, str]) -> None:
    visitor = visit(LOGISTIC, **{**QUICK, **query})
    unfold(visitor, "data", "a", "b", "training")
    assert not visitor.exception
    assert not visitor.error
    wanted, _ = read_bench({**QUICK, **query}, (RunConfig(), RunConfig()))
    assert settings(visitor) == wanted


def test_selected_data_set_brings_its_suggested_settings() -> None:
    visitor = open_logistic()
    visitor.selectbox(key="logistic-data").set_value("breast_cancer").run()
    assert not visitor.exception
    a, b = settings(visitor)
    assert a.dataset == b.dataset == EXPERIMENTS["E9"].runs[0].dataset  # split and scaled
    assert b.model == EXPERIMENTS["E4"].runs[1].model
    visitor.selectbox(key="logistic-data").set_value("moons").run()
    assert settings(visitor) == EXPERIMENTS["E4"].runs


def test_sessions_are_independent() -> None:
    one, other = open_logistic(), open_logistic()
    one.text_input(key="logistic-epochs").set_value("50").run()
    other.run()
    assert settings(other) == EXPERIMENTS["E4"].runs
    assert one.session_state["session_id"] != other.session_state["session_id"]


# --- settings from elsewhere -------------------------------------------------------------------


def _upload(visitor: AppTest, data: bytes) -> AppTest:
    visitor.session_state["logistic-more-load"] = True  # as a click opens it
    return visitor.run().file_uploader(key="logistic-file").upload("mine.json", data, "").run()


def test_settings_file_fills_the_controls(idle: Services) -> None:
    visitor = open_logistic(**QUICK, **{"b.hidden": "3", "b.lr": "0.3"})
    config = RunConfig.from_url("data=circles&samples=100&epochs=4&hidden=5&dropout=0.1")
    _upload(visitor, config.model_dump_json().encode())
    settle(visitor, idle)
    assert not visitor.exception
    a, b = settings(visitor)
    assert a == config
    # B keeps its own model, with the data and training of the file.
    assert b.dataset == config.dataset
    assert (b.model.hidden_sizes, b.training.learning_rate) == ((3,), 0.3)
    assert b.training.max_epochs == 4
    assert idle.repository.run(config) is not None


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"nonsense", "mine.json"), (b'{"dataset": {"name": "iris"}}', "Multiclass page")],
)
def test_unsuitable_file_is_refused_and_changes_nothing(
    idle: Services, data: bytes, words: str
) -> None:
    visitor = open_logistic()
    before = address(visitor)
    _upload(visitor, data)
    assert not visitor.exception
    assert words in text_of(visitor.error)
    assert address(visitor) == before


def test_model_can_be_added_to_an_experiment() -> None:
    visitor = open_logistic()
    visitor.button(key="logistic-add").click().run()
    assert not visitor.exception
    assert address(visitor)["models"] == "3"
    assert experiment(visitor).value == "Custom"
    visitor.button(key="logistic-remove-2").click().run()
    assert "models" not in address(visitor)
    assert experiment(visitor).value == EXPERIMENTS["E4"].title


def test_add_right_after_selecting_an_experiment_does_both() -> None:
    visitor = open_logistic()
    experiment(visitor).set_value(EXPERIMENTS["E1"].title)
    visitor.button(key="logistic-add").click().run()
    assert not visitor.exception
    a, b = EXPERIMENTS["E1"].runs
    assert runs_in_address(visitor, 2) == (a, b, b)


def test_settings_file_replaces_an_experiment(idle: Services) -> None:
    visitor = open_logistic()
    config = RunConfig.from_url("data=circles&samples=100&epochs=4&hidden=5")
    _upload(visitor, config.model_dump_json().encode())
    settle(visitor, idle)
    assert settings(visitor)[0] == config
    assert experiment(visitor).value == "Custom"


def test_linear_model_is_added_with_one_click(idle: Services) -> None:
    visitor = open_logistic(**QUICK, **{"a.hidden": "2", "b.hidden": "3"})
    visitor.button(key="logistic-add-linear").click().run()
    assert address(visitor)["models"] == "3"
    assert "c.hidden" not in address(visitor)  # none at all
    # With a linear model, the page offers no second one.
    assert "logistic-add-linear" not in {button.key for button in visitor.button}


def test_text_in_a_hidden_control_is_no_error() -> None:
    visitor = unfold(open_logistic(), "model")
    visitor.selectbox(key="logistic-b-optimizer").set_value("momentum").run()
    visitor.text_input(key="logistic-b-momentum").set_value("abc").run()
    assert "Momentum" in text_of(visitor.error)
    visitor.selectbox(key="logistic-b-optimizer").set_value("adam").run()
    assert not visitor.error


def test_error_names_the_data_seed() -> None:
    visitor = unfold(open_logistic(), "data")
    visitor.text_input(key="logistic-data_seed").set_value("abc").run()
    assert "**Data seed:** “abc” is not" in text_of(visitor.error)
