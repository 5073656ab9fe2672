import dataclasses
import logging
import signal
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

import annlab.database
import annlab.store
import annlab.store_tables
from annlab import DatasetConfig, ModelConfig, Run, RunConfig, TrainingConfig, tensorfile
from annlab.run import Checkpoints
from annlab.store import RunInfo, RunStore, StoreError

ROOT = Path(__file__).parents[1]


def make_run(
    seed: int = 0, *, ending: str = "finished", units: int = 4, n_seeds: int = 1, last: float = 0.5
) -> Run:
    """A run without a training; more units make it larger."""
    config = RunConfig(
        dataset=DatasetConfig(name="moons"),
        model=ModelConfig(hidden_sizes=(units, units)),
        training=TrainingConfig(seed=seed, max_epochs=2, n_seeds=n_seeds),
    )
    random = np.random.default_rng(seed)
    return Run(
        config=config,
        history={
            f"train_{name}": np.array([[1.0], [0.8], [last]]) + np.arange(n_seeds)
            for name in ("loss", *config.task.metrics)
        },
        checkpoints=Checkpoints(
            np.array([0, 2]),
            tuple(
                (random.normal(size=(2, n_seeds, n_in, n_out)), np.zeros((2, n_seeds, n_out)))
                for n_in, n_out in pairwise(config.layer_sizes)
            ),
        ),
        epochs_trained=np.full(n_seeds, 2),
        epoch_seconds=np.array([0.0, 0.1, 0.2]),
        duration_seconds=0.25,
        accelerator="CPU",
        ending=ending,
    )


RUN = make_run()
DIGEST = RUN.config.digest
SIZE = len(RUN.to_bytes())

