"""A server with stored results, for tests that open pages."""

from collections.abc import Callable, Iterator

import pytest

from annlab import Run, RunConfig
from annlab.lessons.experiments import DEFAULTS, EXPERIMENTS
from annlab.ui.services import Services
from tests.stored import keep
from tests.ui.visitor import serving, wait_for

DEFAULT = EXPERIMENTS["E4"].runs


@pytest.fixture(autouse=True)
def _opens_with_e4(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the page open with an experiment whose networks differ in several settings."""
    monkeypatch.setitem(DEFAULTS, "logistic_vs_mlp", EXPERIMENTS["E4"])


@pytest.fixture(scope="session")
def default_runs(trained: Callable[[RunConfig], Run]) -> list[Run]:
    """The results that the first page opens with."""
    return [trained(config) for config in DEFAULT]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, default_runs: list[Run]) -> Iterator[Services]:
    """A server that has trained the default experiment before."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite'}"
    keep(default_runs, url)
    with serving(url) as made:
        yield made


@pytest.fixture
def idle(server: Services) -> Iterator[Services]:
    """The server, left without trainings."""
    yield server

    def stopped() -> bool:
        for session in server.queue.sessions:
            server.queue.stop(session)  # what waited behind it begins, and is stopped next
        return server.queue.n_unfinished == 0

    wait_for(stopped)
