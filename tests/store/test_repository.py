"""The repository: memory cache over the store, and behavior when the store fails."""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from annlab import tensor_file
from annlab.analysis.evaluation import evaluate
from annlab.config import DatasetConfig, RunConfig, TrainingConfig
from annlab.datasets import load_dataset
from annlab.datasets.serialize import dataset_to_bytes
from annlab.runs.run import Run
from annlab.store.repository import RunRepository, memory
from annlab.store.run_info import RunInfo
from annlab.store.run_store import RunStore, StoreError
from tests.store.earlier import DIGESTS, restore

POINTS = DatasetConfig(name="moons", n_samples=100)
CONFIG = RunConfig(dataset=POINTS, training=TrainingConfig(max_epochs=2))


def repository(folder: Path) -> RunRepository:
    return RunRepository(RunStore(f"sqlite:///{folder / 'runs.sqlite'}"))


def test_memory_evicts_the_least_recently_used() -> None:
    cache = memory(10, len)
    for name, size in (("a", 4), ("b", 3), ("c", 3)):
        cache[name] = name * size
    assert cache.get("a") == "aaaa"  # used: b is the oldest now
    cache["d"] = "ddd"
    assert [cache.get(name) for name in "abcd"] == ["aaaa", None, "ccc", "ddd"]
    cache.discard("a")
    cache.discard("a")
    assert cache.get("a") is None


def test_memory_keeps_the_newest_whatever_its_size() -> None:
    cache = memory(10, len)
    cache["a"] = "a" * 4
    cache["large"] = "x" * 11
    assert dict(cache) == {"large": "x" * 11}
    cache["large"] = "y" * 100  # again, and larger still
    assert dict(cache) == {"large": "y" * 100}
    cache["f"] = "f"
    assert dict(cache) == {"f": "f"}


def test_memory_is_safe_to_use_from_several_threads() -> None:
    cache = memory(50, len)

    def work(k: int) -> int:
        for i in range(300):
            cache[f"{(k + i) % 20}"] = "x" * (1 + i % 7)
            cache.get(f"{i % 20}")
            cache.discard(f"{(k * i) % 20}")
        return len(cache)

    with ThreadPoolExecutor(8) as pool:
        assert max(pool.map(work, range(8))) <= 50
    assert cache.total_weight == sum(len(value) for value in dict(cache).values()) <= 50


def test_size_of_runs_and_data_is_that_of_their_arrays(
    trained: Callable[[RunConfig], Run],
) -> None:
    run, points = trained(CONFIG), load_dataset(POINTS)
    # Loss and accuracy of three epochs; 3 weights and biases at each of the checkpoints.
    n_numbers = 2 * 3 + 3 * len(run.checkpoints.epochs)
    assert run.n_bytes == 4 * n_numbers * run.n_seeds
    # Two features in float32 and one class.
    assert points.n_bytes == 100 * (2 * 4 + points.y_train.itemsize)


