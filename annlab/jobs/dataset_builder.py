"""Builds data sets on workers; concurrent requests for one data set share a task."""

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import Dataset
from annlab.jobs.cluster import Cluster
from annlab.store.repository import RunRepository

_TIMEOUT_SECONDS = 60.0
# A page waits no longer for data that are being built, and looks again later.
_PAGE_SECONDS = 1.0
# A data set that failed, for want of a network say, is tried again after this time.
_RETRY_SECONDS = 20
# A page asks about once a second while it waits. What nobody waits for is released on the
# workers; a dragged slider leaves one task for each of its positions.
_FORGET_SECONDS = 60
_MAX_TASKS = 64


@dataclass(eq=False)
class _Task:
    """A data set that is being built.

    Attributes
    ----------
    submitted, asked : float
        When it was begun, and last asked for.
    dask : Future
        Has Dask's future, once the task is submitted.
    """

    submitted: float
    asked: float
    dask: "Future[Any]" = field(default_factory=Future)

    @property
    def failed(self) -> bool:
        """Whether it has ended without a data set."""
        if not self.dask.done():
            return False
        if self.dask.exception() is not None:
            return True
        future = self.dask.result()
        return bool(future.done() and future.status != "finished")

    def release(self) -> None:
        """Let the workers forget it."""
        self.dask.add_done_callback(lambda task: task.exception() or task.result().release())


class DatasetBuilder:
    """Finds data sets in the repository, or has a worker build them.

    Parameters
    ----------
    repository : RunRepository
        Where they are kept.
    cluster : Cluster
        Where they are built.
    """

    def __init__(self, repository: RunRepository, cluster: Cluster) -> None:
        self._repository = repository
        self._cluster = cluster
        # Guards `_tasks` for a few look-ups, never while anything is waited for.
        self._lock = threading.Lock()
        self._tasks: dict[str, _Task] = {}  # by digest; the one asked for last is the last

    def load(self, config: DatasetConfig | RunConfig) -> Dataset:
        """The data of a config: from the repository, or built by a worker.

        Raises
        ------
        ValueError
            If they cannot be built; the message is a sentence for people.
        TimeoutError
            If no worker is there to build them, or it takes too long.
        """
        dataset = self._load_within(config, _TIMEOUT_SECONDS)
        if dataset is None:
            raise TimeoutError(self._cluster.start_error or "The data are still being built.")
        return dataset

    def load_if_ready(self, config: DatasetConfig | RunConfig) -> Dataset | None:
        """The data of a config, or None while workers are still starting or building them.

        Raises
        ------
        ValueError
            If they cannot be built; the message is a sentence for people.
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
        """Have a worker build the data of a config; None if that takes longer than `seconds`.

        Returns
        -------
        bytes or None
            As `annlab.datasets.load.bytes_for_display` makes them.

        Raises
        ------
        ValueError
            If they cannot be built; the message is a sentence for people.
        """
        try:
            future = self._task(config).dask.result(seconds)
            data: bytes = future.result(seconds)
        except TimeoutError:
            return None
        except ValueError:
            raise
        except Exception as error:  # killed with its worker, or canceled with the connection
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
            # Not under the lock: this may wait for Dask. Who asks meanwhile waits for the task.
            try:
                future = self._cluster.submit(
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
        """Take out the tasks that nobody has asked for lately, or that are too many."""
        forgotten = []
        for digest, task in list(self._tasks.items()):  # the longest forgotten first
            if now - task.asked <= _FORGET_SECONDS and len(self._tasks) <= _MAX_TASKS:
                break
            forgotten.append(self._tasks.pop(digest))
        return forgotten
