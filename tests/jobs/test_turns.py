"""Turns of trainings and computations in one process."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from annlab.jobs.turns import REST_PER_WORK, Turns


def never() -> bool:
    return False


def rested(turns: Turns, worked_seconds: float) -> float:
    start = time.monotonic()
    turns.rest(worked_seconds, never)
    return time.monotonic() - start


def test_a_computation_rests_only_beside_a_training() -> None:
    turns = Turns()
    asked = []
    turns.rest(1000.0, lambda: bool(asked.append(1)))
    with turns.training():
        assert rested(turns, 0.02) >= 0.02 * REST_PER_WORK
        with turns.training():
            pass
        # The first training goes on.
        assert rested(turns, 0.02) >= 0.02 * REST_PER_WORK
    turns.rest(1000.0, lambda: bool(asked.append(1)))
    assert asked == []


def test_a_rest_ends_with_the_training() -> None:
    turns = Turns()
    entered = threading.Event()

    def note() -> bool:
        entered.set()
        return False

    with ThreadPoolExecutor() as pool:
        with turns.training():
            rest = pool.submit(turns.rest, 1000.0, note)
            assert entered.wait(60)
            assert not rest.done()
        rest.result(60)


def test_a_rest_ends_when_the_computation_is_stopped() -> None:
    turns = Turns()
    with turns.training():
        turns.rest(1000.0, lambda: True)


def test_a_training_that_fails_ends_too() -> None:
    turns = Turns()
    try:
        with turns.training():
            raise ValueError("no data")
    except ValueError:
        pass
    turns.rest(1000.0, never)
