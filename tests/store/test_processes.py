"""Concurrent threads and processes on one store, some of them killed."""

import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

import annlab.store.run_store
from annlab import Run
from annlab.store.run_store import RunStore
from tests.store.runs import DIGEST, RUN, make_run, same, seeds, sql

ROOT = Path(__file__).resolve().parents[2]
Write = Callable[..., subprocess.Popen[str]]

# Saves the runs in the files repeatedly and prints a line for each save.
WRITER = """
import sys
from annlab import Run
from annlab.store.run_store import RunStore

url, n_times, *files = sys.argv[1:]
store = RunStore(url)
runs = [Run.load(file) for file in files]
print("ready", flush=True)
for _ in range(int(n_times)):
    for run in runs:
        store.save(run)
        print(run.config.digest, flush=True)
"""

KILLED_BEFORE_COMMIT = """
import annlab.store.run_store, os, signal
annlab.store.run_store.prune = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def write(url, tmp_path):
    """Start a process that saves runs."""
    processes = []

    def start(runs: list[Run], n_times: int, code: str = WRITER) -> subprocess.Popen[str]:
        files = [tmp_path / run.config.digest for run in runs]
        for file, run in zip(files, runs, strict=True):
            run.save(file)
        arguments = [sys.executable, "-c", code, url, str(n_times), *map(str, files)]
        process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        return process

    yield start
    for process in processes:
        with process:
            process.kill()


def test_a_conflict_is_tried_again(store, monkeypatch):
    conflicts = [IntegrityError("", {}, Exception("duplicate key"))] * 3
    put = annlab.store.run_store.put_newest

    def collides(*args):
        put(*args)
        if conflicts:
            raise conflicts.pop()

    monkeypatch.setattr(annlab.store.run_store, "put_newest", collides)
    store.save(RUN)
    assert conflicts == []
    assert same(store.load(DIGEST), RUN)


def test_many_threads(url):
    """Half of the threads have a store of their own; all start with a new database."""
    shared = RunStore(url)

    def work(k: int) -> None:
        store = shared if k % 2 else RunStore(url)
        mine = make_run(100 + k)
        for i in range(5):
            store.save(make_run(i))
            store.save(mine)
            assert same(store.load(make_run(i).config.digest), make_run(i))
            assert store.rename(mine.config.digest, f"{k}")
            assert store.pin(mine.config.digest)
            store.save_dataset(f"{k}-{i}", bytes([k, i]))
            assert mine.config.digest in [info.digest for info in store.list_runs()]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    infos = shared.list_runs()
    assert sorted(info.config.training.seed for info in infos) == [*range(5), *range(100, 108)]
    assert {info.name for info in infos if info.pinned} == {str(k) for k in range(8)}
    for k in range(8):
        for i in range(5):
            assert shared.load_dataset(f"{k}-{i}") == bytes([k, i])


def test_two_processes_lose_nothing(url: str, write: Write):
    shared = [make_run(seed) for seed in range(5)]
    own = [[make_run(seed) for seed in range(start, start + 10)] for start in (10, 20)]
    processes = [write([*shared, *runs], n_times=4) for runs in own]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    store = RunStore(url)
    assert sorted(seeds(store)) == [*range(5), *range(10, 30)]
    assert all(same(store.load(r.config.digest), r) for runs in (shared, *own) for r in runs)


def test_two_processes_that_prune_keep_within_the_limit(url, write, monkeypatch):
    size = len(make_run(10).to_bytes())
    monkeypatch.setenv("ANNLAB_STORE_MB", str(3.5 * size / 1e6))
    processes = [
        write([make_run(seed) for seed in range(start, start + 10)], n_times=4)
        for start in (10, 20)
    ]
    for process in processes:
        process.communicate(timeout=60)
        assert process.returncode == 0
    store = RunStore(url)
    # Each process may have saved its last run before seeing that of the other.
    assert 1 <= len(seeds(store)) <= 4
    store.save(make_run(10))
    assert len(seeds(store)) <= 3
    assert all(store.load(info.digest) is not None for info in store.list_runs())


def test_a_killed_process_leaves_whole_runs(url: str, write: Write):
    """Large runs, replaced again and again."""
    runs = [make_run(seed, units=256) for seed in range(3)]
    for n_saved in (1, 2, 4, 7):
        process = write(runs, n_times=1_000_000)
        assert process.stdout.readline() == "ready\n"
        saved = {process.stdout.readline().strip() for _ in range(n_saved)}
        process.kill()
        assert process.wait() == -signal.SIGKILL
        store = RunStore(url)
        listed = {info.digest for info in store.list_runs()}
        assert saved <= listed
        assert all(store.load(digest) is not None for digest in listed)
        if url.startswith("sqlite"):
            assert sql(url, "PRAGMA integrity_check") == [("ok",)]
        store.save(RUN)
        assert store.delete(DIGEST)


def test_a_process_killed_before_it_commits_changes_nothing(url: str, write: Write):
    store = RunStore(url)
    old, new = make_run(ending="stopped", units=512), make_run(ending="finished", units=512)
    store.save(old)
    process = write([new], n_times=1, code=KILLED_BEFORE_COMMIT + WRITER)
    assert process.communicate() == ("ready\n", None)
    assert process.returncode == -signal.SIGKILL
    if url.startswith("sqlite"):
        # The new run is large, so a part of it is already in the files.
        file = Path(url.removeprefix("sqlite:///"))
        assert file.with_name(f"{file.name}-wal").stat().st_size > 1_000_000
    assert same(store.load(old.config.digest), old)
    assert store.list_runs()[0].ending == "stopped"
    store.save(new)
    assert same(store.load(new.config.digest), new)
