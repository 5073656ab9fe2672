"""Files of settings, tested on the Logistic vs MLP page."""

import pytest
from streamlit.testing.v1 import AppTest

from annlab import RunConfig
from annlab.ui.services import Services
from tests.ui.sidebar.experiment_box import experiment
from tests.ui.visitor import QUICK, address, open_logistic, settings, settle, text_of

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]


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


def test_settings_file_replaces_an_experiment(idle: Services) -> None:
    visitor = open_logistic()
    config = RunConfig.from_url("data=circles&samples=100&epochs=4&hidden=5")
    _upload(visitor, config.model_dump_json().encode())
    settle(visitor, idle)
    assert settings(visitor)[0] == config
    assert experiment(visitor).value == "Custom"
