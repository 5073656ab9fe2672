"""Takes in what a worker returns: a run with its score, or why there is none."""

import logging
from concurrent.futures import CancelledError
from typing import Any

from pydantic import ValidationError

from annlab.config import RESULTS_VERSION
from annlab.runs.run import Run
from annlab.store.repository import RunRepository
from annlab.validation import explain

log = logging.getLogger(__name__)

# For a result to come from its worker: the largest over a slow network.
_RESULT_SECONDS = 60.0
OTHER_VERSION = (
    "The training workers run another version of annlab. Update annlab there or here, and train "
    "again."
)


def keep_result(future: Any, repository: RunRepository, external: bool) -> str:
    """Keep what a worker has trained.

    This waits for the result to travel and for the database.

    Parameters
    ----------
    future : distributed.Future
        Of `annlab.jobs.worker.train_run`, and done.
    repository : RunRepository
        Where run, score and data go.
    external : bool
        Whether the workers are those of another cluster, which may be of another version.

    Returns
    -------
    str
        Why there is no run, in a sentence for people; empty if there is one.
    """
    from distributed import KilledWorker
    from distributed.comm.core import CommClosedError

    try:
        _keep(future.result(_RESULT_SECONDS), repository)
    except KilledWorker as error:
        return (
            f"Training failed {error.allowed_failures + 1} times because the worker process died, "
            "probably from lack of memory. Try a smaller network, fewer networks or fewer samples."
        )
    except (CancelledError, CommClosedError, TimeoutError):
        return "Lost the connection to the workers. Press Train to try again."
    except ValidationError as error:  # a worker knows other settings than this process
        return OTHER_VERSION if external else "; ".join(explain(error))
    except ValueError as error:
        return str(error)
    except Exception as error:
        log.exception("A training failed")
        # What an older or newer worker says of a call that it does not know.
        is_unknown = isinstance(error, AttributeError | ImportError | TypeError)
        return OTHER_VERSION if external and is_unknown else f"Training failed: {error}"
    return ""


def _keep(result: Any, repository: RunRepository) -> None:
    if not (isinstance(result, tuple) and len(result) == 3):
        raise ValueError(OTHER_VERSION)
    data, score, dataset = result
    run = Run.from_bytes(data)
    if run.results_version != RESULTS_VERSION:
        raise ValueError(OTHER_VERSION)
    if dataset is not None:
        repository.keep_dataset(run.config, dataset)
    repository.keep_run(run, score)
