"""Size limits of the store and pruning; data sets have a separate limit."""

from datetime import datetime, timedelta

import pytest

import annlab.store.run_store
import annlab.store.tables
from annlab.store.run_store import RunStore
from tests.store.runs import DIGEST, RUN, SIZE, make_run, same, seeds, sql


def set_clock_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything that is stored from now on be stored a day earlier."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - timedelta(days=1)

    monkeypatch.setattr(annlab.store.tables, "datetime", Clock)


def test_prune_removes_the_oldest(url, statements):
    store = RunStore(url, max_bytes=3 * SIZE)
    for seed in range(5):
        store.save(make_run(seed))
    assert seeds(store) == [4, 3, 2]
    assert any("sum(annlab_runs.size_bytes)" in text for text, _ in statements)


def test_prune_keeps_pinned_runs(url):
    store = RunStore(url, max_bytes=2 * SIZE)
    store.save(RUN)
    store.pin(DIGEST)
    for seed in range(1, 5):
        store.save(make_run(seed))
    assert seeds(store) == [4, 0]
    store.pin(DIGEST, False)
    store.save(make_run(5))
    assert seeds(store) == [5, 4]


def test_prune_keeps_the_run_just_saved(url, monkeypatch):
    store = RunStore(url, max_bytes=0)
    store.save(make_run(1))
    assert seeds(store) == [1]
    set_clock_back(monkeypatch)
    store.save(make_run(2))
    assert seeds(store) == [2]


def test_a_smaller_limit_is_met_by_the_next_save(url):
    for seed in range(4):
        RunStore(url).save(make_run(seed))
    RunStore(url).pin(DIGEST)
    assert seeds(RunStore(url)) == [3, 2, 1, 0]
    RunStore(url, max_bytes=1).save(make_run(4))
    assert seeds(RunStore(url)) == [4, 0]


def test_pruning_a_large_run_also_prunes_older_runs(url):
    store = RunStore(url, max_bytes=4 * SIZE)
    for seed, units in [(0, 4), (1, 64), (2, 4), (3, 4)]:
        store.save(make_run(seed, units=units))
    assert seeds(store) == [3, 2]


def test_prune_keeps_some_runs_of_equal_time(url):
    RunStore(url).save(make_run(9))
    for seed in range(4):
        RunStore(url).save(make_run(seed))
    sql(url, "UPDATE annlab_runs SET created = '2026-01-01 00:00:00'")
    store = RunStore(url, max_bytes=3 * SIZE)
    store.save(make_run(5))
    assert len(seeds(store)) == 3
    assert seeds(store)[0] == 5


def test_pruning_is_one_statement(url, statements):
    store = RunStore(url, max_bytes=SIZE)
    store.save(make_run(0))
    statements.clear()
    store.save(make_run(1))
    (prune,) = [text for text, _ in statements if "sum(" in text]
    assert prune.startswith("DELETE FROM annlab_runs")


def test_saving_and_pruning_are_one_transaction(url, monkeypatch):
    store = RunStore(url, max_bytes=SIZE)
    store.save(RUN)

    def fails(*args):
        prune(*args)
        raise RuntimeError("in the middle of it")

    prune = annlab.store.run_store.prune
    with monkeypatch.context() as patch:
        patch.setattr(annlab.store.run_store, "prune", fails)
        with pytest.raises(RuntimeError, match="in the middle of it"):
            store.save(make_run(1))
    assert seeds(store) == [0]
    assert same(store.load(DIGEST), RUN)


def test_the_limit_in_the_environment(url, monkeypatch):
    monkeypatch.setenv("ANNLAB_STORE_MB", str(2.5 * SIZE / 1e6))
    for seed in range(4):
        RunStore(url).save(make_run(seed))
    assert seeds(RunStore(url)) == [3, 2]
    monkeypatch.setenv("ANNLAB_STORE_MB", "much")
    with pytest.raises(
        ValueError, match="ANNLAB_STORE_MB must be a number of at least 0; got 'much'"
    ):
        RunStore(url)


def test_the_default_limit_is_500_megabytes(url, monkeypatch):
    monkeypatch.delenv("ANNLAB_STORE_MB", raising=False)
    store = RunStore(url)
    store.save(make_run(0))
    for seed, size_bytes in [(1, 500_000_000 - 2 * SIZE), (2, 500_000_000)]:
        store.save(make_run(seed))
        assert 0 in seeds(store)
        sql(
            url,
            "UPDATE annlab_runs SET size_bytes = :size_bytes WHERE digest = :digest",
            size_bytes=size_bytes,
            digest=make_run(seed).config.digest,
        )
    store.save(make_run(3))
    assert seeds(store) == [3]


# --- data sets ----------------------------------------------------------------------------


def test_a_data_set_comes_back(store):
    assert store.load_dataset("digest") is None
    store.save_dataset("digest", b"one\0\xff")
    assert store.load_dataset("digest") == b"one\0\xff"
    store.save_dataset("digest", b"two")
    assert store.load_dataset("digest") == b"two"


def test_data_sets_have_a_limit_of_their_own(url):
    store = RunStore(url, max_bytes=4000)
    store.save(make_run())
    for name in "abc":
        store.save_dataset(name, bytes(400))
    assert [name for name in "abc" if store.load_dataset(name)] == ["b", "c"]
    store.save_dataset("b", bytes(400))  # now the newest
    store.save_dataset("d", bytes(400))
    assert [name for name in "abcd" if store.load_dataset(name)] == ["b", "d"]
    store.save_dataset("large", bytes(5000))
    assert [name for name in ("b", "d", "large") if store.load_dataset(name)] == ["large"]
    assert seeds(store) == [0]


@pytest.mark.parametrize("digest", ["", "a" * 129, "a b", "ä", "\0", "\ud800"])
def test_a_data_set_needs_a_digest(store, digest):
    with pytest.raises(ValueError, match="digest: up to 128 letters and digits, got"):
        store.save_dataset(digest, b"")
