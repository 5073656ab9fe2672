"""What annlab changes in Dask, in each process that connects to a cluster."""

import logging
import threading
from typing import Any

# A training is given up after this number of worker deaths.
MAX_DEATHS = 3
_SETTINGS = {
    "distributed.scheduler.allowed-failures": MAX_DEATHS - 1,
    # On an external cluster, files of 20 MB and tables go with their tasks on purpose.
    "distributed.admin.large-graph-warning-threshold": "64 MB",
    # The scheduler keeps progress events in memory; a few are enough.
    "distributed.admin.low-level-log-length": 100,
    "logging.distributed": "error",
}


def set_up_dask() -> None:
    """Set what annlab needs of Dask, before the first cluster or client."""
    import dask

    dask.config.set(_SETTINGS)
    # Dask configures its loggers on import, which may have happened before.
    logging.getLogger("distributed").setLevel(logging.ERROR)
    # Errors in workers (or a worker thread of this process) reach the user as messages.
    logging.getLogger("distributed.worker").setLevel(logging.CRITICAL)
    _let_collected_clients_close()


def _let_collected_clients_close() -> None:
    """Let Dask close a client whenever the garbage collector finds it.

    Dask starts and stops its loops under a lock. A collection may begin meanwhile, on the same
    thread, and closing what it finds needs the lock again.
    """
    from distributed.utils import LoopRunner

    reentrant: Any = threading.RLock()
    if type(LoopRunner._lock) is not type(reentrant):
        LoopRunner._lock = reentrant
