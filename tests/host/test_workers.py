"""Number of workers of hosts of many sizes."""

import os
import subprocess
import sys

import pytest

from annlab.host import workers
from annlab.host.workers import MOST_WORKERS, SERVER_MB, WORKER_MB, choose_workers, spare_mb


@pytest.mark.parametrize(
    ("cores", "memory_mb", "expected"),
    [
        (2, 690, 0),  # the smallest free cloud
        (0.078, 2700, 1),
        (1, 1000, 1),
        (2, 1000, 1),
        (2, 4000, 2),
        (1.5, 4000, 1),
        (4, SERVER_MB + 3 * WORKER_MB, 3),
        (4, SERVER_MB + 3 * WORKER_MB - 1, 2),
        (64, 256_000, MOST_WORKERS),
        (64, 100, 0),
    ],
)
def test_cores_and_memory_both_limit(cores: float, memory_mb: float, expected: int) -> None:
    choice = choose_workers(cores, memory_mb)
    assert choice.n_workers == expected
    assert choice.reason.startswith(f"{expected} training worker")
    assert f"{memory_mb:.0f} MB" in choice.reason


def test_trainings_share_what_the_processes_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    def spare(n_workers: int, memory_mb: float) -> float:
        spare_mb.cache_clear()
        monkeypatch.setattr(workers, "memory_bytes", lambda: 1e6 * memory_mb)
        return spare_mb(n_workers)

    try:
        assert spare(0, 1000) == 200
        assert spare(1, 1000) == 250
        assert spare(2, 4250) == 1500
        assert spare(2, 500) == 100  # small runs are trained on any host
    finally:
        spare_mb.cache_clear()


@pytest.mark.parametrize(("variable", "n_lines"), [("", 1), ("1", 0)])
def test_the_choice_is_logged_where_the_host_makes_none(variable: str, n_lines: int) -> None:
    code = "from annlab.environment import check_environment as c; c(); c()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "ANNLAB_WORKERS": variable},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.count(" chosen: ") == n_lines
