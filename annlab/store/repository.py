"""Repository of finished runs and their data: memory over the store."""

import logging
import math
import threading
import time
from collections.abc import Callable, Collection
from functools import partial
from typing import TypeVar

from numpy.typing import ArrayLike
from zict import LRU

from annlab.analysis.evaluation import evaluate
from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import Dataset
from annlab.datasets.serialize import dataset_from_bytes
from annlab.runs.budget import MAX_RUN_BYTES
from annlab.runs.run import Run
from annlab.store.run_store import RunInfo, RunStore, StoreError
from annlab.tensor_file import SavedFileError

log = logging.getLogger(__name__)

# Bytes: enough for six usual runs, which a page compares, and for three data sets of pictures.
_RUNS_IN_MEMORY = 32_000_000
# Runs that the store could not take are nowhere else: two of the largest.
_UNSAVED_IN_MEMORY = 2 * MAX_RUN_BYTES
_DATASETS_IN_MEMORY = 128_000_000
# A run in memory is compared with the store this often: another server may have replaced it.
_COMPARE_SECONDS = 5.0
_COMPARED_IN_MEMORY = 1000

T = TypeVar("T")


def memory(max_bytes: int, size_of: Callable[[T], int]) -> LRU[str, T]:
    """LRU cache by digest, limited by total size; safe to use from several threads.

    Parameters
    ----------
    max_bytes : int
        Size of all values together; the newest stays even if it is larger.
    size_of : callable
        The size of a value.
    """
    # Zict drops a value at once that weighs more than all may weigh together: none does.
    return LRU(max_bytes, {}, weight=lambda _, value: min(size_of(value), max_bytes))


