"""The library: finished runs and the points they were made from, in memory over the store."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection
from functools import partial
from typing import Generic, TypeVar

from numpy.typing import ArrayLike

from annlab.analysis.evaluation import evaluate
from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import Dataset
from annlab.datasets.load import dataset_from_bytes
from annlab.runs.budget import MAX_RUN_BYTES
from annlab.runs.run import Run
from annlab.store.run_store import RunInfo, RunStore, StoreError
from annlab.tensor_file import TensorFileError

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

    def all(self) -> list[tuple[str, T]]:
        """All that is kept, with its digest, the least recently used first."""
        with self._lock:
            return [(digest, thing) for digest, (thing, _) in self._kept.items()]

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
        self._saving = threading.RLock()  # what is saved, and what is deleted, one after another
        self._retrying = threading.Lock()
        self._runs: Memory[Run] = Memory(_RUNS_IN_MEMORY, lambda run: run.n_bytes)
        self._unsaved: Memory[Run] = Memory(_UNSAVED_IN_MEMORY, lambda run: run.n_bytes)
        self._datasets: Memory[Dataset] = Memory(
            _DATASETS_IN_MEMORY, lambda dataset: dataset.n_bytes
        )

    def keep_run(self, run: Run) -> None:
        """Take a run in, and store it with its score if its data are known.

        A run that cannot be stored now stays in memory, and is stored as soon as the store is
        reached again.
        """
        self._runs.keep(run.config.digest, run)
        with self._saving:
            saved = self._save(run)
            if not saved:
                self._unsaved.keep(run.config.digest, run)
        if saved:
            self._save_unsaved()

    def _save(self, run: Run) -> bool:
        score = self._score(run)
        done, _ = self._try(lambda: self.store.save(run, score))
        if done:
            # It replaces what could not be stored before.
            self._unsaved.forget(run.config.digest)
        return done

    def _score(self, run: Run) -> ArrayLike | None:
        dataset = self.dataset(run.config)
        if dataset is None:
            return None
        return evaluate(run, split=dataset.scored_split, dataset=dataset).headline

    def _save_unsaved(self) -> None:
        """Store what could not be stored before, until that fails again."""
        waiting = self._unsaved.all()
        # One at a time: saving reaches the store, which leads back here.
        if not waiting or not self._retrying.acquire(blocking=False):
            return
        try:
            for digest, run in waiting:
                with self._saving:
                    # Meanwhile it may have been deleted, or another one has come.
                    if self._unsaved.get(digest) is run and not self._save(run):
                        return
        finally:
            self._retrying.release()

    def run(self, config: RunConfig) -> Run | None:
        """The run of a config, if it was ever finished or stopped by this results version."""
        return self.load(config.digest)

    def load(self, digest: str) -> Run | None:
        """The run that is kept under a digest, whichever results version has made it."""
        found = self._recent(digest)
        if found is None:
            found = self._with_store(lambda: self.store.load(digest))
            if found is not None:
                self._runs.keep(digest, found)
        return found

    def recent_run(self, config: RunConfig) -> Run | None:
        """The run of a config if it is in memory: without a look into the store."""
        return self._recent(config.digest)

    def _recent(self, digest: str) -> Run | None:
        return self._runs.get(digest) or self._unsaved.get(digest)

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
        with self._saving:
            for memory in (self._runs, self._unsaved):
                memory.forget(digest)
            self._with_store(lambda: self.store.delete(digest))

    def keep_dataset(self, config: DatasetConfig | RunConfig, data: bytes) -> Dataset:
        """Take a data set in, as the bytes that a worker has sent."""
        digest = config.data_digest
        dataset = self._datasets.keep(digest, dataset_from_bytes(data))
        self._with_store(lambda: self.store.save_dataset(digest, data))
        self._score_runs(digest)
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
            else:
                self._score_runs(digest)
        return found

    def _score_runs(self, data_digest: str) -> None:
        """Score the runs on some data that were stored before these were known."""
        for info in self._with_store(lambda: self.store.list(unscored=True)) or []:
            run = self.load(info.digest) if info.config.data_digest == data_digest else None
            score = None if run is None else self._score(run)
            if run is not None and score is not None:
                self._with_store(partial(self.store.add_score, info, run, score))

    def _with_store(self, use: Callable[[], T]) -> T | None:
        done, result = self._try(use)
        if done:
            self._save_unsaved()
        return result

    def _try(self, use: Callable[[], T]) -> tuple[bool, T | None]:
        """Use the store: whether that went well, and what came of it."""
        try:
            result = use()
        except StoreError as error:
            if self.store_error != str(error):
                log.warning("Going on without the store: %s", error)
            self.store_error = str(error)
            return False, None
        self.store_error = ""
        return True, result
