"""The controls of a bench, set by a visitor of the page on logistic regression and MLPs."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from annlab import RunConfig
from annlab.config.links import read_bench
from annlab.config.settings import BY_URL
from annlab.lessons.experiments import EXPERIMENTS, Experiment, experiments_of
from annlab.ui.services import Services
from annlab.ui.text.wording import EACH_NETWORK_GETS
from tests.ui.visitor import (
    BEFORE,
    LOGISTIC,
    QUICK,
    address,
    open_logistic,
    runs_in_address,
    said,
    settings,
    settle,
    unfold,
    visit,
)

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

OFFERED = experiments_of("logistic_vs_mlp")


def experiment(visitor: AppTest) -> Selectbox:
    """The choice of an experiment, whatever its key is now."""
    return next(box for box in visitor.selectbox if box.label == "Experiment")


@pytest.mark.parametrize("entry", OFFERED, ids=lambda entry: entry.name)
def test_choosing_an_experiment_sets_every_control(entry: Experiment, server: Services) -> None:
    start = next(other for other in OFFERED if other is not entry)
    began = server.queue.n_started
    visitor = open_logistic()
    experiment(visitor).set_value(start.title).run()
    experiment(visitor).set_value(entry.title).run()
    assert not visitor.exception
    assert not visitor.error
    assert settings(visitor) == entry.runs
    assert _asked(visitor, entry) == 1
    # What was not touched stays so when the page is drawn again.
    visitor.run()
    assert settings(visitor) == entry.runs
    assert experiment(visitor).value == entry.title
    assert server.queue.n_started == began  # choosing is not training


def _asked(visitor: AppTest, entry: Experiment) -> int:
    """How often the page asks an experiment's question."""
    texts = (visitor.caption, visitor.info, visitor.markdown)
    return "\n".join(said(elements) for elements in texts).count(entry.question)


def test_an_experiments_question_is_asked_once_and_where_its_results_will_be(
    server: Services,
) -> None:
    visitor = open_logistic()
    before, entry = EXPERIMENTS["E4"], EXPERIMENTS["E1"]
    assert _asked(visitor, before) == 1
    experiment(visitor).set_value(entry.title).run()
    # Beside results of another experiment, which are said to be older.
    assert f"{entry.question} Press **Train** to find out." in said(visitor.main.info)
    assert BEFORE in said(visitor.main.info)
    assert (_asked(visitor, entry), _asked(visitor, before)) == (1, 0)
    visitor.button(key="logistic-train").click().run()
    assert (_asked(visitor, entry), _asked(visitor, before)) == (1, 0)
    settle(visitor, server)
    assert (_asked(visitor, entry), _asked(visitor, before)) == (1, 0)
    assert entry.question in said(visitor.main.caption)


def _keep_as_seen(visitor: AppTest) -> None:
    """Let what is drawn now report what it says now, as a browser does that knows no later state.

    AppTest by itself asks the session what the controls say.
    """
    for kind in (visitor.selectbox, visitor.slider, visitor.text_input, visitor.select_slider):
        for control in kind:
            control.set_value(control.value)


def test_what_a_browser_reports_late_is_no_choice() -> None:
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
def test_who_chooses_and_at_once_presses_train_gets_what_was_chosen(
    in_one_message: bool, server: Services
) -> None:
    visitor = open_logistic()
    entry = EXPERIMENTS["E1"]
    _keep_as_seen(visitor)
    chosen, train = experiment(visitor), visitor.button(key="logistic-train")
    chosen.set_value(entry.title)
    if not in_one_message:
        chosen.run()
    train.click().run()  # in the page as it was: its other controls still say what was before
    assert settings(visitor) == entry.runs
    settle(visitor, server)
    assert experiment(visitor).value == entry.title
    assert _asked(visitor, entry) == 1
    assert BEFORE not in said(visitor.info)


