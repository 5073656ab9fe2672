"""What a browser sends as a place."""

from types import SimpleNamespace
from typing import Any

import pytest

from annlab.ui.components import places


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Function that lets the component report a value, and returns what the page is told."""

    def send(value: Any) -> list[Any]:
        told: list[Any] = []
        state = SimpleNamespace(session_state={"key": {"place": value}})
        monkeypatch.setattr(places, "st", state)
        monkeypatch.setattr(
            places, "_places", lambda *, on_place_change, **options: on_place_change()
        )
        places.places_view(
            [places.Marked("chart", "red")],
            "key",
            place=None,
            names=("x1", "x2"),
            ranges=((0, 1), (0, 1)),
            ink="black",
            on_place=told.append,
        )
        return told

    return send


def test_a_place_is_told(send: Any) -> None:
    assert send([0.5, -2]) == [(0.5, -2.0)]
    assert send([]) == [None]


@pytest.mark.parametrize(
    "wrong",
    [None, 5, "ab", {}, [1], [1, 2, 3], ["1", 2], [None, 1], [float("nan"), 1], [10**400, 1]],
)
def test_anything_else_is_ignored(send: Any, wrong: Any) -> None:
    assert send(wrong) == []
