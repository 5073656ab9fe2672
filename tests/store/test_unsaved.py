"""Runs that wait for the store: their order, their bound, and what the log says of lost ones."""

import logging

import pytest

from annlab.store.unsaved import Unsaved, UnsavedRuns
from tests.store.runs import make_run

FIRST, SECOND, THIRD = (Unsaved(make_run(seed)) for seed in range(3))


def test_the_oldest_is_first_whatever_was_looked_at() -> None:
    waiting = UnsavedRuns()
    for one in (FIRST, SECOND, THIRD):
        waiting.add(one)
    assert waiting.get(FIRST.run.config.digest) is FIRST
    assert waiting.all() == (FIRST, SECOND, THIRD)
    assert waiting.oldest() is FIRST


def test_a_run_trained_again_waits_as_the_newest() -> None:
    waiting = UnsavedRuns()
    again = Unsaved(make_run(0, ending="stopped"))
    for one in (FIRST, SECOND, again):
        waiting.add(one)
    assert waiting.all() == (SECOND, again)
    # The thread that has just stored the earlier one must not take the later one for it.
    assert not waiting.remove(FIRST)
    assert waiting.remove(again)
    assert not waiting.remove(again)
    assert waiting.all() == (SECOND,)


def test_the_oldest_are_lost_beyond_the_bound_and_named(caplog: pytest.LogCaptureFixture) -> None:
    waiting = UnsavedRuns(FIRST.n_bytes + SECOND.n_bytes)
    for one in (FIRST, SECOND):
        waiting.add(one)
    assert caplog.records == []
    waiting.add(THIRD)
    assert waiting.all() == (SECOND, THIRD)
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert f"{FIRST.run.config.digest} (moons, 1 networks)" in record.getMessage()


def test_one_run_larger_than_the_bound_stays() -> None:
    waiting = UnsavedRuns(1)
    waiting.add(FIRST)
    waiting.add(SECOND)
    assert waiting.all() == (SECOND,)


def test_the_data_of_a_run_count() -> None:
    assert Unsaved(FIRST.run, data=b"12345").n_bytes == FIRST.n_bytes + 5
