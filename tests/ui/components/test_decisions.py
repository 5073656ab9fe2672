"""What a browser sends as a threshold."""

from types import SimpleNamespace
from typing import Any

import pytest

from annlab.analysis.decision_costs import NEVER
from annlab.ui.components import decisions


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Function that lets the component report a value, and returns what the page is told."""

    def send(value: Any) -> list[tuple[int, float]]:
        told: list[tuple[int, float]] = []
        state = SimpleNamespace(session_state={"key": {"threshold": value}})
        monkeypatch.setattr(decisions, "st", state)
        monkeypatch.setattr(
            decisions, "_decisions", lambda *, on_threshold_change, **options: on_threshold_change()
        )
        decisions.decisions_view("{}", "key", lambda of, at: told.append((of, at)))
        return told

    return send


@pytest.mark.parametrize("threshold", [0, 0.25, 1, NEVER])
def test_a_threshold_is_told(send: Any, threshold: float) -> None:
    assert send([2, threshold]) == [(2, threshold)]


@pytest.mark.parametrize("wrong", [None, "0.5", [0.5], {}, -0.1, 1.1, float("nan"), 10**400])
def test_anything_else_is_ignored(send: Any, wrong: Any) -> None:
    assert send(wrong) == []
    assert send([0, wrong]) == []


@pytest.mark.parametrize("wrong", [None, "0", 0.5, [0], {}])
def test_a_threshold_of_nothing_is_ignored(send: Any, wrong: Any) -> None:
    assert send([wrong, 0.5]) == []
