"""Runs trained while the store is away: stored when it works again, or named as lost."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from annlab.jobs.saver import Saver
from annlab.runs.run import Run
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore, StoreError
from tests.jobs.broken_stores import FAILURES
from tests.jobs.small_trainings import wait_until
from tests.postgresql import postgresql
from tests.store.runs import make_run

ROOT = Path(__file__).resolve().parents[2]
STORED, *RUNS = (make_run(seed) for seed in range(5))


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, and mention at once what waits."""
    monkeypatch.setattr("annlab.jobs.saver.pause_after", lambda n_failures: 0.02)
    monkeypatch.setattr("annlab.jobs.saver._UNUSUAL_SECONDS", 0.0)


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seeds of the runs that were stored, in order."""
    seeds: list[int] = []
    save = RunStore.save

    def noting(store: RunStore, run: Run, score: object = None) -> bool:
        done = save(store, run, score)
        seeds.append(run.config.training.seed)
        return done

    monkeypatch.setattr(RunStore, "save", noting)
    return seeds


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "runs.sqlite"


@pytest.fixture
def repository(path: Path) -> RunRepository:
    made = RunRepository(RunStore(f"sqlite:///{path}"))
    made.keep_run(STORED, [0.5])
    return made


@pytest.fixture
def saver(repository: RunRepository) -> Iterator[Saver]:
    made = Saver(repository, repository.store)
    made.start()
    yield made
    made.close()


def go_through(
    failure: AbstractContextManager[None], repository: RunRepository, saver: Saver
) -> None:
    """Take four runs while the store fails, and delete the second."""
    with failure:
        for run in RUNS:
            repository.take_run(run, [0.5])
        wait_until(lambda: bool(repository.saving_error))
        repository.delete(RUNS[1].config.digest)
        assert saver.notice().startswith("3 runs wait to be stored, because the database of this")
        assert repository.run(RUNS[0].config) is RUNS[0]
        assert repository.run(RUNS[1].config) is None
    wait_until(lambda: not repository.unsaved.all())


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_what_was_trained_meanwhile_is_stored_once_and_in_order(
    failure: Callable[[Path], AbstractContextManager[None]],
    path: Path,
    repository: RunRepository,
    saver: Saver,
    saved: list[int],
) -> None:
    go_through(failure(path), repository, saver)
    assert saved == [1, 3, 4]
    wait_until(lambda: saver.notice() == "")
    stored = RunRepository(RunStore(f"sqlite:///{path}")).runs()
    assert {info.config.training.seed for info in stored} == {0, 1, 3, 4}


@pytest.mark.slow
def test_a_stopped_postgresql_gets_the_runs_when_it_is_started(saved: list[int]) -> None:
    with postgresql() as server:
        repository = RunRepository(RunStore(server.url))
        repository.keep_run(STORED, [0.5])
        saver = Saver(repository, repository.store)
        saver.start()
        server.stop()
        for run in RUNS:
            repository.take_run(run, [0.5])
        wait_until(lambda: bool(repository.saving_error))
        assert saver.notice().startswith("4 runs wait to be stored")
        server.start()
        wait_until(lambda: not repository.unsaved.all())
        assert saved == [0, 1, 2, 3, 4]
        assert saver.notice() == ""
        saver.close()
        repository.store._database._engine().dispose()


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let the store wait in the middle of saving until the event is set."""
    goes_on = threading.Event()
    save = RunStore.save

    def hangs(store: RunStore, run: Run, score: object = None) -> bool:
        goes_on.wait()
        return save(store, run, score)

    monkeypatch.setattr(RunStore, "save", hangs)
    yield goes_on
    goes_on.set()


def test_nobody_waits_for_a_store_that_hangs(
    repository: RunRepository, saver: Saver, hanging: threading.Event
) -> None:
    for run in RUNS[:2]:
        repository.take_run(run, [0.5])
    assert saver.notice().startswith("2 runs wait to be stored")
    repository.delete(RUNS[0].config.digest)  # while it is being stored
    assert saver.notice().startswith("1 run waits to be stored")
    hanging.set()
    wait_until(lambda: not repository.unsaved.all())
    wait_until(lambda: {i.config.training.seed for i in repository.runs()} == {0, 2})


def test_a_run_that_can_never_be_stored_keeps_nobody_waiting(
    repository: RunRepository, saver: Saver, caplog: pytest.LogCaptureFixture
) -> None:
    repository.take_run(RUNS[0], [0.5, 0.5])  # scores of two networks
    repository.take_run(RUNS[1], [0.5])
    wait_until(lambda: not repository.unsaved.all())
    assert {info.config.training.seed for info in repository.runs()} == {0, 2}
    assert f"cannot be stored: {RUNS[0].config.digest}" in caplog.text


def test_the_log_names_what_is_lost_at_the_end(
    repository: RunRepository, hanging: threading.Event, monkeypatch, caplog
) -> None:
    monkeypatch.setattr("annlab.jobs.saver._LAST_SECONDS", 0.1)
    saver = Saver(repository, repository.store)
    saver.start()
    repository.take_run(RUNS[0], [0.5])
    saver.close()
    assert "the server ends and the store has not taken it" in caplog.text
    assert RUNS[0].config.digest in caplog.text


def test_the_last_runs_are_stored_before_the_end(repository: RunRepository) -> None:
    saver = Saver(repository, repository.store)
    saver.start()
    for run in RUNS:
        repository.take_run(run, [0.5])
    saver.close()
    assert len(repository.runs()) == 5


def test_while_only_reading_fails_earlier_results_are_missing(
    repository: RunRepository, saver: Saver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object, **options: object) -> None:
        raise StoreError("It is away.")

    monkeypatch.setattr(RunStore, "list_runs", fails)
    assert repository.runs() == []
    assert saver.notice() == (
        "Earlier results are missing here, because the database of this server does not work "
        "right now. It is away."
    )


_SERVER = """
import signal, sys, time
from annlab.jobs.saver import Saver
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore
from tests.store.runs import make_run
signal.signal(signal.SIGTERM, lambda *args: sys.exit(0))  # as Streamlit, it ends the main thread
repository = RunRepository(RunStore("sqlite:////dev/null/runs.sqlite"))
Saver(repository, repository.store).start()
repository.take_run(make_run(7), [0.5])
while not repository.saving_error:
    time.sleep(0.01)
print("ready", flush=True)
time.sleep(600)
"""


@pytest.mark.slow
def test_a_terminated_server_names_what_is_lost() -> None:
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate(timeout=60)
    assert f"the store has not taken it: {make_run(7).config.digest}" in log
