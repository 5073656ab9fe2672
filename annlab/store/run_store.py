"""Finished runs and their data sets in a SQL database."""

import json
import logging
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from numpy.typing import ArrayLike
from pydantic import ValidationError

from annlab.config import RESULTS_VERSION
from annlab.datasets.own.of_config import own_contents
from annlab.environment import Environment
from annlab.runs.run import Run
from annlab.store.computation_store import ComputationStore
from annlab.store.database import Database, StoreError, configured_url
from annlab.store.managed_runs import (
    IS_THERE,
    ManagedRuns,
    claimed_by,
    forget_deleted,
    managed_by,
    replace_deleted,
    trained_by,
)
from annlab.store.order import newest_first, prune, put_newest, with_order
from annlab.store.own_claims import note_result, visible_to
from annlab.store.own_data_store import OwnDataStore
from annlab.store.run_info import (
    VERSION,
    RunInfo,
    finite,
    info_of_row,
    scores_of,
    summary_of,
)
from annlab.store.tables import (
    DATASETS,
    RUNS,
    row_of,
    rows_of,
    storable,
)
from annlab.tensor_file import SavedFileError, UnknownVersionError

__all__ = ["RunStore", "StoreError"]

_logger = logging.getLogger(__name__)

# Size limit of data sets as a share of max_bytes, in addition to the runs.
DATASET_SHARE = 0.25
_COMPLETE = ("finished", "early")


