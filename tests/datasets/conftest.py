"""Fixtures of data sets that need files; tests are skipped without the files."""

import urllib.error
from pathlib import Path

import pytest
import requests

from annlab.datasets import DATASETS, DatasetSpec, forget_datasets


@pytest.fixture(params=list(DATASETS))
def spec(request: pytest.FixtureRequest) -> DatasetSpec:
    """Every data set."""
    entry = DATASETS[request.param]
    if entry.missing_message:
        request.getfixturevalue("shared_datasets")
    return entry


@pytest.fixture
def nothing_loaded() -> None:
    """Clear the caches of data sets before and after a test."""
    forget_datasets()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, nothing_loaded: None) -> None:
    """Remove network access and all data files."""

    def unreachable(*args: object, **options: object) -> None:
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr("sklearn.datasets._base.urlretrieve", unreachable)
    monkeypatch.setattr("sklearn.datasets._base.time.sleep", lambda seconds: None)
    monkeypatch.setattr(requests.Session, "send", unreachable)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path))
    monkeypatch.setenv("ANNLAB_DATA_DIR", str(tmp_path))
