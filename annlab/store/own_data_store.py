"""Data that browsers loaded, and who loaded them, in a SQL database."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa

from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.recipe import MAX_NAME
from annlab.store.database import Database
from annlab.store.own_claims import OwnEntry, claims_of, entry_of_row, hashed, lock_own_data
from annlab.store.own_data_room import (
    Removed,
    expire,
    fits,
    make_room,
    pinned_bytes,
    remove_unclaimed,
    under_pinned_run,
)
from annlab.store.tables import (
    OWN_CLAIMS,
    OWN_DATA,
    insert_into,
    put,
    row_of,
    rows_of,
    storable,
)

# Size limit of all own data as a share of the limit of the runs, in addition to them.
OWN_SHARE = 0.5
# Largest share of that for one browser, and for everything that pins keep.
OWNER_SHARE = 0.5
PINNED_SHARE = 0.5
# A use is written down at most this often, because pages draw often.
_TOUCH = timedelta(minutes=5)

T = TypeVar("T")


class OwnDataError(ValueError):
    """Data cannot be kept. The message is a sentence for the user."""


class OwnDataStore:
    """Files and tables that browsers loaded; safe for concurrent threads and processes.

    Data are kept once, however many browsers load them, and deleted with their runs when the last
    claim ends. Every method raises `annlab.store.database.StoreError` while the database cannot be
    used.

    Parameters
    ----------
    database : Database
        Database of the runs.
    max_bytes : int
        Largest total size of all runs.
    now : callable, optional
        Returns the time in UTC.
    """

    def __init__(
        self,
        database: Database,
        max_bytes: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._max_bytes = int(max_bytes * OWN_SHARE)
        self._clock = now

    # --- bringing ------------------------------------------------------------------------

    def add(
        self, owner: str, digest: str, data: bytes, title: str = "", own: OwnData | None = None
    ) -> Removed:
        """Keep data for a browser, which claims them.

        Parameters
        ----------
        owner : str
            The browser's key.
        digest : str
            SHA-256 of a file, or `OwnData.content` of a table.
        data : bytes
            A file, or the result of `Table.to_bytes`.
        title : str
            Name for people.
        own : OwnData, optional
            Facts about a table.

        Returns
        -------
        Removed
            What was deleted to make room.

        Raises
        ------
        OwnDataError
            If there is no room.
        """
        facts, file = ("", "") if own is None else (_facts(own), own.file)
        values = {"digest": digest, "file": file, "facts": facts, "data": data}

        def work(connection: sa.Connection) -> Removed:
            removed = Removed()
            if not connection.scalar(_size_of(digest)):  # of claimed points there are only facts
                removed = make_room(connection, len(data), self._max_bytes, self._now())
                # Afterwards, because the browser's own expired data may have gone.
                self._check_owner(connection, owner, len(data))
                if not fits(connection, len(data), self._max_bytes):
                    raise OwnDataError(
                        "This server has no room for more data now. Try again in an hour, or use "
                        "a smaller file."
                    )
                put(connection, OWN_DATA, values)
            self._claim(connection, owner, digest, title)
            return removed

        return self._locked(work)

    def _check_owner(self, connection: sa.Connection, owner: str, n_bytes: int) -> None:
        claimed = sa.select(OWN_CLAIMS.c.digest).where(claims_of(owner))
        sizes = sa.select(sa.func.sum(OWN_DATA.c.size_bytes))
        has = int(connection.scalar(sizes.where(OWN_DATA.c.digest.in_(claimed))) or 0)
        most = int(self._max_bytes * OWNER_SHARE)
        if has + n_bytes > most:
            raise OwnDataError(
                f"Your data take {has / 1e6:,.0f} of at most {most / 1e6:,.0f} MB, and these "
                f"{n_bytes / 1e6:,.0f} MB do not fit. Delete data that you no longer need."
            )

    def claim(self, owner: str, own: OwnData) -> bool:
        """Let a browser claim data that it has proved to have.

        Anybody can write a config, so its content is compared with what is stored.

        Parameters
        ----------
        owner : str
            The browser's key.
        own : OwnData
            Facts from a link. The browser has loaded its file, or its points are in the facts.

        Returns
        -------
        bool
            False if no such data are stored, or the facts describe them wrongly.
        """
        query = sa.select(OWN_DATA.c.facts).where(row_of(OWN_DATA, own.content))

        def work(connection: sa.Connection) -> bool:
            facts = connection.scalar(query)
            if facts is None:
                agrees = bool(own.points)
                if agrees:
                    values = {"digest": own.content, "file": "", "facts": _facts(own), "data": b""}
                    put(connection, OWN_DATA, values)
            else:
                stored = OwnData.model_validate_json(facts) if facts else None
                agrees = stored is not None and (
                    stored.facts_for_digest() == own.facts_for_digest()
                )
            if agrees:
                self._claim(connection, owner, own.content, own.title)
            return agrees

        return self._locked(work)

    def _claim(self, connection: sa.Connection, owner: str, digest: str, title: str) -> None:
        new = insert_into(connection, OWN_CLAIMS).values(
            owner=hashed(owner),
            digest=digest,
            title=storable(title)[:MAX_NAME],
            pinned=False,
            last_used=self._now(),
        )
        kept = ("last_used", "title") if title else ("last_used",)
        connection.execute(
            new.on_conflict_do_update(
                index_elements=[OWN_CLAIMS.c.owner, OWN_CLAIMS.c.digest],
                set_={name: new.excluded[name] for name in kept},
            )
        )

    # --- looking -------------------------------------------------------------------------

    def load(self, digest: str) -> bytes | None:
        """Return a file, or a table as bytes; None if it is not stored, or only its facts are."""
        query = sa.select(OWN_DATA.c.data).where(row_of(OWN_DATA, digest))
        return self._database.transact(lambda c: c.scalar(query)) or None

    def has(self, digest: str) -> bool:
        """Whether a file or a table is stored, and not its facts alone."""
        return bool(self._database.transact(lambda c: c.scalar(_size_of(digest))))

    def entries(self, owner: str) -> list[OwnEntry]:
        """Data that a browser claims, the last used first."""
        claims, data = OWN_CLAIMS.c, OWN_DATA.c
        columns = claims.digest, claims.title, claims.pinned, claims.last_used
        query = (
            sa.select(
                *columns,
                under_pinned_run(claims.digest).label("kept_by_run"),
                data.size_bytes,
                data.file,
                data.facts,
            )
            .select_from(OWN_CLAIMS)
            .outerjoin(OWN_DATA, data.digest == claims.digest)
            .where(claims_of(owner))
            .order_by(claims.last_used.desc(), claims.digest)
        )
        return [
            entry_of_row(row) for row in self._database.transact(lambda c: c.execute(query).all())
        ]

    def title(self, owner: str, digest: str) -> str:
        """Name that a browser gave to its data; empty if it has none, or does not claim them."""
        query = sa.select(OWN_CLAIMS.c.title).where(claims_of(owner), row_of(OWN_CLAIMS, digest))
        return self._database.transact(lambda c: c.scalar(query)) or ""

    def owns(self, owner: str, digest: str) -> bool:
        """Whether a browser claims some data."""
        query = sa.select(OWN_CLAIMS.c.digest).where(claims_of(owner), row_of(OWN_CLAIMS, digest))
        return self._database.transact(lambda c: c.scalar(query)) is not None

    def touch(self, owner: str, digests: Collection[str]) -> None:
        """Note that a browser uses its data now."""
        now = self._now()
        stale = OWN_CLAIMS.c.last_used < now - _TOUCH
        claims = claims_of(owner) & rows_of(OWN_CLAIMS, digests)

        def work(connection: sa.Connection) -> None:
            # Reading alone locks nobody out.
            if connection.scalar(sa.select(OWN_CLAIMS.c.digest).where(claims, stale).limit(1)):
                connection.execute(sa.update(OWN_CLAIMS).where(claims).values(last_used=now))

        self._database.transact(work)

    # --- keeping and deleting ------------------------------------------------------------

    def pin(self, owner: str, digests: Collection[str], pinned: bool = True) -> None:
        """Keep a browser's data until it deletes them, or end that.

        Raises
        ------
        OwnDataError
            If the pinned data would take too much room.
        """
        claims = claims_of(owner) & rows_of(OWN_CLAIMS, digests)
        self.change_pins(sa.update(OWN_CLAIMS).where(claims).values(pinned=pinned))

    def change_pins(self, change: sa.Update) -> bool:
        """Pin or unpin data or runs, unless pins would then keep too much data.

        Parameters
        ----------
        change : sqlalchemy.Update
            Statement that changes the pins.

        Returns
        -------
        bool
            Whether there was anything to change.

        Raises
        ------
        OwnDataError
            If the pinned data would take too much room.
        """
        most = int(self._max_bytes * PINNED_SHARE)

        def work(connection: sa.Connection) -> bool:
            before = pinned_bytes(connection)
            n_changed = connection.execute(change).rowcount
            # A change that keeps no more data than before is allowed even above the limit.
            if max(before, most) < pinned_bytes(connection):
                raise OwnDataError(
                    "This server cannot pin more data. Unpin data or runs that you no longer "
                    "need, or keep a copy of your file."
                )
            return n_changed > 0

        return self._locked(work)

    def release(self, owner: str, digests: Collection[str] | None = None) -> Removed:
        """End a browser's claims; delete what nobody claims any more, with its results.

        Parameters
        ----------
        owner : str
            The browser's key.
        digests : collection of str, optional
            Data to release, pinned or not; None: all.

        Returns
        -------
        Removed
        """
        claims = claims_of(owner)
        if digests is not None:
            claims &= rows_of(OWN_CLAIMS, digests)

        def work(connection: sa.Connection) -> Removed:
            mine = connection.scalars(sa.select(OWN_CLAIMS.c.digest).where(claims)).all()
            connection.execute(sa.delete(OWN_CLAIMS).where(claims))
            return remove_unclaimed(connection, mine)

        return self._locked(work)

    def sweep(self) -> Removed:
        """Delete data that were not used for a day and are not pinned, with their results."""
        return self._locked(lambda connection: expire(connection, self._now()))

    def _now(self) -> datetime:
        return self._clock().replace(tzinfo=None)

    def _locked(self, work: Callable[[sa.Connection], T]) -> T:
        """Run a function in a transaction beside which no other changes own data."""

        def alone(connection: sa.Connection) -> T:
            lock_own_data(connection)
            return work(connection)

        return self._database.transact(alone)


def _facts(own: OwnData) -> str:
    """Facts about a table as JSON; the title belongs to a claim."""
    return own.model_copy(update={"title": ""}).model_dump_json()


def _size_of(digest: str) -> sa.Select[tuple[int]]:
    return sa.select(OWN_DATA.c.size_bytes).where(row_of(OWN_DATA, digest))
