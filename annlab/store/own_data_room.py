"""SQL statements that keep own data within their room: release, expiry, eviction, removal."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from annlab.store.tables import (
    COMPUTATIONS,
    DATASETS,
    OWN_CLAIMS,
    OWN_DATA,
    OWN_RESULTS,
    RUNS,
    rows_of,
)

# Data are deleted so long after their last use, unless they are pinned.
KEPT = timedelta(days=1)
# Data in use in a lesson never make room for those of another.
IN_USE = timedelta(hours=1)


class Removed(NamedTuple):
    """Own data that were deleted.

    Attributes
    ----------
    contents : frozenset of str
        Digests of the files and tables.
    results : frozenset of str
        Digests of the runs, data sets and computations on them.
    """

    contents: frozenset[str] = frozenset()
    results: frozenset[str] = frozenset()

    def __or__(self, other: "Removed") -> "Removed":
        """Both together."""
        return Removed(self.contents | other.contents, self.results | other.results)


def under_pinned_run(digest: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """SQL condition that a run on a table, or on a table of a file, is pinned.

    Parameters
    ----------
    digest : sqlalchemy.ColumnElement
        Digest of the table or the file.
    """
    with_pinned_run = sa.select(OWN_RESULTS.c.content).where(
        OWN_RESULTS.c.digest.in_(sa.select(RUNS.c.digest).where(RUNS.c.pinned))
    )
    tables = OWN_DATA.alias()
    of_its_file = sa.select(tables.c.file).where(tables.c.digest.in_(with_pinned_run))
    return digest.in_(with_pinned_run) | digest.in_(of_its_file)


def _pinned() -> sa.ColumnElement[bool]:
    """SQL condition that a claim, or a run on the claimed data, is pinned."""
    return OWN_CLAIMS.c.pinned | under_pinned_run(OWN_CLAIMS.c.digest)


def pinned_bytes(connection: sa.Connection) -> int:
    """Size of all data that are pinned, or kept by a pinned run."""
    claimed = sa.select(OWN_CLAIMS.c.digest).where(_pinned())
    size = sa.select(sa.func.sum(OWN_DATA.c.size_bytes)).where(OWN_DATA.c.digest.in_(claimed))
    return int(connection.scalar(size) or 0)


def expire(connection: sa.Connection, now: datetime) -> Removed:
    """Delete claims unused for a day, what nobody claims, and notes about results that are gone.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Connection in a transaction that runs alone.
    now : datetime
        In UTC, without a time zone.
    """
    is_expired = (OWN_CLAIMS.c.last_used < now - KEPT) & ~_pinned()
    expired = connection.scalars(sa.select(OWN_CLAIMS.c.digest).where(is_expired)).all()
    connection.execute(sa.delete(OWN_CLAIMS).where(is_expired))
    # Runs, data sets and computations also go for other reasons, such as for newer ones.
    stored = (sa.select(table.c.digest) for table in (RUNS, DATASETS, COMPUTATIONS))
    is_gone = sa.and_(*(OWN_RESULTS.c.digest.not_in(digests) for digests in stored))
    connection.execute(sa.delete(OWN_RESULTS).where(is_gone))
    claimed = sa.select(OWN_CLAIMS.c.digest)
    known = (OWN_DATA.c.digest, OWN_RESULTS.c.content)
    unclaimed = (sa.select(column).where(column.not_in(claimed)) for column in known)
    found = {digest for query in unclaimed for digest in connection.scalars(query)}
    return remove_unclaimed(connection, found.union(expired))


def remove_unclaimed(connection: sa.Connection, contents: Collection[str]) -> Removed:
    """Delete those of some data that nobody claims, with everything that tells of them."""
    claims = rows_of(OWN_CLAIMS, contents)
    claimed = connection.scalars(sa.select(OWN_CLAIMS.c.digest).where(claims)).all()
    gone = frozenset(contents).difference(claimed)
    if not gone:
        return Removed()
    of_gone = OWN_RESULTS.c.content.in_(gone)
    results = frozenset(connection.scalars(sa.select(OWN_RESULTS.c.digest).where(of_gone)))
    for table in (RUNS, DATASETS, COMPUTATIONS):
        connection.execute(sa.delete(table).where(rows_of(table, results)))
    connection.execute(sa.delete(OWN_RESULTS).where(of_gone))
    connection.execute(sa.delete(OWN_DATA).where(rows_of(OWN_DATA, gone)))
    return Removed(gone, results)


def make_room(connection: sa.Connection, n_bytes: int, max_bytes: int, now: datetime) -> Removed:
    """Delete data until some more fit: expired ones, then those that were used least recently.

    Data that are pinned, or were used within the last hour, stay.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Connection in a transaction that runs alone.
    n_bytes : int
        Size of the new data.
    max_bytes : int
        Largest size of all data.
    now : datetime
        In UTC, without a time zone.

    Returns
    -------
    Removed
        The new data may still not fit.
    """
    removed = Removed()
    if _total(connection) + n_bytes > max_bytes:
        removed = expire(connection, now)
    excess = _total(connection) + n_bytes - max_bytes
    if excess <= 0:
        return removed
    stay = sa.select(OWN_CLAIMS.c.digest).where((OWN_CLAIMS.c.last_used > now - IN_USE) | _pinned())
    last_used = sa.func.max(OWN_CLAIMS.c.last_used)
    candidates = connection.execute(
        sa.select(OWN_DATA.c.digest, OWN_DATA.c.size_bytes)
        .join(OWN_CLAIMS, OWN_CLAIMS.c.digest == OWN_DATA.c.digest)
        .where(OWN_DATA.c.digest.not_in(stay), OWN_DATA.c.size_bytes > 0)
        .group_by(OWN_DATA.c.digest, OWN_DATA.c.size_bytes)
        .order_by(last_used, OWN_DATA.c.digest)
    ).all()
    # Others are not to lose their data in vain.
    if sum(size for _, size in candidates) < excess:
        return removed
    chosen = []
    for digest, size in candidates:
        if excess <= 0:
            break
        chosen.append(digest)
        excess -= size
    connection.execute(sa.delete(OWN_CLAIMS).where(rows_of(OWN_CLAIMS, chosen)))
    return removed | remove_unclaimed(connection, chosen)


def _total(connection: sa.Connection) -> int:
    return int(connection.scalar(sa.select(sa.func.sum(OWN_DATA.c.size_bytes))) or 0)


def fits(connection: sa.Connection, n_bytes: int, max_bytes: int) -> bool:
    """Whether some more bytes fit."""
    return _total(connection) + n_bytes <= max_bytes
