"""Data sets in the making: workers make them, each once for all who ask meanwhile."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from annlab.config import DatasetConfig, RunConfig
from annlab.jobs.cluster import Cluster, worker_function

# A data set that failed, for want of a network say, is tried again after this time.
_RETRY_SECONDS = 20
# A page asks about once a second while it waits. What nobody waits for is released on the
# workers; a dragged slider leaves one task for each of its positions.
_FORGET_SECONDS = 60
_MAX_FUTURES = 64


@dataclass
class _Task:
    future: Any
    submitted: float
    asked: float


class Makings:
    """What the workers of a cluster are making, and what they could not make.

    Parameters
    ----------
    cluster : Cluster
        Must have started before anything is asked for.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._lock = threading.Lock()
        self._tasks: dict[str, _Task] = {}  # by digest; the one asked for last is the last

    def result(self, config: DatasetConfig | RunConfig, seconds: float) -> bytes | None:
        """The data of a config, as bytes; None if they take longer than so many seconds.

        Raises
        ------
        ValueError
            If it cannot be made; the message is a sentence for people.
        """
        try:
            data: bytes = self._future(config).result(seconds)
        except TimeoutError:
            return None
        except ValueError:
            raise
        except Exception as error:  # killed with its worker, or cancelled with the connection
            raise ValueError(
                "Could not generate the data: the worker process died or is unreachable. Reload "
                f"the page in {_RETRY_SECONDS} seconds to try again."
            ) from error
        with self._lock:
            self._tasks.pop(config.data_digest, None)
        return data

    def _future(self, config: DatasetConfig | RunConfig) -> Any:
        now = time.monotonic()
        with self._lock:
            task = self._tasks.pop(config.data_digest, None)
            if task is None or (_failed(task.future) and now - task.submitted > _RETRY_SECONDS):
                future = self._cluster.client.submit(
                    worker_function("make_dataset"),
                    config.model_dump(mode="json"),
                    key=f"make_dataset-{config.data_digest}-{time.monotonic_ns()}",
                    priority=1,
                )
                task = _Task(future, now, now)
            task.asked = now
            self._tasks[config.data_digest] = task
            self._release_forgotten(now)
            return task.future

    def _release_forgotten(self, now: float) -> None:
        for digest, task in list(self._tasks.items()):  # the longest forgotten first
            if now - task.asked <= _FORGET_SECONDS and len(self._tasks) <= _MAX_FUTURES:
                return
            del self._tasks[digest]
            task.future.release()


def _failed(future: Any) -> bool:
    return bool(future.done() and future.status != "finished")