def test_another_repository_finds_stored_runs(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    first, run = repository(tmp_path), trained(CONFIG)
    first.keep_run(run)
    first.keep_dataset(CONFIG, dataset_to_bytes(load_dataset(POINTS)))
    second = repository(tmp_path)
    found, points = second.run(CONFIG), second.dataset(POINTS)
    assert found is not None
    np.testing.assert_array_equal(found.history["train_loss"], run.history["train_loss"])
    assert points is not None
    np.testing.assert_array_equal(points.X_train, load_dataset(POINTS).X_train)
    # From memory the second time.
    assert second.run(CONFIG) is found
    assert second.dataset(POINTS) is points


def test_damaged_points_are_made_again_and_replaced(tmp_path: Path) -> None:
    whole = dataset_to_bytes(load_dataset(POINTS))
    for damaged in (whole[:-9], b"", tensor_file.dump({}, {"task": "binary"}, kind="dataset")):
        repository(tmp_path).store.save_dataset(POINTS.digest, damaged)
        fresh = repository(tmp_path)
        assert fresh.dataset(POINTS) is None
        fresh.keep_dataset(CONFIG, whole)
        assert repository(tmp_path).dataset(POINTS) is not None


def test_unknown_run_is_none(tmp_path: Path) -> None:
    empty = repository(tmp_path)
    assert empty.run(CONFIG) is None
    assert empty.dataset(POINTS) is None
    assert empty.store_error == ""


def test_memory_works_without_the_store_and_the_error_clears(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    folder = tmp_path / "folder"
    folder.write_text("a file stands in the way")
    broken, run = repository(folder), trained(CONFIG)
    broken.keep_run(run)
    assert broken.store_error
    assert broken.run(CONFIG) is run
    folder.unlink()
    folder.mkdir()
    broken.keep_run(run)
    assert broken.store_error == ""
    assert repository(folder).run(CONFIG) is not None


def test_unsaved_runs_are_not_evicted(
    tmp_path: Path, trained: Callable[[RunConfig], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annlab.store.repository._RUNS_IN_MEMORY", 1)
    other = CONFIG.model_copy(update={"training": TrainingConfig(max_epochs=3)})
    runs = [trained(CONFIG), trained(other)]
    folder = tmp_path / "folder"
    folder.write_text("a file stands in the way")
    broken, working = repository(folder), repository(tmp_path)
    for run in runs:
        broken.keep_run(run)
        working.keep_run(run)
    assert [broken.run(run.config) for run in runs] == runs
    assert [working.recent_run(run.config) for run in runs] == [None, runs[1]]
    broken.delete(CONFIG.digest)
    assert [broken.run(run.config) for run in runs] == [None, runs[1]]


def obstructed(folder: Path) -> Callable[[], None]:
    """Block the store; the returned function removes the obstacle."""
    folder.write_text("a file stands in the way")

    def clear() -> None:
        folder.unlink()
        folder.mkdir()

    return clear


def test_run_trained_again_after_a_store_failure_is_returned(
    tmp_path: Path, trained: Callable[[RunConfig], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annlab.store.repository._RUNS_IN_MEMORY", 1)  # the newest alone
    whole = trained(CONFIG)
    stopped = dataclasses.replace(whole, ending="stopped", message="")
    other = trained(CONFIG.model_copy(update={"training": TrainingConfig(max_epochs=3)}))
    clear = obstructed(tmp_path / "folder")
    broken = repository(tmp_path / "folder")
    broken.keep_run(stopped)
    assert broken.store_error
    clear()
    broken.keep_run(whole)
    broken.keep_run(other)  # evicts the run from memory
    found = broken.run(CONFIG)
    assert found is not None
    assert found.ending == whole.ending == "finished"


@pytest.mark.parametrize("contact", ["list", "load", "save", "save_dataset", "load_dataset"])
def test_unsaved_runs_are_stored_when_the_store_recovers(
    tmp_path: Path, trained: Callable[[RunConfig], Run], contact: str
) -> None:
    configs = [CONFIG.model_copy(update={"training": TrainingConfig(max_epochs=n)}) for n in (2, 3)]
    elsewhere = DatasetConfig(name="moons", n_samples=50)
    other = RunConfig(dataset=elsewhere, training=TrainingConfig(max_epochs=1))
    clear = obstructed(tmp_path / "folder")
    shared = repository(tmp_path / "folder")
    for config in configs:
        shared.keep_run(trained(config))
    assert shared.runs() == []
    clear()
    points = dataset_to_bytes(load_dataset(elsewhere))
    contacts: dict[str, Callable[[], object]] = {
        "list": shared.runs,
        "load": lambda: shared.run(other),
        "save": lambda: shared.keep_run(trained(other)),
        "save_dataset": lambda: shared.keep_dataset(elsewhere, points),
        "load_dataset": lambda: shared.dataset(elsewhere),
    }
    shared.saving_is_due.clear()
    contacts[contact]()
    assert shared.store_error == ""
    assert shared.saving_is_due.is_set()  # wakes the thread that stores
    assert shared.save_unsaved()
    stored = repository(tmp_path / "folder")
    assert {config.digest for config in configs} <= {info.digest for info in stored.runs()}


def test_deleted_unsaved_run_stays_deleted(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    clear = obstructed(tmp_path / "folder")
    shared = repository(tmp_path / "folder")
    shared.keep_run(trained(CONFIG))
    shared.delete(CONFIG.digest)
    clear()
    assert shared.runs() == []
    assert shared.run(CONFIG) is None
    assert shared.runs() == []


def test_unsaved_run_survives_a_concurrent_read_of_the_store(
    tmp_path: Path, trained: Callable[[RunConfig], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annlab.store.repository._RUNS_IN_MEMORY", 1)
    shared, run = repository(tmp_path), trained(CONFIG)
    other = trained(CONFIG.model_copy(update={"training": TrainingConfig(max_epochs=3)}))

    def fails(*args: object) -> None:
        raise StoreError("The database is away.")

    # The error of the store is cleared before it can be read.
    always = property(lambda self: "", lambda self, error: None)
    monkeypatch.setattr(RunRepository, "store_error", always, raising=False)
    monkeypatch.setattr(RunStore, "save", fails)
    shared.keep_run(run)
    shared.keep_run(other)  # evicts the run from memory
    assert shared.recent_run(CONFIG) is run


def test_a_run_gets_its_score_when_its_points_are_known(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    run, elsewhere = trained(CONFIG), DatasetConfig(name="moons", n_samples=50)
    other = trained(RunConfig(dataset=elsewhere, training=TrainingConfig(max_epochs=1)))
    first = repository(tmp_path)
    first.keep_run(run)
    first.keep_run(other)
    first.rename(CONFIG.digest, "mine")
    assert [info.score for info in first.runs()] == [None, None]
    # Also for another server, or for this server after a restart.
    second = repository(tmp_path)
    second.keep_dataset(POINTS, dataset_to_bytes(load_dataset(POINTS)))
    (info,) = second.runs([CONFIG.digest])
    score = evaluate(run, split="train").headline
    assert info.score == pytest.approx(score.mean())
    assert info.name == "mine"
    assert [info.score for info in second.runs([other.config.digest])] == [None]


def test_a_run_stored_late_gets_its_score_when_its_points_are_read(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    run = trained(CONFIG)
    shared = repository(tmp_path)
    shared.store.save_dataset(POINTS.digest, dataset_to_bytes(load_dataset(POINTS)))
    shared.store.save(run)
    assert shared.runs()[0].score is None
    assert shared.dataset(POINTS) is not None
    assert shared.runs()[0].score is not None


def test_a_run_of_an_earlier_version_is_found_by_its_digest_alone(tmp_path: Path) -> None:
    restore(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    shared, digest = repository(tmp_path), DIGESTS["iris"]
    run = shared.load(digest)
    assert run is not None
    assert run.results_version == 2
    assert shared.load(digest) is run  # from memory
    assert shared.run(run.config) is None
    shared.rename(digest, "old")
    shared.pin(digest, True)
    (info,) = shared.runs([digest])
    assert (info.name, info.pinned) == ("old", True)
    shared.delete(digest)
    assert shared.load(digest) is None
    assert shared.runs([digest]) == []


def test_generated_previews_are_not_stored(tmp_path: Path) -> None:
    """Every slider position of a preview is another data set, generated in milliseconds."""
    shared, iris = repository(tmp_path), DatasetConfig(name="iris")
    run = CONFIG.model_copy(update={"dataset": DatasetConfig(name="moons", n_samples=60)})
    for config in (POINTS, iris, run):
        data = load_dataset(config if config is not run else run.dataset)
        assert shared.keep_dataset(config, dataset_to_bytes(data)) is shared.dataset(config)
    stored = {
        config.data_digest: repository(tmp_path).dataset(config) is not None
        for config in (POINTS, iris, run)
    }
    assert list(stored.values()) == [False, True, True]


@pytest.fixture
def compared_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare runs in memory with the store at every access."""
    monkeypatch.setattr("annlab.store.repository._COMPARE_SECONDS", 0.0)


@pytest.mark.usefixtures("compared_at_once")
def test_changes_by_another_server_are_noticed(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    whole = trained(CONFIG)
    stopped = dataclasses.replace(whole, ending="stopped", duration_seconds=0.001)
    mine, other = repository(tmp_path), repository(tmp_path)
    mine.keep_run(stopped)
    assert mine.run(CONFIG) is stopped
    other.keep_run(whole)
    found = mine.run(CONFIG)
    assert found is not None
    assert found.ending == "finished"
    assert mine.run(CONFIG) is found  # from memory
    other.delete(CONFIG.digest)
    assert mine.run(CONFIG) is None


@pytest.mark.usefixtures("compared_at_once")
def test_unsaved_run_is_not_treated_as_deleted(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    folder = tmp_path / "folder"
    clear = obstructed(folder)
    shared, run = repository(folder), trained(CONFIG)
    shared.keep_run(run)
    assert shared.run(CONFIG) is run
    clear()
    assert shared.run(CONFIG) is run
    assert shared.save_unsaved()
    assert shared.runs()
    assert shared.run(CONFIG) is run


def test_repeated_reads_rarely_query_the_store(
    tmp_path: Path, trained: Callable[[RunConfig], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = repository(tmp_path)
    shared.keep_run(trained(CONFIG))
    calls = []

    def listed(*args: object, **options: object) -> list[RunInfo]:
        calls.append(args)
        return []

    monkeypatch.setattr(RunStore, "list_runs", listed)
    for _ in range(100):
        assert shared.run(CONFIG) is not None
    assert calls == []


def test_a_score_that_comes_with_the_run_is_stored_as_it_is(
    tmp_path: Path, trained: Callable[[RunConfig], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annlab.store.repository.evaluate", pytest.fail)
    shared = repository(tmp_path)
    shared.keep_run(trained(CONFIG), [0.625])
    assert [info.score for info in shared.runs()] == [0.625]


def test_a_score_is_not_forgotten_while_the_store_is_away(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    clear = obstructed(tmp_path / "folder")
    shared = repository(tmp_path / "folder")
    shared.keep_run(trained(CONFIG), [0.625])
    clear()
    assert shared.save_unsaved()
    assert [info.score for info in shared.runs()] == [0.625]


def test_a_run_comes_with_its_data(tmp_path: Path, trained: Callable[[RunConfig], Run]) -> None:
    shared, points = repository(tmp_path), dataset_to_bytes(load_dataset(POINTS))
    shared.take_run(trained(CONFIG), data=points)
    # At once in memory, and nowhere else.
    assert shared.recent_run(CONFIG) is not None
    assert shared.dataset(CONFIG) is not None
    assert repository(tmp_path).dataset(CONFIG) is None
    assert shared.save_unsaved()
    stored = repository(tmp_path)
    assert stored.dataset(CONFIG) is not None
    assert [info.score is None for info in stored.runs()] == [False]
