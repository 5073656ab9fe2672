"""Results of computations in the database."""

import pytest

from annlab.store.computation_store import COMPUTATION_SHARE, StoredResult
from annlab.store.run_store import RunStore


def test_results_are_kept_by_digest(store: RunStore) -> None:
    assert store.computations.load("pieces-1") is None
    store.computations.save("pieces-1", b"counts", is_complete=True)
    assert store.computations.load("pieces-1") == StoredResult(b"counts", is_complete=True)
    assert store.computations.load("pieces-2") is None
    assert store.computations.load("x' OR '1'='1") is None
    with pytest.raises(ValueError, match="digest"):
        store.computations.save("not a digest", b"", is_complete=True)


def test_a_partial_result_never_replaces_a_complete_one(store: RunStore) -> None:
    for data, is_complete, kept in (
        (b"a", False, b"a"),
        (b"b", False, b"b"),
        (b"c", True, b"c"),
        (b"d", False, b"c"),
        (b"e", True, b"e"),
    ):
        store.computations.save("search-1", data, is_complete=is_complete)
        found = store.computations.load("search-1")
        assert found is not None
        assert found.data == kept


def test_the_oldest_results_make_room(url: str) -> None:
    store = RunStore(url, max_bytes=int(100 / COMPUTATION_SHARE))
    for i in range(3):
        store.computations.save(f"one-{i}", bytes(40), is_complete=True)
    assert [store.computations.load(f"one-{i}") is None for i in range(3)] == [True, False, False]
    store.computations.save("large", bytes(1000), is_complete=True)
    assert store.computations.load("large") is not None
    assert store.computations.load("one-2") is None