def test_a_changed_control_trains_nothing_and_keeps_the_results(server: Services) -> None:
    visitor = open_logistic()
    before = [metric.value for metric in visitor.metric]
    assert BEFORE not in said(visitor.info)
    began = server.queue.n_started
    visitor.text_input(key="logistic-epochs").set_value("50").run()
    assert server.queue.n_started == began
    assert [metric.value for metric in visitor.metric] == before
    assert BEFORE in said(visitor.info)
    assert "epochs 100 → 50" in said(visitor.info)
    assert [run.training.max_epochs for run in settings(visitor)] == [50, 50]
    assert experiment(visitor).value == "Custom"
    # Taking the change back takes the remark back.
    visitor.text_input(key="logistic-epochs").set_value("100").run()
    assert experiment(visitor).value == EXPERIMENTS["E4"].title
    assert BEFORE not in said(visitor.info)


def test_the_remark_names_the_model_that_was_changed() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-b-lr").set_value("0.1").run()
    info = said(visitor.info)
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
def test_what_makes_no_sense_is_said_and_cannot_be_trained(
    key: str, typed: str, label: str, server: Services
) -> None:
    visitor = unfold(open_logistic(), "a")
    before, began = [metric.value for metric in visitor.metric], server.queue.n_started
    visitor.text_input(key=key).set_value(typed).run()
    assert not visitor.exception
    assert label in said(visitor.error)
    visitor.button(key="logistic-train").click().run()
    assert label in said(visitor.error)
    assert server.queue.n_started == began
    assert visitor.text_input(key=key).value == typed
    assert [metric.value for metric in visitor.metric] == before
    # The address stays at the last settings that made sense.
    assert settings(visitor) == EXPERIMENTS["E4"].runs
    experiment(visitor).set_value(EXPERIMENTS["E1"].title).run()
    assert not visitor.error


def test_too_much_work_is_said() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-epochs").set_value("10000").run()
    visitor.text_input(key="logistic-b-hidden").set_value("512-512").run()
    assert "compute this server allows" in said(visitor.error)


def test_stored_results_are_shown_where_they_would_not_be_trained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANNLAB_MAX_WORK", "1")
    visitor = open_logistic()  # its default is stored
    assert not visitor.error
    assert len(visitor.metric) == 2
    visitor.text_input(key="logistic-epochs").set_value("3").run()
    assert "compute this server allows" in said(visitor.error)


def test_a_value_of_ones_own_may_be_typed() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-b-hidden").set_value("7-3-1").run()
    visitor.text_input(key="logistic-b-lr").set_value("0.0042").run()
    assert not visitor.error
    _, b = settings(visitor)
    assert (b.model.hidden_sizes, b.training.learning_rate) == ((7, 3, 1), 0.0042)


def test_a_value_that_arrives_with_the_press_of_train_is_trained(server: Services) -> None:
    visitor = open_logistic(**QUICK)
    settle(visitor, server)
    visitor.text_input(key="logistic-b-lr").set_value("0,07")
    visitor.text_input(key="logistic-b-hidden").set_value("(5,)")
    visitor.text_input(key="logistic-epochs").set_value("2")
    visitor.button(key="logistic-train").click().run()
    settle(visitor, server)
    assert not visitor.error
    assert BEFORE not in said(visitor.info)
    b = settings(visitor)[1]
    assert (b.training.learning_rate, b.model.hidden_sizes) == (0.07, (5,))
    run = server.repository.run(b)
    assert run
    assert run.n_epochs == 2
    # The field keeps what was typed.
    assert visitor.text_input(key="logistic-b-lr").value == "0,07"


def test_what_is_typed_and_not_understood_survives_another_data_set_and_another_model() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-b-lr").set_value("0,05,1").run()
    visitor.selectbox(key="logistic-data").set_value("circles").run()
    visitor.button(key="logistic-add").click().run()
    assert not visitor.exception
    assert visitor.text_input(key="logistic-b-lr").value == "0,05,1"
    assert "“0,05,1” is not a number" in said(visitor.error)
    assert {run.dataset.name for run in runs_in_address(visitor)} == {"circles"}
    assert len(runs_in_address(visitor)) == 3


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ("moons", ["none", "split", "sample", "folds"]),
        ("breast_cancer", ["none", "split", "folds"]),
    ],
)
def test_what_each_network_gets_is_offered_where_it_applies(data: str, options: list[str]) -> None:
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
            assert "set Test split or Validation split above 0" in said(visitor.error)


