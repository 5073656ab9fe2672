"""SQL tables of everything that is stored, and upsert by digest."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import sqlalchemy as sa

MAX_TITLE = 200
# SHA-256 in hex, with room for a prefix.
_DIGEST = re.compile(r"[\w.:-]{1,128}", re.ASCII)

# `annlab.store.migrations` creates what is described here.
METADATA = sa.MetaData()
# Last column, so that SQLite reads the other columns without traversing the payload.
RUNS = sa.Table(
    "annlab_runs",
    METADATA,
    sa.Column("digest", sa.String(128), primary_key=True),
    sa.Column("name", sa.String(MAX_TITLE), nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("created", sa.DateTime, nullable=False),  # UTC
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("config", sa.Text, nullable=False),  # JSON
    sa.Column("ending", sa.String(20), nullable=False),
    sa.Column("accelerator", sa.Text, nullable=False),
    sa.Column("duration_seconds", sa.Double, nullable=False),
    sa.Column("n_epochs", sa.Integer, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),  # JSON
    sa.Column("data", sa.LargeBinary, nullable=False),
)
DATASETS = sa.Table(
    "annlab_datasets",
    METADATA,
    sa.Column("digest", sa.String(128), primary_key=True),
    sa.Column("created", sa.DateTime, nullable=False),  # UTC
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

COMPUTATIONS = sa.Table(
    "annlab_computations",
    METADATA,
    sa.Column("digest", sa.String(128), primary_key=True),
    sa.Column("created", sa.DateTime, nullable=False),  # UTC
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("is_complete", sa.Boolean, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
# Files that browsers loaded, and tables made of them.
OWN_DATA = sa.Table(
    "annlab_own_data",
    METADATA,
    sa.Column("digest", sa.String(128), primary_key=True),  # of the file, or OwnData.content
    sa.Column("created", sa.DateTime, nullable=False),  # UTC
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("file", sa.String(128), nullable=False),  # what a table was made of, or empty
    sa.Column("facts", sa.Text, nullable=False),  # OwnData as JSON; empty for a file
    sa.Column("data", sa.LargeBinary, nullable=False),
)
# Who loaded which data. Data without a claim are deleted.
OWN_CLAIMS = sa.Table(
    "annlab_own_claims",
    METADATA,
    sa.Column("owner", sa.String(64), primary_key=True),  # hash of a browser's key
    sa.Column("digest", sa.String(128), primary_key=True, index=True),
    sa.Column("title", sa.String(MAX_TITLE), nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("last_used", sa.DateTime, nullable=False),  # UTC
)
# Digests of stored runs, data sets and computations that tell of own data.
OWN_RESULTS = sa.Table(
    "annlab_own_results",
    METADATA,
    sa.Column("digest", sa.String(128), primary_key=True),
    sa.Column("content", sa.String(128), primary_key=True, index=True),
)
# Which browsers trained or opened which runs.
RUN_CLAIMS = sa.Table(
    "annlab_run_claims",
    METADATA,
    sa.Column("owner", sa.String(64), primary_key=True),  # hash of a browser's key
    sa.Column("digest", sa.String(128), primary_key=True, index=True),
    sa.Column("trained", sa.Boolean, nullable=False),
    sa.Column("since", sa.DateTime, nullable=False),  # UTC
)
# Runs that were deleted a short time ago, and can come back.
DELETED_RUNS = sa.Table(
    "annlab_deleted_runs",
    METADATA,
    sa.Column("digest", sa.String(128), primary_key=True),
    sa.Column("since", sa.DateTime, nullable=False),  # UTC
)
# Order in which runs, data sets and computations were stored: clocks can go back, numbers cannot.
# What a server of version 1 stores gets its number from the next `put_newest`.
ORDER = sa.Table(
    "annlab_order",
    METADATA,
    sa.Column("digest", sa.String(128), primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False, index=True),
)


def storable(name: str) -> str:
    """Return a name without what databases refuse, in up to 200 characters."""
    # No database stores lone surrogates, and PostgreSQL stores no NUL.
    return name.encode(errors="replace").decode().replace("\0", "")[:MAX_TITLE]


def insert_into(connection: sa.Connection, table: sa.Table) -> Any:
    """Return an INSERT that knows ON CONFLICT, whose syntax SQLite and PostgreSQL share."""
    # The engine has imported the dialect in use.
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


def row_of(table: sa.Table, digest: str) -> sa.ColumnElement[bool]:
    """SQL condition that a row has a digest.

    Parameters
    ----------
    table : sqlalchemy.Table
        Any table with a column `digest`.
    digest : str
        Any text; a malformed digest matches no row and never reaches the driver.

    Returns
    -------
    sqlalchemy.ColumnElement
    """
    return table.c.digest == (digest if _DIGEST.fullmatch(digest) else "")


def rows_of(table: sa.Table, digests: Collection[str]) -> sa.ColumnElement[bool]:
    """SQL condition that a row has one of several digests, each any text as in `row_of`."""
    return table.c.digest.in_([digest for digest in digests if _DIGEST.fullmatch(digest)])


def put(
    connection: sa.Connection,
    table: sa.Table,
    values: dict[str, Any],
    defaults: dict[str, Any] | None = None,
    replaceable: sa.ColumnElement[bool] | None = None,
) -> bool:
    """Insert a row, or update the row with the same digest.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Connection in a transaction.
    table : sqlalchemy.Table
        `RUNS`, `DATASETS`, `COMPUTATIONS` or `OWN_DATA`.
    values : dict
        Values by column; `created` and `size_bytes` are added.
    defaults : dict, optional
        Values for a new row only.
    replaceable : sqlalchemy.ColumnElement, optional
        Condition for an update: an existing row that fails it stays unchanged.

    Returns
    -------
    bool
        False if an existing row stayed unchanged.

    Raises
    ------
    ValueError
        If the digest is malformed.
    """
    if not _DIGEST.fullmatch(values["digest"]):
        raise ValueError(f"digest: up to 128 letters and digits, got {values['digest'][:200]!r}")
    now = datetime.now(UTC).replace(tzinfo=None)
    values = {**values, "created": now, "size_bytes": len(values["data"])}
    insert = insert_into(connection, table)
    done = connection.execute(
        insert.values(**values, **(defaults or {})).on_conflict_do_update(
            index_elements=[table.c.digest],
            set_={name: insert.excluded[name] for name in values},
            where=replaceable,
        ),
        # Without it, SQLAlchemy counts no rows of an INSERT.
        execution_options={"preserve_rowcount": True},
    )
    return done.rowcount > 0
