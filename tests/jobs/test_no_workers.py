"""Why there are no training workers, as a sentence."""

from typing import Any

import pytest

from annlab.jobs.no_workers import why_no_workers

ADDRESS = "tcp://10.0.0.1:8786"
HERE = {"python": "3.11.7.final.0", "dask": "2026.8.0", "distributed": "2026.8.0"}


def _versions(scheduler: dict[str, str], worker: dict[str, str]) -> dict[str, Any]:
    return {
        "client": {"packages": HERE},
        "scheduler": {"packages": {**HERE, **scheduler}},
        "workers": {"tcp://1": {"packages": HERE}, "tcp://2": {"packages": {**HERE, **worker}}},
    }


def _why(error: Exception, address: str = ADDRESS, **versions: dict[str, str]) -> str:
    found = {"scheduler": {}, "worker": {}, **versions}
    said = why_no_workers(error, address, 120, lambda: _versions(**found))
    assert said.endswith(". The server keeps trying.")
    return said.removesuffix(". The server keeps trying.")


def test_absence_is_named() -> None:
    assert _why(ConnectionRefusedError()) == f"The Dask scheduler at {ADDRESS} does not answer"
    silent = "No training worker of {} has answered within 2 minutes"
    assert _why(TimeoutError()) == silent.format(f"the Dask scheduler at {ADDRESS}")
    assert _why(TimeoutError(), "") == silent.format("this server")


@pytest.mark.parametrize("missing", ["annlab", "annlab.jobs.worker"])
def test_a_cluster_without_annlab_is_named(missing: str) -> None:
    error = RuntimeError("Error during deserialization of the task graph")
    error.__cause__ = ModuleNotFoundError("No module", name=missing)
    assert "or one of its workers lacks annlab" in _why(error)
    error.__cause__ = ModuleNotFoundError("No module", name="annlabels")
    assert "lacks annlab" not in _why(error)


def test_other_versions_are_named() -> None:
    error = TypeError("what is this?")
    assert _why(error, scheduler={"dask": "2024.1.0"}) == (
        f"The Dask scheduler at {ADDRESS} has Dask 2024.1.0, and this server has Dask 2026.8.0: "
        "install the same version"
    )
    said = _why(error, worker={"python": "3.12.1.final.0"})
    assert f"A worker of the Dask scheduler at {ADDRESS} has Python 3.12, and this" in said
    # The last number of Python's version makes no difference.
    assert "what is this?" in _why(error, worker={"python": "3.11.9.final.0"})


def test_nothing_is_claimed_where_versions_are_unknown() -> None:
    def unknown() -> dict[str, Any]:
        raise OSError

    said = why_no_workers(TypeError("what is this?"), ADDRESS, 120, unknown)
    assert "could not be started: what is this?" in said
    assert "could not be started: what is this?" in _why(TypeError("what is this?"), "")