def test_folds_take_the_place_of_the_test_split() -> None:
    visitor = open_logistic()
    unfold(visitor, "data")
    visitor.slider(key="logistic-test").set_value(0.2).run()
    visitor.selectbox(key="logistic-resample").set_value("folds").run()
    assert not visitor.error
    assert "Networks is the number of folds" in said(visitor.caption)
    assert "logistic-test" not in {slider.key for slider in visitor.slider}
    data = settings(visitor)[0].dataset
    assert (data.resample, data.test_fraction) == ("folds", 0)
    visitor.text_input(key="logistic-seeds").set_value("1").run()
    assert "at least 2 networks" in said(visitor.error)
    # Without folds, the test split is what it was.
    visitor.text_input(key="logistic-seeds").set_value("5").run()
    visitor.selectbox(key="logistic-resample").set_value("split").run()
    assert not visitor.error
    assert settings(visitor)[0].dataset.test_fraction == 0.2


def test_optimizers_have_their_own_settings_with_the_defaults_of_keras_in_the_help() -> None:
    visitor = unfold(open_logistic(), "b")
    for optimizer, url, here, keras in (
        ("rmsprop", "rho", "0.99", "0.9"),
        ("adagrad", "accumulator", "0", "0.1"),
    ):
        visitor.selectbox(key="logistic-b-optimizer").set_value(optimizer).run()
        field = visitor.text_input(key=f"logistic-b-{url}")
        assert field.value == here
        assert f"PyTorch {here}, Keras {keras}" in field.help
        field.set_value(keras).run()
        assert not visitor.error
        assert BY_URL[url].of(settings(visitor)[1]) == float(keras)
    keys = {field.key for field in visitor.text_input}
    assert not {"logistic-b-rho", "logistic-b-momentum", "logistic-a-rho"} & keys


def test_selu_says_what_it_needs() -> None:
    visitor = unfold(open_logistic(), "b", "data")
    needs = "SELU needs"
    assert needs not in said(visitor.caption)
    visitor.selectbox(key="logistic-b-activation").set_value("selu").run()
    assert f"{needs} LeCun normal" in said(visitor.caption)
    visitor.selectbox(key="logistic-b-init").set_value("lecun_normal").run()
    assert f"{needs} standard scaling" in said(visitor.caption)
    visitor.selectbox(key="logistic-scaling").set_value("standard").run()
    assert needs not in said(visitor.caption)
    assert not visitor.error


def test_a_model_without_hidden_layers_stays_one_however_often_the_page_is_drawn() -> None:
    visitor = open_logistic()
    visitor.text_input(key="logistic-b-hidden").set_value("none").run()
    for _ in range(3):
        visitor.run()
        assert not visitor.error
        assert [run.model.hidden_sizes for run in settings(visitor)] == [(), ()]
    visitor.text_input(key="logistic-b-hidden").set_value("4-2").run()
    assert settings(visitor) == EXPERIMENTS["E4"].runs  # with its activation, tanh


def test_momentum_comes_and_goes_with_its_optimizers() -> None:
    visitor = unfold(open_logistic(), "b")
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
def test_the_controls_hold_whatever_an_address_may_say(query: dict[str, str]) -> None:
    visitor = visit(LOGISTIC, **{**QUICK, **query})
    unfold(visitor, "data", "a", "b", "training")
    assert not visitor.exception
    assert not visitor.error
    wanted, _ = read_bench({**QUICK, **query}, (RunConfig(), RunConfig()))
    assert settings(visitor) == wanted


