"""Runs that come with annlab."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from annlab import evaluate, train
from annlab.datasets import load_dataset
from annlab.lessons.experiments import DEFAULTS
from annlab.runs.run import Run
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore
from annlab.store.shipped import FOLDER, ShippedRuns, data_file, run_file
from annlab.ui.services import Services
from tests.ui.visitor import heads, serving, visit

CONFIGS = {run.digest: run for entry in DEFAULTS.values() for run in entry.runs}
SMALL = DEFAULTS["multiclass"].runs[0]


def _repository(folder: Path, shipped: Path) -> RunRepository:
    return RunRepository(RunStore(f"sqlite:///{folder / 'runs.sqlite'}"), ShippedRuns(shipped))


def _copy(folder: Path) -> Path:
    """A folder with the files of the small run alone."""
    for path in (run_file(SMALL), data_file(SMALL)):
        shutil.copy(path, folder)
    return folder


def test_the_folder_holds_what_the_pages_open_with() -> None:
    # If this fails: python -m tests.store.ship
    files = {file(run) for run in CONFIGS.values() for file in (run_file, data_file)}
    assert set(FOLDER.iterdir()) == files
    assert sum(path.stat().st_size for path in files) < 6e6


def test_they_are_what_a_training_gives() -> None:
    for config in (SMALL, DEFAULTS["regression"].runs[0]):
        shipped, trained = Run.from_bytes(run_file(config).read_bytes()), train(config)
        assert shipped.config == config
        ours, theirs = (evaluate(run).headline for run in (shipped, trained))
        # Another processor rounds differently.
        np.testing.assert_allclose(ours, theirs, atol=0.02)


def test_all_are_whole_and_have_their_data() -> None:
    for config in CONFIGS.values():
        run, data = ShippedRuns().take(config.digest)
        assert run.ending in ("finished", "early")
        assert not run.diverged_epochs.any()
        repository = RunRepository(RunStore("sqlite:///never-opened.sqlite"))
        repository.take_run(run, data=data)
        kept = repository.dataset(config)
        assert kept is not None
        for network in (0, config.n_networks - 1):
            of_network = load_dataset(config.dataset, network, config.n_networks)
            np.testing.assert_array_equal(kept.of(network).X_test, of_network.X_test)


def test_a_missing_run_is_taken_once_and_stored_with_its_score(tmp_path: Path) -> None:
    (tmp_path / "shipped").mkdir()
    repository = _repository(tmp_path, _copy(tmp_path / "shipped"))
    assert repository.run(SMALL) is not None
    assert repository.saving_is_due.is_set()
    assert repository.save_unsaved()
    (info,) = repository.runs()
    assert info.digest == SMALL.digest
    assert info.score is not None
    repository.delete(SMALL.digest)
    assert repository.run(SMALL) is None


def test_a_deleted_run_does_not_come_back_by_itself(tmp_path: Path) -> None:
    (tmp_path / "shipped").mkdir()
    folder = _copy(tmp_path / "shipped")
    repository = _repository(tmp_path, folder)
    assert repository.run(SMALL) is not None
    repository.save_unsaved()
    restarted, other_server = _repository(tmp_path, folder), _repository(tmp_path, folder)
    restarted.delete(SMALL.digest)
    assert restarted.run(SMALL) is None
    assert other_server.run(SMALL) is None
    assert restarted.restore([SMALL.digest]) == 1
    assert restarted.run(SMALL) is not None


def test_a_store_that_fails_may_have_the_run(tmp_path: Path) -> None:
    (tmp_path / "shipped").mkdir()
    folder = _copy(tmp_path / "shipped")
    broken = RunRepository(RunStore(f"sqlite:///{tmp_path}"), ShippedRuns(folder))  # no file
    assert broken.run(SMALL) is None
    assert broken.store_error


def test_visitors_at_the_same_time_all_get_the_run(tmp_path: Path) -> None:
    (tmp_path / "shipped").mkdir()
    repository = _repository(tmp_path, _copy(tmp_path / "shipped"))
    with ThreadPoolExecutor(8) as visitors:
        found = list(visitors.map(lambda _: repository.run(SMALL), range(8)))
    assert all(run is found[0] for run in found)
    assert found[0] is not None


def test_a_stored_run_comes_first(tmp_path: Path) -> None:
    (tmp_path / "shipped").mkdir()
    ours = train(SMALL)
    repository = _repository(tmp_path, _copy(tmp_path / "shipped"))
    repository.keep_run(ours)
    again = _repository(tmp_path, tmp_path / "shipped")
    found = again.run(SMALL)
    assert found is not None
    assert found.fingerprint == ours.fingerprint


@pytest.mark.parametrize("name", ["run", "data"])
@pytest.mark.parametrize("damage", [b"", None])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, name: str, damage: bytes | None) -> None:
    (tmp_path / "shipped").mkdir()
    file = (run_file if name == "run" else data_file)(SMALL, _copy(tmp_path / "shipped"))
    repository = _repository(tmp_path, tmp_path / "shipped")
    if damage is None:
        file.unlink()
    else:
        file.write_bytes(damage)
    assert repository.run(SMALL) is None
    assert repository.runs() == []


@pytest.fixture
def new_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    monkeypatch.setenv("ANNLAB_SHIPPED_RUNS", "1")
    with serving(f"sqlite:///{tmp_path / 'runs.sqlite'}") as made:
        yield made


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_the_pages_of_a_new_server_open_with_results(new_server: Services) -> None:
    for page, entry in DEFAULTS.items():
        visitor = visit(f"pages/{page}.py")
        assert not visitor.exception, page
        assert len(heads(visitor)) == len(entry.runs), page
    assert new_server.queue.n_started == 0
    assert new_server.repository.save_unsaved()
    stored = new_server.repository.runs()
    assert {info.digest for info in stored} == set(CONFIGS)
    assert all(info.score is not None for info in stored)
