"""Own data reach the workers, in processes of their own and in a thread of the server."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from annlab import DatasetConfig, RunConfig, TrainingConfig
from annlab.datasets.own.own_data import OwnData
from annlab.datasets.own.reading.description import Description
from annlab.datasets.own.table import Table
from annlab.jobs.cluster import Cluster
from annlab.jobs.computation import Computation
from annlab.jobs.kinds import KINDS
from annlab.ui.services import Services
from annlab.validation import Config
from tests.jobs.reading import KINDS_OF_READING, SumRequest
from tests.jobs.serve import serve
from tests.jobs.small_trainings import finish
from tests.store.own import ANNA, make_table

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

DEADLINE_SECONDS = 60
READERS = dict(KINDS)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in KINDS_OF_READING.items():
        monkeypatch.setitem(KINDS, name, kind)


@pytest.fixture(scope="module", params=[1, 0], ids=["process", "thread"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    path = tmp_path_factory.mktemp("store") / "runs.sqlite"
    made = serve(f"sqlite:///{path}", Cluster(n_workers=request.param, scheduler=""))
    made.cluster.start()
    assert made.cluster.wait_until_ready(DEADLINE_SECONDS), made.cluster.start_error
    yield made
    made.close()


Compute = Callable[[str, Config], Computation]


@pytest.fixture
def compute(server: Services) -> Compute:
    def ask(kind: str, request: Config) -> Computation:
        one = server.computations.ask(kind, request, "s")
        assert server.computations.wait_for_end(one, DEADLINE_SECONDS)
        return one

    return ask


def keep(server: Services, table: Table) -> OwnData:
    return server.own_data.keep_table(ANNA, table.to_bytes(), "leaves")


def test_files_of_the_largest_size_reach_a_worker(server: Services, compute: Compute) -> None:
    file = b"first line\n" + np.random.default_rng(0).bytes(19_900_000)
    digest = server.own_data.add_file(ANNA, file, "large.csv")
    read = compute("file_description", server.own_data.file_request(ANNA, digest))
    assert (read.failure, read.result) == ("", b"first line")


def test_a_table_reaches_the_worker_until_it_is_deleted(server: Services, compute: Compute) -> None:
    table = make_table(1, 1000)
    own = keep(server, table)
    for power in (1, 2):
        one = compute("total", SumRequest(own=own, power=power))
        assert one.failure == ""
        assert float(one.result) == pytest.approx(table.X.sum() * power)
    server.own_data.delete_all(ANNA)
    # The worker had the table a moment ago.
    one = compute("total", SumRequest(own=own, power=3))
    assert one.failure.startswith("The data “leaves” are not here. Load the file on the page Your ")
    keep(server, table)
    again = server.computations.ask("total", SumRequest(own=own, power=3), "s", again=True)
    assert server.computations.wait_for_end(again, DEADLINE_SECONDS)
    assert float(again.result) == pytest.approx(table.X.sum() * 3)


def test_a_file_becomes_data_for_a_training(
    server: Services, compute: Compute, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("file_description", "table"):
        monkeypatch.setitem(KINDS, name, READERS[name])
    rows = (f"{k % 7};{k * 0.5};{'yes' if k % 7 > 3 else 'no'}" for k in range(80))
    file = "\n".join(["size;weight;ripe", *rows]).replace(".", ",").encode()
    digest = server.own_data.add_file(ANNA, file, "fruit.csv")
    described = compute("file_description", server.own_data.file_request(ANNA, digest))
    assert described.failure == ""
    reading = Description.model_validate_json(described.result).reading
    assert (reading.n_rows, reading.file, reading.dialect.decimal) == (80, digest, ",")
    request = server.own_data.table_request(ANNA, digest, reading.recipe)
    made = compute("table", request)
    assert made.failure == ""
    own = server.own_data.keep_table(ANNA, made.result, "fruit.csv")
    assert (own.file, own.class_names, own.title) == (digest, ("no", "yes"), "fruit.csv")
    config = RunConfig(
        dataset=DatasetConfig.suggested("own", own), training=TrainingConfig(max_epochs=3)
    )
    server.queue.submit([config], "s")
    finish(server, "s")
    assert server.queue.failure(config) == ""
    shown = server.datasets.load(config.dataset)
    assert (len(shown.X_train), len(shown.X_test)) == (64, 16)
    assert [info.config for info in server.repository.runs(owner=ANNA)] == [config]
    assert server.repository.runs() == []
    server.own_data.delete_all(ANNA)
    assert server.repository.run(config) is server.repository.dataset(config.dataset) is None
    server.queue.submit([config], "s")
    finish(server, "s")
    assert server.queue.failure(config).startswith("The data “fruit.csv” are not here.")