class RunStore:
    """Runs and data sets in SQLite or PostgreSQL, by digest.

    Safe for concurrent threads and processes. Every method raises `StoreError` while the database
    cannot be used, and recovers by itself.

    Parameters
    ----------
    url : str, optional
        SQLAlchemy URL of the database. None: the environment variable
        ``ANNLAB_DATABASE_URL``, else SQLite in ``.annlab/runs.sqlite`` below the current
        directory.
    max_bytes : int, optional
        Largest total size of all runs; data sets and computations may each take another quarter
        of it, and own data half of it. None: the environment variable ``ANNLAB_STORE_MB`` in
        megabytes, else 500 MB.

    Attributes
    ----------
    computations : ComputationStore
        Results of computations, in the same database.
    own_data : OwnDataStore
        Files and tables that browsers loaded, in the same database.
    managed : ManagedRuns
        Which browsers trained which runs, and what they deleted.

    Raises
    ------
    ValueError
        If an ``ANNLAB_*`` variable has a wrong value; the message is a sentence
        for people. The database is not opened yet.
    """

    def __init__(self, url: str | None = None, max_bytes: int | None = None) -> None:
        self._database = Database(url or configured_url())
        store_mb = Environment.read().store_mb
        self._max_bytes = int(1e6 * store_mb) if max_bytes is None else max_bytes
        self.computations = ComputationStore(self._database, self._max_bytes)
        self.own_data = OwnDataStore(self._database, self._max_bytes)
        self.managed = ManagedRuns(self._database)

    def save(self, run: Run, score: ArrayLike | None = None) -> bool:
        """Store a run atomically and prune old runs.

        A stored run with the same digest is replaced but keeps name and pin. An incomplete run
        never replaces a complete run ("finished" or "early"). A run on own data that no browser
        claims (any more) is not stored.

        Parameters
        ----------
        run : Run
        score : array-like, shape (n_seeds,), optional
            Score of each network on the held-out split, for lists of runs.

        Returns
        -------
        bool
            False if no browser claims the own data of the run.

        Raises
        ------
        ValueError
            If the number of scores differs from the number of networks, or if the run is of
            another results version, since its digest would mark it as current.
        """
        if run.results_version != RESULTS_VERSION:
            raise ValueError(
                f"results_version: must be {RESULTS_VERSION}, got {run.results_version}"
            )
        facts = finite(summary_of(run) | scores_of(run, score)) | {VERSION: RESULTS_VERSION}
        values = {
            "digest": run.config.digest,
            "config": run.config.model_dump_json(),
            "ending": run.ending,
            "accelerator": run.accelerator,
            "duration_seconds": run.duration_seconds,
            "n_epochs": run.n_epochs,
            "summary": json.dumps(facts),
            "data": run.to_bytes(),
        }
        contents = own_contents(run.config)
        replaceable = None if run.ending in _COMPLETE else RUNS.c.ending.not_in(_COMPLETE)

        def work(connection: sa.Connection) -> bool:
            if not note_result(connection, run.config.digest, contents):
                return False
            replace_deleted(connection, run.config.digest)
            forget_deleted(connection, self.managed.now())
            put_newest(connection, RUNS, values, {"name": "", "pinned": False}, replaceable)
            prune(connection, RUNS, self._max_bytes, run.config.digest, ~RUNS.c.pinned)
            return True

        return self._database.transact(work)

    def add_score(self, info: RunInfo, run: Run, score: ArrayLike) -> bool:
        """Store the score of a run that was saved without one.

        Parameters
        ----------
        info : RunInfo
            Metadata from `list_runs`.
        run : Run
            The loaded run.
        score : array-like, shape (n_seeds,)

        Returns
        -------
        bool
            False if the run was deleted or saved again after it was listed.

        Raises
        ------
        ValueError
            If the number of scores differs from the number of networks.
        """
        added = finite(scores_of(run, score))
        the_same = row_of(RUNS, info.digest) & (RUNS.c.created == _stored_time(info.created))

        def work(connection: sa.Connection) -> bool:
            summary = connection.scalar(sa.select(RUNS.c.summary).where(the_same))
            if summary is None:
                return False
            text = json.dumps(json.loads(summary) | added)
            changed = connection.execute(sa.update(RUNS).where(the_same).values(summary=text))
            return changed.rowcount > 0

        return self._database.transact(work)

    def load(self, digest: str) -> Run | None:
        """Load the run with a digest.

        Parameters
        ----------
        digest : str
            Digest from `list_runs`; the digest of a run of an earlier results version differs
            from the current digest of its settings.

        Returns
        -------
        Run or None
            None if the run is missing, damaged or of a newer version of annlab; a damaged run is
            removed.
        """
        query = sa.select(RUNS.c.created, RUNS.c.data).where(row_of(RUNS, digest), IS_THERE)
        row = self._database.transact(lambda c: c.execute(query).one_or_none())
        if row is None:
            return None
        try:
            return Run.from_bytes(row.data)
        except SavedFileError as error:
            _logger.warning("The stored run %s cannot be read: %s", digest, error)
            # A newer annlab may work beside this one, settings that are no longer accepted are not
            # damage, and a run that another process has saved again meanwhile is repaired.
            is_foreign = isinstance(error, UnknownVersionError)
            if not is_foreign and not isinstance(error.__cause__, ValidationError):
                damaged = row_of(RUNS, digest) & (RUNS.c.created == row.created)
                self._changes(sa.delete(RUNS).where(damaged))
            return None

    def list_runs(
        self,
        digests: Collection[str] | None = None,
        *,
        unscored: bool = False,
        owner: str | None = None,
        and_mine: bool = False,
    ) -> list[RunInfo]:
        """Stored runs, the last stored first, without reading their weights.

        Parameters
        ----------
        digests : collection of str, optional
            Restrict the list to these digests.
        unscored : bool
            Restrict the list to runs without a score.
        owner : str, optional
            Key of the browser that asks. Leave out runs on own data that it has not loaded, and
            say which runs are its own.
        and_mine : bool
            Add the runs of this browser to those of `digests`.

        Returns
        -------
        list of RunInfo
            Runs of a newer results version, or whose settings are no longer accepted, are left
            out.
        """
        columns: list[sa.ColumnElement[Any]] = [c for c in RUNS.c if c is not RUNS.c.data]
        if owner:
            columns.append(claimed_by(owner).label("is_mine"))
            columns.append(trained_by(owner).label("is_trained_here"))
            columns.append(managed_by(owner).label("is_managed"))
        query = (
            sa.select(*columns)
            .where(IS_THERE)
            .select_from(with_order(RUNS))
            .order_by(*newest_first(RUNS))
        )
        if digests is not None:
            chosen = rows_of(RUNS, digests)
            query = query.where(chosen | claimed_by(owner) if owner and and_mine else chosen)
        if unscored:
            query = query.where(RUNS.c.summary.not_like('%"score":%'))
        if owner is not None:
            query = query.where(visible_to(owner))
        rows = self._database.transact(lambda c: c.execute(query).all())
        return [info for info in map(info_of_row, rows) if info is not None]

    def pin(self, digest: str, pinned: bool = True) -> bool:
        """Protect a run and its own data from deletion, or end that; False without such a run.

        Raises
        ------
        annlab.store.own_data_store.OwnDataError
            If the pinned own data would take too much room.
        """
        return self.own_data.change_pins(
            sa.update(RUNS).where(row_of(RUNS, digest), IS_THERE).values(pinned=pinned)
        )

    def rename(self, digest: str, name: str) -> bool:
        """Name a run, in up to 200 characters; False if there is no such run."""
        renamed = sa.update(RUNS).where(row_of(RUNS, digest), IS_THERE).values(name=storable(name))
        return self._changes(renamed)

    def delete(self, digest: str) -> bool:
        """Delete a run, pinned or not, without an undo; False if there is no such run."""
        return self._changes(sa.delete(RUNS).where(row_of(RUNS, digest)))

    def n_bytes(self) -> int:
        """Total size of all runs in bytes."""
        total = sa.select(sa.func.sum(RUNS.c.size_bytes))
        return int(self._database.transact(lambda c: c.scalar(total)) or 0)

    def save_dataset(self, digest: str, data: bytes, contents: Collection[str] = ()) -> bool:
        """Store a data set, and remove the oldest data sets until all fit.

        One made of own data that no browser claims (any more) is not stored.

        Parameters
        ----------
        digest : str
            Up to 128 ASCII letters, digits and ``_ . : -``.
        data : bytes
            Result of `annlab.datasets.serialize.bytes_for_display`.
        contents : collection of str
            Own data that it is made of, by `OwnData.content`.

        Returns
        -------
        bool
            False if no browser claims the own data.

        Raises
        ------
        ValueError
            If the digest is malformed.
        """

        def work(connection: sa.Connection) -> bool:
            if not note_result(connection, digest, contents):
                return False
            put_newest(connection, DATASETS, {"digest": digest, "data": data})
            prune(connection, DATASETS, int(self._max_bytes * DATASET_SHARE), keep=digest)
            return True

        return self._database.transact(work)

    def load_dataset(self, digest: str) -> bytes | None:
        """Return the bytes of a data set as saved, or None."""
        query = sa.select(DATASETS.c.data).where(row_of(DATASETS, digest))
        return self._database.transact(lambda c: c.scalar(query))

    def _changes(self, statement: sa.Update | sa.Delete) -> bool:
        return self._database.transact(lambda c: c.execute(statement).rowcount > 0)


def _stored_time(created: datetime) -> datetime:
    return created.astimezone(UTC).replace(tzinfo=None)
