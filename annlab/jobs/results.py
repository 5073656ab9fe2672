"""Storage of training results from workers, and messages for failures."""

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
_RESULT_SECONDS = 60.0
OTHER_VERSION = (
    "The training workers run another version of annlab. Update annlab there or here, and train "
    "again."
)


def keep_result(future: Any, repository: RunRepository, external: bool) -> str:
    """Store the run, score and data returned by a worker.

    Blocks for the transfer of the result and for the database.

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
        Error message for the user; empty if the run was stored.
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
    except ValidationError as error:  # a worker of another version has other settings
        return OTHER_VERSION if external else "; ".join(explain(error))
    except ValueError as error:
        return str(error)
    except Exception as error:
        log.exception("A training failed")
        # Errors of an older or newer worker that does not know a call.
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
