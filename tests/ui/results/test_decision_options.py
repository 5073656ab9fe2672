"""Thresholds of several labels in an address."""

from collections.abc import Callable
from typing import Any

import pytest

from annlab.analysis.decision_costs import NEVER
from annlab.ui.results import decision_options
from annlab.ui.results.decision_options import move_threshold, shown_thresholds


class State:
    """View options of a page, without Streamlit."""

    def __init__(self, **view: str) -> None:
        self.options = view

    def view(self, name: str) -> str | None:
        return self.options.get(name)

    def set_view(self, **values: str | None) -> None:
        kept = {**self.options, **values}
        self.options = {name: text for name, text in kept.items() if text is not None}


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(decision_options, "warn_unknown", lambda name, text: told.append(text))
    return told


@pytest.fixture
def state() -> Callable[..., Any]:
    return State


def test_each_label_keeps_its_threshold(state: Any, warned: list[str]) -> None:
    page = state()
    assert shown_thresholds(page, 3) == [0.5, 0.5, 0.5]
    move_threshold(page, 3, 2, 0.1 + 0.2)
    move_threshold(page, 3, 0, NEVER)
    assert shown_thresholds(page, 3) == [NEVER, 0.5, 0.1 + 0.2]
    again = state(**page.options)
    assert shown_thresholds(again, 3) == [NEVER, 0.5, 0.1 + 0.2]
    for label in (0, 2):
        move_threshold(page, 3, label, 0.5)
    assert page.options == {}
    assert not warned


def test_one_threshold_is_written_as_before(state: Any, warned: list[str]) -> None:
    page = state(threshold="0.3")
    assert shown_thresholds(page, 1) == [0.3]
    move_threshold(page, 1, 0, 0.25)
    assert page.options == {"threshold": "0.25"}
    assert not warned


def test_a_tiny_threshold_is_kept_exactly(state: Any) -> None:
    page = state()
    move_threshold(page, 2, 1, 1.2345678901e-7)
    assert shown_thresholds(page, 2) == [0.5, 1.2345678901e-7]


@pytest.mark.parametrize("k", [-1, 3, 10**30])
def test_a_threshold_of_no_label_is_ignored(state: Any, k: int) -> None:
    page = state()
    move_threshold(page, 3, k, 0.1)
    assert page.options == {}


@pytest.mark.parametrize(
    "wrong", ["0.3", "0.3_0.4", "0.3_0.4_0.5_0.6", "0.3__0.5", "0.3_x_0.5", "0.3_nan_0.5", "0_0_2"]
)
def test_wrong_thresholds_are_named_and_left_out(state: Any, warned: list[str], wrong: str) -> None:
    page = state(threshold=wrong, label="1")
    assert shown_thresholds(page, 3) == [0.5, 0.5, 0.5]
    assert warned == [wrong]
    assert page.options == {"label": "1"}


def test_a_report_replaces_wrong_thresholds(state: Any) -> None:
    page = state(threshold="much")
    move_threshold(page, 2, 1, 0.75)
    assert shown_thresholds(page, 2) == [0.5, 0.75]
