"""Backups of a database in use, and what becomes of a store that is restored from one."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from annlab.store import backup, restore, sqlite_file
from annlab.store.run_store import RunStore
from tests.store import version1
from tests.store.runs import make_run, same, seeds

ROOT = Path(__file__).resolve().parents[2]
Command = Callable[[list[str]], int]


@pytest.fixture
def url(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of the database, also for the commands."""
    monkeypatch.setenv("ANNLAB_DATABASE_URL", sqlite_url)
    return sqlite_url


@pytest.fixture
def saved(store: RunStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Backup of three runs."""
    for seed in range(3):
        store.save(make_run(seed))
    folder = tmp_path / "back ups?"  # as an address it would need quotes
    folder.mkdir()
    assert backup.main([str(folder / "monday.sqlite")]) == 0
    assert capsys.readouterr().out.startswith("Saved 3 runs from ")
    return folder / "monday.sqlite"


def refused(command: Command, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Sentence with which a command ends."""
    capsys.readouterr()
    assert command(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err.strip()


def test_a_backup_brings_everything_back(store, saved, path, capsys):
    assert [file.name for file in saved.parent.iterdir()] == ["monday.sqlite"]
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600 or os.name == "nt"
    store.rename(make_run(0).config.digest, "later")
    store.delete(make_run(1).config.digest)
    store.save(make_run(7))
    assert restore.main([str(saved), "--force"]) == 0
    assert capsys.readouterr().out == f"Restored 3 runs from {saved} to {path}.\n"
    assert seeds(store) == [2, 1, 0]
    assert all(same(store.load(make_run(seed).config.digest), make_run(seed)) for seed in range(3))
    assert {info.name for info in store.list_runs()} == {""}
    store.save(make_run(8))
    assert seeds(store) == [8, 2, 1, 0]
    assert [file.name for file in saved.parent.iterdir()] == ["monday.sqlite"]


def test_the_write_ahead_log_is_part_of_a_backup(store, url, path, tmp_path):
    """An open connection keeps SQLite from moving the log into the database."""
    store.save(make_run(0))
    with closing(sqlite3.connect(path)) as keeps_the_log:
        keeps_the_log.execute("SELECT * FROM annlab_runs").fetchone()
        store.save(make_run(1))
        assert Path(f"{path}-wal").stat().st_size
        assert backup.main([str(tmp_path / "copy")]) == 0
    assert seeds(RunStore(f"sqlite:///{tmp_path / 'copy'}")) == [1, 0]


def test_a_backup_during_writes_is_of_one_moment(store, url, tmp_path, monkeypatch):
    """Two writers store runs one after the other; a backup holds the first ones of each."""
    store.save(make_run(0))
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
            before.append([seed for mine in written.values() for seed in mine])
            backup.backup(target)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert all(written.values())
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


def test_a_server_that_writes_meanwhile_goes_on_with_the_backup(store, url, saved, path):
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        mine = RunStore(url)
        while not stop.is_set():
            mine.save(make_run(100 + len(written)))
            written.append(100 + len(written))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            restore.restore(saved, force=True)
    finally:
        stop.set()
        writer.join()
    assert written
    store.save(make_run(3))
    first, *later = seeds(store)
    assert (first, later[-3:]) == (3, [2, 1, 0])
    assert set(later[:-3]) <= set(written)
    assert sqlite_file.count_runs(path) == len(later) + 1


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
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE annlab_schema SET version = 99")


def replace_by_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("force", [[], ["--force"]])
@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (cut, "cannot be used: database disk image is malformed"),
        (overwrite_pages, "is damaged: "),
        (replace_by_text, "cannot be used: file is not a database"),
        (replace_by_another, "was not written by annlab"),
        (make_newer, "was written by a newer version of annlab"),
        (replace_by_folder, "There is no file"),
        (Path.unlink, "There is no file"),
    ],
)
def test_a_damaged_backup_is_refused(store, saved, path, capsys, damage, says, force):
    damage(saved)
    store.save(make_run(3))
    before = path.read_bytes()
    said = refused(restore.main, [str(saved), *force], capsys)
    assert says in said
    assert "monday.sqlite" in said
    assert path.read_bytes() == before
    assert seeds(store) == [3, 2, 1, 0]


def test_nothing_is_replaced_without_being_asked(store, saved, path, capsys):
    before = saved.read_bytes()
    store.save(make_run(3))
    said = refused(backup.main, [str(saved)], capsys)
    assert said == f"{saved} exists already. To replace it, add --force."
    assert saved.read_bytes() == before
    said = refused(restore.main, [str(saved)], capsys)
    assert said == f"{path} holds 4 runs. To replace it, add --force."
    assert seeds(store) == [3, 2, 1, 0]
    assert backup.main([str(saved), "--force"]) == 0
    assert restore.main([str(saved), "--force"]) == 0
    assert seeds(store) == [3, 2, 1, 0]


def test_a_store_without_runs_is_replaced(store, saved):
    for seed in range(3):
        store.delete(make_run(seed).config.digest)
    assert restore.main([str(saved)]) == 0
    assert seeds(store) == [2, 1, 0]


