"""Bench on a server with an unusable database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from annlab.ui.services import Services
from tests.ui.visitor import LOGISTIC, heads, serving, settle, text_of, visit

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    file: Path = tmp_path_factory.mktemp("no_store") / "a_file"
    file.write_text("not a folder")
    with serving(f"sqlite:///{file / 'runs.sqlite'}") as made:
        yield made


def test_broken_database_is_reported_and_training_continues(server: Services) -> None:
    visitor = visit(LOGISTIC, data="xor", samples="100", epochs="2", seeds="2")
    assert not visitor.exception
    assert "runs.sqlite cannot be used" in text_of(visitor.warning)
    settle(visitor, server)
    assert not visitor.exception
    assert len(heads(visitor)) == 2
    assert "runs.sqlite cannot be used" in text_of(visitor.warning)
    # The results are in memory, so the next session sees them.
    began = server.queue.n_started
    again = visit(LOGISTIC, data="xor", samples="100", epochs="2", seeds="2")
    assert [metric.value for metric in heads(again)] == [m.value for m in heads(visitor)]
    assert server.queue.n_started == began