CALLS: dict[str, Callable[[RunStore], object]] = {
    "save": lambda store: store.save(RUN),
    "load": lambda store: store.load(DIGEST),
    "list": lambda store: store.list(),
    "pin": lambda store: store.pin(DIGEST),
    "rename": lambda store: store.rename(DIGEST, "name"),
    "delete": lambda store: store.delete(DIGEST),
    "prune": lambda store: store.prune(),
    "save_dataset": lambda store: store.save_dataset("d", b"points"),
    "load_dataset": lambda store: store.load_dataset("d"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


@pytest.fixture
def store(path: Path) -> RunStore:
    return open_store(path)


@pytest.fixture
def statements():
    """The SQL that is executed while a test runs, each with its parameters."""
    seen: list[tuple[str, object]] = []

    def remember(connection, cursor, statement, parameters, context, executemany):
        seen.append((statement, parameters))

    sa.event.listen(sa.Engine, "before_cursor_execute", remember)
    yield seen
    sa.event.remove(sa.Engine, "before_cursor_execute", remember)


def open_store(path: Path, **options) -> RunStore:
    return RunStore(f"sqlite:///{path}", **options)


def sql(path: Path, statement: str, *parameters: object) -> list[tuple]:
    """Do behind the store's back what no method of it does."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement, parameters).fetchall()


def seeds(store: RunStore) -> list[int]:
    return [info.config.training.seed for info in store.list()]


def same(a: Run | None, b: Run) -> bool:
    """Compare what is stored; the order of a file's parts may differ."""
    if a is None:
        return False
    (arrays, facts), (others, others_facts) = (
        tensorfile.load(run.to_bytes(), kind="run") for run in (a, b)
    )
    np.testing.assert_equal(arrays, others)
    return facts == others_facts


# --- one run ------------------------------------------------------------------------------


def test_a_run_comes_back_whole(store):
    assert store.load(DIGEST) is None
    store.save(RUN)
    assert same(store.load(DIGEST), RUN)


def test_a_trained_run_comes_back_whole(store, trained):
    run = trained(
        RunConfig(
            dataset=DatasetConfig(name="moons", n_samples=100, validation_fraction=0.2),
            model=ModelConfig(hidden_sizes=(2,)),
            training=TrainingConfig(max_epochs=2, n_seeds=3),
        )
    )
    store.save(run)
    assert same(store.load(run.config.digest), run)
    (info,) = store.list()
    assert info.config == run.config
    assert info.summary == {name: np.median(rows[-1]) for name, rows in run.history.items()}


def test_what_is_listed(store):
    before = datetime.now(UTC)
    run = make_run(n_seeds=5)
    store.save(run)
    (info,) = store.list()
    assert before <= info.created <= datetime.now(UTC)
    assert info.created.utcoffset() == timedelta(0)
    assert info == RunInfo(
        digest=run.config.digest,
        name="",
        pinned=False,
        created=info.created,
        size_bytes=len(run.to_bytes()),
        config=run.config,
        ending="finished",
        accelerator="CPU",
        duration_seconds=0.25,
        n_epochs=2,
        summary=dict.fromkeys(run.history, 2.5),  # of 0.5, 1.5, 2.5, 3.5, 4.5
    )
    with pytest.raises(dataclasses.FrozenInstanceError):
        info.name = "other"


def test_times_are_stored_in_utc(store, path):
    store.save(RUN)
    ((text,),) = sql(path, "SELECT created FROM annlab_runs")
    assert datetime.fromisoformat(text).replace(tzinfo=UTC) == store.list()[0].created


def test_the_summary_of_a_run_that_diverged(store):
    run = make_run(ending="diverged", n_seeds=2)
    run.history["train_loss"] = np.full((3, 2), 3e38, dtype=np.float32)  # twice that is too much
    store.save(run)
    assert store.list()[0].summary["train_loss"] == pytest.approx(3e38)
    assert same(store.load(run.config.digest), run)


@pytest.mark.parametrize("old", ["finished", "early", "stopped", "diverged"])
@pytest.mark.parametrize("new", ["finished", "early", "stopped", "diverged"])
def test_what_replaces_what(store, old, new):
    store.save(make_run(ending=old, last=0.4))
    store.save(make_run(ending=new, last=0.6))
    (info,) = store.list()
    stays = old in ("finished", "early") and new in ("stopped", "diverged")
    assert info.summary["train_loss"] == (0.4 if stays else 0.6)
    assert info.ending == store.load(info.digest).ending == (old if stays else new)


def test_saved_again_a_run_keeps_its_name_and_pin_and_is_the_newest(store):
    store.save(RUN)
    store.save(make_run(1))
    store.pin(DIGEST)
    store.rename(DIGEST, "mine")
    store.save(RUN)
    first, second = store.list()
    assert (first.digest, first.name, first.pinned) == (DIGEST, "mine", True)
    assert (second.name, second.pinned) == ("", False)


def test_pin_rename_delete_say_whether_there_was_such_a_run(store):
    assert not store.pin(DIGEST)
    assert not store.rename(DIGEST, "name")
    assert not store.delete(DIGEST)
    store.save(RUN)
    assert store.pin(DIGEST)
    assert store.pin(DIGEST)  # again
    assert store.list()[0].pinned
    assert store.pin(DIGEST, False)
    assert not store.list()[0].pinned
    assert store.rename(DIGEST, "name")
    assert store.list()[0].name == "name"
    assert store.delete(DIGEST)
    assert store.list() == []
    assert store.load(DIGEST) is None


# --- many runs ----------------------------------------------------------------------------


def test_newest_first_in_pages(store):
    for seed in range(5):
        store.save(make_run(seed))
    assert seeds(store) == [4, 3, 2, 1, 0]
    assert [i.config.training.seed for i in store.list(limit=2)] == [4, 3]
    assert [i.config.training.seed for i in store.list(limit=2, offset=4)] == [0]
    assert [i.config.training.seed for i in store.list(offset=3)] == [1, 0]
    assert store.list(limit=0) == []


def test_the_list_does_not_read_the_runs(store, statements):
    store.save(RUN)
    statements.clear()
    store.list()
    (query,) = [text for text, _ in statements if "FROM annlab_runs" in text]
    assert "annlab_runs.summary" in query
    assert "data" not in query


def test_prune_removes_the_oldest(path, statements):
    store = open_store(path, max_bytes=3 * SIZE)
    for seed in range(5):
        store.save(make_run(seed))
    assert seeds(store) == [4, 3, 2]
    assert any("sum(annlab_runs.size_bytes)" in text for text, _ in statements)


def test_prune_keeps_what_is_pinned(path):
    store = open_store(path, max_bytes=2 * SIZE)
    store.save(RUN)
    store.pin(DIGEST)
    for seed in range(1, 5):
        store.save(make_run(seed))
    assert seeds(store) == [4, 0]
    store.pin(DIGEST, False)
    store.save(make_run(5))
    assert seeds(store) == [5, 4]


def test_prune_keeps_the_run_just_saved(path, monkeypatch):
    store = open_store(path, max_bytes=0)
    store.save(make_run(1))
    assert seeds(store) == [1]

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):  # set back by a day
            return datetime.now(tz) - timedelta(days=1)

    monkeypatch.setattr(annlab.store_tables, "datetime", Clock)
    store.save(make_run(2))
    assert seeds(store) == [2]


def test_prune_by_itself(path):
    for seed in range(4):
        open_store(path).save(make_run(seed))
    open_store(path).pin(DIGEST)
    open_store(path).prune()
    assert seeds(open_store(path)) == [3, 2, 1, 0]
    open_store(path, max_bytes=1).prune()
    assert seeds(open_store(path)) == [3, 0]


def test_saving_and_pruning_are_one_transaction(path, monkeypatch):
    store = open_store(path, max_bytes=SIZE)
    store.save(RUN)

    def fails(*args):
        prune(*args)
        raise RuntimeError("in the middle of it")

    prune = annlab.store.prune
    with monkeypatch.context() as patch:
        patch.setattr(annlab.store, "prune", fails)
        with pytest.raises(RuntimeError, match="in the middle of it"):
            store.save(make_run(1))
    assert seeds(store) == [0]
    assert same(store.load(DIGEST), RUN)


# --- data sets ----------------------------------------------------------------------------


def test_a_data_set_comes_back(store):
    assert store.load_dataset("digest") is None
    store.save_dataset("digest", b"one\0\xff")
    assert store.load_dataset("digest") == b"one\0\xff"
    store.save_dataset("digest", b"two")
    assert store.load_dataset("digest") == b"two"


def test_data_sets_have_a_limit_of_their_own(path):
    store = open_store(path, max_bytes=4000)
    store.save(make_run())
    for name in "abc":
        store.save_dataset(name, bytes(400))
    assert [name for name in "abc" if store.load_dataset(name)] == ["b", "c"]
    store.save_dataset("b", bytes(400))  # now the newest
    store.save_dataset("d", bytes(400))
    assert [name for name in "abcd" if store.load_dataset(name)] == ["b", "d"]
    store.save_dataset("large", bytes(5000))
    assert [name for name in ("b", "d", "large") if store.load_dataset(name)] == ["large"]
    assert seeds(store) == [0]


@pytest.mark.parametrize("digest", ["", "a" * 129, "a b", "ä", "\0", "\ud800"])
def test_a_data_set_needs_a_digest(store, digest):
    with pytest.raises(ValueError, match="digest: up to 128 letters and digits, got"):
        store.save_dataset(digest, b"")


# --- hostile text -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("Robert'); DROP TABLE annlab_runs; --", None),
        ("%s %(name)s :name ? {0}", None),
        ("<script>alert(1)</script>", None),
        ("Grüße ‮ 你好 👩‍👩‍👧 \n\t", None),
        ("x" * 1000, "x" * 200),
        ("nul\0byte", "nulbyte"),
        ("half \ud800 pair", "half ? pair"),
    ],
)
def test_names_are_any_text(store, statements, name, stored):
    store.save(RUN)
    store.save(make_run(1))
    assert store.rename(DIGEST, name)
    other, this = store.list()
    assert (this.name, other.name) == (name if stored is None else stored, "")
    assert not any(name in text for text, _ in statements)


