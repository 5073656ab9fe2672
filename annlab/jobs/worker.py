"""Functions that Dask workers run: training, data sets, computations, accelerators.

`annlab.jobs` submits these functions by name. Dask and the training package are imported only
inside the functions, because the web process imports this module too.
"""

import gc
import logging
import math
import time
import warnings
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from annlab.analysis.evaluation import evaluate
from annlab.config import RESULTS_VERSION, DatasetConfig, ModelConfig, RunConfig, TrainingConfig
from annlab.datasets.load import forget_datasets
from annlab.datasets.own import tables
from annlab.datasets.serialize import bytes_for_display, dataset_from_bytes
from annlab.host.freed_memory import freed_memory_goes_back
from annlab.jobs.handed_over import HandedOver, receive
from annlab.jobs.turns import Turns

if TYPE_CHECKING:
    from distributed import Event

    from annlab.runs.duration import Speed
    from annlab.runs.history import History
    from annlab.runs.run import Run
    from annlab.training import EpochReport

TOPIC = "annlab-progress"
# Name of the event that asks for all rows of the history, of a training by its key.
REPEAT = "{}-repeat"
# Seconds between progress reports and between checks for a stop request.
REPORT_SECONDS = 0.1
# Progress reports include the weights of one network up to this size, for the live surface.
LIVE_WEIGHTS_BYTES = 200_000
# Results include the data up to this size, because pages show runs with their data.
FEW_BYTES = 1_000_000
# Partial results of computations are reported up to this size, because the scheduler keeps the
# last hundred reports in memory, and at most once in this time.
PARTIAL_BYTES = 200_000
# Histories are repeated up to this size. Of a larger one, a server that comes late shows nothing
# before the end.
REPEATED_BYTES = 4_000_000
PARTIAL_SECONDS = 1.0

_turns = Turns()


def dask_setup(worker: Any) -> None:
    """Warm up the process; Dask calls this once before the first task."""
    from annlab.training import train

    # Errors reach the user as messages.
    logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)
    # Nobody reads a worker's warnings, and `warnings.catch_warnings` changes the filters of the
    # whole process, so two threads of a worker would disturb each other.
    warnings.simplefilter("ignore")
    # The first training loads libraries, and prepares a GPU.
    train(
        RunConfig(
            dataset=DatasetConfig(name="moons", n_samples=20),
            model=ModelConfig(hidden_sizes=(2,)),
            training=TrainingConfig(max_epochs=1),
        )
    )
    speed()
    # Imported modules stay, so garbage collection during training need not scan them.
    gc.freeze()


def train_run(
    config: dict[str, Any], key: str, results_version: int, is_shared: bool = False
) -> tuple[bytes, list[float] | None, bytes | None]:
    """Train and score a run, with progress reports.

    Parameters
    ----------
    config : dict
        RunConfig as a dict.
    key : str
        Name of the training in reports. If it is not shared, also name of the
        `distributed.Event` that requests a stop.
    results_version : int
        `annlab.validation.RESULTS_VERSION` of the server.
    is_shared : bool
        Whether several servers may wait for the training. Then the event has a name of its own
        for each try, which reports name, so that no try is ended by the stop of another. A server
        that comes late may ask for the rows before by the event `REPEAT`.

    Returns
    -------
    run : bytes
        Result of `Run.to_bytes`.
    score : list of float or None
        Score of each network on the held-out split; None if scoring failed.
    dataset : bytes or None
        Result of `make_dataset` if it is small, else None.

    Raises
    ------
    ValueError
        If the run cannot be trained, or the server has another results version; the message is
        a sentence for the user.
    """
    from distributed import Reschedule

    from annlab.training import train

    _check_version(results_version)
    run_config = RunConfig.model_validate(config)
    reporter = _Reporter(run_config, key, is_shared)
    with _turns.training(), freed_memory_goes_back():
        run = train(run_config, on_epoch=reporter.on_epoch, should_stop=reporter.should_stop)
    if reporter.is_left:
        raise Reschedule  # who has asked for it meanwhile gets a whole one
    return run.to_bytes(), *_scored(run)


def _scored(run: "Run") -> tuple[list[float] | None, bytes | None]:
    """Score of each network, and the data if small.

    Computed on the worker, which has the data, because all visitors share the web process.
    """
    try:
        data = bytes_for_display(run.config)
        dataset = dataset_from_bytes(data)
        score = evaluate(run, split=dataset.scored_split, dataset=dataset).headline
    except Exception:  # a run without a score is still useful
        logging.getLogger(__name__).exception("A run could not be scored")
        return None, None
    return score.tolist(), data if len(data) <= FEW_BYTES else None


def run_with_data(
    tables_of: dict[str, bytes | HandedOver | None], name: str, *arguments: Any
) -> Any:
    """Call another of these functions, by name, with own data at hand.

    Parameters
    ----------
    tables_of : dict of bytes or HandedOver
        Results of `Table.to_bytes` by `OwnData.content`; None for data that were deleted, which
        this process may still have.
    """
    for content, data in tables_of.items():
        if data is None:
            tables.forget(content)
            forget_datasets()
        else:
            tables.provide_bytes(content, partial(receive, data))
    received = (receive(a) if isinstance(a, HandedOver) else a for a in arguments)
    return globals()[name](*received)


def make_dataset(config: dict[str, Any]) -> bytes:
    """Return the data of a DatasetConfig, or of all networks of a RunConfig, as bytes."""
    kind = RunConfig if "dataset" in config else DatasetConfig
    # Pages show a subsample of a large training split, but need the whole test split for scores.
    return bytes_for_display(kind.model_validate(config))


