"""What a host may set."""

import pytest

from annlab import RunConfig
from annlab.jobs.cluster import Cluster
from annlab.runs.budget import check_budget


@pytest.mark.parametrize("text", ["two", "nan", "-1", "inf", "1e10x"])
def test_what_a_host_sets_must_be_a_number(monkeypatch, text):
    monkeypatch.setenv("ANNLAB_MAX_WORK", text)
    with pytest.raises(ValueError, match="ANNLAB_MAX_WORK must be a number of at least 0"):
        check_budget(RunConfig())
    monkeypatch.setenv("ANNLAB_WORKERS", text)
    with pytest.raises(ValueError, match=f"ANNLAB_WORKERS must be .* got '{text}'"):
        Cluster()
    monkeypatch.setenv("ANNLAB_WORKERS", "")
    assert Cluster().n_workers >= 1
