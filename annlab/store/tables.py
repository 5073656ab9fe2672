"""The tables of the store, and what both do: put a row by its digest, prune the oldest."""

import re
from collections.abc import Collection
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import sqlalchemy as sa

# Counts up when the tables change.
SCHEMA_VERSION = 1
MAX_NAME = 200
# SHA-256 in hex, with room for a prefix; nothing else is ever stored.
_DIGEST = re.compile(r"[\w.:-]{1,128}", re.ASCII)

METADATA = sa.MetaData()
# The payload stands last: SQLite then reads the other columns without walking through it.
RUNS = sa.Table(
    "annlab_runs",
    METADATA,
    sa.Column("digest", sa.String(128), primary_key=True),
    sa.Column("name", sa.String(MAX_NAME), nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("created", sa.DateTime, nullable=False, index=True),  # UTC
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
    sa.Column("created", sa.DateTime, nullable=False, index=True),  # UTC
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)


def row_of(table: sa.Table, digest: str) -> sa.ColumnElement[bool]:
    """The condition that a row has this digest.

    Parameters
    ----------
    table : sqlalchemy.Table
        `RUNS` or `DATASETS`.
    digest : str
        Any text: what is no digest stands in no row, and is kept from the driver.

    Returns
    -------
    sqlalchemy.ColumnElement
    """
    return table.c.digest == (digest if _DIGEST.fullmatch(digest) else "")


def rows_of(table: sa.Table, digests: Collection[str]) -> sa.ColumnElement[bool]:
    """The condition that a row has one of these digests, each any text as in `row_of`."""
    return table.c.digest.in_([digest for digest in digests if _DIGEST.fullmatch(digest)])


def put(
    connection: sa.Connection,
    table: sa.Table,
    values: dict[str, Any],
    defaults: dict[str, Any] | None = None,
    replaceable: sa.ColumnElement[bool] | None = None,
) -> None:
    """Insert a row, or put new values into the one that has the same digest.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    table : sqlalchemy.Table
        `RUNS` or `DATASETS`.
    values : dict
        By column; `created` and `size_bytes` are added.
    defaults : dict, optional
        For a new row only.
    replaceable : sqlalchemy.ColumnElement, optional
        The row that is there stays as it is unless it meets this condition.

    Raises
    ------
    ValueError
        If the digest is not one.
    """
    if not _DIGEST.fullmatch(values["digest"]):
        raise ValueError(f"digest: up to 128 letters and digits, got {values['digest'][:200]!r}")
    now = datetime.now(UTC).replace(tzinfo=None)
    values = {**values, "created": now, "size_bytes": len(values["data"])}
    # SQLite and PostgreSQL spell this the same; the engine has imported the one it needs.
    insert = import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)
    connection.execute(
        insert.values(**values, **(defaults or {})).on_conflict_do_update(
            index_elements=[table.c.digest],
            set_={name: insert.excluded[name] for name in values},
            where=replaceable,
        )
    )


def prune(
    connection: sa.Connection,
    table: sa.Table,
    max_bytes: int,
    keep: str,
    removable: sa.ColumnElement[bool] | None = None,
) -> None:
    """Remove the oldest rows until all fit.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction.
    table : sqlalchemy.Table
        `RUNS` or `DATASETS`.
    max_bytes : int
        What all rows together may take.
    keep : str
        The digest of the row that stays in any case.
    removable : sqlalchemy.ColumnElement, optional
        The condition that a row must meet to be removed.
    """
    may_go = table.c.digest != keep
    if removable is not None:
        may_go &= removable
    # Size of a row together with those that stay in any case, and with all newer ones.
    total = sa.func.sum(table.c.size_bytes).over(
        order_by=(may_go, table.c.created.desc(), table.c.digest.desc()), rows=(None, 0)
    )
    rows = sa.select(table.c.digest, table.c.created, total.label("total")).subquery()
    excess = sa.select(rows.c.digest, rows.c.created).where(rows.c.total > max_bytes)
    # By the time too: a row that another process saves again meanwhile is not the same any more.
    row = sa.tuple_(table.c.digest, table.c.created)
    connection.execute(sa.delete(table).where(may_go, row.in_(excess)))
