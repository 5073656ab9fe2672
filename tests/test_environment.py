"""Environment variables of a host."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from annlab import RunConfig
from annlab.environment import Environment
from annlab.jobs.cluster import Cluster
from annlab.runs.budget import check_budget
from annlab.store.database import StoreError
from annlab.store.run_store import RunStore

ROOT = Path(__file__).parents[1]
VARIABLES = [f"ANNLAB_{name.upper()}" for name in Environment.model_fields]
NO_NUMBERS = ["two", "nan", "-1", "inf", "1e10x"]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("text", NO_NUMBERS)
@pytest.mark.parametrize(
    ("name", "kind", "use"),
    [
        ("ANNLAB_MAX_WORK", "a number", lambda: check_budget(RunConfig())),
        ("ANNLAB_WORKERS", "a whole number", Cluster),
        ("ANNLAB_STORE_MB", "a number", lambda: RunStore("sqlite:///never-opened.sqlite")),
    ],
)
def test_numeric_variables_must_be_valid_numbers(
    monkeypatch: pytest.MonkeyPatch, name: str, kind: str, use: Any, text: str
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(ValueError, match=f"^{name} must be {kind} of at least 0; got '{text}'.$"):
        use()


@pytest.mark.parametrize("text", [*NO_NUMBERS, "0"])
def test_longest_duration_must_be_a_number_above_0(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("ANNLAB_MAX_MINUTES", text)
    wrong = f"^ANNLAB_MAX_MINUTES must be a number above 0; got '{text}'.$"
    with pytest.raises(ValueError, match=wrong):
        Environment.read()


def test_folder_variable_refuses_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANNLAB_DATA_DIR", str(tmp_path / "new"))
    assert Environment.read().data_dir == tmp_path / "new"
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ANNLAB_DATA_DIR", str(tmp_path / "file"))
    with pytest.raises(ValueError, match=r"^ANNLAB_DATA_DIR must be the path of a folder; got"):
        Environment.read()


def test_every_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNLAB_WORKERS", "two")
    monkeypatch.setenv("ANNLAB_MAX_WORK", "much")
    with pytest.raises(ValueError, match=r"ANNLAB_WORKERS .* got 'two'\. ANNLAB_MAX_WORK .*\.$"):
        Environment.read()


def test_an_empty_variable_means_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Environment.read()
    assert before.workers >= 1
    for name in VARIABLES:
        monkeypatch.setenv(name, "")
    assert Environment.read() == before


def test_variables_are_read_when_they_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for n in (0, 3):
        monkeypatch.setenv("ANNLAB_WORKERS", str(n))
        monkeypatch.setenv("ANNLAB_SCHEDULER", f"tcp://host:{n}")
        cluster = Cluster()
        assert (cluster.n_workers, cluster.scheduler) == (n, f"tcp://host:{n}")
    assert Cluster(n_workers=1, scheduler="").scheduler == ""


def test_the_documentation_names_these_variables_and_no_others() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {name for page in pages for name in re.findall(r"ANNLAB_[A-Z_]+", page.read_text())}
    assert named == set(VARIABLES)


DATABASES = {
    "sqlite:///runs.sqlite": True,
    "sqlite:////absolute/runs.sqlite": True,
    "postgres://user:secret@host/runs": True,
    "postgresql+psycopg://host:5432/runs?sslmode=require": True,
    "nonsense secret": False,
    "sqlite://": False,
    "sqlite:///": False,
    "sqlite:///:memory:": False,
    "sqlite+nonsense:///runs.sqlite": False,
    "mysql://user:secret@host/runs": False,
    "postgresql://user:secret@host:port/runs": False,
}


@pytest.mark.parametrize(("url", "is_right"), DATABASES.items())
def test_address_of_the_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, is_right: bool
) -> None:
    monkeypatch.setenv("ANNLAB_DATABASE_URL", url)
    if is_right:
        assert Environment.read().database_url == url
        return
    with pytest.raises(ValueError, match=r"^ANNLAB_DATABASE_URL must be [^;]*\.$") as caught:
        Environment.read()
    assert "secret" not in str(caught.value)
    # The store would refuse it too, without asking any database.
    monkeypatch.delenv("ANNLAB_DATABASE_URL")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError):
        RunStore(url).list_runs()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("address", ["host", "tcp://host", "tcp://:8786", "tcp://host:port", ":1"])
def test_a_scheduler_needs_host_and_port(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("ANNLAB_SCHEDULER", address)
    with pytest.raises(ValueError, match=r"^ANNLAB_SCHEDULER must be an address with a port"):
        Environment.read()
    for right in ("host:8786", "tls://10.0.0.5:8786", "tcp://[::1]:8786"):
        monkeypatch.setenv("ANNLAB_SCHEDULER", right)
        assert Environment.read().scheduler == right


def _start(variables: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_wrong_variable_ends_the_start_with_one_sentence() -> None:
    wrong = {
        "ANNLAB_WORKERS": "abc",
        "ANNLAB_DATABASE_URL": "nonsense",
        "ANNLAB_STORE_MB": "-1",
        "ANNLAB_WORKER": "1",
    }
    done = _start(wrong, "-m", "annlab")
    assert done.returncode == 1
    assert done.stdout == ""
    unknown, invalid = done.stderr.splitlines()
    line = r"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d,\d{{3}} {} {}"
    hint = "annlab does not know the variable ANNLAB_WORKER: did you mean ANNLAB_WORKERS?"
    assert re.fullmatch(line.format("WARNING", re.escape(hint)), unknown)
    assert re.fullmatch(line.format("CRITICAL", "(ANNLAB_[A-Z_]+ must be .*){3}"), invalid)


def test_an_unknown_variable_does_not_end_the_start() -> None:
    code = "from annlab.environment import check_environment as c; c(); c()"
    done = _start({"ANNLAB_COFFEE": "strong", "ANNLAB_WORKERS": "1"}, "-c", code)
    assert done.returncode == 0
    # No name is near, and nothing is said twice.
    assert done.stderr.splitlines()[0].endswith("annlab does not know the variable ANNLAB_COFFEE.")
    assert "strong" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
