"""Controls of the models, and their number, tested on the Logistic vs MLP page."""

import pytest

from annlab.config.settings import SETTINGS
from annlab.lessons.experiments import EXPERIMENTS
from annlab.ui.services import Services
from tests.ui.sidebar.experiment_box import experiment
from tests.ui.visitor import QUICK, address, open_logistic, settings, unfold

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


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


def test_model_can_be_added_to_an_experiment() -> None:
    visitor = open_logistic()
    visitor.button(key="logistic-add").click().run()
    assert not visitor.exception
    assert address(visitor)["models"] == "3"
    assert experiment(visitor).value == "Custom"
    visitor.button(key="logistic-remove-2").click().run()
    assert "models" not in address(visitor)
    assert experiment(visitor).value == EXPERIMENTS["E4"].title


def test_linear_model_is_added_with_one_click(idle: Services) -> None:
    visitor = open_logistic(**QUICK, **{"a.hidden": "2", "b.hidden": "3"})
    visitor.button(key="logistic-add-linear").click().run()
    assert address(visitor)["models"] == "3"
    assert "c.hidden" not in address(visitor)  # none at all
    # With a linear model, the page offers no second one.
    assert "logistic-add-linear" not in {button.key for button in visitor.button}
