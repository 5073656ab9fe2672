"""RunStore: finished runs, and the points they were made from, in a SQL database."""

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

# Data sets may take this share of max_bytes, besides the runs.
DATASET_SHARE = 0.25
_COMPLETE = ("finished", "early")
# Runs that were stored before they named their results version are of this one, or older.
_UNNAMED_VERSION = 2
_VERSION = "results_version"


@dataclass(frozen=True)
class RunInfo:
    """What is known about a stored run without reading its weights.

    Attributes
    ----------
    digest : str
        Key of the stored run: ``config.digest`` at the time it was saved. Today's
        ``config.digest`` is another one if the run `is_superseded`.
    name : str
        Given by the user; empty at first.
    pinned : bool
        Never pruned.
    created : datetime
        When it was saved, in UTC.
    size_bytes : int
        Of the stored run.
    config, ending, accelerator, duration_seconds, n_epochs
        As in `Run`.
    summary : dict of float
        The last row of each column of the history: median over the networks that count (see
        `Run.counted`). If a score was saved, also its mean over them ("score") and its sample
        standard deviation ("score_std"), and the mean of the same score on the training split
        ("train_score"). What was not finite is NaN.
    results_version : int
        `annlab.validation.RESULTS_VERSION` of the annlab that made it.
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
        """Whether a training of the same settings would be another run today.

        It was made by an earlier results version, or from other files of the same data set.
        """
        return self.digest != self.config.digest

    @property
    def score(self) -> float | None:
        """Mean of the saved score over the seeds; None if there is none, or it is not finite."""
        return _if_finite(self.summary.get("score"))

    @property
    def score_std(self) -> float | None:
        """Standard deviation of the saved score over the seeds; None where `score` is."""
        return None if self.score is None else _if_finite(self.summary.get("score_std"))

    @property
    def train_score(self) -> float | None:
        """Mean of the score on the training split; None for runs of earlier versions."""
        return _if_finite(self.summary.get("train_score"))

    @property
    def n_seeds(self) -> int:
        """Networks trained at once."""
        return self.config.training.n_seeds

    @property
    def n_parameters(self) -> int:
        """Weights and biases of one network."""
        return self.config.n_parameters


class RunStore:
    """Runs and data sets in SQLite or PostgreSQL, by digest.

    May be used from many threads, and by many processes, at once. Every method raises
    `StoreError` while the database cannot be used, and works again as soon as it can.

    Parameters
    ----------
    url : str, optional
        SQLAlchemy's address of the database. None: the environment variable
        ``ANNLAB_DATABASE_URL``, else SQLite in ``.annlab/runs.sqlite`` below the current
        directory.
    max_bytes : int, optional
        What all runs together may take; data sets may take a quarter of it besides. None:
        the environment variable ``ANNLAB_STORE_MB`` in megabytes, else 500 MB.

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
        """Store a run, whole or not at all, and prune.

        A stored run of the same digest is replaced, but for its name and its pin. One that
        is complete ("finished" or "early") is never replaced by one that is not.

        Parameters
        ----------
        run : Run
        score : array-like, shape (n_seeds,), optional
            How well each network does on the points that were held out, for lists of runs.

        Raises
        ------
        ValueError
            If there is not one score for each network, or the run was made by another results
            version: under the digest of its settings it would be taken for a present one.
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
            As it was listed.
        run : Run
            As it was loaded.
        score : array-like, shape (n_seeds,)

        Returns
        -------
        bool
            False if the run is gone, or was saved again since it was listed.

        Raises
        ------
        ValueError
            If there is not one score for each network.
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
        """The run that is stored under a digest.

        Parameters
        ----------
        digest : str
            As `list_runs` gives it: a run of an earlier results version has another one than its
            settings have today.

        Returns
        -------
        Run or None
            None if it is not there, or was damaged; what was damaged is removed.
        """
        query = sa.select(RUNS.c.created, RUNS.c.data).where(row_of(RUNS, digest))
        row = self._database.transact(lambda c: c.execute(query).one_or_none())
        if row is None:
            return None
        try:
            return Run.from_bytes(row.data)
        except SavedFileError as error:
            _logger.warning("The stored run %s cannot be read: %s", digest, error)
            # Settings that are not accepted here (any more) are no damage; and a process
            # that has saved the run again meanwhile has repaired it.
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
            Only these, as far as they are there.
        unscored : bool
            Only those that were saved without a score.

        Returns
        -------
        list of RunInfo
            Without those whose settings are not accepted here (any more).
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
        """Keep a run from being pruned, or no longer; says whether there was such a run."""
        return self._changes(sa.update(RUNS).where(row_of(RUNS, digest)).values(pinned=pinned))

    def rename(self, digest: str, name: str) -> bool:
        """Name a run, in up to 200 characters; says whether there was such a run."""
        # Half a surrogate pair fits into no database, and NUL not into PostgreSQL.
        name = name.encode(errors="replace").decode().replace("\0", "")[:MAX_NAME]
        return self._changes(sa.update(RUNS).where(row_of(RUNS, digest)).values(name=name))

    def delete(self, digest: str) -> bool:
        """Remove a run, pinned or not; says whether there was such a run."""
        return self._changes(sa.delete(RUNS).where(row_of(RUNS, digest)))

    def save_dataset(self, digest: str, data: bytes) -> None:
        """Store the points of a data set, and remove the oldest sets until all fit.

        Parameters
        ----------
        digest : str
            Up to 128 ASCII letters, digits and ``_ . : -``.
        data : bytes
            As `annlab.datasets.serialize.bytes_for_display` makes them.

        Raises
        ------
        ValueError
            If the digest is not one.
        """

        def work(connection: sa.Connection) -> None:
            put(connection, DATASETS, {"digest": digest, "data": data})
            prune(connection, DATASETS, int(self._max_bytes * DATASET_SHARE), keep=digest)

        self._database.transact(work)

    def load_dataset(self, digest: str) -> bytes | None:
        """The points of a data set, as they were saved; None if they are not there."""
        query = sa.select(DATASETS.c.data).where(row_of(DATASETS, digest))
        return self._database.transact(lambda c: c.scalar(query))

    def _changes(self, statement: sa.Update | sa.Delete) -> bool:
        return self._database.transact(lambda c: c.execute(statement).rowcount > 0)


def _default_url() -> sa.URL:
    return sa.URL.create("sqlite", database=os.path.abspath(".annlab/runs.sqlite"))


def _if_finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _finite(values: dict[str, float]) -> dict[str, float | None]:
    # JSON has no word for what is not finite, but for null.
    return {name: _if_finite(value) for name, value in values.items()}


def _stored_time(created: datetime) -> datetime:
    return created.astimezone(UTC).replace(tzinfo=None)


def _summary(run: Run) -> dict[str, float]:
    with np.errstate(invalid="ignore"):  # the middle of two infinities
        return {
            name: float(np.median(rows[-1][run.counted].astype(np.float64)))
            for name, rows in run.history.items()
        }


def scores_of(run: Run, score: ArrayLike | None) -> dict[str, float]:
    """What a summary says of the scores of a run's networks, shape (n_seeds,); else nothing."""
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
