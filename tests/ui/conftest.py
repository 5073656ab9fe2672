"""Server with stored results for tests that open pages."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from streamlit import config
from streamlit.components.v2 import manifest_scanner

from annlab import Run, RunConfig
from annlab.lessons.experiments import DEFAULTS, EXPERIMENTS
from annlab.ui.services import Services
from tests.stored import keep
from tests.ui.visitor import serving, wait_for

DEFAULT = EXPERIMENTS["E4"].runs


@pytest.fixture(autouse=True)
def _opens_with_e4(monkeypatch: pytest.MonkeyPatch) -> None:
    """Open the page with an experiment whose models differ in several settings."""
    monkeypatch.setitem(DEFAULTS, "logistic_vs_mlp", EXPERIMENTS["E4"])


@pytest.fixture(autouse=True)
def _on_this_machine() -> Iterator[None]:
    """Listen on the loopback, as `python -m annlab` does."""
    before = config.get_option("server.address")
    config.set_option("server.address", "127.0.0.1")
    yield
    config.set_option("server.address", before)


@pytest.fixture(autouse=True, scope="session")
def _packages_read_once() -> Iterator[None]:
    """Let AppTest read what is installed once, and not for each visitor, which takes a second."""
    with pytest.MonkeyPatch.context() as patch:
        scan = manifest_scanner.scan_component_manifests
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(scan))
        yield


@pytest.fixture(scope="session")
def default_runs(trained: Callable[[RunConfig], Run]) -> list[Run]:
    """Runs of the default experiment."""
    return [trained(config) for config in DEFAULT]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, default_runs: list[Run]) -> Iterator[Services]:
    """Server with the default experiment in its store."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite'}"
    keep(default_runs, url)
    with serving(url) as made:
        yield made


@pytest.fixture
def idle(server: Services) -> Iterator[Services]:
    """The server; all trainings are stopped after the test."""
    yield server

    def stopped() -> bool:
        for session in server.queue.sessions:
            server.queue.stop(session)  # the queued batch then starts and is stopped next
        return server.queue.n_unfinished == 0

    wait_for(stopped)
