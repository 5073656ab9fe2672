"""What a browser sends as a threshold."""

from types import SimpleNamespace
from typing import Any

import pytest

from annlab.analysis.decision_costs import NEVER
from annlab.ui.components import decisions


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Function that lets the component report a value, and returns what the page is told."""

    def send(value: Any) -> list[float]:
        told: list[float] = []
        state = SimpleNamespace(session_state={"key": {"threshold": value}})
        monkeypatch.setattr(decisions, "st", state)
        monkeypatch.setattr(
            decisions, "_decisions", lambda *, on_threshold_change, **options: on_threshold_change()
        )
        decisions.decisions_view("{}", "key", told.append)
        return told

    return send


@pytest.mark.parametrize("threshold", [0, 0.25, 1, NEVER])
def test_a_threshold_is_told(send: Any, threshold: float) -> None:
    assert send(threshold) == [threshold]


@pytest.mark.parametrize("wrong", [None, "0.5", [0.5], {}, -0.1, 1.1, float("nan"), 10**400])
def test_anything_else_is_ignored(send: Any, wrong: Any) -> None:
    assert send(wrong) == []
