"""Brings the tables of a database to the version that this code knows."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from annlab.store.errors import StoreError, public
from annlab.store.migrations import Migration

_logger = logging.getLogger(__name__)

# One row. A database of version 1 lacks the column `migration`.
_SCHEMA = sa.Table(
    "annlab_schema",
    sa.MetaData(),
    # Version that annlab must know at least to use the tables.
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    # Version of the tables: the number of migrations that were applied.
    sa.Column("migration", sa.Integer),
)
_BYTES = {"sqlite": "BLOB", "postgresql": "BYTEA"}


class Versions(NamedTuple):
    """Versions that a database states about itself.

    Attributes
    ----------
    needed : int
        Version of the tables that annlab must know at least.
    reached : int
        Version of the tables; 0 if it is not stated, as in version 1.
    """

    needed: int
    reached: int


def lock(connection: sa.Connection, name: str) -> None:
    """Let no other transaction that takes this lock run beside this one; call it first.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Connection at the start of a transaction.
    name : str
        At most 8 ASCII letters. SQLite has one lock for all names: its only writer holds it.
    """
    if connection.dialect.name == "sqlite":
        # Python's driver begins a transaction only before the first INSERT, UPDATE or DELETE.
        connection.execute(sa.text("BEGIN IMMEDIATE"))
    else:
        key = int.from_bytes(name.encode())
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def read_versions(connection: sa.Connection) -> Versions | None:
    """Versions that a database states; None without such a statement."""
    if not sa.inspect(connection).has_table(_SCHEMA.name):
        return None
    row = connection.execute(sa.text(f"SELECT * FROM {_SCHEMA.name}")).mappings().first()
    return None if row is None else Versions(row["version"], row.get("migration") or 0)


def prepare(connection: sa.Connection, migrations: Sequence[Migration]) -> None:
    """Apply the migrations that a database lacks, all or none.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Connection outside a transaction.
    migrations : sequence of Migration
        All versions of the tables, from the first.

    Raises
    ------
    StoreError
        If the tables are of a version that needs a newer annlab; nothing is changed.
    """
    # In a transaction of its own: PostgreSQL locks what was read until a transaction ends, and the
    # process that migrates would wait for those that wait for it.
    with connection.begin():
        if is_ready(connection, migrations):
            return
    with connection.begin():
        lock(connection, "annlab")
        if not is_ready(connection, migrations):  # no other process did it meanwhile
            _migrate(connection, migrations)


def _migrate(connection: sa.Connection, migrations: Sequence[Migration]) -> None:
    found = read_versions(connection) or Versions(0, 0)
    blob = _BYTES[connection.dialect.name]
    for migration in migrations[found.reached :]:
        for statement in migration.statements:
            connection.execute(sa.text(statement.format(blob=blob)))
    needed = max(k for k, one in enumerate(migrations, 1) if not one.is_additive)
    connection.execute(sa.delete(_SCHEMA))
    connection.execute(
        sa.insert(_SCHEMA).values(version=max(needed, found.needed), migration=len(migrations))
    )
    if found.needed:
        _logger.info(
            "The tables of the database %s were brought from version %d to %d.",
            public(connection.engine.url),
            found.reached or 1,
            len(migrations),
        )


def is_ready(connection: sa.Connection, migrations: Sequence[Migration]) -> bool:
    """Whether a database has all migrations.

    Raises
    ------
    StoreError
        If the tables are of a version that needs a newer annlab.
    """
    found = read_versions(connection)
    if found is not None and found.needed > len(migrations):
        raise StoreError(
            f"The database {public(connection.engine.url)} was written by a newer version of "
            f"annlab (tables {found.needed}; this version knows tables up to {len(migrations)}). "
            "annlab leaves it unchanged: update annlab, or use another database."
        )
    return found is not None and found.reached >= len(migrations)
