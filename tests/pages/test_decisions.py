"""Decisions tab of a page: its choices stand in the address."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from annlab.ui.components import decisions
from annlab.ui.services import Services
from tests.ui.visitor import LOGISTIC, address, open_tab, results, settle, text_of, visit

pytestmark = [
    pytest.mark.usefixtures("idle"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]

SEVERAL_OUTPUTS = "pages/several_outputs.py"
QUERY = {
    "data": "moons",
    "samples": "100",
    "noise": "0.3",
    "epochs": "3",
    "seeds": "2",
    "test": "0.3",
    "b.hidden": "3",
    "tab": "Decisions",
}
CHOSEN = {"positive": "0", "threshold": "0.3", "missed": "2.5", "alarm": "4"}


def _shown(visitor: AppTest) -> dict[str, str]:
    """What the tab shows, as it stands in an address."""
    (view,) = (block for block in visitor.get("bidi_component") if "decisions" in block.proto.id)
    data: Any = json.loads(json.loads(view.proto.json)["decisions"])
    (positive,) = (box for box in visitor.selectbox if box.label == "Positive class")
    missed, alarm = (box.value for box in visitor.number_input if box.label.endswith(" costs"))
    names = ["class 0", "class 1"]
    assert data["positive"] == names[positive.value]
    numbers = (positive.value, data["threshold"], missed, alarm)
    return dict(zip(CHOSEN, (f"{number:g}" for number in numbers), strict=True))


def _chosen(visitor: AppTest) -> dict[str, str]:
    return {name: value for name, value in address(visitor).items() if name in CHOSEN}


def _move_threshold(visitor: AppTest, monkeypatch: pytest.MonkeyPatch, to: float) -> None:
    """Let the slider rest. (AppTest cannot move components of version 2.)"""
    draw = decisions.decisions_view

    def report(data: str, key: str, on_threshold: Any) -> None:
        draw(data, key, on_threshold)
        on_threshold(json.loads(data)["index"], to)

    with monkeypatch.context() as patch:
        patch.setattr("annlab.ui.results.panels.decisions.decisions_view", report)
        visitor.run()
    assert not visitor.exception


def test_a_link_opens_with_the_choices_of_the_tab(
    idle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = results(LOGISTIC, idle, **QUERY)
    assert _shown(visitor) == {"positive": "1", "threshold": "0.5", "missed": "10", "alarm": "1"}
    assert _chosen(visitor) == {}
    next(box for box in visitor.selectbox if box.label == "Positive class").set_value(0).run()
    for place, name in enumerate(("missed", "alarm")):
        boxes = [box for box in visitor.number_input if box.label.endswith(" costs")]
        boxes[place].set_value(float(CHOSEN[name])).run()
    _move_threshold(visitor, monkeypatch, 0.3)
    assert _chosen(visitor) == CHOSEN
    (link,) = (block.value for block in visitor.code if "threshold=0.3" in block.value)
    assert "missed=2.5" in link
    visitor.run()
    assert _shown(visitor) == CHOSEN
    elsewhere = results(LOGISTIC, idle, **address(visitor))
    assert not elsewhere.warning
    assert _shown(elsewhere) == CHOSEN
    # Another tab forgets nothing.
    open_tab(elsewhere, "logistic", "Report")
    assert _chosen(elsewhere) == CHOSEN
    open_tab(elsewhere, "logistic", "Decisions")
    assert _shown(elsewhere) == _chosen(elsewhere) == CHOSEN


def test_a_threshold_between_the_steps_is_kept_exactly(
    idle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = results(LOGISTIC, idle, **QUERY)
    _move_threshold(visitor, monkeypatch, 0.1 + 0.2)
    assert _chosen(visitor) == {"threshold": "0.30000000000000004"}
    _move_threshold(visitor, monkeypatch, 0.5)
    assert _chosen(visitor) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"positive": "2"},
        {"positive": "0.5"},
        {"threshold": "1.5"},
        {"threshold": "nan"},
        {"missed": "-1"},
        {"alarm": "much"},
    ],
)
def test_an_unknown_choice_is_named_and_left_out(idle: Services, wrong: dict[str, str]) -> None:
    ((name, value),) = wrong.items()
    usual = _shown(results(LOGISTIC, idle, **QUERY))
    visitor = visit(LOGISTIC, **QUERY, **wrong)
    assert not visitor.exception
    assert f"asks for {name} “{value}”" in text_of(visitor.warning)
    assert _shown(visitor) == usual
    assert _chosen(visitor) == {}


def test_other_data_have_a_class_and_a_threshold_of_their_own(
    idle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = results(LOGISTIC, idle, **QUERY, **CHOSEN)
    before = address(visitor)
    visitor.selectbox(key="logistic-data").set_value("circles").run()
    visitor.button(key="logistic-train").click().run()
    settle(visitor, idle)
    assert not visitor.exception
    assert address(visitor)["data"] == "circles"
    assert _chosen(visitor) == {"missed": "2.5", "alarm": "4"}
    assert _shown(visitor) == {**CHOSEN, "positive": "1", "threshold": "0.5"}
    # The browser's Back brings those of the address.
    visitor.query_params.clear()
    for name, value in before.items():
        visitor.query_params[name] = value
    with monkeypatch.context() as patch:
        patch.setattr("annlab.ui.state.page_state.is_history_navigation", lambda: True)
        visitor.run()
    settle(visitor, idle)
    assert not visitor.exception
    assert address(visitor) == before
    assert _shown(visitor) == CHOSEN


LABELS = {
    "data": "labels",
    "samples": "120",
    "epochs": "3",
    "seeds": "2",
    "test": "0.3",
    "b.hidden": "3",
    "tab": "Decisions",
}


def _data(visitor: AppTest) -> dict[str, Any]:
    """Data of the browser's part."""
    (view,) = (block for block in visitor.get("bidi_component") if "decisions" in block.proto.id)
    data: dict[str, Any] = json.loads(json.loads(view.proto.json)["decisions"])
    return data


