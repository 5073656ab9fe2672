"""What a browser sends as its key."""

from types import SimpleNamespace
from typing import Any

import pytest

from annlab.ui.components import browser_key as module

KEY = "0123456789abcdef" * 2


@pytest.fixture
def send(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Function that lets the component report a value; returns key, and whether it is kept."""
    session: dict[str, Any] = {}
    asked: list[str] = []
    st = SimpleNamespace(session_state=session, container=_Container, html=lambda text: None)
    monkeypatch.setattr(module, "st", st)
    monkeypatch.setattr("annlab.ui.browser.st", st)

    def send(value: Any) -> tuple[str | None, bool, list[str]]:
        session["browser-key"] = {"browser": value}

        def ask(*, key: str, on_browser_change: Any) -> None:
            asked.append(key)
            on_browser_change()

        monkeypatch.setattr(module, "_ask", ask)
        module.browser_key()
        return module.browser_key(), module.key_is_kept(), asked

    return send


class _Container:
    def __init__(self, key: str) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def test_a_key_is_known_from_the_first_answer_on(send: Any) -> None:
    assert send([KEY, True]) == (KEY, True, ["browser-key"])
    assert send(["f" * 32, False]) == (KEY, True, ["browser-key"])


def test_a_browser_that_keeps_nothing_says_so(send: Any) -> None:
    assert send([KEY, False])[:2] == (KEY, False)


@pytest.mark.parametrize(
    "wrong",
    [
        *(None, KEY, [], [KEY], [KEY, 1], [KEY, True, 1], [KEY.upper(), True]),
        *([KEY + "\n", True], ["' OR 1=1", True], [None, True], {"key": KEY}),
    ],
)
def test_anything_else_is_ignored(send: Any, wrong: Any) -> None:
    assert send(wrong) == (None, True, ["browser-key", "browser-key"])
