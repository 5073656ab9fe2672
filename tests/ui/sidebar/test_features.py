"""The control of derived features, tested on the Logistic vs MLP page."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ButtonGroup

from annlab.config.settings import SETTINGS
from annlab.ui.services import Services
from tests.ui.visitor import QUICK, address, open_logistic, settings, settle, text_of

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

CIRCLES = {**QUICK, "data": "circles"}


def _open(**query: str) -> AppTest:
    """Open the page with the folded settings of the models drawn."""
    visitor = open_logistic(**query)
    visitor.session_state["logistic-more-model"] = True
    return visitor.run()


def pills(visitor: AppTest, model: str = "a") -> list[ButtonGroup]:
    return [group for group in visitor.button_group if group.key == f"logistic-{model}-features"]


def test_a_model_gets_derived_features(server: Services) -> None:
    visitor = settle(_open(**CIRCLES), server)
    (control,) = pills(visitor)
    assert control.label == "Features, A"
    assert control.value == ["x1", "x2"]
    assert control.options == ["x₁", "x₂", "x₁²", "x₂²", "x₁·x₂", "sin x₁", "sin x₂"]
    control.set_value(["x2_squared", "x1_squared"]).run()
    assert not visitor.exception
    assert address(visitor)["a.features"] == "x1_squared-x2_squared"
    assert [run.features for run in settings(visitor)] == [
        ("x1_squared", "x2_squared"),
        ("x1", "x2"),
    ]
    assert "features x₁, x₂ → x₁², x₂²" in text_of(visitor.info)
    (row,) = (block for block in visitor.markdown if ":small[Features]" in block.value)
    assert "≠" in row.value
    assert row.proto.help == SETTINGS["features"].help_for({"n_features": 2})


def test_no_feature_at_all_is_refused(server: Services) -> None:
    visitor = settle(_open(**CIRCLES), server)
    pills(visitor)[0].set_value([]).run()
    assert "**Features:** choose at least one." in text_of(visitor.error)
    pills(visitor)[0].set_value(["x1"]).run()
    assert not visitor.error
    assert settings(visitor)[0].model.features == ("x1",)


def test_other_data_take_the_features_away(server: Services) -> None:
    visitor = settle(_open(**CIRCLES, **{"a.features": "x1_x2"}), server)
    data = visitor.selectbox(key="logistic-data")
    data.set_value("xor").run()
    assert settings(visitor)[0].model.features == ("x1_x2",)
    visitor.selectbox(key="logistic-data").set_value("breast_cancer").run()
    assert not visitor.exception
    assert not visitor.error
    assert not pills(visitor)
    assert settings(visitor)[0].model.features == ()
