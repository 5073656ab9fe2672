"""What the log says of trainings and deletes, and that it holds nothing of a person."""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from annlab import DatasetConfig, RunConfig, TrainingConfig
from annlab.datasets.own.table import Table
from annlab.jobs.cluster import Cluster
from annlab.ui.services import Services
from tests.jobs.serve import serve
from tests.jobs.small_trainings import DEADLINE_SECONDS, config, finish, long_config, wait_until
from tests.own_data import mixed_table

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets

# The key of a browser, a session, a file, a column, a class and a name of a run.
KEY, SESSION = "a" * 32, "5e5510n"
PERSONAL = (KEY, SESSION, "Anna", "Schmidt", "marks.csv", "secret")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    path = tmp_path_factory.mktemp("store") / "runs.sqlite"
    made = serve(f"sqlite:///{path}", Cluster(n_workers=0, scheduler=""))
    made.cluster.start()
    assert made.cluster.wait_until_ready(DEADLINE_SECONDS), made.cluster.start_error
    yield made
    made.close()


@pytest.fixture(autouse=True)
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    caplog.set_level(logging.INFO, "annlab")
    yield caplog
    for personal in PERSONAL:
        assert personal not in caplog.text


def _levels(caplog: pytest.LogCaptureFixture, pattern: str) -> list[str]:
    return [r.levelname for r in caplog.records if re.fullmatch(pattern, r.getMessage())]


def test_a_training_that_ends(server: Services, lines: pytest.LogCaptureFixture) -> None:
    server.queue.submit([config(1, n_seeds=3)], SESSION)
    finish(server, SESSION)
    start = r"Training \d+ started: networks=3 parameters=17 max_epochs=5 sessions=1"
    assert _levels(lines, start) == ["INFO"]
    assert _levels(lines, r"Training \d+ ended: seconds=\d+\.\d networks=3 epochs=5") == ["INFO"]


def test_a_training_that_is_stopped(server: Services, lines: pytest.LogCaptureFixture) -> None:
    (job,) = server.queue.submit([long_config(2)], SESSION)
    wait_until(lambda: job.epoch > 0)
    server.queue.stop(SESSION)
    finish(server, SESSION)
    stopped = r"Training \d+ stopped: seconds=\d+\.\d networks=\d+ epochs=\d+"
    assert _levels(lines, stopped) == ["INFO"]


def test_deletes_and_a_failure_name_nothing_personal(
    server: Services, lines: pytest.LogCaptureFixture
) -> None:
    own = server.own_data.keep_table(KEY, _personal_table().to_bytes(), "marks.csv of Anna")
    wanted = RunConfig(
        dataset=DatasetConfig.suggested("own", own), training=TrainingConfig(max_epochs=3)
    )
    server.queue.submit([wanted], SESSION)
    finish(server, SESSION)
    assert server.queue.failure(wanted) == ""
    server.repository.rename(wanted.digest, "secret of Anna")
    server.repository.delete(wanted.digest)
    server.repository.delete(wanted.digest)
    assert _levels(lines, "Runs deleted: runs=1") == ["INFO"]
    server.own_data.delete_all(KEY)
    assert _levels(lines, r"Own data deleted: contents=1") == ["INFO"]
    server.queue.submit([wanted], SESSION)
    finish(server, SESSION)
    # The page names the file; the log does not.
    assert "marks.csv" in server.queue.failure(wanted)
    assert _levels(lines, "Training failed: [A-Za-z]+") == ["INFO"]
    assert _levels(lines, r"Training \d+ failed: seconds=0\.0 networks=\d+ epochs=0") == ["WARNING"]


def _personal_table() -> Table:
    table = mixed_table()
    first, *rest = table.own.columns
    columns = (first.model_copy(update={"name": "Schmidt"}), *rest)
    names = ("Anna", *table.own.class_names[1:])
    own = table.own.model_copy(update={"columns": columns, "class_names": names})
    return replace(table, own=own)
