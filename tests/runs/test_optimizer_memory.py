"""Which replay finds the optimizer's memory, and whether it repeats the run."""

import numpy as np
import pytest

from annlab import Run
from annlab.nn.optimizer_steps import Memory
from annlab.runs import optimizer_memory as module
from annlab.runs.optimizer_memory import (
    SAME_WEIGHTS,
    OptimizerMemory,
    read_memory,
    repeats,
    replay_request,
    write_memory,
)
from annlab.tensor_file import SavedFileError


def memory_of(run: Run, network: int, epoch: int, factor: float = 1.0) -> OptimizerMemory:
    layers = [(factor * W[network], factor * b[network]) for W, b in run.layers(epoch)]
    kept = [
        (Memory(7, {"velocity": np.ones_like(W)}), Memory(7, {"velocity": np.ones_like(b)}))
        for W, b in layers
    ]
    return OptimizerMemory({epoch: layers}, {epoch: kept})


def test_one_replay_serves_all_checkpoints_of_a_small_network(binary_run: Run) -> None:
    wanted = replay_request(binary_run, 1, 3)
    assert wanted.epochs == tuple(binary_run.checkpoints.epochs)
    assert replay_request(binary_run, 1, 5) == wanted
    assert replay_request(binary_run, 2, 3) != wanted


def test_a_large_network_is_replayed_to_one_epoch(
    binary_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_NUMBERS", binary_run.n_parameters)
    assert replay_request(binary_run, 1, 3).epochs == (3,)


def test_weights_tell_whether_a_replay_repeats_the_run(binary_run: Run) -> None:
    layers = [(W[1], b[1]) for W, b in binary_run.layers(3)]
    assert repeats(memory_of(binary_run, 1, 3), layers, 3)
    assert repeats(memory_of(binary_run, 1, 3, 1 + SAME_WEIGHTS / 2), layers, 3)
    assert not repeats(memory_of(binary_run, 1, 3, 1 + 2 * SAME_WEIGHTS), layers, 3)
    assert not repeats(memory_of(binary_run, 2, 3), layers, 3)


def test_other_bytes_are_no_memory(binary_run: Run) -> None:
    data = write_memory(memory_of(binary_run, 1, 3))
    assert read_memory(data).memories[3][0][0].kept["velocity"].shape == (2, 5)
    with pytest.raises(SavedFileError):
        read_memory(data[:-1])
