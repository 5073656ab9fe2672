"""Fake cluster, repository and clock for tests of the queue."""

import threading
from collections.abc import Callable
from typing import Any

from annlab.config import RunConfig
from annlab.runs.budget import Limits
from annlab.runs.run import Run


class Clock:
    """A clock that stands still unless a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class FakeFuture:
    """Task of the fake cluster; the test sets the outcome."""

    def __init__(self) -> None:
        self.status = "pending"
        self.released = False
        self._outcome: Any = None
        self._ended = threading.Event()
        self._callbacks: list[Callable[[Any], None]] = []

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        self._callbacks.append(callback)

    def end(self, outcome: Any) -> None:
        """End the task with a result or an error and run its callbacks synchronously."""
        self._outcome = outcome
        self.status = "error" if isinstance(outcome, BaseException) else "finished"
        self._ended.set()
        for callback in self._callbacks:
            callback(self)

    def done(self) -> bool:
        return self._ended.is_set()

    def result(self, timeout: float | None = None) -> Any:
        if not self._ended.wait(timeout):
            raise TimeoutError
        if isinstance(self._outcome, BaseException):
            raise self._outcome
        return self._outcome() if callable(self._outcome) else self._outcome

    def release(self) -> None:
        self.released = True


class FakeCluster:
    """Fake cluster; `futures` has the tasks in order of submission."""

    def __init__(self, n_slots: int = 2, scheduler: str = "") -> None:
        self.ready = self.connected = True
        self.scheduler = scheduler
        self.resources = None
        self.start_error = ""
        self.seconds: float | None = None
        self.folder: str | None = None
        self.slots = n_slots
        self.submitted: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.futures: list[FakeFuture] = []
        self.events: list[str] = []
        self.elsewhere: set[str] = set()  # tasks that another server waits for, too
        self.on_event: Callable[[dict[str, Any]], None] = lambda message: None
        self.on_tick: Callable[[], None] = lambda: None

    def attach(
        self, on_event: Callable[[dict[str, Any]], None], on_tick: Callable[[], None]
    ) -> None:
        self.on_event, self.on_tick = on_event, on_tick

    def wake(self) -> None: ...

    def wait_until_ready(self, timeout_seconds: float) -> bool:
        return self.ready

    def n_slots(self) -> int:
        return self.slots

    @property
    def limits(self) -> Limits:
        return Limits(seconds_of=lambda config: self.seconds)

    def submit(self, name: str, *arguments: Any, **options: Any) -> Any:
        self.submitted.append((name, arguments, options))
        self.futures.append(FakeFuture())
        return self.futures[-1]

    def set_event(self, name: str) -> None:
        self.events.append(name)

    def leave(self, task: str) -> bool:
        return task in self.elsewhere

    def release(self, future: FakeFuture) -> None:
        future.release()


class FakeRepository:
    """Keeps runs in a dict."""

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.scores: dict[str, Any] = {}
        self.datasets: dict[str, bytes] = {}

    def run(self, config: RunConfig) -> Run | None:
        return self.runs.get(config.digest)

    recent_run = run

    def is_whole(self, config: RunConfig) -> bool:
        run = self.run(config)
        return run is not None and run.ending != "stopped"

    def take_run(self, run: Run, score: Any = None, data: bytes = b"") -> None:
        self.runs[run.config.digest] = run
        self.scores[run.config.digest] = score
        if data:
            self.datasets[run.config.data_digest] = data

    def load_own_data(self, digest: str) -> None:
        return None
