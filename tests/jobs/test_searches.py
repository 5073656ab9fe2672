"""Searches of many sessions on one server."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

from annlab.jobs.cluster import Cluster
from annlab.jobs.computation import Computation, ComputationState
from annlab.jobs.parts import Part
from annlab.search.run_search import search
from annlab.search.search_job import request_of
from annlab.search.space import SearchedSetting
from annlab.search.table import SearchTable
from annlab.ui.services import Services
from tests.jobs.serve import serve
from tests.search.tables import RATE, search_of

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

DEADLINE_SECONDS = 60
N_CLIENTS = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    path: Path = tmp_path_factory.mktemp("store") / "runs.sqlite"
    made = serve(f"sqlite:///{path}", Cluster(n_workers=2, scheduler=""))
    made.cluster.start()
    assert made.cluster.wait_until_ready(DEADLINE_SECONDS), made.cluster.start_error
    yield made
    made.close()


def test_thirty_clients_at_once_train_one_search(
    server: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted: list[Part] = []
    submit = server.computations._dispatcher.submit

    def counted(part: Part) -> None:
        submitted.append(part)
        submit(part)

    monkeypatch.setattr(server.computations._dispatcher, "submit", counted)
    together = Barrier(N_CLIENTS)

    def client(k: int) -> Computation:
        # A budget changes what a student may ask for, but no score.
        request = request_of(search_of(budget=1_000 + k))
        together.wait(DEADLINE_SECONDS)
        one = server.computations.ask("search", request, f"session {k}", attached=lambda: b"")
        assert server.computations.wait_for_end(one, DEADLINE_SECONDS)
        return server.computations.ask("search", request, f"session {k}")

    with ThreadPoolExecutor(N_CLIENTS) as clients:
        ended = list(clients.map(client, range(N_CLIENTS)))
    assert len({part.computation for part in submitted}) == 1
    assert len({part.key for part in submitted}) == len(submitted)
    assert {one.state for one in ended} == {ComputationState.FINISHED}
    assert len({one.result for one in ended}) == 1
    table = SearchTable.from_bytes(ended[0].result)
    np.testing.assert_array_equal(table.scores, search(table.config).scores)
    # Another server finds it in the store.
    stored = server.repository.store.computations.load(ended[0].digest)
    assert stored is not None
    assert stored.is_complete


@pytest.mark.parametrize("strategy", ["grid", "halving"])
def test_two_workers_give_the_table_of_one(strategy: str, server: Services) -> None:
    hidden = SearchedSetting(address="hidden", choices=("2", "3", "4"))
    request = request_of(search_of(space=(hidden, RATE), strategy=strategy, n_configs=9))
    one = server.computations.ask("search", request, "s", attached=lambda: b"")
    assert server.computations.wait_for_end(one, DEADLINE_SECONDS)
    assert one.state == ComputationState.FINISHED
    table = SearchTable.from_bytes(one.result)
    assert table.is_complete
    np.testing.assert_array_equal(table.scores, search(request).scores)


def test_a_stop_keeps_the_stacks_of_both_workers(server: Services) -> None:
    hidden = SearchedSetting(address="hidden", choices=tuple(map(str, range(2, 42))))
    request = request_of(search_of(space=(hidden,)))

    def ask(*, again: bool = False) -> Computation:
        computations = server.computations
        return computations.ask("search", request, "s", attached=lambda: b"", again=again)

    one = ask()
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not one.partial:
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    server.computations.stop("s", one)
    assert server.computations.wait_for_end(one, DEADLINE_SECONDS)
    assert one.state == ComputationState.STOPPED
    stopped = SearchTable.from_bytes(one.partial)
    assert 0 < (stopped.n_rungs > 0).sum() < 40
    rest = ask(again=True)
    assert server.computations.wait_for_end(rest, DEADLINE_SECONDS)
    np.testing.assert_array_equal(
        SearchTable.from_bytes(rest.result).scores, search(request).scores
    )


def test_too_much_work_is_told_in_a_sentence(server: Services) -> None:
    base = search_of().base
    model = base.model.model_copy(update={"hidden_sizes": (1000, 1000)})
    training = base.training.model_copy(update={"max_epochs": 10_000})
    large = base.model_copy(update={"model": model, "training": training})
    one = server.computations.ask("search", request_of(search_of(large)), "s", attached=lambda: b"")
    assert server.computations.wait_for_end(one, DEADLINE_SECONDS)
    assert one.state == ComputationState.FAILED
    assert "the compute this server allows" in one.failure