@pytest.mark.parametrize("digest", ["' OR 1=1 --", "%", "x" * 100_000, "\0", "\ud800", ""])
def test_what_is_no_digest_is_not_there(store, digest):
    store.save(RUN)
    assert store.load(digest) is None
    assert store.load_dataset(digest) is None
    assert not store.pin(digest)
    assert not store.rename(digest, "name")
    assert not store.delete(digest)
    assert seeds(store) == [0]


# --- damage -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE annlab_runs SET data = substr(data, 1, length(data) - 1) WHERE digest = ?",
        "UPDATE annlab_runs SET data = x'' WHERE digest = ?",
        "UPDATE annlab_runs SET data = zeroblob(1000) WHERE digest = ?",
        "UPDATE annlab_runs SET data = 'text' WHERE digest = ?",
    ],
)
def test_a_damaged_run_is_removed(store, path, caplog, capfd, damage):
    store.save(RUN)
    store.save(make_run(1))
    sql(path, damage, DIGEST)
    assert seeds(store) == [1, 0]
    assert store.load(DIGEST) is None
    assert seeds(store) == [1]
    assert [(r.name, r.levelno) for r in caplog.records] == [("annlab.store", logging.WARNING)]
    assert DIGEST in caplog.text
    assert capfd.readouterr() == ("", "")
    store.save(RUN)
    assert same(store.load(DIGEST), RUN)


