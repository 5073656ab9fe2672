"""Turns of sessions in the queue."""

from collections.abc import Iterator

import pytest

from annlab.jobs.cluster import Cluster
from annlab.jobs.job import JobState
from annlab.jobs.queue import TrainingQueue
from annlab.jobs.rounds import in_rounds
from tests.jobs.fakes import FakeCluster, FakeRepository
from tests.jobs.serve import serve
from tests.jobs.small_trainings import DEADLINE_SECONDS, config, finish, long_config, wait_until
from tests.store.runs import make_run


def test_sessions_take_turns() -> None:
    watchers = [{"a"}, {"a"}, {"a"}, {"b"}, {"b"}, {"c"}]
    assert in_rounds(watchers, {}) == [0, 3, 5, 1, 4, 2]
    # In each round, the session comes first that has waited longest for its turn.
    assert in_rounds(watchers, {"a": 7, "b": 6}) == [5, 3, 0, 4, 1, 2]


def test_one_session_is_served_in_the_order_of_arrival() -> None:
    assert in_rounds([{"a"}] * 4, {"a": 3}) == [0, 1, 2, 3]
    assert in_rounds([], {}) == []


def test_shared_training_comes_with_the_first_of_its_sessions() -> None:
    assert in_rounds([{"a"}, {"a"}, {"a", "b"}], {"a": 1}) == [2, 0, 1]


@pytest.fixture
def queue() -> Iterator[TrainingQueue]:
    made = TrainingQueue(FakeRepository(), FakeCluster(n_slots=1))
    yield made
    made.close()


def test_no_session_starves_while_others_have_many_trainings(queue: TrainingQueue) -> None:
    runs = [make_run(seed) for seed in range(9)]
    of_session = {"a": runs[:6], "b": runs[6:8], "c": runs[8:]}
    asked = {
        session: queue.submit([run.config for run in mine], session)
        for session, mine in of_session.items()
    }
    assert [queue.n_ahead(asked[session][0]) for session in "bc"] == [1, 2]
    order = []
    for _ in runs:
        (now,) = [j for jobs in asked.values() for j in jobs if j.state == JobState.RUNNING]
        order.append(next(iter(now.watchers)))
        run = next(run for run in runs if run.config == now.config)
        queue.cluster.futures[-1].end((run.to_bytes(), [0.5] * run.n_seeds, None))
        wait_until(lambda job=now: job.done)
        n_submitted = min(len(order) + 1, len(runs))
        wait_until(lambda n=n_submitted: len(queue.cluster.futures) == n)
    assert "".join(order) == "abcabaaaa"


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Dask's own sockets
def test_twenty_trainings_of_one_student_do_not_delay_the_first_of_another(tmp_path) -> None:
    server = serve(f"sqlite:///{tmp_path}/r.sqlite", Cluster(n_workers=0, scheduler=""))
    server.cluster.start()
    try:
        assert server.cluster.wait_until_ready(DEADLINE_SECONDS), server.cluster.start_error
        first, *others = server.queue.submit(
            [long_config(0), *(config(i, epochs=50) for i in range(1, 20))], "busy"
        )
        wait_until(lambda: first.epoch > 0)
        server.queue.submit([config(100)], "other")
        server.cluster.set_event(first.key)  # the end of the first training
        finish(server, "other")
        assert sum(job.done for job in others) <= 1
        finish(server, "busy")
    finally:
        server.close()
