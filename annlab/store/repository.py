"""Repository of finished runs and data sets: memory cache over the store."""

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
from annlab.datasets.own.of_config import own_contents, own_data_in
from annlab.datasets.serialize import dataset_from_bytes
from annlab.runs.run import Run
from annlab.store.own_data_room import Removed
from annlab.store.run_info import RunInfo
from annlab.store.run_store import RunStore, StoreError
from annlab.store.shipped import ShippedRuns
from annlab.store.unsaved import Unsaved, UnsavedRuns
from annlab.tensor_file import SavedFileError

log = logging.getLogger(__name__)

# Bytes: enough for six usual runs, which a page compares, and for three image data sets.
_RUNS_IN_MEMORY = 32_000_000
_DATASETS_IN_MEMORY = 128_000_000
# Seconds between comparisons of a cached run with the store, where another server may have
# replaced the run.
_COMPARE_SECONDS = 5.0
_COMPARED_IN_MEMORY = 1000

T = TypeVar("T")


def memory(max_bytes: int, size_of: Callable[[T], int]) -> LRU[str, T]:
    """LRU cache by digest, limited by total size; safe to use from several threads.

    Parameters
    ----------
    max_bytes : int
        Largest total size; the newest value stays even if it is larger.
    size_of : callable
        Size of a value in bytes.
    """
    # Zict drops a value heavier than the limit at once, so weights are capped at the limit.
    return LRU(max_bytes, {}, weight=lambda _, value: min(size_of(value), max_bytes))