def test_a_damaged_run_that_was_saved_again_meanwhile_stays(store, path, monkeypatch):
    store.save(RUN)
    sql(path, "UPDATE annlab_runs SET data = x'00'")
    from_bytes = Run.from_bytes

    def slow(data):
        monkeypatch.undo()
        store.save(RUN)  # as another process would
        return from_bytes(data)

    monkeypatch.setattr(Run, "from_bytes", slow)
    assert store.load(DIGEST) is None
    assert same(store.load(DIGEST), RUN)


@pytest.mark.parametrize("config", ["{", '{"model": {"activation": "gone"}}'])
def test_a_config_that_is_no_longer_valid_is_left_out(store, path, caplog, config):
    store.save(RUN)
    store.save(make_run(1))
    sql(path, "UPDATE annlab_runs SET config = ? WHERE digest = ?", config, DIGEST)
    assert seeds(store) == [1]
    assert DIGEST in caplog.text


def test_a_run_that_this_host_does_not_accept_is_not_removed(store, monkeypatch, caplog):
    store.save(RUN)
    with monkeypatch.context() as patch:
        patch.setenv("ANNLAB_MAX_WORK", "1")
        assert store.load(DIGEST) is None
        assert store.list() == []
    assert DIGEST in caplog.text
    assert same(store.load(DIGEST), RUN)


# --- a database that cannot be used -------------------------------------------------------


def fails(call: Callable[[RunStore], object], store: RunStore) -> str:
    """The sentence with which a call fails."""
    with pytest.raises(StoreError) as caught:
        call(store)
    assert isinstance(caught.value, RuntimeError)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def make_folder(path: Path) -> None:
    path.mkdir()


def make_garbage(path: Path) -> None:
    path.write_bytes(b"this is no database " * 1000)


def remove(path: Path) -> None:
    path.rmdir() if path.is_dir() else path.unlink()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("obstacle", [make_folder, make_garbage])
def test_an_obstacle_and_its_removal(path, obstacle, call):
    store = open_store(path)
    obstacle(path)
    for _ in range(2):
        assert "runs.sqlite cannot be used: " in fails(call, store)
    remove(path)
    call(store)
    store.save(RUN)
    assert same(store.load(DIGEST), RUN)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_obstacle_that_comes_later(store, path, call):
    store.save(RUN)
    data = path.read_bytes()
    make_garbage(path)
    assert "file is not a database" in fails(call, store)
    path.write_bytes(data)
    call(store)


