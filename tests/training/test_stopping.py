"""Trainings that are stopped by hand, and hooks that fail."""

import numpy as np
import pytest

import annlab
from annlab import evaluate
from annlab.datasets import load_for_training
from annlab.training import train
from annlab.training.stack_module import StackModule
from tests.training.small_runs import largest_difference, make, numbers


@pytest.mark.parametrize("asked_until_stop", [3, 7, 10, 16, 20])
def test_stop_within_an_epoch_keeps_complete_epochs(trained, sliced, ends_kept, asked_until_stop):
    # 200 samples in batches of 32, one batch per slice: asked seven times per epoch.
    config = make(max_epochs=9)
    asked = []

    def should_stop():
        asked.append(True)
        return len(asked) == asked_until_stop

    reports = []
    run = train(config, should_stop=should_stop, on_epoch=reports.append)
    n = asked_until_stop // 7  # an epoch is complete after its last slice
    assert len(asked) == asked_until_stop
    assert run.ending == "stopped"
    assert run.message == f"Stopped by hand after epoch {n}."
    assert run.n_epochs == n
    assert [report.epoch for report in reports] == list(range(n + 1))
    assert run.checkpoints.epochs[-1] == n
    assert run.epochs_trained.tolist() == [n] * 3
    if n:
        # The last weights equal those of a run with fewer epochs.
        assert numbers(run) == numbers(train(make(max_epochs=n)))
    else:
        assert largest_difference(run, train(config), 0, 0) > 0
        assert len(run.checkpoints.epochs) == 1


def test_stop_within_the_first_epoch_keeps_the_initial_weights(sliced):
    config = make()
    run = train(config, should_stop=lambda: True)
    stack = StackModule(config, load_for_training(config.dataset)).stack
    for first, kept in zip(stack.arrays(), run.checkpoints.at(), strict=True):
        np.testing.assert_array_equal(first[0], kept[0])
        np.testing.assert_array_equal(first[1], kept[1])


def test_stopped_run_can_be_saved_and_scored(sliced):
    run = train(make(), should_stop=lambda: True)
    back = annlab.Run.from_bytes(run.to_bytes())
    assert (back.ending, back.message, back.n_epochs) == ("stopped", run.message, 0)
    assert evaluate(back, split="train").accuracy.shape == (3,)


def test_unused_stop_does_not_change_the_result(trained):
    config = make()
    assert numbers(train(config, should_stop=lambda: False)) == numbers(trained(config))


def test_error_in_a_hook_propagates():
    class HookError(Exception):
        pass

    def fail(report):
        raise HookError(str(report.epoch))

    with pytest.raises(HookError, match="0"):
        train(make(), on_epoch=fail)
