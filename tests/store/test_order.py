"""The order in which rows were stored does not depend on the clock."""

import pytest

from annlab.store.computation_store import COMPUTATION_SHARE
from annlab.store.run_store import DATASET_SHARE, RunStore
from tests.store import version1
from tests.store.runs import SIZE, make_run, seeds, sql
from tests.store.test_prune import set_clock_back


def test_runs_stay_in_order_when_the_clock_goes_back(url, monkeypatch):
    store = RunStore(url)
    for seed in range(3):
        store.save(make_run(seed))
    store.pin(make_run(0).config.digest)
    set_clock_back(monkeypatch)
    for seed in (3, 4):
        store.save(make_run(seed))
    created = [info.created for info in store.list_runs()]
    assert created != sorted(created, reverse=True)
    assert seeds(store) == [4, 3, 2, 1, 0]
    RunStore(url, max_bytes=4 * SIZE).save(make_run(5))
    assert seeds(store) == [5, 4, 3, 0]


def test_data_sets_and_results_are_deleted_in_order_when_the_clock_goes_back(url, monkeypatch):
    store = RunStore(url, max_bytes=int(100 / min(DATASET_SHARE, COMPUTATION_SHARE)))

    def add(name: str) -> None:
        store.save_dataset(f"data-{name}", bytes(40))
        store.computations.save(f"result-{name}", bytes(40), is_complete=True)

    add("a")
    add("b")
    set_clock_back(monkeypatch)
    add("c")
    add("d")
    assert [name for name in "abcd" if store.load_dataset(f"data-{name}")] == ["c", "d"]
    assert [name for name in "abcd" if store.computations.load(f"result-{name}")] == ["c", "d"]


def test_a_run_that_is_stored_again_is_the_newest(store, monkeypatch):
    for seed in range(3):
        store.save(make_run(seed))
    set_clock_back(monkeypatch)
    store.save(make_run(0))
    assert seeds(store) == [0, 2, 1]
    store.save(make_run(1, ending="stopped"))  # does not replace the finished run
    assert seeds(store) == [0, 2, 1]


def test_rows_of_version_1_keep_their_order(store, url):
    version1.restore(url)
    assert seeds(store) == version1.SEEDS
    stored = version1.SEEDS[::-1]
    order = "SELECT r.digest FROM annlab_runs r JOIN annlab_order o ON o.digest = r.digest "
    digests = [digest for (digest,) in sql(url, order + "ORDER BY o.number")]
    assert digests == [make_run(seed).config.digest for seed in stored]
    store.save(make_run(9))
    assert seeds(store) == [9, *version1.SEEDS]


@pytest.mark.parametrize("date", ["1990-01-01", "2090-01-01"])
def test_a_run_that_version_1_stores_beside_us_is_the_newest_until_the_next(store, url, date):
    store.save(make_run(0))
    sql(url, version1.SAVE.replace("2030-01-01", date).replace("named before", ""), digest="x" * 64)
    assert store.list_runs()[0].digest == "x" * 64
    RunStore(url, max_bytes=2 * SIZE).save(make_run(1))
    assert [info.digest for info in store.list_runs()] == [make_run(1).config.digest, "x" * 64]
    store.save(make_run(2))
    assert store.list_runs()[-1].digest == "x" * 64


def test_numbers_of_deleted_rows_are_forgotten(url):
    store = RunStore(url, max_bytes=2 * SIZE)
    for seed in range(6):
        store.save(make_run(seed))
    assert len(sql(url, "SELECT * FROM annlab_order")) <= 3
    store.delete(make_run(5).config.digest)
    store.save(make_run(6))
    assert seeds(store) == [6, 4]
