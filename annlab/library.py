"""The library: finished runs and the points they were made from, in memory over the store."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Generic, TypeVar

from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import Dataset
from annlab.datasets.loading import dataset_from_bytes
from annlab.evaluation import evaluate
from annlab.limits import MAX_RUN_BYTES
from annlab.run import Run
from annlab.store import RunInfo, RunStore, StoreError
from annlab.tensorfile import TensorFileError

log = logging.getLogger(__name__)

# Bytes: enough for six usual runs, which a page compares, and for three data sets of pictures.
_RUNS_IN_MEMORY = 32_000_000
# Runs that the store could not take are nowhere else: two of the largest.
_UNSAVED_IN_MEMORY = 2 * MAX_RUN_BYTES
_DATASETS_IN_MEMORY = 128_000_000

T = TypeVar("T")


class Memory(Generic[T]):
    """The most recently used things by digest; safe to use from several threads.

    Parameters
    ----------
    most : int
        Size of all that is kept together; the newest is kept even if it is larger.
    size_of : callable
        The size of a thing; by default things are counted.
    """

    def __init__(self, most: int, size_of: Callable[[T], int] = lambda thing: 1) -> None:
        self._most, self._size_of = most, size_of
        self._kept: OrderedDict[str, tuple[T, int]] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, digest: str) -> T | None:
        """What is kept under a digest, if anything."""
        with self._lock:
            if digest not in self._kept:
                return None
            self._kept.move_to_end(digest)
            return self._kept[digest][0]

    def keep(self, digest: str, thing: T) -> T:
        """Keep something, and let the least recently used go; returns it."""
        size = self._size_of(thing)
        with self._lock:
            self._forget(digest)
            self._kept[digest] = (thing, size)
            self._size += size
            while self._size > self._most and len(self._kept) > 1:
                self._forget(next(iter(self._kept)))
        return thing

    def forget(self, digest: str) -> None:
        """Let go of what is kept under a digest."""
        with self._lock:
            self._forget(digest)

    def _forget(self, digest: str) -> None:
        if digest in self._kept:
            self._size -= self._kept.pop(digest)[1]


class Library:
    """Finds runs and data sets; goes on in memory alone when the store fails.

    Parameters
    ----------
    store : RunStore
        Where they are kept for good.

    Attributes
    ----------
    store_error : str
        What the store has last said against being used; empty while it works.
    """

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.store_error = ""
        self._runs: Memory[Run] = Memory(_RUNS_IN_MEMORY, lambda run: run.n_bytes)
        self._unsaved: Memory[Run] = Memory(_UNSAVED_IN_MEMORY, lambda run: run.n_bytes)
        self._datasets: Memory[Dataset] = Memory(
            _DATASETS_IN_MEMORY, lambda dataset: dataset.n_bytes
        )

    def keep_run(self, run: Run) -> None:
        """Take a run in."""
        self._runs.keep(run.config.digest, run)
        dataset = self.dataset(run.config)
        score = None
        if dataset is not None:
            score = evaluate(run, split=dataset.held_out, dataset=dataset).headline
        self._with_store(lambda: self.store.save(run, score))
        # It may have failed for another reader meanwhile: better kept twice than not at all.
        if self.store_error:
            self._unsaved.keep(run.config.digest, run)

    def run(self, config: RunConfig) -> Run | None:
        """The run of a config, if it was ever finished or stopped."""
        found = self.recent_run(config)
        if found is None:
            found = self._with_store(lambda: self.store.load(config.digest))
            if found is not None:
                self._runs.keep(config.digest, found)
        return found

    def recent_run(self, config: RunConfig) -> Run | None:
        """The run of a config if it is in memory: without a look into the store."""
        return self._runs.get(config.digest) or self._unsaved.get(config.digest)

    def runs(self, digests: Collection[str] | None = None) -> list[RunInfo]:
        """What is stored, newest first; nothing while the store cannot be read.

        Parameters
        ----------
        digests : collection of str, optional
            Only these, as far as they are there.
        """
        return self._with_store(lambda: self.store.list(digests=digests)) or []

    def rename(self, digest: str, name: str) -> None:
        """Name a stored run."""
        self._with_store(lambda: self.store.rename(digest, name))

    def pin(self, digest: str, pinned: bool) -> None:
        """Keep a stored run from making room for others, or no longer."""
        self._with_store(lambda: self.store.pin(digest, pinned))

    def delete(self, digest: str) -> None:
        """Remove a run everywhere."""
        for memory in (self._runs, self._unsaved):
            memory.forget(digest)
        self._with_store(lambda: self.store.delete(digest))

    def keep_dataset(self, config: DatasetConfig | RunConfig, data: bytes) -> Dataset:
        """Take a data set in, as the bytes that a worker has sent."""
        digest = config.data_digest
        dataset = self._datasets.keep(digest, dataset_from_bytes(data))
        self._with_store(lambda: self.store.save_dataset(digest, data))
        return dataset

    def dataset(self, config: DatasetConfig | RunConfig) -> Dataset | None:
        """The data of a config, if they were ever made and are undamaged; of a run's networks."""
        digest = config.data_digest
        found = self._datasets.get(digest)
        if found is None:
            data = self._with_store(lambda: self.store.load_dataset(digest))
            if data is None:
                return None
            try:
                found = self._datasets.keep(digest, dataset_from_bytes(data))
            except TensorFileError as error:  # it is made again, and replaced
                log.warning("Stored points %s cannot be read: %s", digest, error)
        return found

    def _with_store(self, use: Callable[[], T]) -> T | None:
        try:
            result = use()
        except StoreError as error:
            if self.store_error != str(error):
                log.warning("Going on without the store: %s", error)
            self.store_error = str(error)
            return None
        self.store_error = ""
        return result
