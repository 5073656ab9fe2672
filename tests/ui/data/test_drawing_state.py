"""Points of the pad: in step with the address, and opened once."""

from types import SimpleNamespace

import pytest

from annlab.datasets.own.drawing.drawn import DrawnPoints
from annlab.datasets.own.drawing.drawn_text import MAX_POINTS_IN_LINK, write_drawn
from annlab.ui.data.drawing_state import POINTS, DrawingState
from annlab.ui.state import page_state
from annlab.ui.state.page_state import PageState
from tests.datasets.own.drawing.drawings import at_random


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> PageState:
    monkeypatch.setattr(page_state, "st", SimpleNamespace(session_state={}))
    return PageState("data")


def test_a_page_opens_with_an_empty_pad(page: PageState) -> None:
    state = DrawingState(page)
    state.prepare()
    assert state.now == state.opened == DrawnPoints()
    assert page.view(POINTS) is None


def test_points_of_a_link_are_opened(page: PageState) -> None:
    drawn = at_random(30)
    page.set_view(points=write_drawn(drawn))
    state = DrawingState(page)
    state.prepare()
    assert state.now == state.opened == drawn
    assert state.problem == ""


def test_a_damaged_link_is_said_until_the_next_stroke(page: PageState) -> None:
    page.set_view(points=write_drawn(at_random(30))[:-1])
    state = DrawingState(page)
    state.prepare()
    state.prepare()
    assert state.opened == DrawnPoints()
    assert state.problem == "The drawn points in this link were altered or cut off."
    assert page.view(POINTS) is None
    state.take(at_random(2))
    assert state.problem == ""


def test_strokes_change_the_address_and_not_what_was_opened(page: PageState) -> None:
    state = DrawingState(page)
    state.prepare()
    edition = state.edition
    drawn = at_random(MAX_POINTS_IN_LINK)
    state.take(drawn)
    state.prepare()
    assert (state.now, state.opened, state.edition) == (drawn, DrawnPoints(), edition)
    assert page.view(POINTS) == write_drawn(drawn)


def test_many_points_leave_the_address_and_stay(page: PageState) -> None:
    state = DrawingState(page)
    state.prepare()
    state.take(at_random(3))
    drawn = at_random(MAX_POINTS_IN_LINK + 1)
    state.take(drawn)
    state.prepare()
    assert state.now == drawn
    assert page.view(POINTS) is None


def test_back_opens_the_earlier_points(page: PageState) -> None:
    state = DrawingState(page)
    state.prepare()
    first, second = at_random(10), at_random(20)
    state.take(first)
    state.take(second)
    edition = state.edition
    page.set_view(points=write_drawn(first))
    state.prepare()
    assert state.now == state.opened == first
    assert state.edition != edition
