"""What a worker process does: train, make data sets, say what it computes on.

Dask calls these functions in the workers; `annlab.jobs.queue` names them. Only when they are
called do they import Dask and the training package.
"""

import gc
import logging
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from annlab.config import DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.datasets.serialize import bytes_for_display

if TYPE_CHECKING:
    from distributed import Event

    from annlab.training import EpochReport

TOPIC = "annlab-progress"
# Progress travels, and a wish to stop is looked for, this often.
REPORT_SECONDS = 0.1
# Weights of one network up to this size travel with the progress, for the live surface.
LIVE_WEIGHTS_BYTES = 200_000


def dask_setup(worker: Any) -> None:
    """Warm the process up: Dask calls this once, before it gives the worker any work."""
    from annlab.training import train

    # What fails here is said to the one who asked.
    logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)
    train(
        RunConfig(
            dataset=DatasetConfig(name="moons", n_samples=20),
            model=ModelConfig(hidden_sizes=(2,)),
            training=TrainingConfig(max_epochs=1),
        )
    )
    # What is imported stays: a collection of garbage in mid-training need not search it.
    gc.freeze()


def train_run(config: dict[str, Any], stop: str) -> bytes:
    """Train a run, report its progress, and give it back as bytes.

    Parameters
    ----------
    config : dict
        Of a RunConfig.
    stop : str
        Name of the `distributed.Event` that asks for an early end.

    Returns
    -------
    bytes
        As `Run.to_bytes` makes them.
    """
    from distributed import Event

    from annlab.training import train

    run_config = RunConfig.model_validate(config)
    reporter = _Reporter(run_config, Event(stop))
    run = train(run_config, on_epoch=reporter.on_epoch, should_stop=reporter.should_stop)
    return run.to_bytes()


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

    def __init__(self, config: RunConfig, stop: "Event") -> None:
        from distributed import get_worker

        self.digest = config.digest
        self.stop = stop
        self.worker = get_worker()
        self.with_weights = 4 * config.n_parameters <= LIVE_WEIGHTS_BYTES
        self.first_row = 0
        self.rows: list[np.ndarray] = []  # each (n_columns, n_seeds)
        self.sent = 0.0
        self.asked = 0.0

    def should_stop(self) -> bool:
        now = time.monotonic()
        if now - self.asked < REPORT_SECONDS:
            return False
        self.asked = now
        return bool(self.stop.is_set())

    def on_epoch(self, report: "EpochReport") -> None:
        self.rows.append(np.array(list(report.metrics.values()), np.float32))
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
            "digest": self.digest,
            "first_row": self.first_row,
            "rows": np.stack(self.rows).tobytes(),  # (n_rows, n_columns, n_seeds)
            "diverged_epochs": report.diverged_epochs.tobytes(),
            "elapsed_seconds": report.elapsed_seconds,
            "weights": weights,
        }
        self.worker.log_event(TOPIC, message)
        self.first_row += len(self.rows)
        self.rows = []
