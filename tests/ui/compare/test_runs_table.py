"""Table of runs: marks of runs that a new training would not repeat."""

import dataclasses

import pytest

from annlab import DatasetConfig, RunConfig
from annlab.config import RESULTS_VERSION
from annlab.store.run_info import RunInfo
from annlab.store.run_store import RunStore
from annlab.ui.compare.run_rows import version_mark
from tests.store.runs import make_run


@pytest.fixture
def info(tmp_path) -> RunInfo:
    """Table entry of a new run."""
    store = RunStore(f"sqlite:///{tmp_path / 'runs.sqlite'}")
    store.save(make_run())
    return store.list_runs()[0]


def test_new_run_has_no_mark(info: RunInfo) -> None:
    assert version_mark(info) == ""


def test_run_of_earlier_version_is_marked(info: RunInfo) -> None:
    earlier = dataclasses.replace(info, digest="earlier", results_version=RESULTS_VERSION - 1)
    assert version_mark(earlier) == "earlier version"


def test_run_on_other_data_files_is_marked(info: RunInfo) -> None:
    config = RunConfig(dataset=DatasetConfig(name="fashion_mnist"))
    here = dataclasses.replace(info, config=config, digest=config.digest)
    assert version_mark(here) == ""
    assert version_mark(dataclasses.replace(here, digest="elsewhere")) == "other data files"
