"""PostgreSQL only: URLs, lost connections, and server restarts."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

import annlab.store.database
import annlab.store.run_store
from annlab.store.run_info import RunInfo
from annlab.store.run_store import RunStore, StoreError
from tests.postgresql import PostgreSQL, postgresql
from tests.store.runs import CALLS, DIGEST, RUN, fails, make_run, same, seeds, sql

DEADLINE_SECONDS = 30


@pytest.fixture
def url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_both_forms_of_the_address_mean_the_same_driver(url, scheme):
    address = sa.make_url(url).set(drivername=scheme).render_as_string(hide_password=False)
    store = RunStore(address)
    store.save(RUN)
    assert same(store.load(DIGEST), RUN)
    assert seeds(RunStore(url)) == [0]


def test_wrong_password_message_hides_the_password(url):
    address = sa.make_url(url).set(password="wrong-secret")
    sentence = fails(RunStore.list_runs, RunStore(address.render_as_string(hide_password=False)))
    assert "secret" not in sentence
    assert "cannot be used" in sentence


def disconnect_all(url: str) -> None:
    """Terminate all other connections, like a server shutdown."""
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    sql(url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_lost_connection_is_reopened(store, url, call):
    store.save(RUN)
    disconnect_all(url)
    call(store)


def test_connection_lost_during_a_transaction_is_retried(store, url, monkeypatch):
    def lost(*args):
        put(*args)
        if not lost_before:
            lost_before.append(True)
            disconnect_all(url)

    lost_before = []
    put = annlab.store.run_store.put_newest
    monkeypatch.setattr(annlab.store.run_store, "put_newest", lost)
    store.save(RUN)
    assert lost_before
    assert same(store.load(DIGEST), RUN)


def test_concurrent_processes_create_tables_once(url, monkeypatch):
    """Holds even without retries."""
    monkeypatch.setattr(annlab.store.database, "_is_passing", lambda error: False)
    for _ in range(5):
        begin = threading.Barrier(8)

        def start(store: RunStore, begin: threading.Barrier = begin) -> list[RunInfo]:
            begin.wait()
            return store.list_runs()

        stores = [RunStore(url) for _ in range(begin.parties)]
        with ThreadPoolExecutor(begin.parties) as pool:
            assert list(pool.map(start, stores)) == [[]] * begin.parties
        sql(url, "DROP SCHEMA public CASCADE")
        sql(url, "CREATE SCHEMA public")


def started(url: str) -> object:
    return sql(url, "SELECT pg_postmaster_start_time()")[0][0]


@pytest.mark.slow
def test_server_restart_loses_no_runs():
    with postgresql() as server, ThreadPoolExecutor(1) as beside:
        _save_during_restart(server, beside)


def _save_during_restart(server: PostgreSQL, beside: ThreadPoolExecutor) -> None:
    url, store = server.url, RunStore(server.url)
    store.save(RUN)
    store.pin(DIGEST)
    store.save_dataset("d", b"points")
    before = started(url)
    restarting = beside.submit(server.restart)
    deadline = time.monotonic() + DEADLINE_SECONDS
    saved, restarted = [0], False
    while not restarted:
        assert time.monotonic() < deadline, "the server did not come back"
        seed = saved[-1] + 1
        try:
            store.save(make_run(seed))  # during the restart
            saved.append(seed)
            restarted = started(url) != before
        except (StoreError, sa.exc.OperationalError):
            time.sleep(0.02)
    restarting.result(DEADLINE_SECONDS)
    assert seeds(store) == saved[::-1]
    assert store.list_runs()[-1].pinned
    assert store.load_dataset("d") == b"points"
    assert same(store.load(DIGEST), RUN)
    store._database._engine().dispose()
