"""Number of training workers for a host that does not set it."""

from dataclasses import dataclass
from functools import cache

from annlab.host.limits import memory_bytes, n_cores

# Megabytes at rest: proportional set sizes after all pages have been visited and one run trained.
# docs/hosting.md has the measurement.
SERVER_MB = 250
WORKER_AT_REST_MB = 500
# With a small training.
WORKER_MB = 600
# Without workers, the server takes this much.
ALONE_MB = 800
# More help only a large class, which should have a host that says so.
MOST_WORKERS = 4


@dataclass(frozen=True)
class WorkerChoice:
    """Number of training workers, and why.

    Attributes
    ----------
    n_workers : int
        Worker processes; 0: one thread of the server trains.
    reason : str
        A sentence for the log.
    """

    n_workers: int
    reason: str


def choose_workers(cores: float, memory_mb: float) -> WorkerChoice:
    """Choose one worker per core, as far as the memory allows, and at most `MOST_WORKERS`.

    Parameters
    ----------
    cores : float
        Cores that the server and its workers may use; less than one counts as one.
    memory_mb : float
        Megabytes that the server and its workers may use.
    """
    by_cores = max(1, int(cores))
    by_memory = max(0, int((memory_mb - SERVER_MB) // WORKER_MB))
    n_workers = min(by_cores, by_memory, MOST_WORKERS)
    plural = "" if n_workers == 1 else "s"
    return WorkerChoice(
        n_workers,
        f"{n_workers} training worker{plural} chosen: {cores:g} cores allow {by_cores}, "
        f"{memory_mb:.0f} MB of memory allow {by_memory} ({SERVER_MB} MB for the server, "
        f"{WORKER_MB} MB for each worker), and without ANNLAB_WORKERS there are at most "
        f"{MOST_WORKERS}.",
    )


def workers_of_this_host() -> WorkerChoice:
    """Choose the number of workers for the cores and memory of this process."""
    return choose_workers(n_cores(), memory_bytes() / 1e6)


@cache
def spare_mb(n_workers: int) -> float:
    """Megabytes that each training on this host may take, beyond what all processes take at rest.

    Parameters
    ----------
    n_workers : int
        Training workers; 0: one thread of the server.

    Returns
    -------
    float
        At least 100, so that small runs are never refused.
    """
    at_rest = SERVER_MB + n_workers * WORKER_AT_REST_MB if n_workers else ALONE_MB
    return max(100.0, (memory_bytes() / 1e6 - at_rest) / max(1, n_workers))
