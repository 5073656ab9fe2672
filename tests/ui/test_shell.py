"""Layout helpers."""

from annlab.ui.layout import run_once


def test_click_delivered_twice_acts_once() -> None:
    presses: list[int] = []
    drawn = run_once(presses.append)
    drawn(1)
    drawn(1)
    assert presses == [1]
    run_once(presses.append)(2)  # drawn anew
    assert presses == [1, 2]
