"""Restart of crashed worker processes."""

import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing

import psutil
import pytest

from annlab.jobs import worker_processes
from annlab.jobs.worker_processes import DEATHS_UNTIL_ERROR, WorkerProcesses, pause_after

CRASHES = [sys.executable, "-c", "raise SystemExit(1)"]
LIVES = [sys.executable, "-c", "import time; time.sleep(600)"]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of deaths before each pause; pauses take no time."""
    made: list[int] = []
    monkeypatch.setattr(worker_processes, "_WATCH_SECONDS", 0.01)
    monkeypatch.setattr(worker_processes, "pause_after", lambda n: made.append(n) or 0.0)
    return made


def test_pauses_become_longer() -> None:
    pauses = [pause_after(n) for n in range(1, 12)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert pause_after(100_000) == 60  # after days


def test_crashing_workers_are_reported_and_restarted(pauses: list[int]) -> None:
    processes = WorkerProcesses(CRASHES, lambda: False)
    with closing(processes):
        processes.start()
        wait_until(lambda: len(pauses) >= DEATHS_UNTIL_ERROR - 1)
        wait_until(lambda: bool(processes.error))
        assert processes.error.startswith("The training workers ended ")
        assert processes.error.endswith(".")
        n = len(pauses)
        wait_until(lambda: len(pauses) > n + 1)  # restarts continue
    assert pauses == list(range(1, len(pauses) + 1))


def test_single_worker_death_is_not_reported(pauses: list[int]) -> None:
    processes = WorkerProcesses(CRASHES, lambda: False)
    with closing(processes):
        assert processes._watch_one() is False
    assert processes.error == ""


def _runs(pid: int | None, command: list[str]) -> bool:
    try:
        return psutil.Process(pid).cmdline()[-1] == command[-1]
    except psutil.Error:  # the process has just died
        return False


def test_connected_worker_resets_count_and_message(pauses: list[int]) -> None:
    command, connected = [*CRASHES], threading.Event()
    processes = WorkerProcesses(command, connected.is_set)
    with closing(processes):
        processes.start()
        wait_until(lambda: bool(processes.error))
        command[:] = LIVES  # the cause is fixed
        wait_until(lambda: _runs(processes.pid, LIVES))
        n = len(pauses)
        connected.set()
        wait_until(lambda: processes.error == "")
        psutil.Process(processes.pid).kill()
        wait_until(lambda: len(pauses) > n)
    assert pauses[n] == 1


def test_host_without_subprocesses_is_reported() -> None:
    processes = WorkerProcesses(["/no/such/program"], lambda: False)
    with closing(processes):
        processes.start()
        wait_until(lambda: bool(processes.error))
