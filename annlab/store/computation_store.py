"""Results of computations in a SQL database."""

from collections.abc import Collection
from typing import NamedTuple

import sqlalchemy as sa

from annlab.store.database import Database
from annlab.store.order import prune, put_newest
from annlab.store.own_claims import note_result
from annlab.store.tables import COMPUTATIONS, row_of

# Size limit of all results as a share of the limit of the runs, in addition to them.
COMPUTATION_SHARE = 0.25


class StoredResult(NamedTuple):
    """Result of a computation.

    Attributes
    ----------
    data : bytes
    is_complete : bool
        False for what a stopped computation had until then.
    """

    data: bytes
    is_complete: bool


class ComputationStore:
    """Results of computations by digest; safe for concurrent threads and processes.

    Every method raises `annlab.store.database.StoreError` while the database cannot be used.

    Parameters
    ----------
    database : Database
        Database of the runs.
    max_bytes : int
        Largest total size of all runs.
    """

    def __init__(self, database: Database, max_bytes: int) -> None:
        self._database = database
        self._max_bytes = int(max_bytes * COMPUTATION_SHARE)

    def save(
        self, digest: str, data: bytes, *, is_complete: bool, contents: Collection[str] = ()
    ) -> None:
        """Store a result, and remove the oldest results until all fit.

        A partial result never replaces a complete one. A result about own data that no browser
        claims (any more) is not stored.

        Parameters
        ----------
        digest : str
            Up to 128 ASCII letters, digits and ``_ . : -``.
        data : bytes
        is_complete : bool
        contents : collection of str
            Own data that it tells of, by `OwnData.content`.

        Raises
        ------
        ValueError
            If the digest is malformed.
        """
        values = {"digest": digest, "data": data, "is_complete": is_complete}
        replaceable = None if is_complete else ~COMPUTATIONS.c.is_complete

        def work(connection: sa.Connection) -> None:
            if not note_result(connection, digest, contents):
                return
            put_newest(connection, COMPUTATIONS, values, replaceable=replaceable)
            prune(connection, COMPUTATIONS, self._max_bytes, keep=digest)

        self._database.transact(work)

    def load(self, digest: str) -> StoredResult | None:
        """Return the result with a digest, or None."""
        columns = COMPUTATIONS.c.data, COMPUTATIONS.c.is_complete
        query = sa.select(*columns).where(row_of(COMPUTATIONS, digest))
        row = self._database.transact(lambda c: c.execute(query).one_or_none())
        return None if row is None else StoredResult(*row)
