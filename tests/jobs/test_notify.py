"""Waiting for news of trainings."""

from concurrent.futures import ThreadPoolExecutor

from annlab.jobs.notify import Changes


def test_true_condition_returns_at_once() -> None:
    assert Changes().wait_for(lambda: True, 0.0)


def test_wait_ends_after_the_timeout() -> None:
    asked = []
    assert not Changes().wait_for(lambda: bool(asked.append(1)), 0.01)
    assert asked == [1]  # nothing had changed


def test_condition_is_evaluated_after_each_change() -> None:
    changes, seen, wanted = Changes(), [0], 20
    with ThreadPoolExecutor() as pool:
        waits = [pool.submit(changes.wait_for, lambda: seen[0] >= wanted, 60) for _ in range(4)]
        for _ in range(wanted):
            seen[0] += 1
            changes.notify()
        assert all(wait.result() for wait in waits)


def test_change_during_evaluation_is_not_missed() -> None:
    changes, n_looks = Changes(), [0]

    def condition() -> bool:
        n_looks[0] += 1
        if n_looks[0] == 1:
            changes.notify()  # as another thread might, right now
        return n_looks[0] == 2

    assert changes.wait_for(condition, 60)