@pytest.mark.parametrize("command", [backup.main, restore.main])
def test_the_database_is_not_its_own_backup(store, saved, path, capsys, command):
    before = path.read_bytes()
    assert "is the database itself" in refused(command, [str(path), "--force"], capsys)
    assert path.read_bytes() == before


def test_a_locked_database_is_not_replaced(store, saved, path, capsys, monkeypatch):
    monkeypatch.setattr(sqlite_file, "PATIENCE_SECONDS", 0.2)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = refused(restore.main, [str(saved), "--force"], capsys)
        assert said == f"{path} is in use by a server that does not finish."
    assert restore.main([str(saved), "--force"]) == 0


def test_the_log_of_a_killed_server_is_not_applied(store, saved, path):
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


@pytest.mark.parametrize("damage", [cut, overwrite_pages, replace_by_text, replace_by_another])
def test_a_damaged_database_is_replaced_when_asked(store, saved, path, capsys, damage):
    damage(path)
    before = path.read_bytes()
    assert refused(restore.main, [str(saved)], capsys).endswith("To replace it, add --force.")
    assert path.read_bytes() == before
    assert restore.main([str(saved), "--force"]) == 0
    assert seeds(store) == [2, 1, 0]
    assert sqlite_file.count_runs(path) == 3


@pytest.mark.parametrize("damage", [cut, overwrite_pages, replace_by_text, Path.unlink])
def test_a_damaged_database_is_not_backed_up(saved, path, capsys, damage):
    damage(path)
    before = saved.read_bytes()
    refused(backup.main, [str(saved), "--force"], capsys)
    assert saved.read_bytes() == before
    assert [file.name for file in saved.parent.iterdir()] == ["monday.sqlite"]
    assert path.exists() == (damage is not Path.unlink)


def test_a_missing_folder_is_named(saved, tmp_path, capsys):
    said = refused(backup.main, [str(tmp_path / "gone" / "file")], capsys)
    assert said == f"{tmp_path / 'gone' / 'file'} cannot be written: No such file or directory."


def test_a_backup_of_version_1_is_restored(store, url, tmp_path):
    version1.restore(f"sqlite:///{tmp_path / 'old.sqlite'}")
    assert restore.main([str(tmp_path / "old.sqlite")]) == 0
    assert seeds(store) == version1.SEEDS


def test_the_commands_of_the_documentation(store, saved, path, tmp_path):
    """As processes, on the default database below the current directory."""
    environment = {**os.environ, "ANNLAB_DATABASE_URL": "", "PYTHONPATH": str(ROOT)}

    def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", module, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    first = run("annlab.store.restore", str(saved))
    assert (first.returncode, first.stderr) == (0, "")
    assert seeds(RunStore(f"sqlite:///{tmp_path / '.annlab' / 'runs.sqlite'}")) == [2, 1, 0]
    again = run("annlab.store.backup", "backup.sqlite")
    assert (again.returncode, again.stderr) == (0, "")
    assert sqlite_file.count_runs(tmp_path / "backup.sqlite") == 3
    wrong = run("annlab.store.backup")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr == (
        "The following arguments are required: file; --help explains the command.\n"
    )


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("nonsense", "ANNLAB_DATABASE_URL must be "),
        ("sqlite:///file:runs?uri=true", "must be the path of an SQLite file, without options."),
    ],
)
@pytest.mark.parametrize("command", [backup.main, restore.main])
def test_an_address_that_is_no_file(monkeypatch, tmp_path, capsys, command, address, says):
    monkeypatch.setenv("ANNLAB_DATABASE_URL", address)
    assert says in refused(command, [str(tmp_path / "file")], capsys)


# --- PostgreSQL -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "tool"), [(backup.main, "pg_dump"), (restore.main, "pg_restore")]
)
def test_the_commands_for_postgresql_are_those_of_the_documentation(
    monkeypatch, tmp_path, capsys, command, tool
):
    monkeypatch.setenv("ANNLAB_DATABASE_URL", "postgresql://user:secret@127.0.0.1:1/name")
    said = refused(command, [str(tmp_path / "file")], capsys)
    shown = said.partition(" in the place of URL: ")[2]
    assert shown.startswith(f"{tool} ")
    assert shown in (ROOT / "docs" / "hosting.md").read_text()
    assert "secret" not in said


def test_the_commands_for_postgresql_bring_everything_back(
    postgresql_url, tmp_path, monkeypatch, capsys
):
    if not shutil.which("pg_dump") or not shutil.which("pg_restore"):
        pytest.skip("pg_dump and pg_restore are not installed")
    monkeypatch.setenv("ANNLAB_DATABASE_URL", postgresql_url)
    file = tmp_path / "monday.dump"

    def run(command: Command) -> None:
        shown = refused(command, [str(file)], capsys).partition(" in the place of URL: ")[2]
        words = shown.replace("URL", postgresql_url).replace("FILE", str(file)).split()
        subprocess.run(words, check=True)

    store = RunStore(postgresql_url)
    store.save(make_run(0))
    store.save(make_run(1))
    run(backup.main)
    store.delete(make_run(0).config.digest)
    store.save(make_run(2))
    run(restore.main)
    assert seeds(store) == [1, 0]
    assert same(store.load(make_run(0).config.digest), make_run(0))
    store.save(make_run(3))
    assert seeds(store) == [3, 1, 0]