def test_a_file_where_a_folder_should_be(tmp_path):
    file = tmp_path / "file"
    file.touch()
    store = open_store(file / "below" / "runs.sqlite")
    assert "Not a directory" in fails(RunStore.list, store)
    file.unlink()
    assert store.list() == []


def test_a_folder_that_was_deleted_is_made_again(tmp_path):
    store = open_store(tmp_path / "a" / "b" / "runs.sqlite")
    store.save(RUN)
    (tmp_path / "a").rename(tmp_path / "c")
    assert store.list() == []
    store.save(RUN)
    assert seeds(open_store(tmp_path / "c" / "b" / "runs.sqlite")) == [0]


def test_tables_that_are_gone_are_a_sentence(store, path):
    store.save(RUN)
    sql(path, "DROP TABLE annlab_runs")
    assert "no such table" in fails(RunStore.list, store)


@pytest.mark.parametrize(
    "url",
    [
        "secret",
        "postgresql://user:secret/@host:port/name",
        "postgresql+unknown://user:secret@host/name",
        "postgresql+psycopg2://user:secret@127.0.0.1:1/name",
        "postgresql://user:secret@127.0.0.1:1/name",
        "postgresql://user@127.0.0.1:1/name?password=secret",
        "mysql://user:secret@host/name",
        "sqlite://user:secret@host/name",
        "sqlite:///file?timeout=secret",
        "sqlite:///\0",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_address_that_cannot_be_used(url, call):
    with pytest.raises(StoreError) as caught:
        call(RunStore(url))
    error = caught.value
    assert "secret" not in "".join(traceback.format_exception(error))
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_driver_that_shows_the_password(monkeypatch):
    """An engine whose driver does so stands for those that are not installed here."""

    def fails_to_open(*args):
        raise sa.exc.OperationalError("", {}, Exception("no entry for user:secret"))

    url = sa.make_url("postgresql://user:secret@host/name?sslpassword=other")
    engine = sa.create_mock_engine("sqlite://", lambda *args: None)
    monkeypatch.setattr(engine, "url", url, raising=False)
    monkeypatch.setattr(engine, "dispose", lambda: None, raising=False)
    monkeypatch.setattr(engine, "connect", fails_to_open, raising=False)
    monkeypatch.setattr(annlab.database, "_open", lambda url: engine)
    sentence = fails(RunStore.list, RunStore(url.render_as_string(hide_password=False)))
    assert sentence == (
        "The database postgresql://user:***@host/name cannot be used: OperationalError."
    )


def test_a_missing_driver_is_named():
    sentence = fails(RunStore.list, RunStore("sqlite+aiosqlite:///file"))
    assert sentence == (
        "The database file needs the Python package aiosqlite, which is not installed."
    )


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_database_of_another_version_is_left_alone(store, path, call):
    store.save(RUN)
    sql(path, "UPDATE annlab_schema SET version = 99")
    before = sql(path, "SELECT * FROM annlab_runs")
    assert "another version of annlab (tables 99; here 1)" in fails(call, store)
    assert sql(path, "SELECT * FROM annlab_runs") == before
    assert sql(path, "SELECT * FROM annlab_datasets") == []
    sql(path, "UPDATE annlab_schema SET version = 1")
    call(store)


def test_a_database_of_another_version_gets_no_tables(store, path):
    sql(path, "CREATE TABLE annlab_schema (version INTEGER)")
    sql(path, "INSERT INTO annlab_schema VALUES (2)")
    fails(RunStore.list, store)
    assert sql(path, "SELECT name FROM sqlite_master") == [("annlab_schema",)]


def test_tables_that_were_made_in_part_are_completed(store, path):
    sql(path, "CREATE TABLE annlab_schema (version INTEGER PRIMARY KEY)")
    store.save(RUN)
    assert sql(path, "SELECT version FROM annlab_schema") == [(1,)]
    assert seeds(store) == [0]


# --- others at the same time --------------------------------------------------------------


def test_a_lock_that_stays_is_a_sentence(store, path, monkeypatch):
    store.save(RUN)
    sqlite = annlab.database._ENGINE_OPTIONS["sqlite"]["connect_args"]
    monkeypatch.setitem(sqlite, "timeout", 0.05)
    monkeypatch.setattr(annlab.database, "PATIENCE_SECONDS", 0.05)
    hasty = open_store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "database is locked" in fails(lambda s: s.save(make_run(1)), hasty)
        assert seeds(hasty) == [0]  # readers do not wait
        other.execute("ROLLBACK")
    hasty.save(make_run(1))
    assert seeds(store) == [1, 0]


def test_a_conflict_is_tried_again(store, monkeypatch):
    conflicts = [IntegrityError("", {}, Exception("duplicate key"))] * 3
    put = annlab.store.put

    def collides(*args):
        put(*args)
        if conflicts:
            raise conflicts.pop()

    monkeypatch.setattr(annlab.store, "put", collides)
    store.save(RUN)
    assert conflicts == []
    assert same(store.load(DIGEST), RUN)


def test_many_threads(path):
    """Half of them through a store of their own, all starting with a new database."""
    shared = open_store(path)

    def work(k: int) -> None:
        store = shared if k % 2 else open_store(path)
        mine = make_run(100 + k)
        for i in range(5):
            store.save(make_run(i))
            store.save(mine)
            assert same(store.load(make_run(i).config.digest), make_run(i))
            assert store.rename(mine.config.digest, f"{k}")
            assert store.pin(mine.config.digest)
            store.save_dataset(f"{k}-{i}", bytes([k, i]))
            assert mine.config.digest in [info.digest for info in store.list()]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    infos = shared.list()
    assert sorted(info.config.training.seed for info in infos) == [*range(5), *range(100, 108)]
    assert {info.name for info in infos if info.pinned} == {str(k) for k in range(8)}
    for k in range(8):
        for i in range(5):
            assert shared.load_dataset(f"{k}-{i}") == bytes([k, i])


# Saves the runs in the files again and again, and says of each that it is saved.
WRITER = """
import sys
from annlab import Run
from annlab.store import RunStore

path, n_times, *files = sys.argv[1:]
store = RunStore(f"sqlite:///{path}")
runs = [Run.load(file) for file in files]
print("ready", flush=True)
for _ in range(int(n_times)):
    for run in runs:
        store.save(run)
        print(run.config.digest, flush=True)
"""

KILLED_BEFORE_COMMIT = """
import annlab.store, os, signal
annlab.store.prune = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def write(path):
    """Start a process that saves runs."""
    processes: list[subprocess.Popen[str]] = []

    def start(runs: list[Run], n_times: int, code: str = WRITER) -> subprocess.Popen[str]:
        files = [path.with_name(run.config.digest) for run in runs]
        for file, run in zip(files, runs, strict=True):
            run.save(file)
        arguments = [sys.executable, "-c", code, str(path), str(n_times), *map(str, files)]
        process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        return process

    yield start
    for process in processes:
        with process:
            process.kill()


def test_two_processes_lose_nothing(path, write):
    shared = [make_run(seed) for seed in range(5)]
    own = [[make_run(seed) for seed in range(start, start + 10)] for start in (10, 20)]
    processes = [write([*shared, *runs], n_times=4) for runs in own]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    store = open_store(path)
    assert sorted(seeds(store)) == [*range(5), *range(10, 30)]
    assert all(same(store.load(r.config.digest), r) for runs in (shared, *own) for r in runs)


def test_a_killed_process_leaves_whole_runs(path, write):
    """Large runs, replaced again and again."""
    runs = [make_run(seed, units=256) for seed in range(3)]
    for n_saved in (1, 2, 4, 7):
        process = write(runs, n_times=1_000_000)
        assert process.stdout.readline() == "ready\n"
        saved = {process.stdout.readline().strip() for _ in range(n_saved)}
        process.kill()
        assert process.wait() == -signal.SIGKILL
        store = open_store(path)
        listed = {info.digest for info in store.list()}
        assert saved <= listed
        assert all(store.load(digest) is not None for digest in listed)
        assert sql(path, "PRAGMA integrity_check") == [("ok",)]
        store.save(RUN)
        assert store.delete(DIGEST)


def test_a_process_killed_before_it_commits_changes_nothing(path, write):
    """The new run is so large that a part of it is in the files already."""
    store = open_store(path)
    old, new = make_run(ending="stopped", units=512), make_run(ending="finished", units=512)
    store.save(old)
    process = write([new], n_times=1, code=KILLED_BEFORE_COMMIT + WRITER)
    assert process.communicate() == ("ready\n", None)
    assert process.returncode == -signal.SIGKILL
    assert path.with_name("runs.sqlite-wal").stat().st_size > 1_000_000
    assert same(store.load(old.config.digest), old)
    store.save(new)
    assert same(store.load(new.config.digest), new)


# --- settings -----------------------------------------------------------------------------


def test_nothing_is_opened_until_it_is_used(tmp_path):
    store = open_store(tmp_path / "folder" / "runs.sqlite")
    assert list(tmp_path.iterdir()) == []
    store.list()
    assert (tmp_path / "folder" / "runs.sqlite").exists()


def test_the_default_is_a_file_below_the_current_directory(tmp_path, monkeypatch):
    monkeypatch.delenv("ANNLAB_DATABASE_URL", raising=False)
    folder = tmp_path / "50% of ?a=b#c"
    folder.mkdir()
    monkeypatch.chdir(folder)
    store = RunStore()
    assert list(folder.iterdir()) == []
    monkeypatch.chdir(tmp_path)  # does not move it
    store.save(RUN)
    file = folder / ".annlab" / "runs.sqlite"
    assert sql(file, "SELECT digest FROM annlab_runs") == [(DIGEST,)]
    assert [p.name for p in tmp_path.iterdir()] == [folder.name]


def test_the_address_in_the_environment(path, monkeypatch):
    monkeypatch.setenv("ANNLAB_DATABASE_URL", f"sqlite:///{path}")
    RunStore().save(RUN)
    assert seeds(open_store(path)) == [0]


def test_the_limit_in_the_environment(path, monkeypatch):
    monkeypatch.setenv("ANNLAB_STORE_MB", str(2.5 * SIZE / 1e6))
    for seed in range(4):
        open_store(path).save(make_run(seed))
    assert seeds(open_store(path)) == [3, 2]
    monkeypatch.setenv("ANNLAB_STORE_MB", "much")
    with pytest.raises(StoreError, match="ANNLAB_STORE_MB must be a number of megabytes"):
        open_store(path)


def test_the_default_limit_is_500_megabytes(path, monkeypatch):
    monkeypatch.delenv("ANNLAB_STORE_MB", raising=False)
    store = open_store(path)
    store.save(make_run(0))
    for seed, size_bytes in [(1, 500_000_000 - 2 * SIZE), (2, 500_000_000)]:
        store.save(make_run(seed))
        assert 0 in seeds(store)
        sql(
            path,
            "UPDATE annlab_runs SET size_bytes = ? WHERE digest = ?",
            size_bytes,
            make_run(seed).config.digest,
        )
    store.save(make_run(3))
    assert seeds(store) == [3]


def test_sqlite_is_in_wal_mode(store, path):
    store.save(RUN)
    assert sql(path, "PRAGMA journal_mode") == [("wal",)]


def test_neither_torch_nor_the_orm_is_imported():
    names = "{'torch', 'sqlalchemy.orm', 'streamlit', 'sklearn'}"
    code = f"import sys, annlab.store; print({names} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr
