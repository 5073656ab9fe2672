"""The library: memory over the store, and what happens when the store fails."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from annlab import tensorfile
from annlab.config import DatasetConfig, RunConfig, TrainingConfig
from annlab.datasets import load_dataset
from annlab.datasets.loading import dataset_to_bytes
from annlab.library import Library, Memory
from annlab.run import Run
from annlab.store import RunStore

POINTS = DatasetConfig(name="moons", n_samples=100)
CONFIG = RunConfig(dataset=POINTS, training=TrainingConfig(max_epochs=2))


def library(folder: Path) -> Library:
    return Library(RunStore(f"sqlite:///{folder / 'runs.sqlite'}"))


def test_memory_lets_the_least_recently_used_go() -> None:
    memory: Memory[int] = Memory(2)
    memory.keep("a", 1)
    memory.keep("b", 2)
    assert memory.get("a") == 1  # used: b is the oldest now
    memory.keep("c", 3)
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == (1, None, 3)
    memory.forget("a")
    assert memory.get("a") is None


def test_memory_holds_so_much_and_the_newest_whatever_its_size() -> None:
    memory: Memory[str] = Memory(10, len)
    for name, size in (("a", 4), ("b", 3), ("c", 3), ("a", 4)):
        memory.keep(name, name * size)
    assert [memory.get(name) for name in "abc"] == ["aaaa", "bbb", "ccc"]
    memory.keep("d", "d" * 4)
    assert [memory.get(name) for name in "abcd"] == [None, "bbb", "ccc", "dddd"]
    memory.keep("e", "e" * 11)
    assert [memory.get(name) for name in "cde"] == [None, None, "e" * 11]
    memory.keep("f", "f")
    assert [memory.get(name) for name in "ef"] == [None, "f"]


def test_what_runs_and_points_take_is_what_their_arrays_take(
    trained: Callable[[RunConfig], Run],
) -> None:
    run, points = trained(CONFIG), load_dataset(POINTS)
    # Loss and accuracy of three epochs; 3 weights and biases at each of the checkpoints.
    n_numbers = 2 * 3 + 3 * len(run.checkpoints.epochs)
    assert run.n_bytes == 4 * n_numbers * run.n_seeds
    # Two features in float32 and one class.
    assert points.n_bytes == 100 * (2 * 4 + points.y_train.itemsize)


def test_what_is_kept_is_found_by_another_library(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    first, run = library(tmp_path), trained(CONFIG)
    first.keep_run(run)
    first.keep_dataset(POINTS, dataset_to_bytes(load_dataset(POINTS)))
    second = library(tmp_path)
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
    for damaged in (whole[:-9], b"", tensorfile.dump({}, {"task": "binary"}, kind="dataset")):
        library(tmp_path).store.save_dataset(POINTS.digest, damaged)
        fresh = library(tmp_path)
        assert fresh.dataset(POINTS) is None
        fresh.keep_dataset(POINTS, whole)
        assert library(tmp_path).dataset(POINTS) is not None


def test_what_was_never_kept_is_not_there(tmp_path: Path) -> None:
    empty = library(tmp_path)
    assert empty.run(CONFIG) is None
    assert empty.dataset(POINTS) is None
    assert empty.store_error == ""


def test_without_a_store_memory_serves_and_the_error_goes_when_its_cause_does(
    tmp_path: Path, trained: Callable[[RunConfig], Run]
) -> None:
    folder = tmp_path / "folder"
    folder.write_text("a file stands in the way")
    broken, run = library(folder), trained(CONFIG)
    broken.keep_run(run)
    assert broken.store_error
    assert broken.run(CONFIG) is run
    folder.unlink()
    folder.mkdir()
    broken.keep_run(run)
    assert broken.store_error == ""
    assert library(folder).run(CONFIG) is not None


def test_runs_that_the_store_could_not_take_do_not_make_room_for_each_other(
    tmp_path: Path, trained: Callable[[RunConfig], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annlab.library._RUNS_IN_MEMORY", 1)
    other = CONFIG.model_copy(update={"training": TrainingConfig(max_epochs=3)})
    runs = [trained(CONFIG), trained(other)]
    folder = tmp_path / "folder"
    folder.write_text("a file stands in the way")
    broken, working = library(folder), library(tmp_path)
    for run in runs:
        broken.keep_run(run)
        working.keep_run(run)
    assert [broken.run(run.config) for run in runs] == runs
    assert [working.recent_run(run.config) for run in runs] == [None, runs[1]]
    broken.delete(CONFIG.digest)
    assert [broken.run(run.config) for run in runs] == [None, runs[1]]