class RunRepository:
    """Finds runs and data sets; goes on in memory alone while the store fails.

    Parameters
    ----------
    store : RunStore
        Where they are kept for good.

    Attributes
    ----------
    store_error : str
        Why the store could not be used the last time; empty while it works.
    """

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.store_error = ""
        # Saving and deleting, one after another: a deleted run must not be saved again.
        self._saving = threading.RLock()
        # Held by the one thread that tries again to save what could not be saved.
        self._retrying = threading.Lock()
        self._runs: LRU[str, Run] = memory(_RUNS_IN_MEMORY, lambda run: run.n_bytes)
        self._unsaved: LRU[str, tuple[Run, ArrayLike | None]] = memory(
            _UNSAVED_IN_MEMORY, lambda kept: kept[0].n_bytes
        )
        self._datasets: LRU[str, Dataset] = memory(
            _DATASETS_IN_MEMORY, lambda dataset: dataset.n_bytes
        )
        # When a run in memory was last compared with the store, by digest.
        self._compared: LRU[str, float] = LRU(_COMPARED_IN_MEMORY, {})

    # --- runs ----------------------------------------------------------------------------

    def keep_run(self, run: Run, score: ArrayLike | None = None) -> None:
        """Store a run and its score.

        A run that cannot be stored now stays in memory, and is stored as soon as the store is
        reached again.

        Parameters
        ----------
        run : Run
        score : array-like, shape (n_seeds,), optional
            How well each network does on the held-out split. None: computed here if the data are
            at hand, else when they are.
        """
        digest = run.config.digest
        self._runs[digest] = run
        self._compared[digest] = time.monotonic()
        if score is None:
            score = self._score(run)
        with self._saving:
            saved = self._save(run, score)
            if not saved:
                self._unsaved[digest] = (run, score)
        if saved:
            self._save_unsaved()

    def _save(self, run: Run, score: ArrayLike | None) -> bool:
        done, _ = self._try(lambda: self.store.save(run, score))
        if done:
            # It replaces what could not be stored before.
            self._unsaved.discard(run.config.digest)
        return done

    def _score(self, run: Run) -> ArrayLike | None:
        dataset = self.dataset(run.config)
        if dataset is None:
            return None
        return evaluate(run, split=dataset.scored_split, dataset=dataset).headline

    def _save_unsaved(self) -> None:
        """Store what could not be stored before, until that fails again."""
        waiting = list(self._unsaved.items())
        # One at a time: saving reaches the store, which leads back here.
        if not waiting or not self._retrying.acquire(blocking=False):
            return
        try:
            for digest, kept in waiting:
                with self._saving:
                    # Meanwhile it may have been deleted, or another one has come.
                    if self._unsaved.get(digest) is kept and not self._save(*kept):
                        return
        finally:
            self._retrying.release()

    def run(self, config: RunConfig) -> Run | None:
        """The run of a config, if it was ever finished or stopped by this results version."""
        return self.load(config.digest)

    def is_whole(self, config: RunConfig) -> bool:
        """Whether the run of a config is there, and was not stopped by hand."""
        return is_whole(self.run(config))

    def load(self, digest: str) -> Run | None:
        """The run that is kept under a digest, whichever results version has made it."""
        found = self._in_memory(digest)
        if found is not None and self._is_outdated(digest, found):
            self._runs.discard(digest)
            found = None
        if found is None:
            found = self._with_store(lambda: self.store.load(digest))
            if found is not None:
                self._runs[digest] = found
                self._compared[digest] = time.monotonic()
        return found

    def recent_run(self, config: RunConfig) -> Run | None:
        """The run of a config if it is in memory: without a look into the store."""
        return self._in_memory(config.digest)

    def _in_memory(self, digest: str) -> Run | None:
        found = self._runs.get(digest)
        if found is None and (unsaved := self._unsaved.get(digest)):
            found = unsaved[0]
        return found

    def _is_outdated(self, digest: str, run: Run) -> bool:
        """Whether the store has another run by now, or none: by another server's doing."""
        now = time.monotonic()
        if digest in self._unsaved:
            return False
        if now - (self._compared.get(digest) or -math.inf) < _COMPARE_SECONDS:
            return False
        self._compared[digest] = now
        done, stored = self._try(lambda: self.store.list_runs(digests=[digest]))
        if not done or stored is None:
            return False
        return not any(
            (info.ending, info.duration_seconds) == (run.ending, run.duration_seconds)
            for info in stored
        )

    def runs(self, digests: Collection[str] | None = None) -> list[RunInfo]:
        """Stored runs, newest first; none while the store cannot be read.

        Parameters
        ----------
        digests : collection of str, optional
            Only these, as far as they are there.
        """
        return self._with_store(lambda: self.store.list_runs(digests=digests)) or []

    def rename(self, digest: str, name: str) -> None:
        """Name a stored run."""
        self._with_store(lambda: self.store.rename(digest, name))

    def pin(self, digest: str, pinned: bool) -> None:
        """Keep a stored run from making room for others, or no longer."""
        self._with_store(lambda: self.store.pin(digest, pinned))

    def delete(self, digest: str) -> None:
        """Remove a run everywhere."""
        with self._saving:
            self._runs.discard(digest)
            self._unsaved.discard(digest)
            self._with_store(lambda: self.store.delete(digest))

    # --- data sets -----------------------------------------------------------------------

    def keep_dataset(self, config: DatasetConfig | RunConfig, data: bytes) -> Dataset:
        """Keep a data set.

        Samples that are generated are stored for a run alone, which is shown with them: each
        position of a slider in a preview would else push out a data set that takes long to read.

        Parameters
        ----------
        config : DatasetConfig or RunConfig
            Which samples; of a run, those of all its networks.
        data : bytes
            As `annlab.datasets.serialize.bytes_for_display` makes them.

        Returns
        -------
        Dataset
        """
        digest = config.data_digest
        dataset = dataset_from_bytes(data)
        self._datasets[digest] = dataset
        if not isinstance(config, DatasetConfig) or config.spec.n_rows:
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
                found = dataset_from_bytes(data)
            except SavedFileError as error:  # it is made again, and replaced
                log.warning("Stored points %s cannot be read: %s", digest, error)
            else:
                self._datasets[digest] = found
                self._score_runs(digest)
        return found

    def _score_runs(self, data_digest: str) -> None:
        """Score the runs on some data that were stored before these were known."""
        for info in self._with_store(lambda: self.store.list_runs(unscored=True)) or []:
            run = self.load(info.digest) if info.config.data_digest == data_digest else None
            score = None if run is None else self._score(run)
            if run is not None and score is not None:
                self._with_store(partial(self.store.add_score, info, run, score))

    # --- the store -----------------------------------------------------------------------

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


def is_whole(run: Run | None) -> bool:
    """Whether a run is there, and was not stopped by hand."""
    return run is not None and run.ending != "stopped"
