"""Environment variables of a host."""

import re
from pathlib import Path
from typing import Any

import pytest

from annlab import RunConfig
from annlab.environment import Environment
from annlab.jobs.cluster import Cluster
from annlab.runs.budget import check_budget
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
    for_tests = {name for name in named if name.startswith(("ANNLAB_TEST_", "ANNLAB_REQUIRE_"))}
    assert named - for_tests == set(VARIABLES)