def compute(
    function: str,
    request_type: str,
    request: dict[str, Any],
    key: str,
    results_version: int,
    *attached: bytes,
) -> tuple[bytes, bool]:
    """Run the function of a computation, with progress reports.

    Parameters
    ----------
    function, request_type : str
        "module:name" of the function, whose form `annlab.jobs.kinds.Kind` describes, and of the
        type of its request.
    request : dict
        Values of the request.
    key : str
        Name of the computation in reports, and name of the `distributed.Event` that requests a
        stop.
    results_version : int
        `annlab.validation.RESULTS_VERSION` of the server.
    *attached : bytes
        Further arguments of the function.

    Returns
    -------
    result : bytes
    is_complete : bool
        False if the computation was stopped.

    Raises
    ------
    ValueError
        If nothing can be computed, or the server has another results version; the message is a
        sentence for the user.
    """
    from distributed import Event

    _check_version(results_version)
    progress = _Progress(key, Event(key))
    with freed_memory_goes_back():
        result: bytes = _named(function)(
            _named(request_type).model_validate(request),
            progress.report,
            progress.should_stop,
            *attached,
        )
    return result, not progress.stopped


def _named(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def _check_version(results_version: int) -> None:
    if results_version != RESULTS_VERSION:
        raise ValueError(
            f"A worker runs another version of annlab (results version {RESULTS_VERSION}; this "
            f"server has {results_version}). Update annlab there or here, and try again."
        )


def accelerators() -> dict[str, str]:
    """Accelerators of this worker: display names by name in configs."""
    from annlab.training.accelerators import available

    return available()


@cache
def speed() -> "Speed":
    """How fast this worker trains on its processor; measured by the first call."""
    from annlab.training.speed import measure_speed

    return measure_speed()


class _Reporter:
    """Sends new history rows and current weights, at most ten times a second."""

    def __init__(self, config: RunConfig, key: str, is_shared: bool) -> None:
        from distributed import Event, get_worker

        self.key = key
        self.stop_name = f"{key}-{uuid4().hex}" if is_shared else key
        self.stop = Event(self.stop_name)
        self.repeat = Event(REPEAT.format(key)) if is_shared else None
        self.is_left = False
        self.worker = get_worker()
        self.task = self.worker.get_current_task()
        self.with_weights = 4 * config.n_parameters <= LIVE_WEIGHTS_BYTES
        self.first_row = 0
        self.sent = 0.0
        self.asked = 0.0

    def should_stop(self) -> bool:
        now = time.monotonic()
        if now - self.asked < REPORT_SECONDS:
            return False
        self.asked = now
        # Whether all servers that waited for the training are gone or have left it.
        task = self.worker.state.tasks.get(self.task)
        self.is_left = task is None or task.state == "cancelled"
        return self.is_left or bool(self.stop.is_set())

    def on_epoch(self, report: "EpochReport") -> None:
        now = time.monotonic()
        early = now - self.sent < REPORT_SECONDS
        if early and report.epoch not in (1, report.max_epochs):
            return
        # The first epoch is reported at once; the next report then waits two intervals.
        self.sent = now + REPORT_SECONDS if report.epoch == 1 else now
        repeats = self._repeats(report.history)
        if repeats:
            self.first_row = 0
        weights = []
        if self.with_weights:
            weights = [(W[0].tobytes(), b[0].tobytes()) for W, b in report.weights()]
        message = {
            "key": self.key,
            "first_row": self.first_row,
            "repeats": repeats,
            "stop": self.stop_name,
            "rows": report.history.rows(self.first_row).tobytes(),
            "diverged_epochs": report.diverged_epochs.tobytes(),
            "elapsed_seconds": report.elapsed_seconds,
            "weights": weights,
        }
        self.worker.log_event(TOPIC, message)
        self.first_row = len(report.history)

    def _repeats(self, history: "History") -> bool:
        """Whether a server that came late asks for the rows before."""
        if self.repeat is None or not self.first_row or not self.repeat.is_set():
            return False
        self.repeat.clear()
        n_bytes = 4 * len(history.columns) * history.n_seeds * len(history)
        return n_bytes <= REPEATED_BYTES


class _Progress:
    """Sends the progress of a computation, lets trainings go first, and looks for a stop."""

    def __init__(self, key: str, stop: "Event") -> None:
        from distributed import get_worker

        self.key = key
        self.stop = stop
        self.worker = get_worker()
        self.stopped = False
        self.asked = 0.0
        self.started = self.resumed = time.monotonic()
        self.sent = self.sent_partial = -math.inf

    def should_stop(self) -> bool:
        _turns.rest(time.monotonic() - self.resumed, self._is_stopped)
        self.resumed = time.monotonic()
        return self._is_stopped()

    def _is_stopped(self) -> bool:
        now = time.monotonic()
        if not self.stopped and now - self.asked >= REPORT_SECONDS:
            self.asked = now
            self.stopped = bool(self.stop.is_set())
        return self.stopped

    def report(self, share_done: float, partial: bytes = b"") -> None:
        now = time.monotonic()
        if now - self.sent < REPORT_SECONDS:
            return
        self.sent = now
        message: dict[str, Any] = {
            "key": self.key,
            "share_done": share_done,
            "elapsed_seconds": now - self.started,
        }
        if 0 < len(partial) <= PARTIAL_BYTES and now - self.sent_partial >= PARTIAL_SECONDS:
            self.sent_partial = now
            message["partial"] = partial
        self.worker.log_event(TOPIC, message)
