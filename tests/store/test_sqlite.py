"""SQLite only: missing, damaged and locked files."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

import annlab.store.database
from annlab.store.run_store import RunStore
from tests.store.runs import CALLS, DIGEST, RUN, fails, make_run, same, seeds, sql

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def url(sqlite_url: str) -> str:
    return sqlite_url


def open_store(path: Path) -> RunStore:
    return RunStore(f"sqlite:///{path}")


# --- obstacles ----------------------------------------------------------------------------


def make_folder(path: Path) -> None:
    path.mkdir()


def make_garbage(path: Path) -> None:
    path.write_bytes(b"this is no database " * 1000)


def remove(path: Path) -> None:
    path.rmdir() if path.is_dir() else path.unlink()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("obstacle", [make_folder, make_garbage])
def test_store_recovers_when_an_obstacle_is_removed(store, path, obstacle, call):
    obstacle(path)
    for _ in range(2):
        assert "The database runs.sqlite " in fails(call, store)
    remove(path)
    call(store)
    store.save(RUN)
    assert same(store.load(DIGEST), RUN)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_obstacle_after_opening_is_reported(store, path, call):
    store.save(RUN)
    data = path.read_bytes()
    make_garbage(path)
    garbage = path.read_bytes()
    assert fails(call, store) == (
        "The database runs.sqlite is not an SQLite database (file is not a database). annlab "
        "leaves it unchanged: restore a backup, or use another database."
    )
    assert path.read_bytes() == garbage
    path.write_bytes(data)
    call(store)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_reported_and_left_alone(store, path, share, call):
    for seed in range(20):
        store.save(make_run(seed))
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    truncated = path.read_bytes()
    assert fails(call, open_store(path)) == (
        "The database runs.sqlite is damaged (database disk image is malformed). annlab leaves "
        "it unchanged: restore a backup, or use another database."
    )
    assert path.read_bytes() == truncated


def test_a_file_where_a_folder_should_be(tmp_path):
    file = tmp_path / "file"
    file.touch()
    store = open_store(file / "below" / "runs.sqlite")
    assert "Not a directory" in fails(RunStore.list_runs, store)
    file.unlink()
    assert store.list_runs() == []


def test_a_folder_that_was_deleted_is_made_again(tmp_path):
    store = open_store(tmp_path / "a" / "b" / "runs.sqlite")
    store.save(RUN)
    (tmp_path / "a").rename(tmp_path / "c")
    assert store.list_runs() == []
    store.save(RUN)
    assert seeds(open_store(tmp_path / "c" / "b" / "runs.sqlite")) == [0]


def test_text_instead_of_a_run_is_damage(store, url):
    store.save(RUN)
    sql(url, "UPDATE annlab_runs SET data = 'text'")
    assert store.load(DIGEST) is None
    assert store.list_runs() == []


def test_another_version_is_noticed_at_once(store, url):
    store.save(RUN)
    sql(url, "UPDATE annlab_schema SET version = 99")
    assert "a newer version of annlab" in fails(RunStore.list_runs, store)


def test_permanent_lock_is_reported(store, path, monkeypatch):
    store.save(RUN)
    sqlite = annlab.store.database._ENGINE_OPTIONS["sqlite"]["connect_args"]
    monkeypatch.setitem(sqlite, "timeout", 0.05)
    monkeypatch.setattr(annlab.store.database, "PATIENCE_SECONDS", 0.05)
    hasty = open_store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "database is locked" in fails(lambda s: s.save(make_run(1)), hasty)
        assert seeds(hasty) == [0]  # readers do not wait
        other.execute("ROLLBACK")
    hasty.save(make_run(1))
    assert seeds(store) == [1, 0]


def test_sqlite_uses_wal_mode(store, url):
    store.save(RUN)
    assert sql(url, "PRAGMA journal_mode") == [("wal",)]


# --- settings -----------------------------------------------------------------------------


def test_nothing_is_opened_until_it_is_used(tmp_path):
    store = open_store(tmp_path / "folder" / "runs.sqlite")
    assert list(tmp_path.iterdir()) == []
    store.list_runs()
    assert (tmp_path / "folder" / "runs.sqlite").exists()


def test_the_default_is_a_file_below_the_current_directory(tmp_path, monkeypatch):
    monkeypatch.delenv("ANNLAB_DATABASE_URL", raising=False)
    folder = tmp_path / "50% of ?a=b#c"
    folder.mkdir()
    monkeypatch.chdir(folder)
    store = RunStore()
    assert list(folder.iterdir()) == []
    monkeypatch.chdir(tmp_path)  # must not move the database
    store.save(RUN)
    with closing(sqlite3.connect(folder / ".annlab" / "runs.sqlite")) as connection:
        assert connection.execute("SELECT digest FROM annlab_runs").fetchall() == [(DIGEST,)]
    assert [p.name for p in tmp_path.iterdir()] == [folder.name]


def test_the_address_in_the_environment(url, monkeypatch):
    monkeypatch.setenv("ANNLAB_DATABASE_URL", url)
    RunStore().save(RUN)
    assert seeds(RunStore(url)) == [0]


def test_neither_torch_nor_the_orm_is_imported():
    names = "{'torch', 'sqlalchemy.orm', 'streamlit', 'sklearn', 'psycopg'}"
    code = f"import sys, annlab.store.run_store; print({names} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
