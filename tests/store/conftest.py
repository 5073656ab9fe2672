"""A store for each test, on SQLite and on PostgreSQL."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from annlab.store.run_store import RunStore
from tests.store.runs import sql


@pytest.fixture(scope="session")
def postgresql_database() -> Iterator[str]:
    """URL of a temporary database on the PostgreSQL test server."""
    address = os.environ.get("TESTS_POSTGRESQL_URL")
    if not address:
        if os.environ.get("TESTS_REQUIRE_POSTGRESQL"):
            pytest.fail("TESTS_POSTGRESQL_URL is empty, and TESTS_REQUIRE_POSTGRESQL is set")
        pytest.skip("TESTS_POSTGRESQL_URL names no PostgreSQL server")
    # PostgreSQL creates and drops databases only outside transactions.
    engine = sa.create_engine(address, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    name = f"annlab_{uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template0"))
    yield sa.make_url(address).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def postgresql_url(postgresql_database: str) -> Iterator[str]:
    """The address of a PostgreSQL database without tables."""
    opened: list[Any] = []

    def remember(connection: Any, record: object) -> None:
        opened.append(connection)

    sa.event.listen(sa.Pool, "connect", remember)
    sql(postgresql_database, "CREATE SCHEMA IF NOT EXISTS public")
    yield postgresql_database
    sa.event.remove(sa.Pool, "connect", remember)
    # A store keeps its connections for as long as its process lives.
    for connection in opened:
        connection.close()
    sql(postgresql_database, "DROP SCHEMA public CASCADE")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Path of the SQLite file."""
    return tmp_path / "runs.sqlite"


@pytest.fixture
def sqlite_url(path: Path) -> str:
    """URL of an SQLite database that does not exist yet."""
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database of each kind."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def store(url: str) -> RunStore:
    return RunStore(url)


@pytest.fixture
def statements() -> Iterator[list[tuple[str, object]]]:
    """SQL statements executed during a test, with parameters."""
    seen: list[tuple[str, object]] = []

    def remember(connection, cursor, statement, parameters, context, executemany):
        seen.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", remember)
    yield seen
    sa.event.remove(sa.Engine, "before_cursor_execute", remember)