class RunRepository:
    """Finds and keeps runs and data sets; works in memory alone while the store fails.

    Parameters
    ----------
    store : RunStore
        Permanent storage.
    shipped : ShippedRuns, optional
        Runs that come with annlab and stand in for missing ones; none by default.

    Attributes
    ----------
    store_error : str
        Why the last use of the store failed; empty if it succeeded.
    saving_error : str
        Why the last run could not be stored; empty if it was. A full store can still be read.
    unsaved : UnsavedRuns
        Runs that are not stored yet.
    saving_is_due : threading.Event
        Is set when runs are to be stored: there is a new one, or the store works again.
    """

    def __init__(self, store: RunStore, shipped: ShippedRuns | None = None) -> None:
        self.store = store
        self._shipped = shipped
        self._taking_shipped = threading.Lock()  # held by the thread that takes one
        self.store_error = self.saving_error = ""
        self.unsaved = UnsavedRuns()
        self.saving_is_due = threading.Event()
        # Held by the thread that stores runs, so that each is stored once and in order.
        self._saving = threading.Lock()
        self._runs: LRU[str, Run] = memory(_RUNS_IN_MEMORY, lambda run: run.n_bytes)
        # With the contents of own data.
        self._datasets: LRU[str, tuple[Dataset, frozenset[str]]] = memory(
            _DATASETS_IN_MEMORY, lambda kept: kept[0].n_bytes
        )
        # Time of the last comparison of a cached run with the store, by digest.
        self._compared: LRU[str, float] = LRU(_COMPARED_IN_MEMORY, {})

    # --- runs ----------------------------------------------------------------------------

    def keep_run(self, run: Run, score: ArrayLike | None = None) -> None:
        """Take a run, and store it at once if the store works."""
        self.take_run(run, score)
        self.save_unsaved()

    def take_run(self, run: Run, score: ArrayLike | None = None, data: bytes = b"") -> None:
        """Take a run into memory, where it waits for `save_unsaved`; never waits for the store.

        Parameters
        ----------
        run : Run
        score : array-like, shape (n_seeds,), optional
            Score of each network on the held-out split. None: computed before the run is stored
            if the data are available, else as soon as they are.
        data : bytes
            Data of all its networks, by `annlab.datasets.serialize.bytes_for_display`.

        Raises
        ------
        annlab.tensor_file.SavedFileError
            If the data are damaged.
        """
        digest = run.config.digest
        if data:
            self._take_dataset(run.config, data)
        self._runs[digest] = run
        self._compared[digest] = time.monotonic()
        self.unsaved.add(Unsaved(run, score, data))
        self.saving_is_due.set()

    def save_unsaved(self, store: RunStore | None = None) -> bool:
        """Store the runs that wait, the oldest first, until the store fails.

        Parameters
        ----------
        store : RunStore, optional
            The same store for a caller who has more time.

        Returns
        -------
        bool
            Whether none waits any more.
        """
        with self._saving:
            while (one := self.unsaved.oldest()) is not None:
                if not self._save(one, store or self.store):
                    return False
            return True

    def _save(self, one: Unsaved, store: RunStore) -> bool:
        """Store a run; False if the store fails."""
        run, digest = one.run, one.run.config.digest
        done, saved = self._try(lambda: self._write(one, store))
        if not done:
            return False
        if not self.unsaved.remove(one) and self.unsaved.get(digest) is None:
            self._with_store(lambda: store.delete(digest))  # deleted while it was being stored
        if saved is False and _needs_table(run.config):
            self._runs.discard(digest)
        if one.data:
            self._score_runs(run.config.data_digest)
        return True

    def _write(self, one: Unsaved, store: RunStore) -> bool | None:
        """Store a run and its data; None if it can never be stored."""
        run = one.run
        try:
            if one.data:
                self._save_dataset(run.config, one.data, store)
            saved = store.save(run, self._score(run) if one.score is None else one.score)
        except StoreError as error:
            self.saving_error = str(error)
            raise
        except Exception:  # the others shall not wait for it
            log.exception("Lost a run, because it cannot be stored: %s", one)
            return None
        self.saving_error = ""
        return saved

    def _score(self, run: Run) -> ArrayLike | None:
        dataset = self.dataset(run.config)
        if dataset is None:
            return None
        return evaluate(run, split=dataset.scored_split, dataset=dataset).headline

    def run(self, config: RunConfig) -> Run | None:
        """Return the run of a config made by this results version, or None."""
        return self.load(config.digest)

    def is_whole(self, config: RunConfig) -> bool:
        """Whether the run of a config exists and was not stopped by the user."""
        return is_whole(self.run(config))

    def load(self, digest: str) -> Run | None:
        """Return the run with a digest, of any results version, or None."""
        found = self._in_memory(digest)
        if found is not None and self._is_outdated(digest, found):
            self._runs.discard(digest)
            found = None
        if found is None:
            done, found = self._try(lambda: self.store.load(digest))
            if found is None:
                # A store that fails may have it.
                return self._take_shipped(digest, self._shipped) if done else None
            self._runs[digest] = found
            self._compared[digest] = time.monotonic()
        if self._shipped is not None:
            self._shipped.drop(digest)
        return found

    def _take_shipped(self, digest: str, shipped: ShippedRuns | None) -> Run | None:
        """Take a run that comes with annlab, as if it had been trained now."""
        if shipped is None:
            return None
        with self._taking_shipped:
            found = self._in_memory(digest)  # another thread may have been first
            if found is not None or digest not in shipped:
                return found
            if self._with_store(lambda: self.store.managed.may_come_back(digest)) is not False:
                return None
            try:
                run, data = shipped.take(digest)
                self.take_run(run, data=data)
            except (OSError, SavedFileError) as error:  # it is trained instead
                log.warning("A run that comes with annlab cannot be read: %s", error)
                return None
        return run

    def recent_run(self, config: RunConfig) -> Run | None:
        """Return the run of a config if it is in memory, without access to the store."""
        return self._in_memory(config.digest)

    def _in_memory(self, digest: str) -> Run | None:
        found = self._runs.get(digest)
        if found is None and (unsaved := self.unsaved.get(digest)):
            found = unsaved.run
        return found

    def _is_outdated(self, digest: str, run: Run) -> bool:
        """Whether another server has replaced or deleted a cached run in the store."""
        now = time.monotonic()
        if self.unsaved.get(digest) is not None:
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

    def runs(
        self, digests: Collection[str] | None = None, owner: str = "", and_mine: bool = False
    ) -> list[RunInfo]:
        """Stored runs, newest first; empty if the store cannot be read.

        Parameters
        ----------
        digests : collection of str, optional
            Restrict the list to these digests.
        owner : str
            Key of the browser that asks: runs on own data that it has not loaded are left out.
        and_mine : bool
            Add the runs of this browser to those of `digests`.
        """
        ask = partial(self.store.list_runs, digests, owner=owner, and_mine=and_mine)
        return self._with_store(ask) or []

    def claim(self, digest: str, owner: str, trained: bool) -> bool:
        """Note that a browser has trained or opened a run; False if the store fails."""
        return self._try(lambda: self.store.managed.claim(digest, owner, trained))[0]

    def release(self, digests: Collection[str], owner: str) -> None:
        """Remove runs from those of a browser; the runs stay."""
        self._with_store(lambda: self.store.managed.release(digests, owner))

    def forget(self, removed: Removed) -> None:
        """Drop deleted own data, and what was made of them, from memory."""
        unsaved = [one.run for one in self.unsaved.all()]
        for run in (*self._runs.values(), *unsaved):
            if own_contents(run.config) & removed.contents:
                self._runs.discard(run.config.digest)
                self.unsaved.discard(run.config.digest)
        for digest, (_, contents) in list(self._datasets.items()):
            if contents & removed.contents:
                self._datasets.discard(digest)

    def rename(self, digest: str, name: str) -> None:
        """Name a stored run."""
        self._with_store(lambda: self.store.rename(digest, name))

    def pin(self, digest: str, pinned: bool) -> None:
        """Protect a stored run and its own data from deletion, or end that.

        Raises
        ------
        annlab.store.own_data_store.OwnDataError
            If the pinned own data would take too much room.
        """
        self._with_store(lambda: self.store.pin(digest, pinned))

    def delete(self, *digests: str) -> list[str]:
        """Delete runs from memory and store; return those that `restore` can bring back."""
        return self._forget(
            digests, self._with_store(lambda: self.store.managed.delete(digests)) or []
        )

    def delete_unpinned(self) -> list[str]:
        """Delete all runs that are not pinned; return those that `restore` can bring back."""
        waiting = [one.run.config.digest for one in self.unsaved.all()]
        found = self._with_store(self.store.managed.delete_unpinned) or []
        return self._forget([*waiting, *found], found)

    def _forget(self, digests: Collection[str], deleted: list[str]) -> list[str]:
        for digest in digests:
            self._runs.discard(digest)
            self.unsaved.discard(digest)
            if self._shipped is not None:
                self._shipped.drop(digest)
        if deleted:
            log.info("Runs deleted: runs=%d", len(deleted))
        return deleted

    def restore(self, digests: Collection[str]) -> int:
        """Bring runs back that were deleted up to ten minutes ago; return how many."""
        n = self._with_store(lambda: self.store.managed.restore(digests)) or 0
        if n:
            log.info("Runs restored: runs=%d", n)
        return n

    # --- data sets -----------------------------------------------------------------------

    def keep_dataset(self, config: DatasetConfig | RunConfig, data: bytes) -> Dataset:
        """Keep a data set in memory and, unless it is a generated preview, in the store.

        One made of a table that was deleted meanwhile is not kept.

        Generated samples are stored only as part of a run: otherwise every slider position of a
        preview could push out a data set that takes long to load.

        Parameters
        ----------
        config : DatasetConfig or RunConfig
            Config of the data; for a run, the data of all its networks.
        data : bytes
            Result of `annlab.datasets.serialize.bytes_for_display`.

        Returns
        -------
        Dataset
        """
        dataset = self._take_dataset(config, data)
        if not isinstance(config, DatasetConfig) or config.spec.n_rows:
            self._with_store(lambda: self._save_dataset(config, data, self.store))
        self._score_runs(config.data_digest)
        return dataset

    def _take_dataset(self, config: DatasetConfig | RunConfig, data: bytes) -> Dataset:
        dataset = dataset_from_bytes(data)
        self._datasets[config.data_digest] = dataset, own_contents(config)
        return dataset

    def _save_dataset(
        self, config: DatasetConfig | RunConfig, data: bytes, store: RunStore
    ) -> None:
        saved = store.save_dataset(config.data_digest, data, own_contents(config))
        if not saved and _needs_table(config):
            self._datasets.discard(config.data_digest)

    def dataset(self, config: DatasetConfig | RunConfig) -> Dataset | None:
        """Return the data of a config (for a run, of all networks); None if missing or damaged."""
        digest = config.data_digest
        kept = self._datasets.get(digest)
        found = None if kept is None else kept[0]
        if found is None:
            data = self._with_store(lambda: self.store.load_dataset(digest))
            if data is None:
                return None
            try:
                found = dataset_from_bytes(data)
            except SavedFileError as error:  # the caller generates and replaces the data
                log.warning("The stored data set %s cannot be read: %s", digest, error)
            else:
                self._datasets[digest] = found, own_contents(config)
                self._score_runs(digest)
        return found

    def _score_runs(self, data_digest: str) -> None:
        """Score stored runs that lacked a score until their data became available."""
        for info in self._with_store(lambda: self.store.list_runs(unscored=True)) or []:
            run = self.load(info.digest) if info.config.data_digest == data_digest else None
            score = None if run is None else self._score(run)
            if run is not None and score is not None:
                self._with_store(partial(self.store.add_score, info, run, score))

    def load_own_data(self, digest: str) -> bytes | None:
        """Return a file or a table of own data, which memory never keeps; None if it is missing.

        Raises
        ------
        annlab.store.database.StoreError
            If the store cannot be read: what it holds is not missing.
        """
        return self.store.own_data.load(digest)

    # --- the store -----------------------------------------------------------------------

    def _with_store(self, use: Callable[[], T]) -> T | None:
        return self._try(use)[1]

    def _try(self, use: Callable[[], T]) -> tuple[bool, T | None]:
        """Use the store; return success and result, and record the error."""
        try:
            result = use()
        except StoreError as error:
            if self.store_error != str(error):
                log.warning("Continuing without the store: %s", error)
            self.store_error = str(error)
            return False, None
        if self.store_error:
            self.store_error = ""
            self.saving_is_due.set()  # the store works again
        return True, result


def _needs_table(config: DatasetConfig | RunConfig) -> bool:
    """Whether a config tells of a table, not of points that it holds itself.

    Only a table is gone when no browser claims it: a browser without a key claims nothing.
    """
    return any(not own.points for own in own_data_in(config))


def is_whole(run: Run | None) -> bool:
    """Whether a run exists and was not stopped by the user."""
    return run is not None and run.ending != "stopped"
