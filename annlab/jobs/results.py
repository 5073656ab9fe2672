"""Intake of training results from workers, and messages for failures."""

import logging
from concurrent.futures import CancelledError
from typing import Any

from pydantic import ValidationError

from annlab.config import RESULTS_VERSION
from annlab.runs.run import Run
from annlab.store.repository import RunRepository
from annlab.validation import explain

log = logging.getLogger(__name__)

# Seconds for the transfer of the largest result over a slow network.
RESULT_SECONDS = 60.0
OTHER_VERSION = (
    "The workers run another version of annlab. Update annlab there or here, and try again."
)


def result_of(future: Any, seconds: float = RESULT_SECONDS) -> Any:
    """Return what a task has given, or raise its error.

    Does not ask Dask about a canceled task: where its client closes at the same time, Dask would
    wait for a loop that has ended.

    Parameters
    ----------
    future : distributed.Future
    seconds : float
        Longest wait.

    Raises
    ------
    Exception
        The task's error; CancelledError if it was canceled; TimeoutError after `seconds`.
    """
    if future.status == "cancelled":
        raise CancelledError
    return future.result(seconds)


def take_result(future: Any, repository: RunRepository, external: bool) -> str:
    """Take the run, score and data returned by a worker into memory, to be stored later.

    Blocks for the transfer of the result.

    Parameters
    ----------
    future : distributed.Future
        Finished future of `annlab.jobs.worker.train_run`.
    repository : RunRepository
        Storage of run, score and data.
    external : bool
        Whether the workers belong to an external cluster, which may run another version.

    Returns
    -------
    str
        Error message for the user; empty if there is a run.
    """
    try:
        _take(result_of(future), repository)
    except Exception as error:
        log.debug("No run", exc_info=True)
        remedy = " Try a smaller network, fewer networks or fewer samples."
        return explain_failure(error, external, "Training", "Press Train to try again.", remedy)
    return ""


def explain_failure(
    error: Exception, external: bool, what: str, again: str, remedy: str = ""
) -> str:
    """Say why the work of a worker gave no result.

    Parameters
    ----------
    error : Exception
        Raised by the result of a Dask future.
    external : bool
        Whether the workers belong to an external cluster.
    what : str
        The work as the subject of a sentence.
    again : str
        How to try again.
    remedy : str
        What helps where a worker lacks memory.

    Returns
    -------
    str
        Sentences for the user.
    """
    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    # Without the error's own text, which may quote a file. A ValueError is a sentence for who has
    # asked for what cannot be done; the others are a matter of the host's.
    level = logging.INFO if isinstance(error, ValueError) else logging.WARNING
    log.log(level, "%s failed: %s", what, type(error).__name__)
    match error:
        case KilledWorker():
            return (
                f"{what} failed {error.allowed_failures + 1} times because the worker process "
                f"died, probably from lack of memory.{remedy}"
            )
        case CancelledError() | CommClosedError() | TimeoutError():
            return f"Lost the connection to the workers. {again}"
        case ValidationError():  # a worker of another version has other settings
            return OTHER_VERSION if external else "; ".join(explain(error))
        case ValueError():
            return str(error)
    log.error("%s failed", what, exc_info=error)
    # Errors of an older or newer worker that does not know a call.
    is_unknown = isinstance(error, AttributeError | ImportError | TypeError)
    return OTHER_VERSION if external and is_unknown else f"{what} failed: {error}"


def _take(result: Any, repository: RunRepository) -> None:
    if not (isinstance(result, tuple) and len(result) == 3):
        raise ValueError(OTHER_VERSION)
    data, score, dataset = result
    run = Run.from_bytes(data)
    if run.results_version != RESULTS_VERSION:
        raise ValueError(OTHER_VERSION)
    repository.take_run(run, score, dataset or b"")
