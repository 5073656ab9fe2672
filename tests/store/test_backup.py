"""Backups of a database in use, and what becomes of a store that is restored from one."""

import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest

from annlab.store import backup, restore
from annlab.store.run_store import RunStore
from tests.store import version1
from tests.store.runs import make_run, same, seeds, sql


@pytest.fixture
def url(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of the database, also for the commands."""
    monkeypatch.setenv("ANNLAB_DATABASE_URL", sqlite_url)
    return sqlite_url


@pytest.fixture
def saved(store: RunStore, tmp_path: Path) -> Path:
    """Backup of three runs."""
    for seed in range(3):
        store.save(make_run(seed))
    target = tmp_path / "backups" / "monday.sqlite"
    assert backup.main([str(target)]) == 0
    return target


def refused(command, arguments: list[str], capsys) -> str:
    """Sentence with which a command ends."""
    capsys.readouterr()
    assert command.main(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err.strip()


def test_a_backup_brings_everything_back(store, saved, path, capsys):
    assert [file.name for file in saved.parent.iterdir()] == ["monday.sqlite"]
    store.rename(make_run(0).config.digest, "later")
    store.delete(make_run(1).config.digest)
    store.save(make_run(7))
    capsys.readouterr()
    assert restore.main([str(saved), "--force"]) == 0
    assert capsys.readouterr().out == f"Restored 3 runs from {saved}.\n"
    assert seeds(store) == [2, 1, 0]
    assert all(same(store.load(make_run(seed).config.digest), make_run(seed)) for seed in range(3))
    assert {info.name for info in store.list_runs()} == {""}
    store.save(make_run(8))
    assert seeds(store) == [8, 2, 1, 0]
    assert not list(path.parent.glob("*.part"))


def test_a_backup_during_writes_is_of_one_moment(store, url, tmp_path, monkeypatch):
    """Two writers save runs one after the other; a backup holds the first of each."""
    store.list_runs()  # makes the file
    stop = threading.Event()
    written: dict[int, list[int]] = {100: [], 200: []}

    def write(first: int) -> None:
        mine = RunStore(url)
        while not stop.is_set() and len(written[first]) < 90:
            seed = first + len(written[first])
            mine.save(make_run(seed))
            written[first].append(seed)

    writers = [threading.Thread(target=write, args=[first]) for first in written]
    for writer in writers:
        writer.start()
    try:
        targets = [tmp_path / f"{k}.sqlite" for k in range(5)]
        before = []
        for target in targets:
            before.append([seed for seeds in written.values() for seed in seeds])
            backup.backup(target)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    for target, at_least in zip(targets, before, strict=True):
        monkeypatch.setenv("ANNLAB_DATABASE_URL", f"sqlite:///{tmp_path / 'other' / target.name}")
        restore.restore(target)
        other = RunStore()
        found = seeds(other)
        assert set(at_least) <= set(found)
        for first in written:
            mine = sorted(seed for seed in found if first <= seed < first + 100)
            assert mine == list(range(first, first + len(mine)))
        assert all(same(other.load(make_run(seed).config.digest), make_run(seed)) for seed in found)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def overwrite_pages(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[8192:20480] = b"\x55" * 12288
    file.write_bytes(data)


def replace_by_text(file: Path) -> None:
    file.write_text("this is no database " * 1000)


def replace_by_another(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE addresses (name TEXT)")


def make_newer(file: Path) -> None:
    sql(f"sqlite:///{file}", "UPDATE annlab_schema SET version = 99")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (cut, "is damaged"),
        (overwrite_pages, "is damaged"),
        (replace_by_text, "is not an SQLite database"),
        (replace_by_another, "was not written by annlab"),
        (make_newer, "was written by a newer version of annlab"),
        (Path.unlink, "There is no file"),
    ],
)
def test_a_damaged_backup_is_refused(store, saved, path, capsys, damage, says):
    damage(saved)
    store.save(make_run(3))
    before = path.read_bytes()
    assert says in refused(restore, [str(saved), "--force"], capsys)
    assert path.read_bytes() == before
    assert seeds(store) == [3, 2, 1, 0]
    assert not list(path.parent.glob("*.part"))


def test_nothing_is_replaced_without_being_asked(store, saved, path, capsys):
    before = saved.read_bytes()
    store.save(make_run(3))
    assert refused(backup, [str(saved)], capsys).endswith("To replace it, add --force.")
    assert saved.read_bytes() == before
    assert refused(restore, [str(saved)], capsys).endswith("To replace it, add --force.")
    assert seeds(store) == [3, 2, 1, 0]
    assert backup.main([str(saved), "--force"]) == 0
    assert restore.main([str(saved), "--force"]) == 0
    assert seeds(store) == [3, 2, 1, 0]


def test_a_database_in_use_is_not_replaced(store, saved, path, capsys):
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM annlab_runs").fetchone()
        said = refused(restore, [str(saved), "--force"], capsys)
        assert said == f"{path} is in use. Stop all servers first."
    assert restore.main([str(saved), "--force"]) == 0


def test_the_log_of_the_replaced_database_is_not_applied(store, saved, path):
    """A killed server leaves a write-ahead log."""
    with closing(sqlite3.connect(path)) as keeps_the_log:
        keeps_the_log.execute("SELECT * FROM annlab_runs").fetchone()
        store.save(make_run(3))
        log = Path(f"{path}-wal").read_bytes()
        data = path.read_bytes()
    assert log
    path.write_bytes(data)
    Path(f"{path}-wal").write_bytes(log)
    assert restore.main([str(saved), "--force"]) == 0
    assert seeds(store) == [2, 1, 0]


def test_a_damaged_database_is_replaced(store, saved, path):
    replace_by_text(path)
    assert restore.main([str(saved), "--force"]) == 0
    assert seeds(store) == [2, 1, 0]


def test_a_damaged_database_is_not_backed_up(saved, path, tmp_path, capsys):
    replace_by_text(path)
    target = tmp_path / "new.sqlite"
    assert "is not an SQLite database" in refused(backup, [str(target)], capsys)
    assert not target.exists()


def test_a_backup_of_version_1_is_restored(store, url, tmp_path):
    version1.restore(f"sqlite:///{tmp_path / 'old.sqlite'}")
    assert restore.main([str(tmp_path / "old.sqlite")]) == 0
    assert seeds(store) == version1.SEEDS


@pytest.mark.parametrize(("command", "tool"), [(backup, "pg_dump"), (restore, "pg_restore")])
def test_the_tools_of_postgresql_are_named(monkeypatch, tmp_path, capsys, command, tool):
    monkeypatch.setenv("ANNLAB_DATABASE_URL", "postgresql://user:secret@127.0.0.1:1/name")
    said = refused(command, [str(tmp_path / "file")], capsys)
    assert f"For PostgreSQL, use: {tool} " in said
    assert "secret" not in said


def test_the_tools_of_postgresql_bring_everything_back(postgresql_url, tmp_path):
    """The commands of docs/hosting.md."""
    if not shutil.which("pg_dump") or not shutil.which("pg_restore"):
        pytest.skip("pg_dump and pg_restore are not installed")
    store = RunStore(postgresql_url)
    store.save(make_run(0))
    file = tmp_path / "backup"
    subprocess.run(["pg_dump", "--format=custom", f"--file={file}", postgresql_url], check=True)
    store.delete(make_run(0).config.digest)
    store.save(make_run(1))
    options = ["--clean", "--if-exists", "--no-owner"]
    subprocess.run(["pg_restore", *options, f"--dbname={postgresql_url}", file], check=True)
    assert seeds(store) == [0]
    assert same(store.load(make_run(0).config.digest), make_run(0))
