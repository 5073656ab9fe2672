"""Unusable databases: every call raises a readable error without the password."""

import subprocess
import sys
import traceback
from pathlib import Path

import pytest
import sqlalchemy as sa

import annlab.store.database
from annlab.store.run_store import RunStore, StoreError
from tests.store.runs import CALLS, RUN, fails, sql

ROOT = Path(__file__).resolve().parents[2]


def tables(url: str) -> list[str]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    return sorted(sa.inspect(engine).get_table_names())


@pytest.mark.parametrize(
    ("statement", "lacks"),
    [
        ("DROP TABLE annlab_runs", "a table"),
        ("ALTER TABLE annlab_runs DROP COLUMN name", "a column"),
        ("ALTER TABLE annlab_runs RENAME COLUMN data TO bytes", "a column"),
        ("ALTER TABLE annlab_schema RENAME COLUMN version TO number", "a column"),
    ],
)
def test_lost_tables_and_columns_are_reported(store, url, statement, lacks):
    store.save(RUN)
    sql(url, statement)
    before = tables(url)
    sentence = fails(CALLS["save"], RunStore(url))
    assert f" lacks {lacks} (" in sentence
    assert sentence.endswith("leaves it unchanged: restore a backup, or use another database.")
    assert tables(url) == before


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_database_of_another_version_is_left_alone(store, url, call):
    store.save(RUN)
    sql(url, "UPDATE annlab_schema SET version = 99")
    before = sql(url, "SELECT * FROM annlab_runs")
    # Each process checks the version when it connects.
    other = RunStore(url)
    assert "a newer version of annlab (tables 99; this version knows tables up to" in fails(
        call, other
    )
    assert sql(url, "SELECT * FROM annlab_runs") == before
    assert sql(url, "SELECT * FROM annlab_datasets") == []
    sql(url, "UPDATE annlab_schema SET version = 1")
    call(other)


def test_a_database_of_another_version_gets_no_tables(store, url):
    sql(url, "CREATE TABLE annlab_schema (version INTEGER)")
    sql(url, "INSERT INTO annlab_schema VALUES (99)")
    fails(RunStore.list_runs, store)
    assert tables(url) == ["annlab_schema"]


@pytest.mark.parametrize(
    "url",
    [
        "secret",
        "postgresql://user:secret/@host:port/name",
        "postgresql+unknown://user:secret@host/name",
        "postgresql+psycopg2://user:secret@127.0.0.1:1/name",
        "postgresql://user:secret@127.0.0.1:1/name",
        "postgresql://user@127.0.0.1:1/name?password=secret",
        "postgresql://user:secret@127.0.0.1:1/name?unknown=option",
        "mysql://user:secret@host/name",
        "sqlite://user:secret@host/name",
        "sqlite:///file?timeout=secret",
        "sqlite:///\0",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_address_that_cannot_be_used(url, call):
    with pytest.raises(StoreError) as caught:
        call(RunStore(url))
    error = caught.value
    assert "secret" not in "".join(traceback.format_exception(error))
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_driver_that_shows_the_password(monkeypatch):
    """A fake engine stands for drivers that are not installed."""

    def fails_to_open(*args):
        raise sa.exc.OperationalError("", {}, Exception("no entry for user:secret"))

    url = sa.make_url("postgresql://user:secret@host/name?sslpassword=other")
    engine = sa.create_mock_engine("sqlite://", lambda *args: None)
    monkeypatch.setattr(engine, "url", url, raising=False)
    monkeypatch.setattr(engine, "dispose", lambda: None, raising=False)
    monkeypatch.setattr(engine, "connect", fails_to_open, raising=False)
    monkeypatch.setattr(annlab.store.database, "_open", lambda url: engine)
    sentence = fails(RunStore.list_runs, RunStore(url.render_as_string(hide_password=False)))
    assert sentence == (
        "The database postgresql://user:***@host/name cannot be used: OperationalError."
    )


def test_a_missing_driver_is_named():
    sentence = fails(RunStore.list_runs, RunStore("sqlite+aiosqlite:///file"))
    assert sentence == (
        "The database file needs the Python package aiosqlite, which is not installed."
    )


# Opens a PostgreSQL store after a change to the import system.
_OPEN = """
from annlab.store.run_store import RunStore, StoreError
try:
    RunStore("postgresql://user:secret@host/name").list_runs()
except StoreError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (
            "import sys; sys.modules['psycopg'] = None",
            "needs the Python package psycopg, which is not installed.",
        ),
        (  # as without the library that comes with psycopg[binary]
            "import os; os.environ['PSYCOPG_IMPL'] = 'none'",
            "cannot be used: requested psycopg implementation 'none' unknown.",
        ),
    ],
)
def test_missing_postgresql_package_is_named(before, said):
    command = [sys.executable, "-c", before + _OPEN]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == f"The database postgresql://user:***@host/name {said}\n", done.stderr
