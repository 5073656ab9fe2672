"""Whose runs: claims of browsers, and deleted runs that come back."""

from datetime import UTC, datetime, timedelta

import pytest

from annlab.store.managed_runs import ManagedRuns
from annlab.store.run_store import RunStore
from tests.store.own import ANNA, BEN
from tests.store.runs import DIGEST, RUN, make_run, same, seeds, sql

OTHER = make_run(1)


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def wait(self, **duration: float) -> None:
        self.time += timedelta(**duration)


@pytest.fixture
def clock(store: RunStore) -> Clock:
    made = Clock()
    store.managed = ManagedRuns(store._database, made)
    for run in (RUN, OTHER):
        store.save(run)
    return made


def claims(store: RunStore, owner: str) -> dict[int, tuple[bool, bool]]:
    """Whether each listed run is a browser's, and is managed by it, by the run's seed."""
    return {
        info.config.training.seed: (info.is_mine, info.is_managed)
        for info in store.list_runs(owner=owner)
    }


def test_only_who_trained_a_run_alone_manages_it(store: RunStore, clock: Clock) -> None:
    assert claims(store, ANNA) == {0: (False, False), 1: (False, False)}
    store.managed.claim(DIGEST, ANNA, trained=True)
    store.managed.claim(DIGEST, BEN, trained=False)
    assert claims(store, ANNA) == {0: (True, True), 1: (False, False)}
    assert claims(store, BEN) == {0: (True, False), 1: (False, False)}
    assert [info.is_trained_here for info in store.list_runs(owner=ANNA)] == [False, True]
    assert [info.is_trained_here for info in store.list_runs(owner=BEN)] == [False, False]
    store.managed.claim(DIGEST, BEN, trained=True)
    assert claims(store, ANNA)[0] == claims(store, BEN)[0] == (True, False)
    store.managed.release([DIGEST], ANNA)
    assert claims(store, ANNA)[0] == (False, False)
    assert claims(store, BEN)[0] == (True, True)
    # Who asks without a key has no runs.
    assert claims(store, "")[0] == (False, False)
    assert not store.list_runs()[0].is_mine


def test_a_run_that_was_trained_stays_so_when_it_is_opened(store: RunStore, clock: Clock) -> None:
    store.managed.claim(DIGEST, ANNA, trained=True)
    store.managed.claim(DIGEST, ANNA, trained=False)
    assert claims(store, ANNA)[0] == (True, True)


def test_a_claim_comes_before_its_run(store: RunStore, clock: Clock) -> None:
    late = make_run(7)
    store.managed.claim(late.config.digest, ANNA, trained=True)
    store.save(make_run(8))
    store.save(late)
    assert claims(store, ANNA)[7] == (True, True)


def test_runs_of_a_browser_join_others_in_the_list(store: RunStore, clock: Clock) -> None:
    store.managed.claim(DIGEST, ANNA, trained=False)
    other = [OTHER.config.digest]

    def listed(digests: list[str], owner: str, and_mine: bool) -> list[str]:
        return [i.digest for i in store.list_runs(digests, owner=owner, and_mine=and_mine)]

    assert listed(other, ANNA, and_mine=True) == [*other, DIGEST]
    assert listed(other, ANNA, and_mine=False) == other
    assert listed([], ANNA, and_mine=True) == [DIGEST]
    assert listed([], BEN, and_mine=True) == []


def test_the_key_of_a_browser_is_not_stored(store: RunStore, url: str, clock: Clock) -> None:
    store.managed.claim(DIGEST, ANNA, trained=True)
    ((owner,),) = sql(url, "SELECT owner FROM annlab_run_claims")
    assert len(owner) == 64
    assert ANNA not in owner


def test_a_deleted_run_comes_back_within_ten_minutes(store: RunStore, clock: Clock) -> None:
    store.pin(DIGEST)
    store.rename(DIGEST, "the best")
    assert store.managed.delete([DIGEST, "nothing", ""]) == [DIGEST]
    assert seeds(store) == [1]
    assert store.load(DIGEST) is None
    assert not store.pin(DIGEST)
    assert not store.rename(DIGEST, "gone")
    assert store.managed.delete([DIGEST]) == []
    clock.wait(minutes=9)
    store.save(make_run(2))
    assert store.managed.restore([DIGEST]) == 1
    assert same(store.load(DIGEST), RUN)
    info = next(i for i in store.list_runs() if i.digest == DIGEST)
    assert (info.name, info.pinned) == ("the best", True)
    assert store.managed.restore([DIGEST]) == 0


def test_a_deleted_run_is_removed_later(store: RunStore, url: str, clock: Clock) -> None:
    store.managed.delete([DIGEST])
    clock.wait(minutes=11)
    store.save(make_run(2))
    assert sql(url, "SELECT count(*) FROM annlab_runs") == [(2,)]
    assert sql(url, "SELECT count(*) FROM annlab_deleted_runs") == [(0,)]
    assert store.managed.restore([DIGEST]) == 0
    assert store.load(DIGEST) is None


def test_a_run_that_is_trained_again_begins_anew(store: RunStore, clock: Clock) -> None:
    store.rename(DIGEST, "the first")
    store.pin(DIGEST)
    store.managed.delete([DIGEST])
    stopped = make_run(0, ending="stopped")
    store.save(stopped)  # would not replace a whole run
    assert same(store.load(DIGEST), stopped)
    info = next(i for i in store.list_runs() if i.digest == DIGEST)
    assert (info.name, info.pinned) == ("", False)
    assert store.managed.restore([DIGEST]) == 0


def test_only_pinned_runs_survive_a_clearing(store: RunStore, clock: Clock) -> None:
    store.pin(DIGEST)
    assert store.managed.delete_unpinned() == [OTHER.config.digest]
    assert seeds(store) == [0]
    assert store.managed.restore([OTHER.config.digest]) == 1
    assert sorted(seeds(store)) == [0, 1]


def test_claims_on_runs_that_are_gone_are_forgotten(
    store: RunStore, url: str, clock: Clock
) -> None:
    store.managed.claim(DIGEST, ANNA, trained=True)
    store.managed.claim("f" * 64, ANNA, trained=True)
    clock.wait(hours=23)
    store.save(make_run(2))
    assert sql(url, "SELECT count(*) FROM annlab_run_claims") == [(2,)]
    clock.wait(hours=2)
    store.save(make_run(3))
    assert sql(url, "SELECT digest FROM annlab_run_claims") == [(DIGEST,)]


def test_another_server_sees_what_was_deleted(store: RunStore, url: str, clock: Clock) -> None:
    other = RunStore(url)
    assert len(other.list_runs()) == 2
    store.managed.delete([DIGEST])
    assert other.load(DIGEST) is None
    assert other.managed.restore([DIGEST]) == 1
    assert len(store.list_runs()) == 2
