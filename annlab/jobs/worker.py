"""What a worker process does: train, make data sets, say what it computes on.

Dask calls these functions in the workers; `annlab.jobs.queue` names them. Only when they are
called do they import Dask and the training package.
"""

import gc
import logging
import time
import warnings
from typing import TYPE_CHECKING, Any

from annlab.analysis.evaluation import evaluate
from annlab.config import RESULTS_VERSION, DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.datasets.serialize import bytes_for_display, dataset_from_bytes

if TYPE_CHECKING:
    from distributed import Event

    from annlab.runs.run import Run
    from annlab.training import EpochReport

TOPIC = "annlab-progress"
# Progress travels, and a wish to stop is looked for, this often.
REPORT_SECONDS = 0.1
# Weights of one network up to this size travel with the progress, for the live surface.
LIVE_WEIGHTS_BYTES = 200_000
# Data up to this size come along with a run, which is shown with them.
FEW_BYTES = 1_000_000


def dask_setup(worker: Any) -> None:
    """Warm the process up: Dask calls this once, before it gives the worker any work."""
    from annlab.training import train

    # What fails here is said to the one who asked.
    logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)
    # Nobody reads a worker's warnings. Its two threads would else set filters for each other:
    # `warnings.catch_warnings` is of the whole process, and puts back what it found.
    warnings.simplefilter("ignore")
    train(
        RunConfig(
            dataset=DatasetConfig(name="moons", n_samples=20),
            model=ModelConfig(hidden_sizes=(2,)),
            training=TrainingConfig(max_epochs=1),
        )
    )
    # What is imported stays: a collection of garbage in mid-training need not search it.
    gc.freeze()


def train_run(
    config: dict[str, Any], key: str, results_version: int
) -> tuple[bytes, list[float] | None, bytes | None]:
    """Train a run, report its progress, and score it.

    Parameters
    ----------
    config : dict
        Of a RunConfig.
    key : str
        Name of the training: of its reports, and of the `distributed.Event` that asks for an
        early end.
    results_version : int
        `annlab.validation.RESULTS_VERSION` of the server.

    Returns
    -------
    run : bytes
        As `Run.to_bytes` makes them.
    score : list of float or None
        How well each network does on the held-out split; None if that could not be computed.
    dataset : bytes or None
        As `make_dataset` returns them, if they are few.

    Raises
    ------
    ValueError
        If the run cannot be trained, or the server is of another results version; the message is
        a sentence for people.
    """
    from distributed import Event

    from annlab.training import train

    if results_version != RESULTS_VERSION:
        raise ValueError(
            f"A training worker runs another version of annlab (results version {RESULTS_VERSION}; "
            f"this server has {results_version}). Update annlab there or here, and train again."
        )
    run_config = RunConfig.model_validate(config)
    reporter = _Reporter(run_config, key, Event(key))
    run = train(run_config, on_epoch=reporter.on_epoch, should_stop=reporter.should_stop)
    return run.to_bytes(), *_scored(run)


def _scored(run: "Run") -> tuple[list[float] | None, bytes | None]:
    """The score of each network, and the data if they are few.

    Here, where the data are at hand: nothing is computed in the web process, which all visitors
    share.
    """
    try:
        data = bytes_for_display(run.config)
        dataset = dataset_from_bytes(data)
        score = evaluate(run, split=dataset.scored_split, dataset=dataset).headline
    except Exception:  # the run is worth keeping without
        logging.getLogger(__name__).exception("A run could not be scored")
        return None, None
    return score.tolist(), data if len(data) <= FEW_BYTES else None


def make_dataset(config: dict[str, Any]) -> bytes:
    """Make the data of a DatasetConfig, or of all networks of a RunConfig, as bytes."""
    kind = RunConfig if "dataset" in config else DatasetConfig
    # Pages show a share of very many samples, and score on the test split, which is whole.
    return bytes_for_display(kind.model_validate(config))


def accelerators() -> dict[str, str]:
    """What this worker can compute on: names in configs, and what they are called."""
    from annlab.training.accelerators import available

    return available()


class _Reporter:
    """Sends the history as it grows, and the newest weights, at most ten times a second."""

    def __init__(self, config: RunConfig, key: str, stop: "Event") -> None:
        from distributed import get_worker

        self.key = key
        self.stop = stop
        self.worker = get_worker()
        self.with_weights = 4 * config.n_parameters <= LIVE_WEIGHTS_BYTES
        self.first_row = 0
        self.sent = 0.0
        self.asked = 0.0

    def should_stop(self) -> bool:
        now = time.monotonic()
        if now - self.asked < REPORT_SECONDS:
            return False
        self.asked = now
        return bool(self.stop.is_set())

    def on_epoch(self, report: "EpochReport") -> None:
        now = time.monotonic()
        early = now - self.sent < REPORT_SECONDS
        if early and report.epoch not in (1, report.max_epochs):
            return
        # The first epoch is news at once; what follows then waits for two turns.
        self.sent = now + REPORT_SECONDS if report.epoch == 1 else now
        weights = []
        if self.with_weights:
            weights = [(W[0].tobytes(), b[0].tobytes()) for W, b in report.weights()]
        message = {
            "key": self.key,
            "first_row": self.first_row,
            "rows": report.history.rows(self.first_row).tobytes(),
            "diverged_epochs": report.diverged_epochs.tobytes(),
            "elapsed_seconds": report.elapsed_seconds,
            "weights": weights,
        }
        self.worker.log_event(TOPIC, message)
        self.first_row = len(report.history)
