"""Pages wait two seconds at most for a database that is slow or hangs."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from annlab.jobs.patience import HANGS, SLOW, Patience, patient, unhurried
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore, StoreError
from tests.jobs.small_trainings import wait_until
from tests.postgresql import postgresql
from tests.store.runs import DIGEST, RUN, same

SECONDS = 0.2


class FakeStore:
    """Answers, unless it hangs."""

    def __init__(self) -> None:
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.n_asked = 0

    def ask(self) -> str:
        self.n_asked += 1
        self.goes_on.wait()
        return "answer"


@pytest.fixture
def store() -> Iterator[FakeStore]:
    made = FakeStore()
    yield made
    made.goes_on.set()


@pytest.fixture
def patience(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> Patience:
    monkeypatch.setattr("annlab.jobs.patience._PROBE_PAUSE_SECONDS", 0.02)
    return Patience(store.ask, SECONDS)


def test_results_and_errors_are_those_of_the_call(patience: Patience, store: FakeStore) -> None:
    assert patience.call(store.ask) == "answer"
    for error in (ValueError("wrong"), TimeoutError("its own"), StoreError("away")):

        def fails(error: Exception = error) -> None:
            raise error

        with pytest.raises(type(error)) as caught:
            patience.call(fails)
        assert caught.value is error
    assert not patience.hangs


def test_a_call_is_given_up_and_the_next_ones_are_refused_at_once(
    patience: Patience, store: FakeStore
) -> None:
    store.goes_on.clear()
    with pytest.raises(StoreError, match=HANGS):
        patience.call(store.ask)
    assert patience.hangs
    n_asked = store.n_asked
    used: list[int] = []
    for _ in range(1000):
        with pytest.raises(StoreError, match=HANGS):
            patience.call(lambda: used.append(1))
    assert used == []
    assert store.n_asked <= n_asked + 1  # one probe
    store.goes_on.set()
    wait_until(lambda: not patience.hangs)
    assert patience.call(store.ask) == "answer"


def test_many_pages_leave_few_threads_behind(patience: Patience, store: FakeStore) -> None:
    store.goes_on.clear()
    before = threading.active_count()
    refused = []

    def page() -> None:
        try:
            patience.call(store.ask)
        except StoreError:
            refused.append(1)

    pages = [threading.Thread(target=page) for _ in range(40)]
    for thread in pages:
        thread.start()
    for thread in pages:
        thread.join()
    assert len(refused) == 40
    assert threading.active_count() <= before + 9  # eight calls and one probe


def test_slow_answers_add_up_for_a_page(patience: Patience, monkeypatch) -> None:
    monkeypatch.setattr("annlab.jobs.patience._SLOW_SECONDS", 0.01)

    def slow() -> None:
        time.sleep(SECONDS / 3)

    def page_of_four_questions() -> None:
        for _ in range(4):
            patience.call(slow)

    with pytest.raises(StoreError, match=SLOW):
        page_of_four_questions()
    assert not patience.hangs
    # The next page, in a thread of its own, has its own time.
    other: list[object] = []
    page = threading.Thread(target=lambda: other.append(patience.call(lambda: 1)))
    page.start()
    page.join()
    assert other == [1]


def test_an_error_in_time_is_an_answer(patience: Patience, store: FakeStore) -> None:
    store.goes_on.clear()
    with pytest.raises(StoreError):
        patience.call(store.ask)

    def away() -> None:
        raise StoreError("It is away.")

    patience._probe = away
    store.goes_on.set()
    wait_until(lambda: not patience.hangs)


def test_a_patient_store_does_what_the_store_does(tmp_path: Path) -> None:
    store = RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    pages = patient(store)
    assert pages.save(RUN, score=[0.5])
    assert same(pages.load(DIGEST), RUN)
    pages.computations.save("c", b"found", is_complete=True)
    assert store.computations.load("c") == (b"found", True)
    assert pages.own_data.entries("anna") == []
    assert unhurried(pages) is store
    assert unhurried(store) is store


@pytest.mark.slow
def test_a_frozen_postgresql_costs_two_seconds_once() -> None:
    with postgresql() as server:
        store = RunStore(server.url)
        store.save(RUN)
        repository = RunRepository(patient(store))
        assert len(repository.runs()) == 1
        server.freeze()
        started = time.monotonic()
        for _ in range(100):
            assert repository.runs() == []
            assert repository.store_error in (HANGS, SLOW)
        assert time.monotonic() - started < 3
        server.thaw()
        wait_until(lambda: len(repository.runs()) == 1)
        assert repository.store_error == ""
        store._database._engine().dispose()
