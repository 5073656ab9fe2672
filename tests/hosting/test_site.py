"""A class at a site of two web processes: shared trainings, and parts that die under load."""

import asyncio
import itertools
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

import pytest
from distributed import Client

from annlab.store import repository
from annlab.store.database import StoreError
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore
from tests.hosting.site import Site, site
from tests.hosting.visits import PATIENCE_SECONDS, learn, learn_all, runs_of, student
from tests.jobs.external import n_trained

pytestmark = [
    pytest.mark.hosting,
    pytest.mark.skipif(os.name != "posix", reason="there are no process groups here"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # Dask's own sockets
]
N_STUDENTS = 12
# Each try of a test asks for runs that nobody has trained.
_NUMBERS = itertools.count(10)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if shutil.which("nginx") is None and not os.environ.get("TESTS_REQUIRE_NGINX"):
        pytest.skip("there is no nginx")
    with site(tmp_path_factory.mktemp("site")) as made:
        asyncio.run(learn_all(made, [0, 1], 1))  # the first visitors import everything
        yield made


@pytest.fixture
def store(served: Site) -> Iterator[RunStore]:
    """The database, as a further server sees it."""
    made = RunStore(served.database.url)
    yield made
    made._database._engine().dispose()


@pytest.fixture
def stored(store: RunStore) -> Callable[[], set[str]]:
    """Digests of the stored runs; none while the database is away."""

    def read() -> set[str]:
        try:
            return {info.digest for info in store.list_runs()}
        except StoreError:
            return set()

    return read


def _fresh(n: int) -> list[int]:
    return list(itertools.islice(_NUMBERS, n))


def _digests(numbers: Iterable[int]) -> set[str]:
    return {run.digest for k in numbers for run in runs_of(k)}


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


def test_a_class_gets_results_and_all_of_them_are_stored(
    served: Site, stored: Callable[[], set[str]]
) -> None:
    numbers = _fresh(N_STUDENTS)
    asyncio.run(learn_all(served, numbers, 5))
    _wait_until(lambda: stored() >= _digests(numbers))
    for part in ("web-1", "web-2"):
        assert "Traceback" not in served.parts[part].log.read_text()


def test_both_servers_have_students(served: Site) -> None:
    for name in ("web-1", "web-2"):
        assert "Training" in served.parts[name].log.read_text()


def test_the_same_run_is_trained_once_across_both_servers(served: Site) -> None:
    (k,) = _fresh(1)

    async def visit() -> None:
        both = [student(served, k, url) for url in served.web_urls]
        for one in both:
            await one.open()
        for one in both:
            await one.until_results()
            await one.close()

    with closing(Client(served.scheduler, set_as_default=False)) as client:
        before = n_trained(client)
        asyncio.run(visit())
        assert n_trained(client) - before == len(runs_of(k))


def test_a_run_deleted_on_one_server_is_gone_on_the_other(
    served: Site, store: RunStore, stored: Callable[[], set[str]]
) -> None:
    (k,) = _fresh(1)
    asyncio.run(learn(served, k))
    _wait_until(lambda: stored() >= _digests([k]))
    RunRepository(store).delete(*_digests([k]))
    assert not stored() & _digests([k])
    time.sleep(repository._COMPARE_SECONDS)
    with closing(Client(served.scheduler, set_as_default=False)) as client:
        before = n_trained(client)
        asyncio.run(learn(served, k))  # by the server that has the runs in memory
        assert n_trained(client) - before == len(runs_of(k))


def _kill_one_worker(served: Site) -> None:
    _, worker, *_ = served.parts["workers"].processes()
    worker.send_signal(signal.SIGKILL)


def _kill_and_start(name: str) -> Callable[[Site], None]:
    def act(served: Site) -> None:
        served.parts[name].kill()
        time.sleep(1)
        served.parts[name].start()

    return act


def _restart_database(served: Site) -> None:
    served.database.stop()
    time.sleep(1)
    served.database.start()


def _restart_scheduler(served: Site) -> None:
    _kill_and_start("scheduler")(served)
    # They end without a scheduler, and what has started them starts them again.
    workers = served.parts["workers"]
    _wait_until(lambda: not workers.runs)
    workers.start()


DEATHS: dict[str, Callable[[Site], None]] = {
    "a worker": _kill_one_worker,
    "database": _restart_database,
    "scheduler": _restart_scheduler,
    **{name: _kill_and_start(name) for name in ("workers", "web-1", "nginx")},
}


@pytest.mark.parametrize("part", DEATHS)
def test_nothing_is_lost_when_a_part_dies(
    served: Site, store: RunStore, stored: Callable[[], set[str]], part: str
) -> None:
    numbers = _fresh(6)

    async def lesson() -> set[str]:
        visits = asyncio.create_task(learn_all(served, numbers, 1))
        while not (known := stored() & _digests(numbers)):
            await asyncio.sleep(0.1)
        await asyncio.to_thread(DEATHS[part], served)
        await visits
        return known

    known = asyncio.run(lesson())
    assert known
    _wait_until(lambda: stored() >= _digests(numbers))
    for k in numbers:
        for run in runs_of(k):
            found = store.load(run.digest)
            assert found is not None
            assert found.n_epochs == run.training.max_epochs
