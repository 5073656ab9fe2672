"""Whose runs: which browsers trained or opened them, and what is deleted but can come back."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from annlab.store.database import Database
from annlab.store.own_claims import hashed
from annlab.store.tables import (
    DELETED_RUNS,
    RUN_CLAIMS,
    RUNS,
    insert_into,
    row_of,
    rows_of,
)

# Time during which a deleted run can come back.
UNDO_MINUTES = 10
# A claim on a run that is not stored: it is still being trained, or it is gone.
_UNSTORED = timedelta(days=1)

# SQL condition that nobody has deleted a run.
IS_THERE = RUNS.c.digest.not_in(sa.select(DELETED_RUNS.c.digest))


def claimed_by(owner: str) -> sa.ColumnElement[bool]:
    """SQL condition that a browser has trained or opened a run."""
    return _claims(RUN_CLAIMS.c.owner == hashed(owner))


def trained_by(owner: str) -> sa.ColumnElement[bool]:
    """SQL condition that a browser has trained a run."""
    return _claims((RUN_CLAIMS.c.owner == hashed(owner)) & RUN_CLAIMS.c.trained)


def managed_by(owner: str) -> sa.ColumnElement[bool]:
    """SQL condition that a browser has trained a run, and no other browser has."""
    by_others = _claims((RUN_CLAIMS.c.owner != hashed(owner)) & RUN_CLAIMS.c.trained)
    return trained_by(owner) & ~by_others


def _claims(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(RUN_CLAIMS.c.digest == RUNS.c.digest, condition)


def replace_deleted(connection: sa.Connection, digest: str) -> None:
    """Prepare for a run that is stored again: what was deleted gives it no name and no pin."""
    deleted = rows_of(DELETED_RUNS, [digest])
    if connection.execute(sa.delete(DELETED_RUNS).where(deleted)).rowcount:
        connection.execute(sa.delete(RUNS).where(row_of(RUNS, digest)))


def forget_deleted(connection: sa.Connection, now: datetime) -> None:
    """Remove runs that were deleted ten minutes ago, and claims on runs that are gone.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Connection in a transaction.
    now : datetime
        In UTC, without a time zone.
    """
    is_old = DELETED_RUNS.c.since < now - timedelta(minutes=UNDO_MINUTES)
    old = sa.select(DELETED_RUNS.c.digest).where(is_old)
    connection.execute(sa.delete(RUNS).where(RUNS.c.digest.in_(old)))
    connection.execute(sa.delete(DELETED_RUNS).where(is_old))
    is_gone = RUN_CLAIMS.c.digest.not_in(sa.select(RUNS.c.digest))
    connection.execute(sa.delete(RUN_CLAIMS).where(is_gone, RUN_CLAIMS.c.since < now - _UNSTORED))


class ManagedRuns:
    """Claims of browsers on runs, and runs that are deleted with an undo.

    Parameters
    ----------
    database : Database
    clock : callable
        Current time in UTC; another one for tests.
    """

    def __init__(
        self, database: Database, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database, self._clock = database, clock

    def claim(self, digest: str, owner: str, trained: bool) -> None:
        """Note that a browser has trained a run or opened it; the run may still be in training.

        Parameters
        ----------
        digest : str
            Digest of the run.
        owner : str
            The browser's key.
        trained : bool
            Whether it has trained the run; once true, it stays true.
        """

        def work(connection: sa.Connection) -> None:
            new = insert_into(connection, RUN_CLAIMS).values(
                owner=hashed(owner), digest=digest, trained=trained, since=self.now()
            )
            connection.execute(
                new.on_conflict_do_update(
                    index_elements=[RUN_CLAIMS.c.owner, RUN_CLAIMS.c.digest],
                    set_={"trained": RUN_CLAIMS.c.trained | new.excluded.trained},
                )
            )

        self._database.transact(work)

    def release(self, digests: Collection[str], owner: str) -> None:
        """End a browser's claims on runs; the runs stay."""
        mine = (RUN_CLAIMS.c.owner == hashed(owner)) & rows_of(RUN_CLAIMS, digests)
        self._database.transact(lambda c: c.execute(sa.delete(RUN_CLAIMS).where(mine)))

    def delete(self, digests: Collection[str]) -> list[str]:
        """Delete runs, pinned or not; for ten minutes they can come back.

        Returns
        -------
        list of str
            Digests of the runs that were there.
        """
        return self._delete(rows_of(RUNS, digests))

    def delete_unpinned(self) -> list[str]:
        """Delete all runs that are not pinned, as `delete` does."""
        return self._delete(~RUNS.c.pinned)

    def _delete(self, condition: sa.ColumnElement[bool]) -> list[str]:
        def work(connection: sa.Connection) -> list[str]:
            found = list(connection.scalars(sa.select(RUNS.c.digest).where(condition, IS_THERE)))
            if found:
                now = self.now()
                rows = [{"digest": digest, "since": now} for digest in found]
                connection.execute(
                    insert_into(connection, DELETED_RUNS).on_conflict_do_nothing(), rows
                )
            return found

        return self._database.transact(work)

    def restore(self, digests: Collection[str]) -> int:
        """Bring deleted runs back; return how many there were."""
        deleted = rows_of(DELETED_RUNS, digests)
        return self._database.transact(
            lambda c: c.execute(sa.delete(DELETED_RUNS).where(deleted)).rowcount
        )

    def may_come_back(self, digest: str) -> bool:
        """Whether a run was deleted, and `restore` can still bring it back."""
        query = sa.select(DELETED_RUNS.c.digest).where(row_of(DELETED_RUNS, digest))
        return self._database.transact(lambda c: c.scalar(query)) is not None

    def now(self) -> datetime:
        """Current time in UTC, without a time zone, as the database keeps it."""
        return self._clock().replace(tzinfo=None)
