"""Order in which rows were stored: by an increasing number, and never by the clock."""

from typing import Any

import sqlalchemy as sa

from annlab.store.tables import COMPUTATIONS, DATASETS, ORDER, RUNS, insert_into, put

# The tables whose oldest rows make room for new ones.
_ORDERED = (RUNS, DATASETS, COMPUTATIONS)
_LAST = sa.func.coalesce(sa.func.max(ORDER.c.number), 0)


def newest_first(table: sa.Table) -> tuple[sa.ColumnElement[Any], ...]:
    """Order of the rows of a table that is joined with `ORDER`, for ORDER BY.

    Rows without a number are newer than all others: a server of version 1 has just stored them.
    """
    return ORDER.c.number.desc().nulls_first(), table.c.created.desc(), table.c.digest.desc()


def with_order(table: sa.Table) -> sa.Join:
    """Table with the numbers of its rows, which may be NULL."""
    return table.outerjoin(ORDER, ORDER.c.digest == table.c.digest)


def put_newest(
    connection: sa.Connection,
    table: sa.Table,
    values: dict[str, Any],
    defaults: dict[str, Any] | None = None,
    replaceable: sa.ColumnElement[bool] | None = None,
) -> None:
    """Insert or update a row as `put` does, and make it the newest unless it stays unchanged."""
    _number_others(connection, table)
    if put(connection, table, values, defaults, replaceable):
        insert = insert_into(connection, ORDER)
        number = sa.select(_LAST + 1).scalar_subquery()
        connection.execute(
            insert.values(digest=values["digest"], number=number).on_conflict_do_update(
                index_elements=[ORDER.c.digest], set_={"number": insert.excluded.number}
            )
        )


def _number_others(connection: sa.Connection, table: sa.Table) -> None:
    """Forget the numbers of rows that are gone, and number rows of servers of version 1."""
    stored = sa.union_all(*(sa.select(one.c.digest) for one in _ORDERED))
    connection.execute(sa.delete(ORDER).where(ORDER.c.digest.not_in(stored)))
    rank = sa.func.row_number().over(order_by=(table.c.created, table.c.digest))
    last = sa.select(_LAST).scalar_subquery()
    unnumbered = sa.select(table.c.digest, last + rank).where(
        table.c.digest.not_in(sa.select(ORDER.c.digest))
    )
    connection.execute(
        insert_into(connection, ORDER)
        .from_select(["digest", "number"], unnumbered)
        .on_conflict_do_nothing()
    )


def prune(
    connection: sa.Connection,
    table: sa.Table,
    max_bytes: int,
    keep: str,
    removable: sa.ColumnElement[bool] | None = None,
) -> None:
    """Delete the oldest rows until the rest fits.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Connection in a transaction.
    table : sqlalchemy.Table
        `RUNS`, `DATASETS` or `COMPUTATIONS`.
    max_bytes : int
        Largest total size of all rows.
    keep : str
        Digest of a row that is never removed.
    removable : sqlalchemy.ColumnElement, optional
        Condition for the removal of a row.
    """
    may_go = table.c.digest != keep
    if removable is not None:
        may_go &= removable
    # Total size of a row, all newer rows, and all rows that cannot be removed.
    total = sa.func.sum(table.c.size_bytes).over(
        order_by=(may_go, *newest_first(table)), rows=(None, 0)
    )
    rows = (
        sa.select(table.c.digest, table.c.created, total.label("total"))
        .select_from(with_order(table))
        .subquery()
    )
    excess = sa.select(rows.c.digest, rows.c.created).where(rows.c.total > max_bytes)
    # Match the time too, because another process may save the same digest again meanwhile.
    row = sa.tuple_(table.c.digest, table.c.created)
    connection.execute(sa.delete(table).where(may_go, row.in_(excess)))
