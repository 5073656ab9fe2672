"""What all sessions of a server share."""

from pathlib import Path

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from tests.ui.visitor import serving

# Dask's own sockets
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def _threads() -> dict[str, int]:
    return {
        pool["filepath"]: pool["num_threads"]
        for pool in threadpool_info()
        if pool["user_api"] == "blas"
    }


def test_pages_compute_on_one_thread(tmp_path: Path) -> None:
    threadpool_limits(2, user_api="blas")
    before = _threads()
    assert {*before.values()} == {2}
    with serving(f"sqlite:///{tmp_path / 'runs.sqlite'}"):
        # What the worker in this process has brought along since then is its own.
        assert {_threads()[path] for path in before} == {1}
