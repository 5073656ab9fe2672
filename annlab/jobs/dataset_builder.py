"""Builds data sets on workers; concurrent requests for one data set share a task."""

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import Dataset
from annlab.datasets.own.of_config import own_data_in
from annlab.jobs.attached_data import submit_with_data
from annlab.jobs.cluster import Cluster
from annlab.jobs.results import result_of
from annlab.store.database import StoreError
from annlab.store.repository import RunRepository

_TIMEOUT_SECONDS = 60.0
# Longest wait of a page for data under construction, in seconds; the page polls afterwards.
_PAGE_SECONDS = 1.0
# Seconds until a failed data set (no network, for example) is retried.
_RETRY_SECONDS = 20
# Waiting pages ask about once a second. Tasks without requests are released on the workers,
# because a dragged slider leaves one task per position.
_FORGET_SECONDS = 60
_MAX_TASKS = 64


@dataclass(eq=False)
class _Task:
    """Task that builds one data set.

    Attributes
    ----------
    submitted, asked : float
        Time of the submission, and time of the last request.
    dask : Future
        Holds the Dask future after the submission.
    """

    submitted: float
    asked: float
    dask: "Future[Any]" = field(default_factory=Future)

    @property
    def failed(self) -> bool:
        """Whether the task has ended without a data set."""
        if not self.dask.done():
            return False
        if self.dask.exception() is not None:
            return True
        future = self.dask.result()
        return bool(future.done() and future.status != "finished")

    def release(self) -> None:
        """Release the task on the workers."""
        self.dask.add_done_callback(lambda task: task.exception() or task.result().release())


class DatasetBuilder:
    """Finds data sets in the repository or builds them on a worker.

    Parameters
    ----------
    repository : RunRepository
        Storage of data sets.
    cluster : Cluster
        Cluster whose workers build data sets.
    """

    def __init__(self, repository: RunRepository, cluster: Cluster) -> None:
        self._repository = repository
        self._cluster = cluster
        # Guards look-ups in `_tasks`; never held while waiting.
        self._lock = threading.Lock()
        self._tasks: dict[str, _Task] = {}  # by digest, in order of the last request

    def load(self, config: DatasetConfig | RunConfig) -> Dataset:
        """Return the data of a config from the repository or from a worker.

        Raises
        ------
        ValueError
            If the data cannot be built; the message is a sentence for the user.
        TimeoutError
            If no worker is available or building takes too long.
        """
        dataset = self._load_within(config, _TIMEOUT_SECONDS)
        if dataset is None:
            raise TimeoutError(self._cluster.start_error or "The data are still being built.")
        return dataset

    def load_if_ready(self, config: DatasetConfig | RunConfig) -> Dataset | None:
        """Return the data of a config, or None while workers are starting or building.

        Raises
        ------
        ValueError
            If the data cannot be built; the message is a sentence for the user.
        """
        return self._load_within(config, _PAGE_SECONDS if self._cluster.ready else 0.0)

    def _load_within(self, config: DatasetConfig | RunConfig, seconds: float) -> Dataset | None:
        dataset = self._repository.dataset(config)
        if dataset is not None:
            return dataset
        self._cluster.wake()
        if not self._cluster.wait_until_ready(seconds):
            return None
        data = self.build(config, seconds)
        return None if data is None else self._repository.keep_dataset(config, data)

    def build(self, config: DatasetConfig | RunConfig, seconds: float) -> bytes | None:
        """Build the data of a config on a worker; return None after `seconds`.

        Returns
        -------
        bytes or None
            Result of `annlab.datasets.load.bytes_for_display`.

        Raises
        ------
        ValueError
            If the data cannot be built; the message is a sentence for the user.
        """
        try:
            future = self._task(config).dask.result(seconds)
            data: bytes = result_of(future, seconds)
        except TimeoutError:
            return None
        except ValueError:
            raise
        except StoreError as error:
            raise ValueError(str(error)) from error
        except Exception as error:  # the worker died or the connection was lost
            raise ValueError(
                "Could not generate the data: the worker process died or is unreachable. Reload "
                f"the page in {_RETRY_SECONDS} seconds to try again."
            ) from error
        with self._lock:
            self._tasks.pop(config.data_digest, None)
        return data

    def _task(self, config: DatasetConfig | RunConfig) -> _Task:
        now = time.monotonic()
        digest = config.data_digest
        with self._lock:
            task = self._tasks.pop(digest, None)
            is_new = task is None or (task.failed and now - task.submitted > _RETRY_SECONDS)
            if task is None or is_new:
                task = _Task(submitted=now, asked=now)
            task.asked = now
            self._tasks[digest] = task
            forgotten = self._forgotten(now)
        for other in forgotten:
            other.release()
        if is_new:
            # Without the lock, because Dask may block; concurrent requests wait for this task.
            try:
                future = submit_with_data(
                    self._cluster,
                    self._repository.load_own_data,
                    own_data_in(config),
                    "make_dataset",
                    config.model_dump(mode="json"),
                    key=f"make_dataset-{digest}-{time.monotonic_ns()}",
                    priority=1,
                )
            except BaseException as error:
                task.dask.set_exception(error)
                raise
            task.dask.set_result(future)
        return task

    def _forgotten(self, now: float) -> list[_Task]:
        """Remove and return tasks without recent requests, and the oldest beyond the limit."""
        forgotten = []
        for digest, task in list(self._tasks.items()):  # oldest request first
            if now - task.asked <= _FORGET_SECONDS and len(self._tasks) <= _MAX_TASKS:
                break
            forgotten.append(self._tasks.pop(digest))
        return forgotten
