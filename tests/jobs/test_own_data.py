"""Own data of all browsers, on a fake cluster."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from annlab.config import DatasetConfig, RunConfig
from annlab.datasets import load_dataset
from annlab.datasets.own import tables
from annlab.datasets.own.drawing.drawn import drawn_points
from annlab.datasets.own.drawing.drawn_table import drawn_table
from annlab.datasets.own.own_data import OwnColumn, OwnData
from annlab.datasets.own.reading.opening import MAX_FILE_BYTES
from annlab.datasets.own.recipe import Dialect, TableRecipe
from annlab.datasets.own.tables import MissingDataError
from annlab.datasets.serialize import dataset_to_bytes
from annlab.jobs.computation import Computation
from annlab.jobs.computations import Computations
from annlab.jobs.dataset_builder import DatasetBuilder
from annlab.jobs.kinds import KINDS
from annlab.jobs.own_data import SWEEP_SECONDS, OwnDataService
from annlab.jobs.queue import TrainingQueue
from annlab.store.database import StoreError
from annlab.store.own_data_store import OwnDataError, OwnDataStore
from annlab.store.repository import RunRepository
from annlab.store.run_store import RunStore
from annlab.store.tables import METADATA
from tests.datasets.own.drawing.drawings import at_random
from tests.jobs.fakes import FakeCluster
from tests.jobs.reading import KINDS_OF_READING, SumRequest
from tests.store.own import ANNA, BEN, FILE, FILE_DIGEST, make_table
from tests.store.runs import make_run, sql

TABLE = make_table()
OWN, BYTES = TABLE.own, TABLE.to_bytes()  # the order in a file varies
RECIPE = TableRecipe()
DRAWN = drawn_table(drawn_points("classes", np.arange(12.0) / 4, np.zeros(12), [0, 1] * 6)).own
DELETED = "This file was deleted. Load it again."


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in KINDS_OF_READING.items():
        monkeypatch.setitem(KINDS, name, kind)


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def repository(tmp_path: Path) -> RunRepository:
    return RunRepository(RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}"))


@pytest.fixture
def computations(cluster: FakeCluster, repository: RunRepository) -> Iterator[Computations]:
    made = Computations(repository.store.computations, cluster, repository.load_own_data)
    yield made
    made.close()


@pytest.fixture
def own_data(repository: RunRepository, computations: Computations) -> Iterator[OwnDataService]:
    made = OwnDataService(repository, computations)
    yield made
    made.close()


def load_leaves(own_data: OwnDataService, owner: str = ANNA) -> OwnData:
    own_data.add_file(owner, FILE, "leaves.csv")
    return own_data.keep_table(owner, BYTES, "leaves")


def finish(
    computations: Computations, cluster: FakeCluster, one: Computation, outcome: bytes
) -> None:
    cluster.futures[-1].end((outcome, True))
    assert computations.wait_for_end(one, 60)


def test_a_file_becomes_a_table_of_its_browser(
    own_data: OwnDataService, computations: Computations, cluster: FakeCluster
) -> None:
    file = own_data.add_file(ANNA, FILE, "leaves.csv")
    assert file == FILE_DIGEST
    request = own_data.file_request(ANNA, file, Dialect(delimiter=";"))
    one = computations.ask("file_description", request, "s")
    ((name, arguments, _),) = cluster.submitted
    assert (name, arguments[:2], arguments[-1]) == ("run_with_data", ({}, "compute"), FILE)
    finish(computations, cluster, one, b"length,width,kind")
    two = computations.ask("table", own_data.table_request(ANNA, file, RECIPE), "s")
    assert cluster.submitted[-1][1][-1] == FILE
    finish(computations, cluster, two, BYTES)
    own = own_data.keep_table(ANNA, two.result, "leaves")
    assert own == OWN.model_copy(update={"title": "leaves"})
    assert own_data.keep_table(ANNA, two.result, "") == own
    assert [entry.digest for entry in own_data.entries(ANNA)] in (
        [own.content, file],
        [file, own.content],
    )
    assert own_data.may_see(ANNA, own)
    assert not own_data.may_see(BEN, own)
    assert not own_data.may_see("", own)
    assert own_data.may_see(BEN, None)


def test_a_computation_gets_its_own_data_besides_those_in_its_request(
    own_data: OwnDataService, computations: Computations, cluster: FakeCluster
) -> None:
    own, more = load_leaves(own_data), make_table(1)
    data = more.to_bytes()
    own_data.keep_table(ANNA, data, "more")
    one = computations.ask("total", SumRequest(own=own), "s", own=more.own)
    assert set(cluster.submitted[0][1][0]) == one.contents == {own.content, more.own.content}
    # Also where its function reads a file.
    request = own_data.table_request(ANNA, FILE_DIGEST, RECIPE)
    two = computations.ask("table", request, "s", own=more.own)
    assert cluster.submitted[1][1][0] == {more.own.content: data}
    assert cluster.submitted[1][1][-1] == FILE
    assert two.contents == {FILE_DIGEST, more.own.content}


def test_what_was_read_is_not_stored_twice(
    own_data: OwnDataService,
    computations: Computations,
    cluster: FakeCluster,
    repository: RunRepository,
) -> None:
    file = own_data.add_file(ANNA, FILE, "leaves.csv")
    one = computations.ask("table", own_data.table_request(ANNA, file, RECIPE), "s")
    finish(computations, cluster, one, BYTES)
    assert repository.store.computations.load(one.digest) is None
    assert computations.find("table", one.request) == BYTES


def test_nobody_reads_a_file_that_another_browser_brought(own_data: OwnDataService) -> None:
    file = own_data.add_file(ANNA, FILE, "leaves.csv")
    for ask in (
        lambda: own_data.file_request(BEN, file),
        lambda: own_data.table_request(BEN, file, RECIPE),
        lambda: own_data.file_request(ANNA, "0" * 64),
    ):
        with pytest.raises(OwnDataError, match=DELETED):
            ask()


def test_a_file_that_was_deleted_meanwhile_is_a_sentence(
    own_data: OwnDataService, computations: Computations, cluster: FakeCluster
) -> None:
    request = own_data.file_request(ANNA, own_data.add_file(ANNA, FILE, "leaves.csv"))
    cluster.slots = 0
    cluster.scheduler = "tcp://host:1"
    one = computations.ask("file_description", request, "s")
    assert one.n_bytes == 1  # a file does not wait in memory
    own_data.delete_all(ANNA)
    cluster.slots = 1
    cluster.on_tick()
    assert computations.wait_for_end(one, 60)
    assert (one.state, one.failure) == ("failed", DELETED)
    assert cluster.submitted == []


@pytest.mark.parametrize(
    ("size", "sentence"),
    [(0, "This file is empty."), (MAX_FILE_BYTES + 1, "This file has 21 MB; the limit is 20 MB.")],
)
def test_a_file_of_a_wrong_size_is_refused(
    size: int, sentence: str, own_data: OwnDataService
) -> None:
    with pytest.raises(OwnDataError, match=sentence):
        own_data.add_file(ANNA, bytes(size), "a.csv")
    assert own_data.entries(ANNA) == []


def test_the_right_file_opens_a_link_elsewhere(
    own_data: OwnDataService, computations: Computations, cluster: FakeCluster
) -> None:
    with pytest.raises(OwnDataError, match=r"not the file that the link needs, .* “leaves.csv”"):
        own_data.load_for_link(BEN, FILE + b"5,6,a\n", OWN)
    assert own_data.entries(BEN) == []
    assert not own_data.load_for_link(BEN, FILE, OWN)  # its table is not there yet
    assert not own_data.may_see(BEN, OWN)
    one = computations.ask("table", own_data.table_request(BEN, OWN.file, RECIPE), "s")
    finish(computations, cluster, one, BYTES)
    own_data.keep_table(BEN, one.result, OWN.title)
    assert own_data.load_for_link(ANNA, FILE, OWN)
    assert own_data.may_see(ANNA, OWN)


def test_a_forged_link_opens_nothing(own_data: OwnDataService) -> None:
    load_leaves(own_data)
    mine = b"1,2\n"
    file = own_data.add_file(BEN, mine, "mine.csv")
    forged = OWN.model_copy(update={"file": file})
    assert not own_data.load_for_link(BEN, mine, forged)
    assert not own_data.may_see(BEN, forged)
    assert not own_data.may_see(BEN, OWN)
    drawn = OWN.model_copy(update={"source": "drawn", "points": "1,2"})
    assert not own_data.may_see(BEN, drawn)
    assert not own_data.may_see(BEN, OWN)


def test_points_in_a_link_belong_to_whoever_opens_it(own_data: OwnDataService) -> None:
    drawn = drawn_table(at_random(60)).own
    assert own_data.may_see("", drawn)
    assert own_data.may_see(ANNA, drawn)
    assert [entry.own for entry in own_data.entries(ANNA)] == [drawn]


def test_a_file_is_deleted_and_pinned_with_its_tables(own_data: OwnDataService) -> None:
    own = load_leaves(own_data)
    other = own_data.add_file(ANNA, b"1\n", "other.csv")

    def pinned() -> set[str]:
        return {entry.digest for entry in own_data.entries(ANNA) if entry.pinned}

    own_data.pin(ANNA, own.content)
    assert pinned() == {own.content, FILE_DIGEST}
    own_data.pin(ANNA, FILE_DIGEST, pinned=False)
    assert pinned() == set()
    own_data.delete(ANNA, own.content)  # the last table of its file
    assert {entry.digest for entry in own_data.entries(ANNA)} == {other}
    load_leaves(own_data)
    two = make_table(seed=1)
    own_data.keep_table(ANNA, two.to_bytes(), "leaves.csv")
    own_data.delete(ANNA, own.content)
    assert {entry.digest for entry in own_data.entries(ANNA)} == {
        FILE_DIGEST,
        two.own.content,
        other,
    }
    own_data.delete(ANNA, FILE_DIGEST)
    assert [entry.digest for entry in own_data.entries(ANNA)] == [other]


def test_delete_all_forgets_everything_at_once(
    own_data: OwnDataService,
    computations: Computations,
    cluster: FakeCluster,
    repository: RunRepository,
) -> None:
    own = load_leaves(own_data)
    for owner in (ANNA, BEN):
        load_leaves(own_data, owner)
    one = computations.ask("total", SumRequest(own=own), "s")
    assert cluster.submitted[-1][1][0] == {own.content: BYTES}
    finish(computations, cluster, one, b"1.5")
    tables.provide(TABLE)
    own_data.delete_all(ANNA)
    assert own_data.entries(ANNA) == []
    # Another browser has brought the same data.
    assert computations.find("total", one.request) == b"1.5"
    assert repository.store.computations.load(one.digest) is not None
    own_data.delete_all(BEN)
    assert computations.find("total", one.request) is None
    assert repository.store.own_data.load(own.content) is None
    with pytest.raises(MissingDataError):
        tables.find(own)


def test_delete_all_deletes_every_name(
    own_data: OwnDataService, repository: RunRepository, tmp_path: Path
) -> None:
    named = {
        "columns": (OwnColumn(name="length of leaf"), OwnColumn(name="width of leaf")),
        "target_name": "kind of leaf",
        "class_names": ("one lobe", "two lobes"),
    }
    table, run = replace(TABLE, own=OWN.model_copy(update=named)), make_run()
    own_data.add_file(ANNA, FILE, "leaves.csv")
    own = own_data.keep_table(ANNA, table.to_bytes(), "leaves")
    config = run.config.model_copy(update={"dataset": DatasetConfig(own=own)})
    repository.keep_run(replace(run, config=config), [0.5])
    repository.rename(config.digest, "my best leaves")
    repository.keep_run(run, [0.5])
    repository.rename(run.config.digest, "moons of all")
    names = ["leaves.csv", "my best leaves", own.target_name, *own.class_names, own.content]
    names += [column.name for column in own.columns]
    assert all(name in _stored(tmp_path) for name in names)
    assert own_data.title(ANNA, own.content) == "leaves"
    own_data.delete_all(ANNA)
    assert not [name for name in names if name in _stored(tmp_path)]
    assert own_data.title(ANNA, own.content) == ""
    assert repository.recent_run(config) is None
    assert [info.name for info in repository.runs(owner=ANNA)] == ["moons of all"]


def _stored(folder: Path) -> str:
    """Everything that the database holds."""
    url = f"sqlite:///{folder / 'runs.sqlite'}"
    return repr([sql(url, f"SELECT * FROM {name}") for name in METADATA.tables])


@pytest.mark.parametrize("kind", ["file_description", "total"])
def test_what_is_computed_while_its_data_are_deleted_is_not_kept(
    kind: str, own_data: OwnDataService, computations: Computations, cluster: FakeCluster
) -> None:
    own = load_leaves(own_data)
    request = SumRequest(own=own) if kind == "total" else own_data.file_request(ANNA, FILE_DIGEST)
    one = computations.ask(kind, request, "s")
    own_data.delete_all(ANNA)
    finish(computations, cluster, one, b"1.5")
    assert list(computations._ended) == []
    assert computations.find(kind, request) is None
    # Brought again, it is computed and kept again.
    load_leaves(own_data)
    again = computations.ask(kind, request, "s")
    finish(computations, cluster, again, b"1.5")
    assert computations.find(kind, request) == b"1.5"


def test_a_stopped_result_of_deleted_data_is_not_kept(
    own_data: OwnDataService, computations: Computations, cluster: FakeCluster
) -> None:
    request = SumRequest(own=load_leaves(own_data))
    cluster.slots = 0
    cluster.scheduler = "tcp://host:1"
    one = computations.ask("total", request, "s")
    own_data.delete_all(ANNA)
    computations.stop("s", one)
    assert list(computations._ended) == []


@pytest.mark.parametrize("is_drawn", [False, True])
def test_a_run_and_its_data_set_that_end_after_a_deletion_are_not_kept(
    is_drawn: bool, own_data: OwnDataService, repository: RunRepository
) -> None:
    own = DRAWN if is_drawn else load_leaves(own_data)
    run = make_run()
    config = run.config.model_copy(update={"dataset": DatasetConfig(own=own)})
    own_data.delete_all(ANNA)
    data = dataset_to_bytes(load_dataset(DatasetConfig(name="moons", n_samples=40)))
    assert repository.keep_dataset(config, data).n_bytes > 0
    repository.keep_run(replace(run, config=config), [0.5])
    # Points in a config are not gone: a browser without a key claims nothing.
    assert (repository.dataset(config) is not None) == is_drawn
    assert (repository.recent_run(config) is not None) == is_drawn


def test_data_sets_of_deleted_data_leave_memory(
    own_data: OwnDataService, repository: RunRepository, tmp_path: Path
) -> None:
    config = DatasetConfig(own=load_leaves(own_data))
    data = dataset_to_bytes(load_dataset(DatasetConfig(name="moons", n_samples=40)))
    shown = repository.keep_dataset(config, data)
    assert repository.dataset(config) is shown
    # The store has it no more, and no note about it.
    sql(f"sqlite:///{tmp_path / 'runs.sqlite'}", "DELETE FROM annlab_datasets")
    repository.store.own_data.sweep()
    own_data.delete_all(ANNA)
    assert repository.dataset(config) is None


def test_a_sweep_runs_once_an_hour(
    own_data: OwnDataService, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = []
    monkeypatch.setattr(OwnDataService, "_sweep", lambda self: swept.append(1))
    now = 1000.0
    monkeypatch.setattr("annlab.jobs.own_data.time.monotonic", lambda: now)
    for _ in range(3):
        own_data.sweep_if_due()
    now += SWEEP_SECONDS
    own_data.sweep_if_due()
    own_data.close()
    assert len(swept) == 2


def test_work_on_data_that_cannot_be_read_now_says_why(
    own_data: OwnDataService,
    computations: Computations,
    cluster: FakeCluster,
    repository: RunRepository,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own, sentence = load_leaves(own_data), "The database is full."

    def fail(*arguments: object) -> None:
        raise StoreError(sentence)

    monkeypatch.setattr(OwnDataStore, "load", fail)
    config = RunConfig(dataset=DatasetConfig(own=own))
    queue, builder = TrainingQueue(repository, cluster), DatasetBuilder(repository, cluster)
    for kind, request in (
        ("total", SumRequest(own=own)),
        ("table", own_data.table_request(ANNA, FILE_DIGEST, RECIPE)),
    ):
        one = computations.ask(kind, request, "s")
        assert computations.wait_for_end(one, 60)
        assert one.failure == sentence
    queue.submit([config], "s")
    assert queue.failure(config) == sentence
    with pytest.raises(ValueError, match=sentence):
        builder.load_if_ready(config)
    assert cluster.submitted == []
    queue.close()


def test_a_store_that_fails_is_a_sentence_and_shows_nothing(
    own_data: OwnDataService, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = load_leaves(own_data)

    def fail(*arguments: object, **options: object) -> None:
        raise StoreError("The database is full.")

    for name in ("add", "owns", "entries", "title", "sweep"):
        monkeypatch.setattr(OwnDataStore, name, fail)
    assert own_data.entries(ANNA) == []
    assert own_data.title(ANNA, own.content) == ""
    assert not own_data.may_see(ANNA, own)
    assert own_data.may_see(ANNA, DRAWN)
    assert own_data.may_see(ANNA, None)
    with pytest.raises(StoreError):
        own_data.add_file(ANNA, FILE, "leaves.csv")
    own_data.sweep_if_due()
