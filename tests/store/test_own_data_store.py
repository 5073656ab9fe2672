"""Own data in the database: who brought them, how long they stay, and what goes with them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from annlab import DatasetConfig, Run
from annlab.datasets.own.drawing.drawn_table import drawn_table
from annlab.datasets.own.table import table_from_bytes
from annlab.store.database import Database
from annlab.store.own_data_store import OWN_SHARE, OWNER_SHARE, OwnDataError, OwnDataStore
from annlab.store.run_store import RunStore
from tests.datasets.own.drawing.drawings import at_random
from tests.store.own import ANNA, BEN, FILE, FILE_DIGEST, Clock, make_table
from tests.store.runs import make_run, sql

TABLE = make_table()
DRAWN = drawn_table(at_random(60))
CONTENT = TABLE.own.content
A, B, C, D = (letter * 64 for letter in "abcd")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sized(url: str, clock: Clock) -> Callable[[int], OwnDataStore]:
    """Make stores with room for some bytes of own data."""

    def make(n_bytes: int) -> OwnDataStore:
        database = Database(url)
        return OwnDataStore(database, int(n_bytes / OWN_SHARE), clock)

    return make


@pytest.fixture
def own_data(sized: Callable[[int], OwnDataStore]) -> OwnDataStore:
    return sized(1_000_000)


def bring(own_data: OwnDataStore, owner: str = ANNA) -> None:
    own_data.add(owner, FILE_DIGEST, FILE, "leaves.csv")
    own_data.add(owner, CONTENT, TABLE.to_bytes(), "leaves.csv", TABLE.own)


def on_own_data(run: Run, content: str = CONTENT) -> Run:
    """Replace the data of a run, which was not trained."""
    dataset = DatasetConfig(own=TABLE.own.model_copy(update={"content": content}))
    return replace(run, config=run.config.model_copy(update={"dataset": dataset}))


def digests(own_data: OwnDataStore, owner: str = ANNA) -> list[str]:
    return [entry.digest for entry in own_data.entries(owner)]


def test_data_come_back_after_a_restart_and_only_to_who_brought_them(
    own_data: OwnDataStore, sized: Callable[[int], OwnDataStore]
) -> None:
    bring(own_data)
    later = sized(1_000_000)
    assert later.load(FILE_DIGEST) == FILE
    data = later.load(CONTENT)
    assert data is not None
    assert table_from_bytes(data).own == TABLE.own
    by_digest = {entry.digest: entry for entry in later.entries(ANNA)}
    assert set(by_digest) == {FILE_DIGEST, CONTENT}
    assert by_digest[CONTENT].own == TABLE.own
    assert by_digest[CONTENT].file == FILE_DIGEST
    file = by_digest[FILE_DIGEST]
    assert (file.title, file.size_bytes, file.own, file.file) == ("leaves.csv", len(FILE), None, "")
    assert later.entries(BEN) == later.entries("") == []
    assert later.title(ANNA, CONTENT) == "leaves.csv"
    assert later.title(BEN, CONTENT) == later.title(ANNA, A) == later.title(ANNA, "") == ""
    assert later.owns(ANNA, CONTENT)
    assert not later.owns(BEN, CONTENT)
    assert not later.owns(ANNA, "x' OR '1'='1")
    assert later.load("x' OR '1'='1") is None


def test_keys_are_stored_as_hashes_only(own_data: OwnDataStore, url: str) -> None:
    bring(own_data)
    for table in ("annlab_own_data", "annlab_own_claims", "annlab_own_results"):
        rows = sql(url, f"SELECT * FROM {table}")
        assert ANNA not in repr(rows)


def test_two_browsers_share_data_and_each_deletes_its_own(
    own_data: OwnDataStore, store: RunStore
) -> None:
    bring(own_data)
    bring(own_data, BEN)
    own_data.add(BEN, FILE_DIGEST, FILE, "my copy.csv")
    assert {entry.title for entry in own_data.entries(ANNA)} == {"leaves.csv"}
    store.save_dataset("shown", b"samples", [CONTENT])
    store.computations.save("count-1", b"1", is_complete=True, contents=[CONTENT])
    store.computations.save("count-2", b"2", is_complete=True)
    assert own_data.release(ANNA) == (frozenset(), frozenset())
    assert digests(own_data) == []
    assert len(digests(own_data, BEN)) == 2
    assert store.load_dataset("shown") is not None
    removed = own_data.release(BEN)
    assert removed.contents == {FILE_DIGEST, CONTENT}
    assert removed.results == {"shown", "count-1"}
    assert own_data.load(FILE_DIGEST) is own_data.load(CONTENT) is None
    assert store.load_dataset("shown") is store.computations.load("count-1") is None
    assert store.computations.load("count-2") is not None


def test_what_ends_after_its_data_were_deleted_is_not_stored(
    own_data: OwnDataStore, store: RunStore
) -> None:
    bring(own_data)
    own_data.release(ANNA)
    store.save_dataset("shown", b"samples", [CONTENT])
    store.computations.save("count-1", b"1", is_complete=False, contents=[CONTENT, FILE_DIGEST])
    assert store.load_dataset("shown") is store.computations.load("count-1") is None


def test_one_of_several_is_released(own_data: OwnDataStore) -> None:
    bring(own_data)
    assert own_data.release(BEN, [CONTENT]).contents == frozenset()
    assert own_data.release(ANNA, [CONTENT, "no digest"]).contents == {CONTENT}
    assert digests(own_data) == [FILE_DIGEST]


def test_data_are_deleted_a_day_after_their_last_use(own_data: OwnDataStore, clock: Clock) -> None:
    bring(own_data)
    clock.wait(hours=23)
    own_data.touch(ANNA, [CONTENT])
    own_data.touch(BEN, [FILE_DIGEST])
    clock.wait(hours=2)
    assert own_data.sweep().contents == {FILE_DIGEST}
    assert digests(own_data) == [CONTENT]
    clock.wait(hours=23)
    assert own_data.sweep().contents == {CONTENT}
    assert digests(own_data) == []


def test_pinned_data_stay_until_they_are_unpinned(own_data: OwnDataStore, clock: Clock) -> None:
    bring(own_data)
    own_data.pin(ANNA, [CONTENT])
    clock.wait(days=30)
    assert own_data.sweep().contents == {FILE_DIGEST}
    assert [entry.pinned for entry in own_data.entries(ANNA)] == [True]
    own_data.pin(ANNA, [CONTENT], pinned=False)
    assert own_data.sweep().contents == {CONTENT}


def test_points_that_a_config_holds_are_claimed_with_their_facts_alone(
    own_data: OwnDataStore, store: RunStore, clock: Clock
) -> None:
    drawn = DRAWN.own
    store.computations.save("count-0", b"0", is_complete=True, contents=[drawn.content])
    assert store.computations.load("count-0") is None
    assert own_data.claim(ANNA, drawn)
    store.computations.save("count-1", b"1", is_complete=True, contents=[drawn.content])
    (entry,) = own_data.entries(ANNA)
    assert (entry.title, entry.size_bytes, entry.own) == ("60 drawn points", 0, drawn)
    assert own_data.load(drawn.content) is None
    assert not own_data.has(drawn.content)
    assert own_data.sweep() == (frozenset(), frozenset())
    clock.wait(days=2)
    assert own_data.sweep() == (frozenset({drawn.content}), frozenset({"count-1"}))
    assert own_data.entries(ANNA) == []


def test_the_table_of_claimed_points_can_be_kept_too(own_data: OwnDataStore) -> None:
    drawn = DRAWN.own
    assert own_data.claim(BEN, drawn)
    data = DRAWN.to_bytes()  # once, because the order in a file varies
    own_data.add(ANNA, drawn.content, data, drawn.title, drawn)
    assert own_data.load(drawn.content) == data
    assert [entry.own for entry in own_data.entries(BEN)] == [drawn]


def test_claimed_points_never_make_room(sized: Callable[[int], OwnDataStore], clock: Clock) -> None:
    own_data = sized(100)
    assert own_data.claim(BEN, DRAWN.own)
    clock.wait(hours=1)
    own_data.add(ANNA, A, bytes(45))
    clock.wait(hours=2)
    assert own_data.add(ANNA * 2, B, bytes(50)).contents == frozenset()
    assert own_data.add(ANNA * 3, C, bytes(40)).contents == {A}


def test_runs_are_listed_for_their_browsers_and_deleted_with_their_data(
    own_data: OwnDataStore, store: RunStore, clock: Clock
) -> None:
    mine, others = on_own_data(make_run(1)), make_run(2)
    store.save(mine)
    assert store.list_runs() == []  # nobody claims the data yet
    bring(own_data)
    for run in (mine, others):
        store.save(run)
    seeds = {
        owner: [info.config.training.seed for info in store.list_runs(owner=owner)]
        for owner in (None, ANNA, BEN, "")
    }
    assert seeds == {None: [2, 1], ANNA: [2, 1], BEN: [2], "": [2]}
    assert [i.config for i in store.list_runs([mine.config.digest], owner=BEN)] == []
    # A pinned run keeps its data.
    store.pin(mine.config.digest)
    clock.wait(days=2)
    assert own_data.sweep().contents == frozenset()
    store.pin(mine.config.digest, pinned=False)
    assert own_data.sweep().results == {mine.config.digest}
    assert [info.config for info in store.list_runs()] == [others.config]


def test_notes_about_results_go_with_them(
    own_data: OwnDataStore, store: RunStore, url: str, clock: Clock
) -> None:
    bring(own_data)
    run = on_own_data(make_run(1))
    store.save(run)
    store.save_dataset("shown", b"samples", [CONTENT])
    store.computations.save("count-1", b"1", is_complete=True, contents=[CONTENT])
    store.computations.save("count-2", b"2", is_complete=True, contents=[CONTENT])
    noted = "SELECT digest FROM annlab_own_results"
    assert len(sql(url, noted)) == 4
    own_data.sweep()
    assert len(sql(url, noted)) == 4
    store.delete(run.config.digest)
    sql(url, "DELETE FROM annlab_computations WHERE digest = 'count-1'")
    assert own_data.sweep() == (frozenset(), frozenset())
    assert {digest for (digest,) in sql(url, noted)} == {"shown", "count-2"}
    clock.wait(days=2)
    assert own_data.sweep().results == {"shown", "count-2"}
    assert sql(url, noted) == []


def test_a_run_that_is_saved_during_a_sweep_stays_private(url: str) -> None:
    run = on_own_data(make_run(1))
    store = RunStore(url)
    bring(store.own_data)

    def sweep() -> None:
        for _ in range(40):
            store.own_data.sweep()

    def save() -> None:
        for _ in range(40):
            store.save(run)
            assert store.list_runs(owner=BEN) == []
            store.delete(run.config.digest)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work) for work in (sweep, save)]:
            done.result()


def test_only_true_facts_claim_stored_data(own_data: OwnDataStore) -> None:
    assert not own_data.claim(BEN, TABLE.own)
    bring(own_data)
    for altered in (
        {"file": A},
        {"n_rows": 38, "class_counts": (19, 19)},
        {"source": "drawn", "points": "1,2"},
    ):
        assert not own_data.claim(BEN, TABLE.own.model_copy(update=altered))
    assert not own_data.claim(BEN, TABLE.own.model_copy(update={"content": FILE_DIGEST}))
    assert own_data.claim(BEN, TABLE.own.model_copy(update={"title": "mine"}))
    (entry,) = own_data.entries(BEN)
    assert (entry.digest, entry.title) == (CONTENT, "mine")


def test_the_least_recently_used_make_room(
    sized: Callable[[int], OwnDataStore], clock: Clock
) -> None:
    own_data = sized(100)
    for owner, digest in ((ANNA, A), (BEN, B), (ANNA * 2, C)):
        own_data.add(owner, digest, bytes(30))
        clock.wait(hours=2)
    own_data.touch(ANNA, [A])
    removed = own_data.add(BEN * 2, D, bytes(30))
    assert removed.contents == {B}
    # A was used within the hour, so only C can go, which is not enough.
    with pytest.raises(OwnDataError, match="no room for more data"):
        own_data.add(BEN, B, bytes(50))
    assert own_data.has(C)
    # Data that are there already need no room.
    assert own_data.add(BEN, C, bytes(30)).contents == frozenset()


def test_pinned_data_never_make_room(sized: Callable[[int], OwnDataStore], clock: Clock) -> None:
    own_data = sized(100)
    own_data.add(ANNA, A, bytes(45))
    own_data.pin(ANNA, [A])
    own_data.add(BEN, B, bytes(45))
    with pytest.raises(OwnDataError, match="cannot pin more data"):
        own_data.pin(BEN, [B])
    assert [entry.pinned for entry in own_data.entries(BEN)] == [False]
    clock.wait(days=2)
    assert own_data.add(BEN, C, bytes(40)).contents == {B}
    assert own_data.has(A)


def test_pinned_runs_keep_their_data_only_within_the_limit_of_pins(
    url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annlab.store.run_store.OwnDataStore", partial(OwnDataStore, now=clock))
    sizes = {ANNA: 500, BEN: 600}
    store = RunStore(url, int(2000 / OWN_SHARE))
    runs = {owner: on_own_data(make_run(k), f"{k}" * 64) for k, owner in enumerate(sizes)}
    monkeypatch.setattr("annlab.store.run_store.prune", lambda *arguments: None)
    for owner, run in runs.items():
        own = run.config.dataset.own
        assert own is not None
        store.own_data.add(owner, own.content, bytes(sizes[owner]), own=own)
        store.save(run)
    assert store.pin(runs[ANNA].config.digest)
    assert store.pin(runs[ANNA].config.digest)  # again
    with pytest.raises(OwnDataError, match="cannot pin more data"):
        store.pin(runs[BEN].config.digest)
    assert [i.config for i in store.list_runs() if i.pinned] == [runs[ANNA].config]
    (kept,), (other,) = (store.own_data.entries(owner) for owner in sizes)
    assert (kept.pinned, kept.kept_by_run) == (False, True)
    assert (other.pinned, other.kept_by_run) == (False, False)
    # Pinned runs take the room of pinned data too.
    with pytest.raises(OwnDataError, match="cannot pin more data"):
        store.own_data.pin(BEN, [other.digest])
    store.own_data.pin(ANNA, [kept.digest])
    # A run on other data keeps none.
    store.save(make_run(7))
    assert store.pin(make_run(7).config.digest)
    assert store.pin(runs[ANNA].config.digest, pinned=False)
    store.own_data.pin(ANNA, [kept.digest], pinned=False)
    assert store.pin(runs[BEN].config.digest)
    clock.wait(days=300)
    assert store.own_data.sweep().contents == {kept.digest}


def test_a_pinned_run_keeps_the_file_of_its_table(own_data: OwnDataStore, store: RunStore) -> None:
    bring(own_data)
    run = on_own_data(make_run(1))
    store.save(run)
    assert not any(entry.kept_by_run for entry in own_data.entries(ANNA))
    store.pin(run.config.digest)
    assert [entry.kept_by_run for entry in own_data.entries(ANNA)] == [True, True]


def test_one_browser_cannot_fill_the_store(sized: Callable[[int], OwnDataStore]) -> None:
    own_data = sized(10_000_000)
    own_data.add(ANNA, A, bytes(4_000_000))
    sentence = (
        "Your data take 4 of at most 5 MB, and these 2 MB do not fit. Delete data that you no "
        "longer need."
    )
    with pytest.raises(OwnDataError, match=sentence):
        own_data.add(ANNA, B, bytes(2_000_000))
    assert not own_data.has(B)
    own_data.add(BEN, B, bytes(int(10_000_000 * OWNER_SHARE)))


def test_a_claim_never_loses_its_data_to_another_browser_that_deletes(url: str) -> None:
    def bring_and_delete(k: int) -> None:
        own_data = RunStore(url).own_data
        for i in range(6):
            own_data.add(f"{k}", FILE_DIGEST, FILE, "leaves.csv")
            assert own_data.load(FILE_DIGEST) == FILE
            if i % 2:
                own_data.release(f"{k}")
                own_data.sweep()
                assert own_data.entries(f"{k}") == []
        own_data.add(f"{k}", FILE_DIGEST, FILE)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bring_and_delete, range(4)))
    later = RunStore(url).own_data
    for k in range(4):
        assert later.owns(f"{k}", FILE_DIGEST)
        later.release(f"{k}")
    assert later.load(FILE_DIGEST) is None


def test_names_that_databases_refuse_are_cleaned(own_data: OwnDataStore) -> None:
    own_data.add(ANNA, A, b"1", "a\0b\ud800" + "c" * 1000)
    (entry,) = own_data.entries(ANNA)
    assert entry.title == "ab?" + "c" * 97
