"""Finished runs and their data sets in a SQL database."""

import json
import logging
import math
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import ArrayLike
from pydantic import ValidationError

from annlab.config import RESULTS_VERSION, RunConfig
from annlab.environment import Environment
from annlab.runs.history import column
from annlab.runs.run import Ending, Run
from annlab.store.database import Database, StoreError
from annlab.store.tables import (
    DATASETS,
    MAX_NAME,
    METADATA,
    RUNS,
    SCHEMA_VERSION,
    prune,
    put,
    row_of,
    rows_of,
)
from annlab.tensor_file import SavedFileError

__all__ = ["RunInfo", "RunStore", "StoreError"]

_logger = logging.getLogger(__name__)

# Size limit of data sets as a share of max_bytes, in addition to the runs.
DATASET_SHARE = 0.25
_COMPLETE = ("finished", "early")
# Runs stored without a results version are of this version or older.
_UNNAMED_VERSION = 2
_VERSION = "results_version"


@dataclass(frozen=True)
class RunInfo:
    """Metadata of a stored run, available without loading the weights.

    Attributes
    ----------
    digest : str
        Key of the stored run: ``config.digest`` when the run was saved. The current
        ``config.digest`` differs if the run `is_superseded`.
    name : str
        Name given by the user; initially empty.
    pinned : bool
        Whether pruning skips the run.
    created : datetime
        Time of saving, in UTC.
    size_bytes : int
        Size of the stored run.
    config, ending, accelerator, duration_seconds, n_epochs
        As in `Run`.
    summary : dict of float
        Last value of each history column, as the median over the networks in `Run.counted`. With
        a saved score also mean ("score") and sample standard deviation ("score_std") over these
        networks, and the mean score on the training split ("train_score"). Non-finite values
        are NaN.
    results_version : int
        `annlab.validation.RESULTS_VERSION` of the annlab version that trained the run.
    """

    digest: str
    name: str
    pinned: bool
    created: datetime
    size_bytes: int
    config: RunConfig
    ending: Ending
    accelerator: str
    duration_seconds: float
    n_epochs: int
    summary: dict[str, float]
    results_version: int = RESULTS_VERSION

    @property
    def is_superseded(self) -> bool:
        """Whether training the same settings now would give a different run.

        True for runs of an earlier results version or from older data files.
        """
        return self.digest != self.config.digest

    @property
    def score(self) -> float | None:
        """Mean of the saved score over the seeds; None if missing or not finite."""
        return _if_finite(self.summary.get("score"))

    @property
    def score_std(self) -> float | None:
        """Standard deviation of the saved score over the seeds; None if `score` is None."""
        return None if self.score is None else _if_finite(self.summary.get("score_std"))

    @property
    def train_score(self) -> float | None:
        """Mean of the score on the training split; None for runs of earlier versions."""
        return _if_finite(self.summary.get("train_score"))

    @property
    def n_seeds(self) -> int:
        """Number of networks."""
        return self.config.training.n_seeds

    @property
    def n_parameters(self) -> int:
        """Number of weights and biases of one network."""
        return self.config.n_parameters


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
        Largest total size of all runs; data sets may take another quarter of it. None: the
        environment variable ``ANNLAB_STORE_MB`` in megabytes, else 500 MB.

    Raises
    ------
    ValueError
        If an ``ANNLAB_*`` variable has a wrong value; the message is a sentence
        for people. The database is not opened yet.
    """

    def __init__(self, url: str | None = None, max_bytes: int | None = None) -> None:
        environment = Environment.read()
        self._database = Database(
            url or environment.database_url or _default_url(), METADATA, SCHEMA_VERSION
        )
        self._max_bytes = int(1e6 * environment.store_mb) if max_bytes is None else max_bytes

    def save(self, run: Run, score: ArrayLike | None = None) -> None:
        """Store a run atomically and prune old runs.

        A stored run with the same digest is replaced but keeps name and pin. An incomplete run
        never replaces a complete run ("finished" or "early").

        Parameters
        ----------
        run : Run
        score : array-like, shape (n_seeds,), optional
            Score of each network on the held-out split, for lists of runs.

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
        facts = _finite(_summary(run) | scores_of(run, score)) | {_VERSION: RESULTS_VERSION}
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
        replaceable = None if run.ending in _COMPLETE else RUNS.c.ending.not_in(_COMPLETE)

        def work(connection: sa.Connection) -> None:
            put(connection, RUNS, values, {"name": "", "pinned": False}, replaceable)
            prune(connection, RUNS, self._max_bytes, run.config.digest, ~RUNS.c.pinned)

        self._database.transact(work)

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
        added = _finite(scores_of(run, score))
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
            None if the run is missing or damaged; a damaged run is removed.
        """
        query = sa.select(RUNS.c.created, RUNS.c.data).where(row_of(RUNS, digest))
        row = self._database.transact(lambda c: c.execute(query).one_or_none())
        if row is None:
            return None
        try:
            return Run.from_bytes(row.data)
        except SavedFileError as error:
            _logger.warning("The stored run %s cannot be read: %s", digest, error)
            # Settings that are no longer accepted are not damage, and a run that another process
            # has saved again meanwhile is repaired.
            if not isinstance(error.__cause__, ValidationError):
                damaged = row_of(RUNS, digest) & (RUNS.c.created == row.created)
                self._changes(sa.delete(RUNS).where(damaged))
            return None

    def list_runs(
        self, digests: Collection[str] | None = None, *, unscored: bool = False
    ) -> list[RunInfo]:
        """Stored runs, newest first, without reading their weights.

        Parameters
        ----------
        digests : collection of str, optional
            Restrict the list to these digests.
        unscored : bool
            Restrict the list to runs without a score.

        Returns
        -------
        list of RunInfo
            Runs whose settings are no longer accepted are left out.
        """
        columns = [column for column in RUNS.c if column is not RUNS.c.data]
        query = sa.select(*columns).order_by(RUNS.c.created.desc(), RUNS.c.digest)
        if digests is not None:
            query = query.where(rows_of(RUNS, digests))
        if unscored:
            query = query.where(RUNS.c.summary.not_like('%"score":%'))
        rows = self._database.transact(lambda c: c.execute(query).all())
        return [info for info in map(_info, rows) if info is not None]

    def pin(self, digest: str, pinned: bool = True) -> bool:
        """Protect a run from pruning, or end the protection; False if there is no such run."""
        return self._changes(sa.update(RUNS).where(row_of(RUNS, digest)).values(pinned=pinned))

    def rename(self, digest: str, name: str) -> bool:
        """Name a run, in up to 200 characters; False if there is no such run."""
        # No database stores lone surrogates, and PostgreSQL stores no NUL.
        name = name.encode(errors="replace").decode().replace("\0", "")[:MAX_NAME]
        return self._changes(sa.update(RUNS).where(row_of(RUNS, digest)).values(name=name))

    def delete(self, digest: str) -> bool:
        """Delete a run, pinned or not; False if there is no such run."""
        return self._changes(sa.delete(RUNS).where(row_of(RUNS, digest)))

    def save_dataset(self, digest: str, data: bytes) -> None:
        """Store a data set, and remove the oldest data sets until all fit.

        Parameters
        ----------
        digest : str
            Up to 128 ASCII letters, digits and ``_ . : -``.
        data : bytes
            Result of `annlab.datasets.serialize.bytes_for_display`.

        Raises
        ------
        ValueError
            If the digest is malformed.
        """

        def work(connection: sa.Connection) -> None:
            put(connection, DATASETS, {"digest": digest, "data": data})
            prune(connection, DATASETS, int(self._max_bytes * DATASET_SHARE), keep=digest)

        self._database.transact(work)

    def load_dataset(self, digest: str) -> bytes | None:
        """Return the bytes of a data set as saved, or None."""
        query = sa.select(DATASETS.c.data).where(row_of(DATASETS, digest))
        return self._database.transact(lambda c: c.scalar(query))

    def _changes(self, statement: sa.Update | sa.Delete) -> bool:
        return self._database.transact(lambda c: c.execute(statement).rowcount > 0)


def _default_url() -> sa.URL:
    return sa.URL.create("sqlite", database=os.path.abspath(".annlab/runs.sqlite"))


def _if_finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    # JSON has no NaN or infinity, so non-finite values become null.
    return {name: _if_finite(value) for name, value in values.items()}


def _stored_time(created: datetime) -> datetime:
    return created.astimezone(UTC).replace(tzinfo=None)


def _summary(run: Run) -> dict[str, float]:
    with np.errstate(invalid="ignore"):  # median of two infinities
        return {
            name: float(np.median(rows[-1][run.counted].astype(np.float64)))
            for name, rows in run.history.items()
        }


def scores_of(run: Run, score: ArrayLike | None) -> dict[str, float]:
    """Summary entries for the scores of a run, shape (n_seeds,); empty without a score."""
    if score is None:
        return {}
    scores = np.asarray(score, dtype=np.float64)
    if scores.shape != (run.n_seeds,):
        raise ValueError(f"score: must be of shape ({run.n_seeds},), got {scores.shape}")
    scores = scores[run.counted]
    trained = run.history_at(column("train", run.config.task.headline.name))[run.counted]
    with np.errstate(invalid="ignore", over="ignore"):
        std = scores.std(ddof=1) if len(scores) > 1 else 0.0
        return {
            "score": float(scores.mean()),
            "score_std": float(std),
            "train_score": float(trained.mean(dtype=np.float64)),
        }


def _info(row: sa.Row[*tuple[Any, ...]]) -> RunInfo | None:
    values = row._asdict()
    try:
        values["config"] = RunConfig.model_validate_json(row.config)
        summary = json.loads(row.summary)
        values[_VERSION] = int(summary.pop(_VERSION, _UNNAMED_VERSION))
        values["summary"] = {
            name: math.nan if value is None else value for name, value in summary.items()
        }
    except ValueError as error:  # a ValidationError is one
        _logger.warning("The stored run %s is left out: %s", row.digest, error)
        return None
    return RunInfo(**{**values, "created": row.created.replace(tzinfo=UTC)})