def _label(visitor: AppTest) -> Any:
    (box,) = (box for box in visitor.selectbox if box.label == "Label")
    return box


def test_a_link_holds_a_threshold_for_each_label(
    idle: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = results(SEVERAL_OUTPUTS, idle, **LABELS)
    assert _chosen(visitor) == {}
    assert _data(visitor)["threshold"] == 0.5
    for label, at in ((0, 0.3), (2, 0.85)):
        _label(visitor).set_value(label).run()
        _move_threshold(visitor, monkeypatch, at)
    chosen = _chosen(visitor)
    assert chosen["threshold"] == "0.3_0.5_0.85"
    elsewhere = results(SEVERAL_OUTPUTS, idle, **address(visitor))
    assert not elsewhere.warning
    assert _chosen(elsewhere) == chosen
    for label, at in enumerate((0.3, 0.5, 0.85)):
        _label(elsewhere).set_value(label).run()
        data = _data(elsewhere)
        assert (data["index"], data["threshold"]) == (label, at)
        assert data["positive"] == f"label {label + 1}"
    assert "with “label 1” at 0.30 and “label 2” at 0.50" in data["together_title"]
    wrong = visit(SEVERAL_OUTPUTS, **LABELS, threshold="0.3_0.5")
    assert not wrong.exception
    assert "asks for threshold “0.3\\_0.5”" in text_of(wrong.warning)
    assert _chosen(wrong) == {}


def test_several_numbers_have_nothing_to_decide(idle: Services) -> None:
    visitor = results(SEVERAL_OUTPUTS, idle, **LABELS)
    assert _label(visitor).options == ["label 1", "label 2", "label 3"]
    visitor.selectbox(key="several_outputs-data").set_value("linnerud").run()
    visitor.button(key="several_outputs-train").click().run()
    settle(visitor, idle)
    assert not visitor.exception
    assert not [box for box in visitor.selectbox if box.label == "Label"]