def test_another_data_set_brings_its_ownsettings() -> None:
    visitor = open_logistic()
    visitor.selectbox(key="logistic-data").set_value("breast_cancer").run()
    assert not visitor.exception
    a, b = settings(visitor)
    assert a.dataset == b.dataset == EXPERIMENTS["E9"].runs[0].dataset  # split and scaled
    assert b.model == EXPERIMENTS["E4"].runs[1].model
    visitor.selectbox(key="logistic-data").set_value("moons").run()
    assert settings(visitor) == EXPERIMENTS["E4"].runs


def test_visitors_do_not_disturb_each_other() -> None:
    one, other = open_logistic(), open_logistic()
    one.text_input(key="logistic-epochs").set_value("50").run()
    other.run()
    assert settings(other) == EXPERIMENTS["E4"].runs
    assert one.session_state["session_id"] != other.session_state["session_id"]


# --- settings from elsewhere -------------------------------------------------------------------


def _upload(visitor: AppTest, data: bytes) -> AppTest:
    visitor.session_state["logistic-more-load"] = True  # as a click unfolds it
    return visitor.run().file_uploader(key="logistic-file").upload("mine.json", data, "").run()


def test_settings_from_a_file_fill_the_page(idle: Services) -> None:
    visitor = open_logistic(**QUICK, **{"b.hidden": "3", "b.lr": "0.3"})
    config = RunConfig.from_url("data=circles&samples=100&epochs=4&hidden=5&dropout=0.1")
    _upload(visitor, config.model_dump_json().encode())
    settle(visitor, idle)
    assert not visitor.exception
    a, b = settings(visitor)
    assert a == config
    # B keeps what is its own, on the data and with the training of the file.
    assert b.dataset == config.dataset
    assert (b.model.hidden_sizes, b.training.learning_rate) == ((3,), 0.3)
    assert b.training.max_epochs == 4
    assert idle.repository.run(config) is not None


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"nonsense", "mine.json"), (b'{"dataset": {"name": "iris"}}', "page Multiclass")],
)
def test_a_file_that_does_not_fit_is_refused_and_changes_nothing(
    idle: Services, data: bytes, words: str
) -> None:
    visitor = open_logistic()
    before = address(visitor)
    _upload(visitor, data)
    assert not visitor.exception
    assert words in said(visitor.error)
    assert address(visitor) == before


def test_an_experiment_can_be_added_to() -> None:
    visitor = open_logistic()
    visitor.button(key="logistic-add").click().run()
    assert not visitor.exception
    assert address(visitor)["models"] == "3"
    assert experiment(visitor).value == "Custom"
    visitor.button(key="logistic-remove").click().run()
    assert "models" not in address(visitor)
    assert experiment(visitor).value == EXPERIMENTS["E4"].title


def test_who_chooses_and_at_once_adds_a_model_gets_both() -> None:
    visitor = open_logistic()
    experiment(visitor).set_value(EXPERIMENTS["E1"].title)
    visitor.button(key="logistic-add").click().run()
    assert not visitor.exception
    a, b = EXPERIMENTS["E1"].runs
    assert runs_in_address(visitor, 2) == (a, b, b)


def test_a_file_takes_the_place_of_an_experiment(idle: Services) -> None:
    visitor = open_logistic()
    config = RunConfig.from_url("data=circles&samples=100&epochs=4&hidden=5")
    _upload(visitor, config.model_dump_json().encode())
    settle(visitor, idle)
    assert settings(visitor)[0] == config
    assert experiment(visitor).value == "Custom"


def test_the_linear_model_is_one_click_away(idle: Services) -> None:
    visitor = open_logistic(**QUICK, **{"a.hidden": "2", "b.hidden": "3"})
    visitor.button(key="logistic-add-linear").click().run()
    assert address(visitor)["models"] == "3"
    assert "c.hidden" not in address(visitor)  # none at all
    # There is one now: no second is offered.
    assert "logistic-add-linear" not in {button.key for button in visitor.button}
