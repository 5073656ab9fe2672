"""What a browser gets and sends as drawn points."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from annlab.datasets.own.drawing.drawn import (
    MAX_DRAWN_CLASSES,
    MAX_POINTS,
    MODES,
    DrawnPoint,
    DrawnPoints,
)
from annlab.ui.components import pad


@pytest.fixture
def draw(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Function that draws the pad, lets it report a value, and returns data and points told."""

    def draw(value: Any, drawn: DrawnPoints | None = None) -> tuple[Any, list[DrawnPoints]]:
        told: list[DrawnPoints] = []
        given: list[Any] = []

        def component(*, data: Any, on_points_change: Any, key: str) -> None:
            given.append(json.loads(data["pad"]))
            on_points_change()

        monkeypatch.setattr(pad, "st", SimpleNamespace(session_state={"key": {"points": value}}))
        monkeypatch.setattr(pad, "_pad", component)
        pad.pad_view(
            drawn or DrawnPoints(), "key", edition="one", theme="light", on_points=told.append
        )
        return given[0], told

    return draw


def sent(points: Any, mode: Any = "classes", edition: str = "one") -> str:
    return json.dumps({"points": points, "mode": mode, "edition": edition})


def test_the_pad_gets_points_and_looks(draw: Any) -> None:
    drawn = DrawnPoints("classes", (DrawnPoint(150, -20, 3),))
    data, _ = draw(None, drawn)
    assert data["points"] == [[150, -20, 3]]
    assert data["edition"] == "one"
    assert len(data["classes"]) == MAX_DRAWN_CLASSES
    assert list(data["modes"]) == list(MODES)


def test_points_are_told(draw: Any) -> None:
    assert draw(sent([[5, 6, 1]]))[1] == [DrawnPoints("classes", (DrawnPoint(5, 6, 1),))]
    assert draw(sent([[5, 6, 0]], "curve"))[1] == [DrawnPoints("curve", (DrawnPoint(5, 6),))]
    assert draw(sent([]))[1] == [DrawnPoints()]


NO_POINTS: list[Any] = [None, 5, {}, [1], [[]], [[1]], [[1, 2, 3, 4]], "ab"]
NOT_ON_THE_PAD: list[Any] = [[1.5, 2, 0], ["1", 2, 0], [1, 2, None], [601, 0, 0], [10**400, 0, 0]]
NO_MODES: list[Any] = ["heap", None, ["classes"], {}]


@pytest.mark.parametrize(
    "wrong",
    [
        *(None, 5, "", "{", "[]", "[1]", '"text"', "null", "{}", "[" * 100_000),
        *(sent(points) for points in NO_POINTS),
        *(sent([point]) for point in (*NOT_ON_THE_PAD, [0, 0, 4], [0, 0, -1])),
        sent([[0, 0, 0]] * (MAX_POINTS + 1)),
        *(sent([], mode) for mode in NO_MODES),
        sent([[0, 0, 0]], edition="earlier"),
    ],
    ids=lambda text: str(text)[:30],
)
def test_anything_else_is_ignored(draw: Any, wrong: Any) -> None:
    assert draw(wrong)[1] == []
