"""RunInfo: what the table says of a run without its weights."""

import json
import logging
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import ArrayLike

from annlab.config import RESULTS_VERSION, RunConfig
from annlab.runs.history import column
from annlab.runs.run import Run
from annlab.runs.run_record import Ending

_logger = logging.getLogger(__name__)

# Runs stored without a results version are of this version or older.
_UNNAMED_VERSION = 2


VERSION = "results_version"


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
    is_mine : bool
        Whether the browser that asks has trained or opened the run.
    is_trained_here : bool
        Whether the browser that asks has trained the run.
    is_managed : bool
        Whether the browser that asks has trained the run, and no other browser has.
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
    is_mine: bool = False
    is_trained_here: bool = False
    is_managed: bool = False

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


def _if_finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def finite(values: dict[str, float]) -> dict[str, float | None]:
    """Replace values that are not finite by None, which JSON can hold."""
    # JSON has no NaN or infinity, so non-finite values become null.
    return {name: _if_finite(value) for name, value in values.items()}


def summary_of(run: Run) -> dict[str, float]:
    """Numbers about a run that the table shows without opening it."""
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


# Characters: longer settings hold the weights that a training starts from.
_LONGEST_KEPT = 10_000


@lru_cache(maxsize=5000)
def config_in(text: str) -> RunConfig:
    """Settings that a row holds as JSON, kept: a table of runs asks for them again and again."""
    return RunConfig.model_validate_json(text)


def info_of_row(row: sa.Row[*tuple[Any, ...]]) -> RunInfo | None:
    """What a row of the database says.

    Returns
    -------
    RunInfo or None
        None if the run is of a newer results version or, with a log entry, if the row cannot be
        read.
    """
    values = row._asdict()
    try:
        is_short = len(row.config) <= _LONGEST_KEPT
        read = config_in if is_short else RunConfig.model_validate_json
        values["config"] = read(row.config)
        summary = json.loads(row.summary)
        values[VERSION] = int(summary.pop(VERSION, _UNNAMED_VERSION))
        values["summary"] = {
            name: math.nan if value is None else value for name, value in summary.items()
        }
    except ValueError as error:  # a ValidationError is one
        _logger.warning("The stored run %s is left out: %s", row.digest, error)
        return None
    if values[VERSION] > RESULTS_VERSION:
        return None
    return RunInfo(**{**values, "created": row.created.replace(tzinfo=UTC)})
