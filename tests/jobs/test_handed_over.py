"""Large data as files for local workers."""

import errno
import io
import os
from pathlib import Path
from typing import Any

import pytest

from annlab.jobs.attached_data import submit_with_data
from annlab.jobs.handed_over import LARGE_BYTES, HandedOver, drop, hand_over, receive
from annlab.store.database import StoreError
from tests.jobs.fakes import FakeCluster
from tests.store.own import make_table

LARGE, SMALL = os.urandom(LARGE_BYTES), b"small"
OWN = make_table().own


def test_only_large_data_become_files(tmp_path: Path) -> None:
    handed = hand_over(LARGE, str(tmp_path))
    assert isinstance(handed, HandedOver)
    assert receive(handed) == LARGE
    assert hand_over(SMALL, str(tmp_path)) is receive(SMALL) is SMALL
    assert hand_over(LARGE, None) is LARGE
    drop(handed)
    drop(handed)
    drop(SMALL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("outcome", [b"result", ValueError("no table")])
def test_files_are_deleted_when_their_task_ends(tmp_path: Path, outcome: object) -> None:
    cluster = FakeCluster()
    cluster.folder = str(tmp_path)
    submit_with_data(cluster, lambda _: LARGE, [OWN], "compute", 1, file=LARGE, key="k")
    ((name, (tables, function, first, file), options),) = cluster.submitted
    assert (name, function, first, options) == ("run_with_data", "compute", 1, {"key": "k"})
    assert receive(tables[OWN.content]) == receive(file) == LARGE
    cluster.futures[0].end(outcome)
    assert list(tmp_path.iterdir()) == []


def test_files_of_a_task_that_was_refused_are_deleted(tmp_path: Path) -> None:
    class Refusing(FakeCluster):
        def submit(self, name: str, *arguments: object, **options: object) -> object:
            raise OSError("no scheduler")

    cluster = Refusing()
    cluster.folder = str(tmp_path)
    with pytest.raises(OSError, match="no scheduler"):
        submit_with_data(cluster, lambda _: LARGE, [OWN], "compute")
    assert list(tmp_path.iterdir()) == []


def test_nothing_stays_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    n_written = 0

    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            nonlocal n_written
            n_written += 1
            super().write(data[:1000])
            if n_written == 2:
                raise OSError(errno.ENOSPC, "No space left on device")
            return len(data)

    monkeypatch.setattr("annlab.jobs.handed_over.open", Full, raising=False)
    cluster = FakeCluster()
    cluster.folder = str(tmp_path)
    with pytest.raises(OSError, match="No space left"):
        submit_with_data(cluster, lambda _: LARGE, [OWN], "compute", file=LARGE)
    assert n_written == 2
    assert list(tmp_path.iterdir()) == []


def test_work_without_own_data_asks_nobody() -> None:
    cluster = FakeCluster()
    drawn = OWN.model_copy(update={"points": "1,2"})
    for own in ((), (drawn,)):
        submit_with_data(cluster, lambda _: pytest.fail("loaded"), own, "compute", 1)
    assert [submitted[:2] for submitted in cluster.submitted] == [("compute", (1,))] * 2


def test_a_store_that_fails_is_no_missing_table() -> None:
    def fail(content: str) -> bytes:
        raise StoreError("The database is full.")

    cluster = FakeCluster()
    with pytest.raises(StoreError, match="The database is full"):
        submit_with_data(cluster, fail, [OWN], "compute")
    assert cluster.submitted == []
