"""Who loaded which data: claims, and the runs that follow from them."""

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from annlab.datasets.own.own_data import OwnData
from annlab.store.schema import lock
from annlab.store.tables import OWN_CLAIMS, OWN_RESULTS, RUNS, insert_into, rows_of


class OwnEntry(NamedTuple):
    """Data that a browser loaded.

    Attributes
    ----------
    digest : str
        SHA-256 of a file, or `OwnData.content` of a table.
    title : str
        Name for people; untrusted text.
    size_bytes : int
        Size in the database; 0 if its facts hold the samples, which are drawn points.
    pinned : bool
        Whether the browser has pinned the data, which then stay without being used.
    kept_by_run : bool
        Whether the data stay because a run on them is pinned.
    last_used : datetime
        In UTC.
    file : str
        SHA-256 of the file that a table was made of; empty for others.
    own : OwnData or None
        Facts about a table; None for a file.
    """

    digest: str
    title: str
    size_bytes: int
    pinned: bool
    kept_by_run: bool
    last_used: datetime
    file: str
    own: OwnData | None


def hashed(owner: str) -> str:
    """Hash of a browser's key, which is never stored itself."""
    return hashlib.sha256(f"annlab owner {owner}".encode()).hexdigest()


def visible_to(owner: str) -> sa.ColumnElement[bool]:
    """SQL condition that a run is on data that a browser claims, or not on own data.

    Parameters
    ----------
    owner : str
        The browser's key; empty for a browser without one.
    """
    claimed = sa.select(OWN_CLAIMS.c.digest).where(OWN_CLAIMS.c.owner == hashed(owner))
    others = sa.select(OWN_RESULTS.c.digest).where(OWN_RESULTS.c.content.not_in(claimed))
    return RUNS.c.digest.not_in(others)


def lock_own_data(connection: sa.Connection) -> None:
    """Let no other transaction change own data until this one ends; call it first."""
    # Whoever deletes unclaimed data must not delete what another claims meanwhile.
    lock(connection, "own")


def note_result(connection: sa.Connection, digest: str, contents: Collection[str]) -> bool:
    """Note that something about to be stored tells of own data, if they are still there.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Connection at the start of a transaction.
    digest : str
        Digest of the run, data set or computation, which this transaction stores.
    contents : collection of str
        Digests of the data; may be empty.

    Returns
    -------
    bool
        False if it must not be stored, because nobody claims the data (any more).
    """
    if not contents:
        return True
    # `expire` must not delete the note before the result is there.
    lock_own_data(connection)
    claims = sa.select(OWN_CLAIMS.c.digest).where(rows_of(OWN_CLAIMS, contents))
    if set(connection.scalars(claims)) != set(contents):
        return False
    rows = [{"digest": digest, "content": content} for content in contents]
    connection.execute(insert_into(connection, OWN_RESULTS).on_conflict_do_nothing(), rows)
    return True


def claims_of(owner: str) -> sa.ColumnElement[bool]:
    """SQL condition that a claim is a browser's."""
    return OWN_CLAIMS.c.owner == hashed(owner)


def entry_of_row(row: sa.Row[*tuple[Any, ...]]) -> OwnEntry:
    """What a row of claims and data says."""
    values = row._asdict()
    facts = values.pop("facts")
    own = OwnData.model_validate_json(facts) if facts else None
    return OwnEntry(
        **{
            **values,
            "size_bytes": values["size_bytes"] or 0,
            "file": values["file"] or "",
            "last_used": values["last_used"].replace(tzinfo=UTC),
            "own": own and own.model_copy(update={"title": values["title"]}),
        }
    )
